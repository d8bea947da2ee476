"""Whatever is wrong with a call: one sentence on stderr, status 2, nothing written."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_data" / "nap.edf"

Run = Callable[..., tuple[int, str, str]]


def a_missing_file(folder: Path) -> Path:
    return folder / "night.edf"


def a_directory(folder: Path) -> Path:
    return folder


def an_empty_file(folder: Path) -> Path:
    path = folder / "night.edf"
    path.touch()
    return path


def a_text_file(folder: Path) -> Path:
    path = folder / "night.edf"
    path.write_text("Dear colleague, please find attached the recording.\n" * 20)
    return path


def a_header_alone(folder: Path) -> Path:
    path = folder / "night.edf"
    whole = SAMPLE.read_bytes()
    header_bytes = int(whole[184:192])
    path.write_bytes(whole[: header_bytes + 10])
    return path


def a_file_without_eeg(folder: Path) -> Path:
    path = folder / "night.edf"
    whole = bytearray(SAMPLE.read_bytes())
    count = int(whole[252:256])
    for signal in range(count):
        start = 256 + 16 * signal
        if b"Annotations" not in whole[start : start + 16]:
            whole[start : start + 16] = f"Temp {signal}".encode().ljust(16)
    path.write_bytes(whole)
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (a_missing_file, "night.edf"),
        (a_directory, "folder"),
        (an_empty_file, "empty"),
        (a_text_file, "EDF"),
        (a_header_alone, "record"),
        (a_file_without_eeg, "--channel eeg="),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_recording_that_cannot_be_used_is_refused_in_a_sentence(
    run: Run, tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    out = tmp_path / "out"
    status, printed, error = run("report", make(tmp_path), "--out", out)
    assert status == 2
    assert printed == ""
    assert error.startswith("psgkit: ")
    assert said in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not list(out.rglob("*.*"))


def test_a_label_that_is_not_there_is_refused_with_those_that_are(
    run: Run, tmp_path: Path
) -> None:
    status, _, error = run(
        "report", SAMPLE, "--out", tmp_path, "--channel", "eeg=Cz-Pz"
    )
    assert status == 2
    assert "Cz-Pz" in error
    assert "C4-M1" in error


def test_a_channel_without_a_label_is_refused_with_an_example(
    run: Run, tmp_path: Path
) -> None:
    status, _, error = run("report", SAMPLE, "--out", tmp_path, "--channel", "C4")
    assert status == 2
    assert "--channel eeg=" in error


def test_a_scoring_longer_than_its_recording_is_refused(
    run: Run, tmp_path: Path
) -> None:
    scoring = tmp_path / "long.txt"
    scoring.write_text("N2\n" * 900)
    status, _, error = run("report", SAMPLE, "--scoring", scoring, "--out", tmp_path)
    assert status == 2
    # A list without times: its epochs may be shorter, and cutting it would hide that.
    assert "--epoch" in error
    assert "--align" not in error
    assert not (tmp_path / "nap").exists()


def test_a_misspelt_setting_is_refused_with_the_one_that_was_meant(
    run: Run, tmp_path: Path
) -> None:
    config = tmp_path / "lab.toml"
    config.write_text('[window]\nlihgts = "recording"\n')
    status, _, error = run("report", SAMPLE, "--config", config, "--out", tmp_path)
    assert status == 2
    assert "lights" in error


def test_lights_that_are_no_clock_time_are_refused(run: Run, tmp_path: Path) -> None:
    status, _, error = run("report", SAMPLE, "--lights-off", "late", "--out", tmp_path)
    assert status == 2
    assert "22:47" in error


def test_an_output_folder_that_cannot_be_written_is_refused_before_the_work(
    run: Run, tmp_path: Path
) -> None:
    blocked = tmp_path / "out"
    blocked.write_text("a file where the folder should be")
    status, _, error = run("report", SAMPLE, "--out", blocked)
    assert status == 2
    assert "out" in error
    assert blocked.read_text().startswith("a file")


def test_a_scoring_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    scoring = tmp_path / "scoring.txt"
    scoring.write_bytes(os.urandom(400))
    status, printed, error = run("hypnogram", scoring)
    assert status == 2
    assert printed == ""
    assert error.startswith("psgkit: ")


def test_an_unknown_command_is_refused(run: Run) -> None:
    status, _, error = run("analyse", "night.edf")
    assert status == 2
    assert "analyse" in error


def test_a_bug_of_ours_is_status_three_with_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("psgkit.measure.data_dictionary", broken)
    status, _, error = run("metrics")
    assert status == 3
    assert "nobody thought of this" in error
    assert "bug of psgkit" in error


@pytest.mark.parametrize("text", ["late", "25:99"])
def test_every_command_refuses_a_time_that_is_none_before_any_work(
    run: Run, tmp_path: Path, text: str
) -> None:
    for words in (
        ("batch", SAMPLE, "--out", tmp_path / "out", "--dry-run"),
        ("hypnogram", tmp_path / "unread.txt"),
    ):
        status, _, error = run(*words, "--lights-off", text)
        assert status == 2
        assert "22:47" in error


def test_the_whole_recording_and_times_contradict_each_other(
    run: Run, tmp_path: Path
) -> None:
    lights = ("--lights", "recording", "--lights-on", "06:58")
    status, _, error = run("report", SAMPLE, "--out", tmp_path, *lights)
    assert status == 2
    assert "contradict" in error


def test_an_age_that_nobody_has_is_refused(run: Run, tmp_path: Path) -> None:
    status, _, error = run(
        "report", SAMPLE, "--out", tmp_path, "--age", "300", "--sex", "F"
    )
    assert status == 2
    assert "got 300" in error


def test_a_folder_in_place_of_the_file_to_simulate_leaves_nothing(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "night").mkdir()
    status, _, error = run("simulate", tmp_path / "night", "--hours", "0.1")
    assert status == 2
    assert "folder" in error
    assert [path.name for path in tmp_path.iterdir()] == ["night"]


XML = """<?xml version="1.0"?><CMPStudyConfig><EpochLength>30</EpochLength>
<SleepStages><SleepStage>2</SleepStage></SleepStages></CMPStudyConfig>"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", SAMPLE, "--codes", "rk"), "--codes does nothing without --scoring"),
        (("report", SAMPLE, "--column", "x"), "--column does nothing without"),
        (("report", SAMPLE, "--align"), "--align does nothing without --scoring"),
        (("report", SAMPLE, "--id", ""), "--id is empty"),
        (("hypnogram", "n.xml", "--pdf"), "--pdf does nothing without --out"),
        (
            ("report", SAMPLE, "--only", "staging", "--explain-arousals"),
            "--explain-arousals does nothing with --only staging",
        ),
        (
            ("report", SAMPLE, "--arousals", "scored", "--explain-arousals"),
            "--explain-arousals does nothing with --arousals scored",
        ),
        (
            ("report", SAMPLE, "--only", "numbers", "--pdf"),
            "--pdf does nothing with --only numbers",
        ),
        (("report", SAMPLE, "--channel", "x", "--channel", "y"), "'x', 'y'"),
        (
            ("hypnogram", "n.xml", "--column", "x"),
            "a scoring in the format Compumedics",
        ),
        (("hypnogram", "n.xml", "--codes", "rk"), "--codes does nothing for"),
        (
            ("hypnogram", "n.txt", "--column", "x"),
            "a scoring in the format one stage per line",
        ),
        (("hypnogram", "n.csv", "--column", ""), "--column is empty"),
        (
            ("compare", "n.xml", "n.txt", "--column", "stage"),
            "for scorings in the formats Compumedics Profusion XML, one",
        ),
        (("compare", "n.xml", "n.xml", "--codes", "rk"), "--codes does nothing for"),
        (
            ("compare", "n.csv", "n.csv", "n.csv", "--lights", "recording"),
            "--lights does nothing with more than two scorings",
        ),
        (("export", "n.csv", "--to", "luna", "--align"), "--align does nothing"),
        (
            ("export", "n.csv", "--to", "luna", "--recording", SAMPLE),
            "--recording does nothing without --to edf+",
        ),
        (("simulate", "s", "--codes", "rk"), "nothing without --hypnogram"),
        (("simulate", "s.bdf"), "end its name in .edf"),
        (
            ("batch", SAMPLE, "--scoring", "none", "--codes", "rk"),
            "--codes does nothing where no night has a scoring",
        ),
        (
            ("batch", SAMPLE, "--verify", "--no-resume"),
            "--verify does nothing with --no-resume",
        ),
    ],
    ids=lambda value: (
        " ".join(Path(w).name for w in value) if isinstance(value, tuple) else ""
    ),
)
def test_an_option_that_would_do_nothing_is_refused(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("n.xml").write_text(XML)
    Path("n.txt").write_text("0\n2\n4\n")
    Path("n.csv").write_text("onset,stage\n0,W\n30,N2\n60,R\n")
    status, printed, error = run(*words)
    assert status == 2
    assert printed == ""
    assert error.startswith("psgkit: ")
    assert said in error
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "n.csv",
        "n.txt",
        "n.xml",
    ]


def test_every_fault_of_a_call_is_told_at_once(run: Run, tmp_path: Path) -> None:
    words = ("--codes", "rk", "--align", "--id", "", "--lights-on", "soon")
    status, _, error = run("report", SAMPLE, "--out", tmp_path / "out", *words)
    assert status == 2
    for said in (
        "--id is empty",
        "a text of 4 characters is not a valid time",
        "--codes does",
        "--align does",
    ):
        assert said in error


def test_options_of_a_scoring_serve_the_formats_that_know_them(
    run: Run, tmp_path: Path
) -> None:
    # By Rechtschaffen and Kales 4 is S4, which is N3.
    listed, table = tmp_path / "n.txt", tmp_path / "n.csv"
    listed.write_text("2\n4\n4\n")
    table.write_text("onset,a,b\n0,2,0\n30,4,0\n60,4,0\n")
    for words in ((listed,), (table, "--column", "a")):
        status, printed, error = run("hypnogram", *words, "--codes", "rk", "--json")
        assert status == 0, error
        assert json.loads(printed)["measures"]["n3_min"] == 1.0


def test_an_option_that_serves_one_of_two_scorings_is_taken(
    run: Run, tmp_path: Path
) -> None:
    expert, table = tmp_path / "n.xml", tmp_path / "n.csv"
    expert.write_text(XML)
    table.write_text("onset,a,b\n0,2,0\n30,4,0\n60,4,0\n")
    words = ("--codes", "rk", "--column", "a", "--json")
    status, printed, error = run("compare", table, expert, *words)
    assert status == 0, error
    assert json.loads(printed)["nights"][0]["accuracy"] == 1.0


def test_a_simulated_night_without_a_suffix_is_an_edf_file(
    run: Run, tmp_path: Path
) -> None:
    words = ("--hours", "0.1", "--montage", "minimal", "--rate", "128")
    status, printed, error = run("simulate", tmp_path / "night", *words)
    assert status == 0, error
    assert "night.edf" in printed
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "night.edf",
        "night_events.csv",
        "night_hypnogram.csv",
        "night_truth.json",
    ]

"""Nothing of a person reaches any output: every file is searched, byte for byte."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from private_makers import (
    NAME,
    TECHNICIAN,
    WORDS,
    leaks_below,
    leaks_in,
    make_private_edf,
    private_scorings,
)

import psgkit
from psgkit.report import read_night
from psgkit.report.pages.night_html import night_page

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_private_edf(tmp_path_factory.mktemp("private") / "n1.edf")


def scoring_file(folder: Path, name: str) -> Path:
    path = folder / f"s1.{'tsv' if name == 'trial_types' else 'txt'}"
    path.write_text(private_scorings()[name])
    return path


def test_the_search_finds_what_it_is_for(night: Path, tmp_path: Path) -> None:
    raw = night.read_bytes()
    assert {word for word in WORDS if word.encode() not in raw} == set()
    import h5py

    with h5py.File(tmp_path / "x.h5", "w") as file:
        rows = [f"by {TECHNICIAN}"] * 100
        file.create_dataset("rows", data=rows, compression="gzip")
        file.attrs["who"] = NAME
    assert {word for _, word in leaks_below(tmp_path)} == {NAME, TECHNICIAN}


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [(), ("--scoring", "itself", "--tables", "--explain-arousals")],
    ids=["staged", "scored"],
)
def test_a_report_holds_nothing_of_the_person(
    run: Run, night: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    words = [night if word == "itself" else word for word in options]
    status, printed, error = run("--debug", "report", night, "--out", tmp_path, *words)
    assert status == 0, error
    assert leaks_in(printed + error) == []
    assert leaks_below(tmp_path) == []
    assert {path.suffix for path in tmp_path.rglob("*.*")} == {".h5", ".csv", ".html"}


KEPT = "2019-09-17"  # when the recording was made, as results give it


@pytest.mark.slow
def test_only_keep_dates_keeps_a_date_and_nothing_else(
    run: Run, night: Path, tmp_path: Path
) -> None:
    """That of the recording's start, in the HDF5 file, the wide row and the pages."""
    words = ("--scoring", night, "--only", "staging", "--keep-dates")
    status, printed, error = run("--debug", "report", night, "--out", tmp_path, *words)
    assert status == 0, error
    assert {word for _, word in leaks_below(tmp_path)} == {KEPT}
    assert set(leaks_in(printed + error)) == {KEPT}
    holding = {Path(place).name for place, _ in leaks_below(tmp_path)}
    assert all(name.startswith(("n1.h5", "n1_summary.csv")) for name in holding)
    found = read_night(tmp_path / "n1/n1.h5")
    assert found.start_date == dt.date(2019, 9, 17)
    assert KEPT in night_page(found)
    table = pd.read_csv(tmp_path / "n1/n1_summary.csv")
    assert list(table["start_date"]) == [KEPT]


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_a_batch_keeps_dates_when_asked_and_loses_them_when_not(
    run: Run, night: Path, tmp_path: Path
) -> None:
    study, out = tmp_path / "study", tmp_path / "out"
    study.mkdir()
    (study / "n1.edf").write_bytes(night.read_bytes())
    (study / "n1.txt").write_text(private_scorings()["list"])
    words = ("batch", study, "--out", out, "--workers", 1, "--only", "staging")
    status, printed, error = run(*words, "--keep-dates")
    assert status == 0, error
    assert {word for _, word in leaks_below(out)} == {KEPT}
    assert psgkit.read_cohort(out)["start_date"].tolist() == [KEPT]
    status, printed, error = run(*words)
    assert status == 0, error
    assert leaks_in(printed + error) == []
    assert leaks_below(out) == []


@pytest.mark.parametrize("words", [(), ("--signals",), ("--json", "--patient")])
def test_inspect_shows_nothing_of_the_person(
    run: Run, night: Path, words: tuple[str, ...]
) -> None:
    status, printed, error = run("--debug", "inspect", night, *words)
    assert status == 0
    assert leaks_in(printed + error) == []


@pytest.mark.parametrize("name", sorted(private_scorings()))
def test_notes_in_a_scoring_go_nowhere(run: Run, tmp_path: Path, name: str) -> None:
    scoring = scoring_file(tmp_path, name)
    out = tmp_path / "out"
    out.mkdir()
    said = [
        run("--debug", "export", scoring, "--to", to, "--out", out)
        for to in ("edf+", "luna", "bids", "csv", "yasa")
    ]
    said += [run("--debug", "hypnogram", scoring, *more) for more in ((), ("--json",))]
    assert [status for status, _, _ in said] == [0] * 7, said
    assert leaks_in("".join(shown + error for _, shown, error in said)) == []
    assert leaks_below(out) == []


def test_a_recording_exported_with_its_scoring_loses_the_person(
    run: Run, night: Path, tmp_path: Path
) -> None:
    out = tmp_path / "scored.edf"
    words = ("--to", "edf+", "--recording", night, "--out", out)
    status, printed, error = run("--debug", "export", night, *words)
    assert status == 0, error
    assert leaks_in(printed + error + repr(out.read_bytes())) == []
    assert leaks_below(tmp_path) == []


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_a_batch_by_hash_holds_no_name_of_a_file(
    run: Run, night: Path, tmp_path: Path
) -> None:
    """Also of nights that fail: their messages are in the log and in the table."""
    study, out = tmp_path / "study", tmp_path / "out"
    study.mkdir()
    (study / f"{NAME}.edf").write_bytes(night.read_bytes())
    (study / f"{TECHNICIAN}.edf").touch()
    words = ("--id", "hash", "--workers", 1, "--only", "staging", "--scoring", "auto")
    (study / f"{NAME}.txt").write_text(private_scorings()["list"])
    status, printed, error = run("batch", study, "--out", out, *words)
    assert status == 1, error
    assert leaks_in(printed + error) == []
    assert leaks_below(out) == []
    assert re.search(r"1 done, 1 failed", printed)


BROKEN = {
    "number_of_signals": (252, NAME[:4]),
    "record_length": (244, NAME[:8]),
    "records": (236, NAME[:8]),
}


@pytest.mark.parametrize("field", BROKEN)
def test_a_header_shifted_into_the_name_is_refused_without_it(
    run: Run, night: Path, tmp_path: Path, field: str
) -> None:
    place, text = BROKEN[field]
    raw = bytearray(night.read_bytes())
    raw[place : place + len(text)] = text.encode()
    broken = tmp_path / "n1.edf"
    broken.write_bytes(raw)
    status, printed, error = run("--debug", "inspect", broken)
    assert status == 2
    assert text.lower() not in (printed + error).lower()


@pytest.mark.parametrize(
    "content",
    [
        f"N2\nN2\n{NAME}\nN2\n",
        f"22:58:30 W\n22:59:00 {NAME}\n22:59:30 W\n",
        f"onset,duration,stage\n0,30,W\n{NAME},30,W\n",
        f"onset,duration,stage\n0,30,W\n30,30,{NAME}\n",
        f"onset,stage\n22:58:30,W\n17.09.2019 {NAME},W\n",
        f"<CMPStudyConfig><SleepStage>{NAME}</SleepStage></CMPStudyConfig>",
        f"<CMPStudyConfig><EpochLength>{NAME}</EpochLength></CMPStudyConfig>",
        f'<PatientStudy><Stage Type="{NAME}" Start="0"/></PatientStudy>',
        f"W\t.\t.\t0\t30\t.\nW\t.\t.\t{NAME}\t60\t.\n",
        f'["W", "N2", "{NAME}"]',
        f"Signal ID: Profil\nStart Time: 17.09.2019 22:58:30\n\n22:58:30; {NAME}\n",
    ],
)
def test_an_error_says_where_it_is_and_not_what_stands_there(
    run: Run, tmp_path: Path, content: str
) -> None:
    scoring = tmp_path / "s1.txt"
    scoring.write_text(content)
    status, printed, error = run("--debug", "hypnogram", scoring)
    assert status == 2, printed
    assert leaks_in(printed + error) == []

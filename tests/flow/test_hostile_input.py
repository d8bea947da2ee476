"""Ids, labels, cells and files made to do harm: one folder, no formula, no escape."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from edf_makers import EdfSignal, make_edf
from night_makers import tampered

import psgkit
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.errors import PsgkitError
from psgkit.read import read_scoring
from psgkit.settings import load_settings

Run = Callable[..., tuple[int, str, str]]

ESCAPE = "\x1b]0;owned\x07\x1b[2J"
FORMULA = '=HYPERLINK("http://x.example","y")'
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    "../../up",
    "..",
    "/etc/psgkit-was-here",
    "C:\\Windows\\x",
    "CON",
    "nul.h5",
    "a\nb\r\nc",
    "long" * 2500,
    FORMULA,
    "+1+1",
    "@SUM(1)",
    "-1",
    SCRIPT,
    ESCAPE,
    "\u202egnp.exe",
]
LETTERS = [f"h{n}" for n in range(len(HOSTILE))]


@pytest.fixture(scope="module")
def scoring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scored") / "s1.txt"
    path.write_text("\n".join(["W"] * 4 + ["N2"] * 20 + ["N3"] * 10 + ["R"] * 10))
    return path


def harmful(text: str) -> list[str]:
    return [mark for mark in ("\x1b", "\x07", "\x9b", "\u202e") if mark in text]


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def formulas_in(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    return [cell for cell in cells if cell[:1] in "=+-@\t\r" and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("night_id", HOSTILE, ids=LETTERS)
def test_any_id_stays_in_its_folder_and_is_only_text(
    scoring: Path, tmp_path: Path, night_id: str
) -> None:
    from psgkit.domain.jobs import Job
    from psgkit.pipeline import analyse_scoring
    from psgkit.report.pages.night_text import text_page
    from psgkit.settings import Settings

    out = tmp_path / "a" / "b" / "out"
    out.mkdir(parents=True)
    night = analyse_scoring(Job(None, id=night_id, scoring=scoring), Settings())
    psgkit.save_night(night, out)
    assert {path.parents[1] for path in files_below(tmp_path)} == {out}
    for path in files_below(tmp_path):
        if path.suffix == ".csv":
            assert formulas_in(path) == []
        if path.suffix == ".html":
            assert "<script" not in path.read_text(encoding="utf-8")
    assert harmful(text_page(night)) == []


@pytest.mark.slow
def test_a_manifest_of_hostile_cells_makes_one_folder_of_results(
    run: Run, scoring: Path, tmp_path: Path
) -> None:
    study, out = tmp_path / "study", tmp_path / "out"
    study.mkdir()
    (study / "s1.txt").write_bytes(scoring.read_bytes())
    ids = [*HOSTILE[:4], FORMULA, SCRIPT, ESCAPE]
    with (study / "m.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "scoring", "group", SCRIPT])
        rows.writerows([night, "s1.txt", FORMULA, ESCAPE] for night in ids)
        rows.writerow(["gone", "../" * 40 + "etc/" + ESCAPE, "x\ny", SCRIPT])
    words = ("--manifest", study / "m.csv", "--workers", 1, "--only", "staging")
    status, printed, error = run("batch", *words, "--out", out)
    assert status == 1, error
    assert harmful(printed + error) == []
    assert harmful((out / "batch.log").read_text(encoding="utf-8")) == []
    assert {path.name for path in tmp_path.iterdir()} == {"study", "out"}
    assert {path.name for path in study.iterdir()} == {"s1.txt", "m.csv"}
    for path in out.rglob("*.csv"):
        assert formulas_in(path) == [], path
    for path in out.rglob("*.html"):
        assert "<script>alert" not in path.read_text(encoding="utf-8")
    _, planned, error = run("batch", *words, "--out", out, "--dry-run")
    assert harmful(planned + error) == []


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["text", "json"])
def test_labels_of_a_header_command_no_terminal(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    labels = ["\x1b[2Jcls", "\x07\x9bowned", FORMULA[:16], "C4", "C4"]
    path = make_edf(
        tmp_path / "n.edf",
        [EdfSignal(label.encode("latin-1"), unit="\x1b[1m") for label in labels],
        n_records=60,
    )
    status, printed, error = run("inspect", path, *words)
    assert status == 0
    assert harmful(printed + error) == []
    if words:
        json.loads(printed)
    status, printed, error = run("report", path, "--channel", "eeg=\x1b[2Jnone")
    assert status == 2
    assert harmful(printed + error) == []


def test_a_path_with_escapes_is_told_without_them(run: Run, tmp_path: Path) -> None:
    for command in ("report", "inspect", "hypnogram", "batch"):
        status, printed, error = run(command, tmp_path / f"{ESCAPE}.edf")
        assert status == 2
        assert harmful(printed + error) == []


@pytest.mark.parametrize("read", [load_settings, read_manifest, read_scoring])
def test_a_file_of_a_hundred_megabytes_is_refused_at_once(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.write(b"# N2\n" * 20000)
        file.truncate(100_000_000)
    began = time.perf_counter()
    with pytest.raises(PsgkitError):
        read(path)
    assert time.perf_counter() - began < 5.0


@pytest.mark.parametrize("place", ["scoring", "scoring/stages", "scoring/events"])
def test_a_scoring_in_hdf5_that_links_elsewhere_is_refused(
    scoring: Path, tmp_path: Path, place: str
) -> None:
    from psgkit.domain.jobs import Job
    from psgkit.pipeline import analyse_scoring
    from psgkit.settings import Settings

    night = analyse_scoring(Job(None, scoring=scoring), Settings())
    good = psgkit.save_night(night, tmp_path / "good") / "s1.h5"
    bad = tmp_path / "bad.h5"
    bad.write_bytes(good.read_bytes())
    with tampered(bad) as file:
        del file[place]
        file[place] = h5py.ExternalLink(str(good), f"/{place}")
    assert read_scoring(good).n_epochs == 44
    with pytest.raises(PsgkitError, match="elsewhere"):
        read_scoring(bad)


def test_a_damaged_night_is_refused_before_the_hdf5_library_sees_it(
    scoring: Path, tmp_path: Path
) -> None:
    """The HDF5 library loops for ever over an object that is longer than its heap."""
    from psgkit.domain.jobs import Job
    from psgkit.pipeline import analyse_scoring
    from psgkit.report import read_night
    from psgkit.settings import Settings

    night = analyse_scoring(Job(None, scoring=scoring), Settings())
    path = psgkit.save_night(night, tmp_path) / "s1.h5"
    assert read_night(path) == night
    raw = bytearray(path.read_bytes())
    last = raw.rfind(b"GCOL\x01\0\0\0")
    raw[last + 24 : last + 32] = (2**64 - 16).to_bytes(8, "little")
    path.write_bytes(raw)
    for read in (read_night, read_scoring):
        with pytest.raises(PsgkitError, match="damaged"):
            read(path)
    path.write_bytes(raw[: raw.rfind(b"\npsgkit sha-256 ")])
    for read in (read_night, read_scoring):
        with pytest.raises(PsgkitError, match="seal"):
            read(path)


def test_json_nested_without_end_and_a_night_without_a_clock_are_refused(
    tmp_path: Path,
) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[1, " + "[" * 100_000)
    with pytest.raises(PsgkitError):
        read_scoring(deep)
    night = tmp_path / "night.csv"
    night.write_text(
        "Start Time,Event,Duration\n[],[],[s]\n23:5930,Wake,30\n"
        "06/06/2020 00:00:00,N1,30\n"
    )
    with pytest.raises(PsgkitError, match="clock time"):
        read_scoring(night)

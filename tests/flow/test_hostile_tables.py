"""Cells, names and streams made to do harm, from a manifest to the tables."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from edf_makers import EdfSignal, make_edf

import psgkit
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.cohort.statistics.comparable_nights import doubts
from psgkit.errors import InputError
from psgkit.report.tables import to_csv, unguarded
from psgkit.store.seal import sealed

Run = Callable[..., tuple[int, str, str]]

FORMULA = '=HYPERLINK("http://x","y")'
CELL = "a;@SUM(1)"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    study = tmp_path / "study"
    study.mkdir()
    (study / "s.txt").write_text("W\nN2\nN2\nR\n" * 30)
    return study / "m.csv"


def words_of(manifest: Path) -> list[str]:
    out = manifest.parents[1] / "out"
    return ["batch", "--manifest", str(manifest), "--out", str(out), "--workers", "1"]


@pytest.mark.usefixtures("same_process")
def test_a_column_named_like_a_formula_is_guarded_everywhere(
    manifest: Path, run: Run
) -> None:
    with manifest.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "scoring", FORMULA, "esc\x1b[2J"])
        rows.writerow(["n1", "s.txt", CELL, "nul\x1bx"])
    assert run(*words_of(manifest))[0] == 0
    out = manifest.parents[1] / "out"
    for name in ("cohort.csv", "data_dictionary.csv"):
        with (out / name).open(newline="", encoding="utf-8") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if c.startswith("=") or "\x1b" in c or ";@" in c]
    sheet = openpyxl.load_workbook(out / "cohort.xlsx")["cohort"]
    assert {cell.data_type for cell in sheet[1]} == {"s"}
    # What psgkit wrote it reads as it was.
    table = psgkit.read_cohort(out)
    assert table[FORMULA].tolist() == [CELL]


@pytest.mark.parametrize("text", [FORMULA, CELL, "+1", "-x", "@a", "plain", "a'=b"])
def test_a_guarded_cell_comes_back(text: str) -> None:
    written = to_csv(pd.DataFrame({"x": [text]}))
    (_, [cell]) = csv.reader(written.splitlines())
    assert unguarded(cell) == text


def test_a_cell_over_131072_characters_is_told_in_one_sentence(manifest: Path) -> None:
    manifest.write_text(f"id,scoring,remark\nn1,s.txt,{'x' * 131_073}\n")
    with pytest.raises(InputError, match=r"m\.csv is not a table of text") as refused:
        read_manifest(manifest)
    assert len(str(refused.value)) < 300
    # A scoring's remark may be as long as it likes.
    scoring = manifest.with_name("long.csv")
    scoring.write_text(f"stage,remark\nW,{'x' * 131_073}\n")
    assert psgkit.read_scoring(scoring).stage_names == ["W"]


@pytest.mark.usefixtures("same_process")
def test_a_recording_that_ends_early_is_done_and_an_issue_says_so(
    tmp_path: Path,
) -> None:
    """The header promises 600 records of a second; 300 and a half are there."""
    path = make_edf(tmp_path / "n.edf", [EdfSignal("C4-M1", rate=100)], n_records=600)
    raw = path.read_bytes()
    header = int(raw[184:192])
    record = (len(raw) - header) // 600
    path.write_bytes(raw[: header + 300 * record + record // 2])
    scoring = tmp_path / "n.txt"
    scoring.write_text("W\nN2\n" * 5)
    job = psgkit.Job(path, scoring=scoring)
    [outcome] = psgkit.run_cohort([job], out=tmp_path / "out", workers=1)
    assert isinstance(outcome, psgkit.Done)
    night = psgkit.read_night(tmp_path / "out/n/n.h5")
    assert night.duration_s == 300
    (told,) = [issue for issue in night.issues if issue.code == "file_truncated"]
    assert "promises 600 data records and the file holds 300" in told.message


@pytest.mark.usefixtures("same_process")
def test_what_is_typed_into_lights_off_is_never_repeated(
    manifest: Path, run: Run
) -> None:
    manifest.write_text("id,scoring,lights_off\nn1,s.txt,Jane Doe 2.5.1951\n")
    status, printed, error = run(*words_of(manifest))
    assert status == 2
    assert "Line 2: the lights_off is not a time." in error
    assert "Jane" not in printed + error
    # In Python too, and in the tables of the batch.
    job = psgkit.Job(None, "n1", manifest.with_name("s.txt"), lights_off="Jane Doe")
    out = manifest.parent / "python"
    [outcome] = psgkit.run_cohort([job], out=out, workers=1)
    assert "Jane" not in outcome.message
    assert "Jane" not in (out / "failures.csv").read_text()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_streams_on_a_full_disk_cost_no_night_and_no_table(manifest: Path) -> None:
    rows = "".join(f"n{number},s.txt\n" for number in range(3))
    manifest.write_text(f"id,scoring\n{rows}")
    with Path("/dev/full").open("w") as full:
        call = [sys.executable, "-m", "psgkit", *words_of(manifest)]
        run = subprocess.run(call, stdout=full, stderr=full, check=False)
    assert run.returncode == 2  # the counts could not be printed
    table = psgkit.read_cohort(manifest.parents[1] / "out")
    assert table["status"].tolist() == ["done"] * 3


@pytest.mark.usefixtures("same_process")
@pytest.mark.parametrize(
    "name",
    [
        "cohort",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("failures", "cohort.csv")),
        ".psgkit",
    ],
)
def test_an_id_like_a_table_takes_no_table_away(
    manifest: Path, run: Run, name: str
) -> None:
    manifest.write_text(f"id,scoring\n{name},s.txt\nn2,s.txt\n")
    assert run(*words_of(manifest))[0] in (0, 2)
    out = manifest.parents[1] / "out"
    if out.is_dir() and (out / "cohort.csv").is_file():
        assert psgkit.read_cohort(out)["id"].tolist() == [name, "n2"]


@pytest.mark.slow
@pytest.mark.usefixtures("same_process")
def test_state_files_of_wrong_types_are_as_good_as_none(
    manifest: Path, run: Run
) -> None:
    manifest.write_text("id,scoring\nn1,s.txt\n")
    assert run(*words_of(manifest))[0] == 0
    state = manifest.parents[1] / "out" / ".psgkit"
    for content in (b"[]", b"3", b'{"nights": 3}', b'{"status": ["done"]}', b"\xff"):
        for file in (state / "nights" / "n1.json", state / "asked.json"):
            file.write_bytes(content)
        (state / "rows.json").write_bytes(sealed(content))
        status, _, error = run(*words_of(manifest), "--quiet")
        assert (status, "Traceback" in error) == (0, False), content


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_without_end_is_refused_as_a_scoring() -> None:
    with pytest.raises(InputError, match="is a pipe or device"):
        psgkit.read_scoring("/dev/zero")


def test_look_alike_nights_are_named_up_to_ten() -> None:
    """Fifteen pairs, and one group of forty."""
    names = [
        "duration_min",
        "tst_min",
        "w_min",
        "n1_min",
        "n2_min",
        "n3_min",
        "rem_min",
    ]
    kinds = [number // 2 for number in range(30)] + [99] * 40
    table = pd.DataFrame({name: [float(k) for k in kinds] for name in names})
    table["duration_min"] = 500.0
    table.insert(0, "id", [f"n{number}" for number in range(len(kinds))])
    told = [line for line in doubts(table) if "same numbers" in line]
    assert len(told) == 11
    assert told[-1] == "6 more groups of nights have the same numbers"
    many = doubts(table.iloc[30:])
    assert "n39 and 30 more have the same numbers" in many[0]

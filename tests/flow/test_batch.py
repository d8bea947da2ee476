"""A folder on Friday, one table on Monday: the command, end to end."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from surveys import sampled

import psgkit
from psgkit.cli import main

STAGES = ["W"] * 20 + ["N1"] * 5 + ["N2"] * 60 + ["N3"] * 40 + ["R"] * 30 + ["W"] * 5

# Without the pages of pictures, which take most of the time.
BATCH = (sys.executable, "-m", "psgkit", "batch", "--only", "numbers")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str, str]:
        status = 0
        try:
            main([str(word) for word in words])
        except SystemExit as stop:
            status = int(stop.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def write_study(folder: Path, nights: int) -> Path:
    """Write scorings without recordings, and their manifest."""
    rows = ["id,edf,scoring,age,group"]
    for number in range(nights):
        name = f"n{number:02}.txt"
        stages = STAGES + ["N2"] * number
        (folder / name).write_text("\n".join(stages))
        rows.append(f"S{number:02},,{name},{30 + number},{'ab'[number % 2]}")
    (folder / "bad.edf").write_text("no recording")
    rows.append("S99,bad.edf,,50,a")
    manifest = folder / "study.csv"
    manifest.write_text("\n".join(rows) + "\n")
    return manifest


@pytest.mark.slow
def test_one_bad_night_costs_none_of_the_others(tmp_path: Path, run: Run) -> None:
    manifest, out = write_study(tmp_path, 3), tmp_path / "out"

    status, printed, _ = run("batch", "--manifest", manifest, "--out", out, "--dry-run")
    assert status == 0
    assert "S00: to do, it has no result yet" in printed
    assert "Stages: 3 nights from a scoring, 1 night from YASA" in printed
    assert not out.exists()

    call = ("batch", "--manifest", manifest, "--out", out, "--only", "numbers")
    status, printed, told = run(*call)
    assert status == 1
    assert "3 done, 1 failed, 0 skipped" in printed
    # Only nights that were done have stages.
    assert "Stages: 3 nights from a scoring\n" in printed
    assert "S99: failed" in told
    table = psgkit.read_cohort(out).set_index("id")
    assert list(table["status"]) == ["done", "done", "done", "failed"]
    assert list(table["group"]) == ["a", "b", "a", "a"]
    # 135 epochs asleep of 30 s; every further night has one more.
    assert list(table["tst_min"][:3]) == [67.5, 68.0, 68.5]
    assert (
        "The recording of night S99 is not an EDF or BDF file"
        in table.loc["S99", "message"]
    )
    assert table.attrs["units"]["tst_min"].startswith("min")
    assert len((out / "batch.log").read_text().splitlines()) == 4
    assert not (out / ".psgkit/lock").exists()

    tables = [(out / name).read_bytes() for name in ("cohort.csv", "failures.csv")]
    written = (out / "S00/S00.h5").stat().st_mtime_ns
    status, _, told = run(*call)
    assert status == 1
    assert "S00: done before, its result stands" in told
    assert (out / "S00/S00.h5").stat().st_mtime_ns == written
    again = [(out / name).read_bytes() for name in ("cohort.csv", "failures.csv")]
    assert again == tables

    (out / "cohort.csv").unlink()
    status, printed, _ = run("collect", out)
    assert status == 0
    assert (out / "cohort.csv").read_bytes() == tables[0]


def test_a_dry_run_names_every_missing_file(tmp_path: Path, run: Run) -> None:
    write_study(tmp_path, 1)
    rows = "id,edf,scoring\nA,,n00.txt\nB,no.edf,no.txt\nC,bad.edf,gone.txt\n"
    (tmp_path / "study.csv").write_text(rows)
    call = ("batch", "--manifest", tmp_path / "study.csv", "--out", tmp_path / "out")
    status, printed, _ = run(*call, "--dry-run")
    assert status == 1
    assert "A: to do, it has no result yet\n" in printed
    assert "B: its recording and its scoring is not there\n" in printed
    assert "C: its scoring is not there\n" in printed
    assert "1 to do, 0 done, 2 without their files\n" in printed


def test_a_dry_run_names_faults_of_cells_and_missing_files_together(
    tmp_path: Path, run: Run
) -> None:
    write_study(tmp_path, 1)
    rows = (
        "id,scoring,lights_off,sex,age,epoch_s\nA,n00.txt,late,F,40,\n"
        "B,gone.txt,22:00,F,40,\nC,n00.txt,,robot,40,\nD,n00.txt,,F,old,\n"
        "E,n00.txt,,F,40,long\n"
    )
    (tmp_path / "study.csv").write_text(rows)
    call = ("batch", "--manifest", tmp_path / "study.csv", "--out", tmp_path / "out")
    status, _, told = run(*call, "--dry-run")
    assert status == 2
    for words in (
        "Line 2: the lights_off is not a time.",
        "Line 3: its scoring is not there.",
        "Line 4: the sex is not F or M",
        "Line 5: the age is not a number of years",
        "Line 6: the epoch_s is not seconds",
    ):
        assert words in " ".join(told.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_collect_writes_parquet_when_asked(tmp_path: Path, run: Run) -> None:
    pytest.importorskip("pyarrow")
    manifest, out = write_study(tmp_path, 2), tmp_path / "out"
    run("batch", "--manifest", manifest, "--out", out, "--only", "numbers")
    assert not (out / "cohort.parquet").exists()
    status, printed, _ = run("collect", out, "--parquet")
    assert status == 0
    assert "2 done, 1 failed" in printed
    table = pd.read_parquet(out / "cohort.parquet")
    expected = psgkit.read_cohort(out)
    assert list(table.columns) == list(expected.columns)
    assert table["tst_min"].tolist()[:2] == [67.5, 68.0]
    assert table["group"].tolist() == expected["group"].tolist()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--manifest", "nowhere.csv"],
        ["--bids", "nowhere"],
        ["nowhere.edf"],
        ["--manifest", "a.csv", "--bids", "b"],
    ],
)
def test_a_batch_of_nothing_is_refused(run: Run, tmp_path: Path, words) -> None:
    status, _, told = run("batch", *words, "--out", tmp_path / "out")
    assert status == 2
    assert told.startswith("psgkit: ")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
def test_a_batch_that_is_killed_goes_on_where_it_was(tmp_path: Path, run: Run) -> None:
    manifest = write_study(tmp_path, 8)
    calm, out = tmp_path / "calm", tmp_path / "out"
    run("batch", "--manifest", manifest, "--out", calm, "--only", "numbers")
    for kill in (os.kill, os.killpg):
        process = subprocess.Popen(
            [*BATCH, "--manifest", manifest, "--out", out, "--quiet"],
            start_new_session=True,
        )
        before = len(list(out.glob("*/*.h5")))
        deadline = time.monotonic() + 120
        while len(list(out.glob("*/*.h5"))) < before + 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        kill(process.pid, signal.SIGKILL)
        process.wait()
    done = {
        file: (out / file.stem / f"{file.stem}.h5").stat().st_mtime_ns
        for file in (out / ".psgkit/nights").glob("S[01]*.json")
    }
    run("batch", "--manifest", manifest, "--out", out, "--only", "numbers")
    for name in ("cohort.csv", "failures.csv", "data_dictionary.csv"):
        assert (out / name).read_bytes() == (calm / name).read_bytes()
    for file in calm.glob("[!.]*/*"):
        assert (out / file.relative_to(calm)).read_bytes() == file.read_bytes()
    for file, written in done.items():
        assert (out / file.stem / f"{file.stem}.h5").stat().st_mtime_ns == written
    assert not list(out.rglob("*.part"))


@pytest.mark.slow
def test_a_bids_root_of_scorings_alone_is_one_table(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    root = tmp_path / "boas"
    root.mkdir()
    kept = sampled(sorted((real_data / "scoring/boas").glob("*_events.tsv")), 16)
    for scoring in kept:
        shutil.copy(scoring, root)
    status, printed, _ = run("batch", "--bids", root, "--out", tmp_path / "out")
    assert status == 0
    assert f"{len(kept)} done, 0 failed, 0 skipped" in printed
    table = psgkit.read_cohort(tmp_path / "out")
    assert len(table) == len(kept)
    assert table["id"].str.match(r"sub-\d+_task-Sleep_acq-psg").all()
    description = tmp_path / "out/dataset_description.json"
    assert '"DatasetType": "derivative"' in description.read_text()
    assert (tmp_path / "out/sub-101/eeg").is_dir()

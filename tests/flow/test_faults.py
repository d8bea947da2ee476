"""What a computer does to a run: every write fails once, and all else that goes wrong."""

import csv
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from faults import FaultyDisk
from night_makers import make_night, make_tables
from same_process import SameProcess
from starved_workers import starve

from psgkit import pipeline
from psgkit.cohort.batch import folder_lock as lock
from psgkit.cohort.batch import one_night as work
from psgkit.cohort.batch import run, state
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.run import run_cohort, run_tasks
from psgkit.cohort.batch.workers import ProcessExecutor
from psgkit.cohort.table import collect
from psgkit.domain.jobs import Done, Failed, Job, Outcome, Skipped
from psgkit.domain.night import Night
from psgkit.errors import OutputError, PsgkitError
from psgkit.report import save_night
from psgkit.report.pages import night_html as html
from psgkit.settings import ReportSettings, Settings
from psgkit.store import lock as file_lock

Run = Callable[..., tuple[int, str, str]]

EARLIER = Settings(report=ReportSettings(tables=True))
LATER = Settings(report=ReportSettings(explain_arousals=True, page=False))
JOBS = [Job(None, id="n1"), Job(None, id="bad")]
TABLES = ("cohort.csv", "cohort.xlsx", "data_dictionary.csv", "failures.csv")
PAGE = "cohort.html"
STAGES = "\n".join(["W"] * 10 + ["N2"] * 60 + ["N3"] * 60 + ["R"] * 40 + ["W"] * 5)


def small_night(night_id: str, settings: Settings) -> Night:
    """Return a night whose numbers and tables tell by which settings it was made."""
    # Two tables: each more is replaced and removed as these are.
    tables = dict(islice(make_tables().items(), 2))
    night = make_night(night_id, with_spectra=False, tables=tables)
    return night if settings == EARLIER else replace(night, results=night.results[1:])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the measuring and the drawing, of which no write is part."""

    def analyse(job: Job, settings: Settings) -> Night:
        if job.night_id == "bad":
            raise PsgkitError("It is broken.")
        return small_night(job.night_id, settings)

    monkeypatch.setattr(work, "analyse_night", analyse)
    monkeypatch.setattr(html, "night_page", lambda night, **_: f"page of {night.id}")
    monkeypatch.setattr(collect, "cohort_page", lambda table, *_, **__: table.to_csv())
    # Where the double of the file system is.
    monkeypatch.setattr(run, "_executor", lambda *_, **__: SameProcess())
    monkeypatch.setattr(run, "hold", partial(lock.hold, dead_after_s=0.1))
    # This process is alive and yet plays one that was killed with a lock in its hands.
    monkeypatch.setattr(file_lock, "DEAD_AFTER_S", 0.05)


def save(folder: Path, settings: Settings) -> str:
    """Save a night; return the sentence where that was refused."""
    try:
        save_night(small_night("n1", settings), folder, settings=settings)
    except OutputError as fault:
        return str(fault)
    return ""


def batch(out: Path, settings: Settings) -> tuple[dict[str, Outcome], str]:
    """Return the outcomes, and the sentence in which the run ended early, if it did."""
    found: dict[str, Outcome] = {}
    try:
        for outcome in run_cohort(JOBS, out=out, settings=settings):
            found[outcome.job.night_id] = outcome
    except PsgkitError as fault:
        return found, str(fault)
    return found, ""


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def is_left_over(name: str) -> bool:
    return name.endswith((".part", ".before", ".absent", ".lock"))


def night_in(files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name: raw
        for name, raw in files.items()
        if name.startswith("n1/") and not is_left_over(name)
    }


def is_sentence(text: str) -> bool:
    return text.endswith(".") and ".part" not in text and "Traceback" not in text


def copied(folder: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(folder, to))


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_every_write_of_a_night_fails_once(tmp_path: Path) -> None:
    """The earlier set of files stands, or the new one does; never some of each."""
    assert save(tmp_path / "earlier", EARLIER) == ""
    copied(tmp_path / "earlier", tmp_path / "calm")
    assert save(tmp_path / "calm", LATER) == ""
    earlier, calm = files_of(tmp_path / "earlier"), files_of(tmp_path / "calm")
    assert earlier.keys() > calm.keys()  # some are replaced, and some must go
    out = copied(tmp_path / "earlier", tmp_path / "out")
    counted = FaultyDisk(out).during(lambda: save(out, LATER))
    assert len(counted.calls) > 30
    outcomes: Counter[str] = Counter()
    for number in range(1, len(counted.calls) + 1):
        out, said = copied(tmp_path / "earlier", tmp_path / "out"), []
        disk = FaultyDisk(out, number).during(lambda: said.append(save(out, LATER)))  # noqa: B023
        where = f"call {number}, {disk.failed}"
        now = files_of(out)
        if said[0]:
            assert is_sentence(said[0]), where
            assert night_in(now) == earlier, where
        else:
            assert night_in(now) == calm, where
            # Of what was put aside, or of a folder that is there.
            assert disk.failed in ("unlink", "mkdir"), where
        if disk.failed != "unlink":
            assert not any(map(is_left_over, now)), where
        outcomes["stands" if said[0] else "replaced"] += 1
        assert save(out, LATER) == "", where
        assert night_in(files_of(out)) == calm, where
    assert outcomes["stands"] > outcomes["replaced"]


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("first", [False, True], ids=["again", "for the first time"])
def test_a_process_killed_at_any_write_leaves_the_earlier_set_or_the_new(
    tmp_path: Path, first: bool
) -> None:
    """Nothing runs any more from that call on; the next run finds what was left."""
    (tmp_path / "earlier").mkdir()
    if not first:
        assert save(tmp_path / "earlier", EARLIER) == ""
    copied(tmp_path / "earlier", tmp_path / "calm")
    assert save(tmp_path / "calm", LATER) == ""
    earlier, calm = files_of(tmp_path / "earlier"), files_of(tmp_path / "calm")
    out = copied(tmp_path / "earlier", tmp_path / "out")
    counted = FaultyDisk(out).during(lambda: save(out, LATER))
    seen = Counter()
    for number in range(1, len(counted.calls) + 1):
        out = copied(tmp_path / "earlier", tmp_path / "out")
        disk = FaultyDisk(out, number, for_good=True).during(lambda: save(out, LATER))  # noqa: B023
        where = f"call {number}, {disk.failed}"
        if (out / "n1/n1.h5").is_file():
            assert night_in(files_of(out)) in (earlier, calm), where
        state.tidy(out, Job(None, id="n1"))
        now = files_of(out)
        assert now in (earlier, calm), where
        seen["calm" if now == calm else "earlier"] += 1
    assert min(seen["earlier"], seen["calm"]) > 0


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_every_write_of_a_batch_fails_once(tmp_path: Path) -> None:
    """Night and tables are each as before or as after; the same call again heals all."""
    batch(tmp_path / "earlier", EARLIER)
    copied(tmp_path / "earlier", tmp_path / "calm")
    assert batch(tmp_path / "calm", LATER)[1] == ""
    earlier, calm = files_of(tmp_path / "earlier"), files_of(tmp_path / "calm")
    out = copied(tmp_path / "earlier", tmp_path / "out")
    counted = FaultyDisk(out).during(lambda: batch(out, LATER))
    kinds = {"replace", "unlink", "fsync", "write", "mkdir", "open"}
    assert kinds <= set(counted.calls)
    for number in range(1, len(counted.calls) + 1):
        out, said = copied(tmp_path / "earlier", tmp_path / "out"), []
        disk = FaultyDisk(out, number).during(lambda: said.append(batch(out, LATER)))  # noqa: B023
        where = f"call {number}, {disk.failed}"
        found, ended = said[0]
        failed = {name: o for name, o in found.items() if isinstance(o, Failed)}
        told = [outcome.message for outcome in failed.values()]
        assert all(map(is_sentence, [*told, ended or "."])), where
        now = files_of(out)
        assert night_in(now) in (night_in(earlier), night_in(calm)), where
        if isinstance(found.get("n1"), Done):
            assert night_in(now) == night_in(calm), where
        if now["cohort.csv"] == earlier["cohort.csv"]:
            assert all(now[name] == earlier[name] for name in (*TABLES, PAGE)), where
        else:
            assert PAGE not in now, where  # the later run makes none
            for name in ("cohort.csv", "failures.csv"):
                rows = csv.DictReader(now[name].decode().splitlines())
                bad = {r["id"] for r in rows if r.get("status", "failed") == "failed"}
                assert bad == failed.keys(), where
        if disk.failed != "unlink":
            assert not any(map(is_left_over, now)), where
        assert batch(out, LATER)[1] == "", where
        healed = files_of(out)
        assert night_in(healed) == night_in(calm), where
        assert {n: healed[n] for n in TABLES} == {n: calm[n] for n in TABLES}, where
        assert not any(map(is_left_over, healed)), where


@pytest.mark.usefixtures("quick")
def test_a_night_that_fails_on_a_full_disk_has_failed_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No record can be written when the night fails; in the end there is space again."""
    record = run.record_failed

    def full(out: Path, failed: Failed) -> None:
        disk = FaultyDisk(out, 1, for_good=True)
        disk.during(lambda: record(out, failed))

    monkeypatch.setattr(run, "record_failed", full)
    found, _ = batch(tmp_path, LATER)
    assert isinstance(found["bad"], Failed)
    table = (tmp_path / "cohort.csv").read_text(encoding="utf-8")
    rows = {row["id"]: row for row in csv.DictReader(table.splitlines())}
    assert rows["bad"]["status"] == "failed"
    assert rows["bad"]["message"] == "It is broken."
    assert "It is broken." in (tmp_path / "failures.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("quick")
def test_where_the_tables_cannot_be_written_it_is_told_what_became_of_the_nights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputError("cohort.csv was not written: the disk is full.")

    monkeypatch.setattr("psgkit.cohort.batch.run.collect", full)
    for name in ("n1", "bad"):
        (tmp_path / f"{name}.txt").write_text(STAGES)
    manifest = tmp_path / "study.csv"
    manifest.write_text("id,scoring\nn1,n1.txt\nbad,bad.txt\n")
    status, printed, told = run(
        "batch", "--manifest", manifest, "--out", tmp_path / "o"
    )
    assert status == 2
    assert printed == "1 done, 1 failed, 0 skipped\n"
    assert told.splitlines()[-1] == (
        "psgkit: cohort.csv was not written: the disk is full. Nights that are done stay "
        "so; the same command again makes the tables."
    )


@pytest.mark.usefixtures("quick")
def test_a_night_that_fails_says_that_its_earlier_result_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(tmp_path, EARLIER)
    before = night_in(files_of(tmp_path))

    def starved(*_: object) -> Night:
        raise MemoryError

    monkeypatch.setattr(work, "analyse_night", starved)
    found, _ = batch(tmp_path, LATER)
    assert found["n1"].message == (
        "There was not enough memory; use fewer --workers. The result of an earlier run "
        "is still in its folder."
    )
    assert night_in(files_of(tmp_path)) == before
    table = (tmp_path / "cohort.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert "tst_min" not in rows[0]


def test_a_report_without_memory_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    def starved(*_: object, **__: object) -> Night:
        raise MemoryError

    monkeypatch.setattr(pipeline, "analyse_night", starved)
    status, _, error = run("report", tmp_path / "n.edf", "--out", tmp_path / "out")
    assert (status, error.count("\n")) == (2, 1)
    assert "not enough memory" in error


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="limits of memory as POSIX has them")
def test_a_worker_without_memory_fails_its_night_alone(tmp_path: Path) -> None:
    """Address space is limited in the worker itself; the next night has it again."""
    tasks = [
        Task(Job(None, id=name), Settings(), tmp_path)
        for name in ("starved-1", "good-1", "starved-2", "good-2")
    ]
    found = run_tasks(tasks, ProcessExecutor(starve, workers=1, timeout_s=60.0))
    told = {o.job.night_id: o for o in found}
    for name in ("starved-1", "starved-2"):
        assert told[name].message == (
            "There was not enough memory; use fewer --workers."
        )
    assert isinstance(told["good-1"], Done)
    assert isinstance(told["good-2"], Done)


@pytest.fixture
def scored(tmp_path: Path) -> Job:
    path = tmp_path / "Doe.txt"
    path.write_text(STAGES)
    return Job(None, id="n1", scoring=path)


def test_a_scoring_that_changes_while_it_is_measured_gives_no_number(
    scored: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = pipeline._measured

    def slowly(*given: object) -> object:
        with scored.scoring.open("a") as file:
            file.write("\nW")
        return measured(*given)

    monkeypatch.setattr(pipeline, "_measured", slowly)
    outcome = work.do_night(Task(scored, Settings(), tmp_path / "out"))
    assert isinstance(outcome, Failed)
    assert outcome.message.startswith("The scoring of night n1 was changed while")
    assert not list(tmp_path.rglob("*.h5"))


def test_a_clock_that_is_set_back_breaks_nothing(
    scored: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Back to 1970, as after an empty battery, while inputs are of the year 2099."""
    ticks = iter(range(10_000_000, 0, -1))
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    monkeypatch.setattr(time, "time_ns", lambda: next(ticks) * 10**9)
    os.utime(scored.scoring, (4_070_908_800, 4_070_908_800))
    out = tmp_path / "out"
    task = Task(scored, Settings(report=ReportSettings(page=False)), out)
    outcome = work.do_night(task)
    assert isinstance(outcome, Done)
    assert 0 <= outcome.seconds < 60
    assert why_to_do(scored, task.settings, out) == ""
    assert isinstance(work.do_night(task), Skipped)
    with lock.hold(out, beat_s=0.01) as held:
        time.sleep(0.1)
        assert not held.lost
    status, _, error = run("collect", out)
    assert status == 0, error


@pytest.mark.usefixtures("same_process")
def test_a_second_batch_into_one_folder_is_refused(
    scored: Job, tmp_path: Path, run: Run
) -> None:
    out = tmp_path / "out"
    words = ("--only", "staging", "--workers", 1)
    manifest = tmp_path / "study.csv"
    manifest.write_text(f"id,scoring\nn1,{scored.scoring.name}\n")
    with lock.hold(out, beat_s=0.02):
        status, _, error = run("batch", "--manifest", manifest, "--out", out, *words)
    assert status == 2
    assert "Another batch" in error
    assert "wait for it to end" in error
    assert not (out / "n1").exists()
    status, _, error = run("batch", "--manifest", manifest, "--out", out, *words)
    assert status == 0, error


@pytest.mark.usefixtures("same_process")
def test_loops_and_pipes_in_a_folder_of_recordings_are_passed_by(
    tmp_path: Path, run: Run
) -> None:
    study = tmp_path / "study"
    (study / "a").mkdir(parents=True)
    (study / "a" / "up").symlink_to(study, target_is_directory=True)
    (study / "self.edf").symlink_to(study / "self.edf")
    os.mkfifo(study / "pipe.edf")
    os.mkfifo(study / "n1.txt")
    (study / "n1.edf").write_bytes(b"no recording")
    began = time.monotonic()
    words = ("--only", "staging", "--workers", 1)
    status, printed, error = run("batch", study, "--out", tmp_path / "out", *words)
    assert status in (1, 2), printed
    assert is_sentence(error.strip())
    assert time.monotonic() - began < 60

"""Whatever happens to a night or its worker, the others go on."""

import multiprocessing
import resource
import tempfile
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from broken_workers import make_tasks, work

from psgkit.cohort.batch import run as module
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.run import check_ids, run_cohort, run_tasks
from psgkit.cohort.batch.workers import ProcessExecutor, WorkerGone
from psgkit.domain.jobs import Done, Failed, Job, Outcome, Skipped
from psgkit.errors import InputError, PsgkitError


def run(tasks: list[Task], *, workers: int = 2, timeout_s: float | None = None):
    return run_tasks(tasks, ProcessExecutor(work, workers=workers, timeout_s=timeout_s))


@pytest.mark.slow
def test_a_night_fails_alone_with_its_sentence(tmp_path: Path) -> None:
    good = [f"good-{number}" for number in range(8)]
    ids = ["killed", *good[:2], "left", "raises", *good[2:5], "hangs", "deaf"]
    tasks = make_tasks(tmp_path, *ids, "exits", "unpicklable", "crashed", *good[5:])
    found = {o.job.night_id: o for o in run(tasks, timeout_s=1.0)}
    assert len(found) == len(tasks)
    assert all(isinstance(found[name], Done) for name in good)
    sentences = {
        name: outcome.message
        for name, outcome in found.items()
        if isinstance(outcome, Failed)
    }
    assert sentences == {
        "killed": "Its worker process was killed, as happens where memory runs out; "
        "use fewer --workers.",
        "crashed": "Its worker process died of signal 11.",
        "left": "Its worker process ended with exit status 7.",
        "exits": "This is a bug of psgkit (SystemExit).",
        "hangs": "It took longer than 1 s and was ended; see --timeout.",
        "deaf": "It took longer than 1 s and was ended; see --timeout.",
        "raises": "This is a bug of psgkit (RuntimeError).",
        "unpicklable": sentences["unpicklable"],
    }


def test_one_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    tasks = make_tasks(tmp_path, "killed-1", "good-1", "killed-2", "good-2")
    kinds = [type(outcome) for outcome in run(tasks, workers=1)]
    assert kinds == [Failed, Done, Failed, Done]


def test_asked_to_stop_a_run_finishes_the_nights_under_way(tmp_path: Path) -> None:
    tasks = make_tasks(tmp_path, "slow-1", "slow-2", "good-1", "good-2")
    executor = ProcessExecutor(work, workers=2, timeout_s=None)
    asked = iter([False] * 4)
    found = list(run_tasks(tasks, executor, should_stop=lambda: next(asked, True)))
    assert [type(outcome) for outcome in found] == [Done, Done, Skipped, Skipped]
    assert [o.job.night_id for o in found[2:]] == ["good-1", "good-2"]


def test_a_run_tells_which_nights_are_under_way(tmp_path: Path) -> None:
    told: list[frozenset[str]] = []
    tasks = make_tasks(tmp_path, "good-1", "good-2", "good-3")
    executor = ProcessExecutor(work, workers=1, timeout_s=None)
    list(run_tasks(tasks, executor, tell=told.append))
    names = [sorted(nights) for nights in told]
    assert names == [["good-1"], ["good-2"], ["good-3"], []]


def test_a_run_that_is_left_ends_its_workers_at_once(tmp_path: Path) -> None:
    outcomes = run(make_tasks(tmp_path, "good", "hangs-1", "hangs-2"))
    next(outcomes)
    begun = time.monotonic()
    outcomes.close()
    assert time.monotonic() - begun < 5.0
    assert multiprocessing.active_children() == []


def test_a_worker_has_one_numerical_thread(tmp_path: Path) -> None:
    assert len(list(run(make_tasks(tmp_path, "environment"), workers=1))) == 1
    assert (tmp_path / "threads").read_text() == "1"


@pytest.mark.slow
def test_a_thousand_outcomes_leave_the_parent_small(tmp_path: Path) -> None:
    tasks = make_tasks(tmp_path, *(f"good-{number}" for number in range(1000)))
    outcomes = run(tasks)
    for _ in range(10):
        next(outcomes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 990
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 50 * 1024


class Breaking:
    """An executor whose pool breaks whenever it is given a certain night."""

    workers = 2

    def __init__(self, *fatal: str, silent: bool = False) -> None:
        self.is_broken = False
        self.restarts = 0
        self._fatal = fatal
        self._silent = silent

    def submit(self, task: Task) -> "Future[Outcome]":
        future: Future[Outcome] = Future()
        if task.job.night_id not in self._fatal:
            future.set_result(Done(task.job, task.out, 0.0, 0, 0))
            return future
        self.is_broken = True
        if not self._silent:
            future.set_exception(BrokenProcessPool())
        return future

    def restart(self) -> None:
        self.is_broken = False
        self.restarts += 1

    def stop(self) -> None:
        pass


@pytest.mark.parametrize("silent", [False, True])
def test_a_night_lost_with_the_pool_is_tried_again(tmp_path, silent) -> None:
    tasks = make_tasks(tmp_path, "good-1", "bad", "good-2", "good-3")
    found = list(run_tasks(tasks, Breaking("bad", silent=silent)))
    kinds = {outcome.job.night_id: type(outcome) for outcome in found}
    assert kinds == {"good-1": Done, "good-2": Done, "good-3": Done, "bad": Failed}


def test_workers_that_never_start_are_told(tmp_path: Path) -> None:
    tasks = make_tasks(tmp_path, *"abcdefgh")
    with pytest.raises(PsgkitError, match=r"below 'if __name__ == \"__main__\":'"):
        list(run_tasks(tasks, Breaking(*"abcdefgh")))


def test_what_a_cluster_sets_itself_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    with pytest.raises(InputError, match="leave --workers and --timeout away"):
        list(run_cohort([Job(None, id="a")], out=out, dask="tcp://x:1", workers=2))
    assert not out.exists()


@pytest.mark.parametrize("ids", [["a", "a"], ["a", "A"], []])
def test_nights_that_would_share_a_folder_are_refused(ids: list[str]) -> None:
    with pytest.raises(InputError):
        check_ids([Job(recording=None, id=name) for name in ids])


class GoneExecutor:
    """A cluster whose scheduler dies with two nights under way, one of them done."""

    workers = 2
    is_broken = False

    def __init__(self) -> None:
        self.submitted: list[Future] = []

    def submit(self, task: Task) -> Future:
        future: Future = Future()
        if task.job.night_id == "n0":
            future.set_result(Done(task.job, task.out, 0.0, 0, 0))
        else:
            future.set_exception(WorkerGone("The cluster gave the night back."))
            self.is_broken = True
        return future

    def restart(self) -> None:
        raise InputError("The scheduler does not answer any more.")

    def stop(self) -> None:
        pass


def test_a_scheduler_that_dies_ends_in_a_sentence_and_done_nights_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """n0 was heard of; n1 was done, and its worker could not say so any more."""
    monkeypatch.setattr(
        module, "why_to_do", lambda job, *_: "" if job.night_id == "n1" else "to do"
    )
    outcomes = run_tasks(make_tasks(tmp_path, "n0", "n1", "n2", "n3"), GoneExecutor())
    heard: list[Outcome] = []
    with pytest.raises(InputError, match="does not answer any more"):
        heard.extend(outcomes)  # keeps what came before the error
    found = {outcome.job.night_id: outcome for outcome in heard}
    assert isinstance(found["n0"], Done)
    assert found["n1"].folder == tmp_path / "n1"
    assert found["n2"].folder is found["n3"].folder is None


def test_a_killed_night_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    executor = ProcessExecutor(work, workers=1, timeout_s=None)
    task, *_ = make_tasks(tmp_path, "litters")
    executor.submit(task)
    note = tmp_path / "litter"
    until = time.monotonic() + 120
    while not note.exists() or not note.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    litter = Path(note.read_text())
    assert litter.exists()
    assert scratch in litter.parents
    executor.stop()  # kills the worker in the middle of its night
    assert list(scratch.iterdir()) == []

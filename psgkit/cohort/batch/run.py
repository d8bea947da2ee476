"""Run all nights of a study; each night gives one outcome."""

import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from pebble import ProcessExpired

from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.folder_lock import hold, tell_under_way
from psgkit.cohort.batch.one_night import DONE_BEFORE, do_night
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.state import (
    clear_leftovers,
    has_result,
    night_folder,
    record_again,
    record_failed,
    write_asked,
)
from psgkit.cohort.batch.workers import (
    Executor,
    ProcessExecutor,
    WorkerGone,
    count_workers,
    unforeseen,
)
from psgkit.cohort.jobs.bids import describe_derivative
from psgkit.cohort.jobs.ids import folded
from psgkit.cohort.table.collect import collect
from psgkit.domain.jobs import Done, Failed, Job, Outcome, Skipped
from psgkit.errors import InputError, OutputError, PsgkitError
from psgkit.measure.catalogue.own_rows import own_rows
from psgkit.settings import Settings
from psgkit.store.files import check_writable, safe_name

# How often a run checks `should_stop`.
POLL_S = 0.2

# How often the same night may be lost with the pool before it counts as failed, and
# how often in a row the pool may break without ending any night.
MAX_LOSSES = 3

SIGKILL = 9  # `signal` does not name it on Windows

STOPPED = "the run was stopped before its turn"


def never() -> bool:
    """Let a run go on to its end."""
    return False


def untold(_nights: frozenset[str]) -> None:
    """Keep to oneself which nights are under way."""


def run_cohort(
    jobs: Sequence[Job],
    *,
    out: str | Path,
    settings: Settings | None = None,
    workers: int | None = None,
    timeout_s: float | None = None,
    resume: bool = True,
    verify: bool = False,
    dask: str | None = None,
    should_stop: Callable[[], bool] = never,
) -> Iterator[Outcome]:
    """Analyse many nights in worker processes, and make one table.

    Nothing that happens to a night, a bug, too little memory or a killed process among
    it, touches another. In a script, call it below ``if __name__ == "__main__":``,
    since its workers import the script's module anew.

    Parameters
    ----------
    jobs : sequence of Job
        The nights; see `find_jobs`, `find_bids_jobs` and `read_manifest`.
    out : str or pathlib.Path
        Output folder, with the tables and one folder per night.
    settings : Settings, optional
        Default settings where not given.
    workers : int, optional
        Nights at a time; by default as many as cores and memory allow.
    timeout_s : float, optional
        After how many seconds a night counts as failed.
    resume : bool
        Whether nights are skipped that have a result of the same inputs, settings and
        definitions.
    verify : bool
        Whether inputs are compared by SHA-256 for that.
    dask : str, optional
        Address of a Dask scheduler whose workers do the nights, in place of processes
        on this machine; ``workers`` and ``timeout_s`` are then the cluster's affair.
    should_stop : callable
        Called several times a second. Once it returns true, nights under way are finished and no
        other is begun.

    Yields
    ------
    Done, Failed or Skipped
        One for every job, in the order in which they end. After the last, the tables
        are written; see `collect`.

    Raises
    ------
    InputError
        If two jobs have the same id, an id is empty, or no scheduler answers.
    OutputError
        If the folder cannot be written, or another batch is at work in it.

    Examples
    --------
    >>> import psgkit
    >>> jobs = psgkit.read_manifest("study.csv")
    >>> for outcome in psgkit.run_cohort(jobs, out="study", workers=1):
    ...     print(outcome.job.night_id, type(outcome).__name__)
    p01 Done
    """
    out = Path(out)
    settings = settings or Settings()
    check_ids(jobs)
    if dask is not None and (workers is not None or timeout_s is not None):
        raise InputError(
            "On a cluster the number of workers and the time that each has are the "
            "cluster's to set; leave --workers and --timeout away."
        )
    check_writable(out)
    with hold(out) as lock:
        tell_under_way(lock, ())
        clear_leftovers(out, jobs)
        write_asked(out, jobs)
        if any(job.subfolder for job in jobs):
            describe_derivative(out)
        to_do = []
        for job in jobs:
            if resume and not verify and not why_to_do(job, settings, out):
                yield Skipped(job, night_folder(out, job), DONE_BEFORE)
            else:
                to_do.append(
                    Task(job, settings, out, resume, verify, tuple(own_rows()))
                )
        executor = _executor(dask, workers, timeout_s, nights=len(to_do))
        failed, done = [], []
        outcomes = run_tasks(
            to_do,
            executor,
            should_stop=lambda: lock.lost or should_stop(),
            tell=partial(tell_under_way, lock),
        )
        gone = None
        with closing(outcomes):  # workers end before the folder is free for others
            try:
                for outcome in outcomes:
                    if isinstance(outcome, Failed):
                        failed.append(outcome)
                    if isinstance(outcome, Done):
                        done.append(outcome.job)
                    yield outcome
            except InputError as fault:  # the scheduler of a cluster does not answer
                gone = fault
        if lock.lost:
            raise OutputError(
                f"Another batch has taken over {out}, since nothing was heard of this "
                "one for a while; wait for it and run again."
            )
        _check_still_there(out, done)
        record_again(out, failed)
        tell_under_way(lock, None)
        try:
            collect(
                out,
                page=settings.report.page,
                language=settings.report.language,
                verify=verify,
            )
        except OutputError as fault:
            raise OutputError(
                f"{fault} Nights that are done stay so; the same command again makes the "
                "tables."
            ) from None
    if gone:
        raise gone


def _check_still_there(out: Path, done: Sequence[Job]) -> None:
    """Refuse to make tables of nights that were done and taken away since."""
    if gone := sum(not has_result(out, job) for job in done):
        raise OutputError(
            f"{gone} of the {len(done)} nights that this batch did are no longer in "
            f"{out}: something moved or removed them. Give the command again."
        )


def _executor(
    dask: str | None, workers: int | None, timeout_s: float | None, *, nights: int
) -> Executor:
    if dask is None:
        return ProcessExecutor(
            do_night,
            workers=count_workers(workers, nights=nights),
            timeout_s=timeout_s,
        )
    from psgkit.cohort.batch.cluster import DaskExecutor  # noqa: PLC0415 - an extra

    return DaskExecutor(do_night, address=dask)


def run_tasks(
    tasks: Sequence[Task],
    executor: Executor,
    *,
    should_stop: Callable[[], bool] = never,
    tell: Callable[[frozenset[str]], None] = untold,
) -> Generator[Outcome, None, None]:
    """Run every task and yield its outcome; see `run_cohort`.

    Workers are ended when the iterator is closed. ``tell`` is called with
    the ids of the nights under way whenever others are.
    """
    run = _Run(tasks, executor)
    told: frozenset[str] = frozenset()
    try:
        while True:
            if not should_stop():
                run.fill()
            if (nights := run.nights_under_way) != told:
                tell(told := nights)
            if not run.under_way:
                break
            yield from run.collect_ended()
            yield from run.recover()
    finally:
        executor.stop()
    for task in run.waiting:
        if run.gone and not why_to_do(task.job, task.settings, task.out):
            # The worker finished the night, but died before it could report it.
            yield Skipped(task.job, night_folder(task.out, task.job), DONE_BEFORE)
        else:
            yield Skipped(task.job, None, STOPPED)
    if run.gone:
        raise run.gone


def check_ids(jobs: Sequence[Job]) -> None:
    """Refuse jobs that would write into one folder.

    Raises
    ------
    InputError
        If there is no job, two have the same id, or an id is empty.
    """
    if not jobs:
        raise InputError("There is no night to do.")
    seen: set[str] = set()
    for job in jobs:
        name = folded(safe_name(job.night_id))
        if not job.night_id or name in seen:
            raise InputError(
                f"Two nights have the id {job.night_id!r}; ids must differ, and not "
                "only in the case of their letters."
            )
        seen.add(name)


class _Run:
    """Which nights wait and which are under way."""

    def __init__(self, tasks: Sequence[Task], executor: Executor) -> None:
        self.waiting = deque(tasks)
        self.under_way: dict[Future[Outcome], tuple[Task, float]] = {}
        self._executor = executor
        self._losses: Counter[str] = Counter()
        self._breaks_in_a_row = 0
        # The reason why no worker is left.
        self.gone: InputError | None = None

    @property
    def nights_under_way(self) -> frozenset[str]:
        """The ids of the nights that are under way."""
        return frozenset(task.job.night_id for task, _ in self.under_way.values())

    def fill(self) -> None:
        """Give every free worker a night, but no more, so that stopping is quick."""
        while (
            self.waiting
            and not self.gone
            and len(self.under_way) < self._executor.workers
        ):
            task = self.waiting.popleft()
            try:
                future = self._executor.submit(task)
            except (RuntimeError, BrokenProcessPool):
                self.waiting.appendleft(task)
                self._restart()
                continue
            self.under_way[future] = task, time.monotonic()

    def collect_ended(self) -> Iterator[Outcome]:
        """Wait a moment, and return the outcomes of nights that have ended."""
        ended, _ = wait(self.under_way, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in ended:
            if isinstance(future.exception(), WorkerGone) and self._executor.is_broken:
                continue  # `recover` sees to all that are lost
            task, begun = self.under_way.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                yield from self._lose(task, begun)
                continue
            self._breaks_in_a_row = 0
            yield _settle(task, future, time.monotonic() - begun)

    def recover(self) -> Iterator[Outcome]:
        """Start new workers after the pool was lost, with the unfinished nights."""
        if not self._executor.is_broken:
            return
        lost = list(self.under_way.values())
        self.under_way.clear()
        self._restart()
        if self.gone:
            self.waiting.extendleft(task for task, _ in reversed(lost))
            return
        for task, begun in lost:
            yield from self._lose(task, begun)

    def _restart(self) -> None:
        self._breaks_in_a_row += 1
        if self._breaks_in_a_row > MAX_LOSSES:
            raise PsgkitError(
                "The worker processes end as soon as they start; in a script, "
                "run_cohort must be called below 'if __name__ == \"__main__\":'."
            )
        try:
            self._executor.restart()
        except InputError as fault:
            self.gone = fault

    def _lose(self, task: Task, begun: float) -> Iterator[Outcome]:
        """Try a night again that was lost through no fault one could see."""
        night = task.job.night_id
        self._losses[night] += 1
        if self._losses[night] < MAX_LOSSES:
            self.waiting.append(task)
            return
        message = f"Its worker process was lost {MAX_LOSSES} times."
        yield _fail(task, "WorkerLost", message, time.monotonic() - begun)


def _settle(task: Task, future: Future[Outcome], seconds: float) -> Outcome:
    match future.exception():
        case None:
            outcome = future.result()
        case TimeoutError() as fault:
            limit = fault.args[-1] if fault.args else seconds
            message = f"It took longer than {limit:g} s and was ended; see --timeout."
            return _fail(task, "TimeoutError", message, seconds)
        case WorkerGone() as fault:
            return _fail(task, "WorkerDied", str(fault), seconds)
        case ProcessExpired() as fault:
            return _fail(task, "WorkerDied", _death(fault.exitcode), seconds)
        case fault:
            # SystemExit among them, which a library may raise.
            return _fail(task, type(fault).__name__, unforeseen(fault), seconds)
    if isinstance(outcome, Failed):
        return _fail(task, outcome.error, outcome.message, outcome.seconds)
    return outcome


def _fail(task: Task, error: str, message: str, seconds: float) -> Failed:
    if has_result(task.out, task.job):
        message += " The result of an earlier run is still in its folder."
    failed = Failed(task.job, error, message, seconds)
    # If the disk is full now, `record_again` tries again at the end.
    with suppress(OSError, OutputError):
        record_failed(task.out, failed)
    return failed


def _death(exitcode: int) -> str:
    if exitcode == -SIGKILL:
        return (
            "Its worker process was killed, as happens where memory runs out; "
            "use fewer --workers."
        )
    if exitcode < 0:
        return f"Its worker process died of signal {-exitcode}."
    return f"Its worker process ended with exit status {exitcode}."

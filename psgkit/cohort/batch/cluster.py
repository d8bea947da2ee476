"""Nights run by a Dask cluster: the scheduler is Dask's, the nights are ours.

Every night is one task that returns a small outcome; its files are written by the
worker, so that workers must see the input and output folders under the paths that the
batch has. A night whose worker dies is tried once more elsewhere; after that it has
failed, since a night that kills its worker would otherwise take down one after the
other.
"""

import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psgkit._version import __version__
from psgkit.cohort.batch.allocator import keep_memory
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.workers import ONE_THREAD, Executor, WorkerGone, unforeseen
from psgkit.domain.jobs import Failed, Outcome
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from distributed import Scheduler

ANSWER_S = 10.0
RETRIES = 1

# Numbers of one cohort must be defined alike, wherever they were counted.
OURS = f"psgkit {__version__}, metrics {METRIC_VERSION}"


class DaskExecutor(Executor):
    """The workers of a Dask cluster that runs already.

    Parameters
    ----------
    work : callable
        Does one task; a function that a worker can import.
    address : str
        The scheduler's, such as ``tcp://10.0.0.1:8786``, or a scheduler file.

    Raises
    ------
    MissingExtra
        If dask.distributed is not installed.
    InputError
        If no scheduler answers, or a worker has no psgkit or another version of it.
    """

    def __init__(self, work: Callable[[Task], Outcome], *, address: str) -> None:
        self._work = work
        self._address = address
        self._connect()

    @property
    def workers(self) -> int:
        """How many nights run at once: the threads of all workers there are now."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, RuntimeError, ValueError):  # it is gone; see `is_broken`
            return 1
        return max(1, sum(threads.values()))

    @property
    def is_broken(self) -> bool:
        """Whether the scheduler is gone."""
        return bool(self._client.status != "running")

    def submit(self, task: Task) -> "Future[Outcome]":
        """Run one task on whichever worker is free."""
        night: Future[Outcome] = Future()
        night.set_running_or_notify_cancel()
        given = self._pool.submit(psgkit_night, self._work, _for_worker(task), OURS)
        given.add_done_callback(lambda ended: _pass_on(ended, task, night))
        return night

    def restart(self) -> None:
        """Connect again.

        Raises
        ------
        InputError
            If the scheduler does not answer any more.
        """
        self._client.close()
        try:
            self._connect()
        except InputError:
            raise InputError(
                f"The Dask scheduler at {self._address!r} does not answer any more. "
                "Nights that are done stay done. Start it again, and give the same "
                "command again."
            ) from None

    def stop(self) -> None:
        """Cancel tasks that have not begun, and restore the cluster's settings."""
        if not self.is_broken:
            self._pool.shutdown(wait=False)
            self._client.run_on_scheduler(_allow_failures, self._allowed_before)
        self._client.close()

    def _connect(self) -> None:
        try:
            from distributed import Client  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtra(
                "--dask needs dask.distributed: pip install 'psgkit[cluster]'."
            ) from None
        # A dead scheduler is reported in a sentence, not in Dask's tracebacks.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            # Dask ships no types.
            self._client: Any = _client_of(Client, self._address)
        except (OSError, ValueError) as fault:
            raise InputError(
                f"No Dask scheduler answers at {self._address!r} "
                f"({type(fault).__name__}); start one with 'dask scheduler'."
            ) from None
        try:
            self._check_versions()
        except InputError:
            self._client.close()
            raise
        self._allowed_before = self._client.run_on_scheduler(_allow_failures, RETRIES)
        self._pool = self._client.get_executor(pure=False, retries=0)

    def _check_versions(self) -> None:
        """Refuse a cluster with other versions than this process.

        Workers that come later fail their nights with the same sentence.
        """
        there = self._client.run(_version_there, on_error="return")
        try:
            there["scheduler"] = self._client.run_on_scheduler(_version_there)
        except Exception as fault:  # noqa: BLE001 - whatever unpickling raised there
            there["scheduler"] = fault
        for found in there.values():
            if found != OURS:
                # An error where psgkit, or this function of it, is not there.
                theirs = found if isinstance(found, str) else "no psgkit, or another,"
                raise InputError(_other_version(theirs, OURS))


def _for_worker(task: Task) -> Task:
    """Return a task with absolute paths: a worker may have another current folder."""
    paths = {
        name: path.absolute()
        for name in ("recording", "scoring", "scoring_beside")
        if (path := getattr(task.job, name)) is not None
    }
    # Further columns of a manifest are of no use to a worker, and may name people.
    job = replace(task.job, covariates={}, id=task.job.night_id, **paths)
    return replace(task, job=job, out=task.out.absolute())


def psgkit_night(work: Callable[[Task], Outcome], task: Task, ours: str) -> Outcome:
    """Do a task in a worker; the dashboard shows this function's name.

    It raises no error. Dask would log the message and the task's content, and a
    `SystemExit` would end the worker.
    """
    begun = time.monotonic()
    if ours != OURS:
        return Failed(task.job, "InputError", _other_version(OURS, ours), 0.0)
    _one_numerical_thread()
    keep_memory()
    try:
        outcome = work(task)
    except BaseException as fault:  # noqa: BLE001 - see above
        seconds = time.monotonic() - begun
        outcome = Failed(task.job, type(fault).__name__, unforeseen(fault), seconds)
    if isinstance(outcome, Failed):
        return replace(outcome, message=f"{outcome.message} {_where()}")
    return outcome


def _where() -> str:
    """Name the worker: its folders and packages may differ from the batch's."""
    from distributed import get_worker  # noqa: PLC0415 - in the worker alone

    return f"This was on the worker at {get_worker().address}."


def _version_there() -> str:
    return OURS


def _other_version(theirs: object, ours: str) -> str:
    return (
        f"The cluster has {theirs} and this batch {ours}; install the same for its "
        "scheduler and on every worker."
    )


def _client_of(client: Any, address: str) -> Any:
    if address.endswith(".json"):
        return client(scheduler_file=address, timeout=ANSWER_S)
    return client(address, timeout=ANSWER_S)


def _allow_failures(count: int, dask_scheduler: "Scheduler | None" = None) -> int:
    """Set how many workers one task may lose, and return the earlier number."""
    before = int(getattr(dask_scheduler, "allowed_failures", RETRIES))
    if dask_scheduler is not None:
        dask_scheduler.allowed_failures = count
    return before


def _one_numerical_thread() -> None:
    """Keep numerical libraries from starting a thread a core in every worker.

    It is called in the thread that does the night: OpenMP counts per thread.
    """
    for name in ONE_THREAD:
        os.environ[name] = "1"
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - in the worker alone

    threadpool_limits(1)


def _as_given(outcome: Outcome, task: Task) -> Outcome:
    """Return an outcome with the job and the folder as the caller named them."""
    if isinstance(outcome, Failed) or outcome.folder is None:
        return replace(outcome, job=task.job)
    folder = task.out / outcome.folder.relative_to(task.out.absolute())
    return replace(outcome, job=task.job, folder=folder)


def _pass_on(ended: "Future[Outcome]", task: Task, night: "Future[Outcome]") -> None:
    """Hand a task's end on in the words that a run knows."""
    if ended.cancelled():
        night.set_exception(WorkerGone("The cluster gave the night back unfinished."))
        return
    fault = ended.exception()
    if fault is None:
        night.set_result(_as_given(ended.result(), task))
    elif type(fault).__name__ == "KilledWorker":
        night.set_exception(
            WorkerGone(
                f"Its worker was lost {RETRIES + 1} times, as happens where memory "
                "runs out."
            )
        )
    else:
        night.set_exception(fault)

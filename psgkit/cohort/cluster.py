"""Nights run by a Dask cluster: the scheduler is Dask's, the nights are ours.

Every night is one task that returns a small outcome; its files are written by the
worker, so that workers must see the input and output folders under the paths that the
batch has. A night whose worker dies is tried once more elsewhere; after that it has
failed, since a night that kills its worker would otherwise take down one after the
other.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from psgkit.cohort.task import Task
from psgkit.cohort.workers import ONE_THREAD, Executor, WorkerGone
from psgkit.domain.jobs import Outcome
from psgkit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from distributed import Scheduler

ANSWER_S = 10.0
RETRIES = 1


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
        If no scheduler answers.
    """

    def __init__(self, work: Callable[[Task], Outcome], *, address: str) -> None:
        self._work = work
        self._address = address
        self._connect()

    @property
    def workers(self) -> int:
        """How many nights run at once: the threads of all workers there are now."""
        found = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return max(1, sum(int(worker["nthreads"]) for worker in found))

    @property
    def is_broken(self) -> bool:
        """Whether the scheduler is gone."""
        return bool(self._client.status != "running")

    def submit(self, task: Task) -> "Future[Outcome]":
        """Run one task on whichever worker is free."""
        night: Future[Outcome] = Future()
        night.set_running_or_notify_cancel()
        given = self._pool.submit(self._work, task)
        given.add_done_callback(lambda ended: _pass_on(ended, night))
        return night

    def restart(self) -> None:
        """Connect again."""
        self._client.close()
        self._connect()

    def stop(self) -> None:
        """Take back what has not begun, and leave the cluster as it was found."""
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
        try:
            # Dask ships no types.
            self._client: Any = _client_of(Client, self._address)
        except (OSError, ValueError) as fault:
            raise InputError(
                f"No Dask scheduler answers at {self._address!r} "
                f"({type(fault).__name__}); start one with 'dask scheduler'."
            ) from None
        self._allowed_before = self._client.run_on_scheduler(_allow_failures, RETRIES)
        self._client.run(_one_numerical_thread)
        self._pool = self._client.get_executor(pure=False, retries=0)


def _client_of(client: Any, address: str) -> Any:
    if address.endswith(".json"):
        return client(scheduler_file=address, timeout=ANSWER_S)
    return client(address, timeout=ANSWER_S)


def _allow_failures(count: int, dask_scheduler: "Scheduler | None" = None) -> int:
    """Set how many workers one task may cost, and return what was set before."""
    before = int(getattr(dask_scheduler, "allowed_failures", RETRIES))
    if dask_scheduler is not None:
        dask_scheduler.allowed_failures = count
    return before


def _one_numerical_thread() -> None:
    """Keep numerical libraries from starting a thread a core in every worker."""
    for name in ONE_THREAD:
        os.environ[name] = "1"
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - in the worker alone

    threadpool_limits(1)


def _pass_on(ended: "Future[Outcome]", night: "Future[Outcome]") -> None:
    """Hand a task's end on in the words that a run knows."""
    if ended.cancelled():
        night.set_exception(WorkerGone("The cluster gave the night back unfinished."))
        return
    fault = ended.exception()
    if fault is None:
        night.set_result(ended.result())
    elif type(fault).__name__ == "KilledWorker":
        night.set_exception(
            WorkerGone(
                f"Its worker was lost {RETRIES + 1} times, as happens where memory "
                "runs out."
            )
        )
    else:
        night.set_exception(fault)

"""Processes that analyse nights: how many, and each kept to one thread.

`Executor` is the interface that `psgkit.cohort.batch.run` needs: a pool of processes
here, or the scheduler of a cluster.
"""

import math
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pebble

from psgkit.cohort.batch.allocator import keep_memory

if TYPE_CHECKING:  # a worker loads this module before numpy may be loaded
    from collections.abc import Callable
    from concurrent.futures import Future

    from psgkit.cohort.batch.assignment import Task
    from psgkit.domain.jobs import Outcome

# Memory that one worker may need: a whole night of many channels.
WORKER_BYTES = 1_500_000_000

# Numerical libraries otherwise start a thread a core in every worker, and fight.
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class WorkerGone(Exception):
    """A worker was lost during a night; the message says how."""


def unforeseen(fault: BaseException) -> str:
    """Return the sentence for an error that no night should end in.

    Without its own words, which may repeat a file's header.
    """
    return f"This is a bug of psgkit ({type(fault).__name__})."


class Executor(Protocol):
    """Interface of a pool that runs nights, one at a time in each worker."""

    @property
    def workers(self) -> int:
        """How many nights it runs at once."""
        ...

    @property
    def is_broken(self) -> bool:
        """Whether the submitted nights will never end."""
        ...

    def submit(self, task: "Task") -> "Future[Outcome]":
        """Run one; see `psgkit.cohort.batch.run` for the errors a future may end in."""
        ...

    def restart(self) -> None:
        """Start again after all that was under way has been lost."""
        ...

    def stop(self) -> None:
        """End all workers at once."""
        ...


class ProcessExecutor(Executor):
    """Long-lived processes on this machine, started afresh rather than forked.

    Parameters
    ----------
    work : callable
        Does one task; a function that a new process can import.
    workers : int
        How many processes.
    timeout_s : float or None
        After how many seconds a task's process is ended.
    """

    def __init__(
        self,
        work: "Callable[[Task], Outcome]",
        *,
        workers: int,
        timeout_s: float | None,
    ) -> None:
        self._work = work
        self._workers = workers
        self._timeout_s = timeout_s
        self._start()

    @property
    def workers(self) -> int:
        """How many nights run at once."""
        return self._workers

    @property
    def is_broken(self) -> bool:
        """Whether the pool has given up."""
        return not self._pool.active

    def submit(self, task: "Task") -> "Future[Outcome]":
        """Run one task in a worker."""
        with _no_interrupt():
            return self._pool.schedule(self._work, args=[task], timeout=self._timeout_s)

    def restart(self) -> None:
        """Replace the pool by a new one."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """End all workers at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        self._scratch.cleanup()

    def _start(self) -> None:
        # A worker that is killed cannot take its temporary files away.
        self._scratch = tempfile.TemporaryDirectory(
            prefix="psgkit-", ignore_cleanup_errors=True
        )
        self._pool = pebble.ProcessPool(
            max_workers=self._workers,
            initializer=prepare_worker,
            initargs=[self._scratch.name],
            context=multiprocessing.get_context("spawn"),
        )


def prepare_worker(scratch: str) -> None:
    """Make a new process a worker: one thread, silent, gone when its parent is.

    Parameters
    ----------
    scratch : str
        The folder for temporary files of the process and the programs that it starts.
    """
    keep_memory()
    tempfile.tempdir = scratch
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = scratch
    for name in ONE_THREAD:
        os.environ[name] = "1"
    if "numpy" in sys.modules:
        # A script's main module is imported before this. Its libraries have read the
        # environment already.
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        threadpool_limits(1)
    threading.Thread(target=_leave_with_parent, args=[scratch], daemon=True).start()
    # Output of libraries would break the parent's progress display.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def count_workers(wanted: int | None, *, nights: int) -> int:
    """Return how many workers to start: as many as cores and memory allow.

    Parameters
    ----------
    wanted : int or None
        Number in the call; None leaves the choice to this function.
    nights : int
        How many nights there are to do.

    Returns
    -------
    int
        At least one.
    """
    if wanted is None:
        memory = available_bytes()
        fit = math.inf if memory is None else memory // WORKER_BYTES
        wanted = int(min(available_cores(), fit))
    return max(1, min(wanted, nights))


def available_cores() -> int:
    """Return how many cores this process may use, as a container's share limits them."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    quota, _, period = _first_line("/sys/fs/cgroup/cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit():
        cores = min(cores, max(1, int(quota) // int(period)))
    return cores


def available_bytes() -> int | None:
    """Return how much memory can be had without swapping; None where unknown."""
    found = []
    with suppress(OSError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        found += [int(kibibytes) * 1024 for kibibytes in free]
    limit = _first_line("/sys/fs/cgroup/memory.max")
    used = _first_line("/sys/fs/cgroup/memory.current")
    if limit.isdigit() and used.isdigit():
        found.append(int(limit) - int(used))
    if not found:
        with suppress(ValueError, OSError, AttributeError):
            # The whole memory; half of it is a fair guess.
            found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    return min(found, default=None)


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").split("\n", 1)[0]
    except OSError:
        return ""


def _leave_with_parent(scratch: str) -> None:
    """End this process once its parent is gone, however that came.

    A worker that went on after its batch was killed would write beside the next one.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach.

    A terminal sends it to them too, and they would die of it before they ignore it.
    Threads and processes inherit the blocked signals.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

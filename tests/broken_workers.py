"""Work for the processes of a cohort that goes wrong in every way, by the night's id."""

import os
import resource
import signal
import sys
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
from night_makers import make_night

from psgkit.cohort import work as work_of_nights
from psgkit.cohort.task import Task
from psgkit.domain.jobs import Done, Job, Outcome
from psgkit.domain.night import Night
from psgkit.settings import Settings


def work(task: Task) -> Outcome:
    """Do what the first word of the night's id says."""
    match task.job.night_id.partition("-")[0]:
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crashed":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "left":
            os._exit(7)
        case "exits":
            sys.exit(3)
        case "hangs":
            time.sleep(600)
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        case "raises":
            raise RuntimeError("Jane Doe, born 1960")
        case "unpicklable":
            return lambda: None  # type: ignore[return-value]
        case "slow":
            time.sleep(1.0)
        case "environment":
            Path(task.out, "threads").write_text(os.environ["OMP_NUM_THREADS"])
    return Done(task.job, task.out, 0.0, 0, 0)


def starve(task: Task) -> Outcome:
    """Do a night with no more memory than is in use, where its id says so."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    if task.job.night_id.startswith("starved"):
        resource.setrlimit(resource.RLIMIT_AS, (used + 10**8, most))

    def analyse(job: Job, _: Settings) -> Night:
        np.ones(10**8)  # 800 MB
        return make_night(job.night_id)

    try:
        with patch.object(work_of_nights, "analyse_night", analyse):
            return work_of_nights.do_night(task)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def make_tasks(out: Path, *ids: str) -> list[Task]:
    """Build tasks of these ids, without files."""
    return [Task(Job(recording=None, id=name), Settings(), out) for name in ids]

"""Work for the processes of a cohort that goes wrong in every way, by the night's id."""

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from psgkit.cohort.batch.assignment import Task
from psgkit.domain.jobs import Done, Job, Outcome
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
        case "litters":
            with tempfile.NamedTemporaryFile(delete=False) as file:
                Path(task.out, "litter").write_text(file.name)
            time.sleep(600)
        case "slow":
            time.sleep(1.0)
        case "environment":
            Path(task.out, "threads").write_text(os.environ["OMP_NUM_THREADS"])
    return Done(task.job, task.out, 0.0, 0, 0)


def make_tasks(out: Path, *ids: str) -> list[Task]:
    """Build tasks of these ids, without files."""
    return [Task(Job(recording=None, id=name), Settings(), out) for name in ids]

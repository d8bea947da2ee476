"""Work for a process that has not the memory for it."""

import resource
from pathlib import Path
from unittest.mock import patch

import numpy as np
from night_makers import make_night

from psgkit.cohort.batch import one_night as work_of_nights
from psgkit.cohort.batch.assignment import Task
from psgkit.domain.jobs import Job, Outcome
from psgkit.domain.night import Night
from psgkit.settings import Settings


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

"""The task that a worker receives."""

from dataclasses import dataclass
from pathlib import Path

from psgkit.domain.jobs import Job
from psgkit.settings import Settings


# repr=False: Dask may log the objects that it carries.
@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """One night with all that a worker needs to do it.

    Attributes
    ----------
    job : Job
    settings : Settings
    out : pathlib.Path
        The output folder of the cohort.
    resume : bool
        Whether an existing result is kept.
    verify : bool
        Whether inputs are compared by SHA-256 to know that.
    own_metrics : tuple of str
        The user's own metrics, which the worker must know too.
    """

    job: Job
    settings: Settings
    out: Path
    resume: bool = True
    verify: bool = False
    own_metrics: tuple[str, ...] = ()

"""Bouts of each stage and awakenings: METRICS section A, and wake bouts of section E."""

from collections.abc import Callable

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts, IntArray

LONG_AWAKENING_MIN = 5.0

STATISTICS: dict[str, tuple[str, Callable[[IntArray], np.floating | np.integer]]] = {
    "mean": ("Mean length of a", np.mean),
    "med": ("Median length of a", np.median),
    "max": ("Length of the longest", np.max),
}


def bout_statistic(night: Evidence, bouts: Bouts, statistic: str, what: str) -> Value:
    """Return the mean, median or longest bout in minutes."""
    if len(bouts) == 0:
        return Undefined(f"no {what}")
    return float(STATISTICS[statistic][1](bouts.lengths)) * night.epoch_min


def wake_bouts_of(night: Evidence, minimum: int) -> Value:
    """Count the wake bouts of at least some epochs."""
    return float((night.bouts["w"].lengths >= minimum).sum())

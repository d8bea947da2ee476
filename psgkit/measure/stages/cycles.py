"""Columns on sleep cycles: METRICS section A. `periods` finds them."""

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.measure.catalogue.rows import (
    COUNT,
    FEINBERG,
    MINUTES,
    NO_REM,
    NO_SLEEP,
    MetricSpec,
    Value,
)
from psgkit.measure.stages.evidence import Evidence


def cycle_n(night: Evidence) -> float:
    """Count the complete cycles."""
    return float(sum(cycle.is_complete for cycle in night.cycles))


def cycle_mean_min(night: Evidence) -> Value:
    """Return the mean length of the complete cycles."""
    lengths = [c.stop - c.start for c in night.cycles if c.is_complete]
    if lengths:
        return float(np.mean(lengths)) * night.epoch_min
    if night.onset is None:
        return NO_SLEEP
    return Undefined("no complete sleep cycle") if night.rem_periods else NO_REM


CYCLES = (
    MetricSpec(
        "cycle_n",
        COUNT,
        "Complete sleep cycles: a NREM period of 15 min, a REM period, then at least "
        "5 min of sleep.",
        FEINBERG,
        cycle_n,
    ),
    MetricSpec(
        "cycle_mean_min",
        MINUTES,
        "Mean length of the complete sleep cycles.",
        FEINBERG,
        cycle_mean_min,
    ),
)

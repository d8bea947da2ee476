"""Columns on sleep cycles: METRICS section A. `periods` finds them."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import hides_rem_period
from psgkit.measure.values import NO_REM, NO_SLEEP


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


def last_remp_censored(night: Evidence) -> Value:
    """Return whether the end of the window cuts the last REM period."""
    return float(night.rem_periods[-1].is_censored) if night.rem_periods else NO_REM


def c1_split_candidate(night: Evidence) -> Value:
    """Return whether the first NREM period may hide a skipped REM period."""
    if not night.rem_periods:
        return NO_REM
    return float(
        bool(night.cycles)
        and hides_rem_period(night.stages, night.cycles[0], night.epoch_s)
    )

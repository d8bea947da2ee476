"""When N3 comes, and how it ends: METRICS sections A and C, from stages."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.values import NO_N3, NO_REM, NO_SLEEP, share


def n3_third_min(night: Evidence, third: int) -> Value:
    """Return the N3 in one third of the sleep period.

    An epoch belongs to the third that holds its middle.
    """
    if night.onset is None:
        return NO_SLEEP
    inside = night.stages[night.sleep_period]
    middle = (np.arange(len(inside)) + 0.5) * 3 // len(inside)
    return float(((middle == third) & (inside == Stage.N3)).sum() * night.epoch_min)


def n3_first3_pct(night: Evidence) -> Value:
    """Return the share of all N3 in the first third of the sleep period."""
    first = n3_third_min(night, 0)
    if isinstance(first, Undefined):
        return first
    return share(first, night.minutes(Stage.N3), NO_N3, of=100)


def n3_c1_min(night: Evidence) -> Value:
    """Return the N3 in the first cycle."""
    if night.onset is None:
        return NO_SLEEP
    if not night.cycles:
        return NO_REM if not night.rem_periods else Undefined("no sleep cycle")
    first = night.cycles[0]
    inside = night.stages[first.start : first.stop]
    return float((inside == Stage.N3).sum() * night.epoch_min)


def n3_to_w_n1_frac(night: Evidence) -> Value:
    """Return the share of exits from N3 that lead to W or N1."""
    exits = night.transitions[Stage.N3].copy()
    exits[Stage.N3] = 0
    if night.minutes(Stage.N3) == 0:
        return NO_N3
    light = int(exits[Stage.W] + exits[Stage.N1])
    return share(light, int(exits.sum()), Undefined("no exit from N3 was seen"))

"""Durations, bouts of each stage, awakenings and cycles: METRICS section A."""

from collections.abc import Callable

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import hides_rem_period
from psgkit.measure.stages.runs import Bouts, IntArray
from psgkit.measure.values import (
    HOLES,
    LIGHTS_ON_UNKNOWN,
    LIGHTS_UNKNOWN,
    NO_REM,
    NO_SLEEP,
    share,
)

LONG_AWAKENING_MIN = 5.0

STATISTICS: dict[str, tuple[str, Callable[[IntArray], np.floating | np.integer]]] = {
    "mean": ("Mean length of a", np.mean),
    "med": ("Median length of a", np.median),
    "max": ("Length of the longest", np.max),
}
NREM = (Stage.N1, Stage.N2, Stage.N3)


def rec_min(night: Evidence) -> float:
    """Return the length of the whole scoring."""
    return night.scoring.n_epochs * night.epoch_min


def tib_min(night: Evidence) -> Value:
    """Return the length of the window, where it is the time in bed."""
    return window_min(night) if night.lights_known else LIGHTS_UNKNOWN


def window_min(night: Evidence) -> float:
    """Return the length of the window."""
    return len(night.stages) * night.epoch_min


def window_start_min(night: Evidence) -> float:
    """Return when the window starts, after the recording's start."""
    return night.start_s / 60


def window_day(night: Evidence) -> float:
    """Return the day on which the window starts, 1 for the day of the recording's start."""
    start = night.scoring.start
    since_midnight_s = 0.0
    if start is not None:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        since_midnight_s = (start - midnight).total_seconds()
    return (since_midnight_s + night.start_s) // 86400 + 1


def spt_min(night: Evidence) -> Value:
    """Return the time from sleep onset to offset."""
    return NO_SLEEP if night.onset is None else night.sleep_period_min


def se_pct(night: Evidence) -> Value:
    """Return the share of the time in bed that was slept."""
    if not night.lights_known:
        return LIGHTS_UNKNOWN
    if night.has_holes:
        return HOLES
    if night.onset is None:
        return NO_SLEEP
    return 100 * night.sleep_min / window_min(night)


def sme_pct(night: Evidence) -> Value:
    """Return the share of the sleep period that was slept."""
    return share(night.sleep_min, night.sleep_period_min, NO_SLEEP, of=100)


def waso_min(night: Evidence) -> Value:
    """Return the wake between sleep onset and offset."""
    if night.onset is None:
        return NO_SLEEP
    return wake_min_in(night, night.sleep_period)


def waso_aasm_min(night: Evidence) -> Value:
    """Return the wake between sleep onset and lights-on.

    Time in bed less latency, sleep and unscored time comes to the same, and counts
    unscored time before sleep onset twice; so the epochs of wake are counted.
    """
    if not night.lights_on_known:
        return LIGHTS_ON_UNKNOWN
    if night.has_holes:
        return HOLES
    if night.onset is None:
        return NO_SLEEP
    return wake_min_in(night, slice(night.onset, None))


def fwt_min(night: Evidence) -> Value:
    """Return the wake between sleep offset and lights-on."""
    if not night.lights_on_known:
        return LIGHTS_ON_UNKNOWN
    if night.offset is None:
        return NO_SLEEP
    return wake_min_in(night, slice(night.offset, None))


def wake_min_in(night: Evidence, where: slice) -> float:
    """Return the wake in some of the epochs."""
    return float((night.stages[where] == Stage.W).sum() * night.epoch_min)


def qc_unscored_pct(night: Evidence) -> Value:
    """Return the unscored share of the sleep period."""
    if night.onset is None:
        return NO_SLEEP
    inside = night.stages[night.sleep_period]
    return 100.0 * float((inside < 0).mean())


def stage_pct(night: Evidence, *stages: Stage) -> Value:
    """Return the share of sleep in some stages."""
    return share(night.minutes(*stages), night.sleep_min, NO_SLEEP, of=100)


def unscored_min(night: Evidence) -> float:
    """Return the time of the window that is artefact or not scored."""
    return window_min(night) - len(night.scored) * night.epoch_min


def bout_statistic(night: Evidence, bouts: Bouts, statistic: str, what: str) -> Value:
    """Return the mean, median or longest bout in minutes."""
    if len(bouts) == 0:
        return Undefined(f"no {what}")
    return float(STATISTICS[statistic][1](bouts.lengths)) * night.epoch_min


def wake_bouts_of(night: Evidence, minimum: int) -> Value:
    """Count the wake bouts of at least some epochs."""
    return float((night.bouts["w"].lengths >= minimum).sum())


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

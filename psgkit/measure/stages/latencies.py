"""Latencies of METRICS section A."""

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.architecture import wake_min_in
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import epochs_at_least
from psgkit.measure.values import (
    LIGHTS_OFF_UNKNOWN,
    NO_REM,
    NO_SLEEP,
    ONSET_UNSEEN,
    STAGED_BY_PROGRAM,
)

PERSISTENT_SLEEP_MIN = 10.0
SOREMP_MIN = 15.0
MIN_PERIOD_MIN = 5.0


def sol_min(night: Evidence) -> Value:
    """Return the time from lights-off to sleep onset.

    It is 0 where the first scored epoch is sleep, even if unscored epochs come before.
    """
    if not night.lights_off_known:
        return LIGHTS_OFF_UNKNOWN
    if night.onset is None:
        return NO_SLEEP
    return 0.0 if night.starts_asleep else night.onset * night.epoch_min


def sol10_min(night: Evidence) -> Value:
    """Return the time from lights-off to the first ten minutes of unbroken sleep."""
    if not night.lights_off_known:
        return LIGHTS_OFF_UNKNOWN
    if night.onset is None:
        return NO_SLEEP
    runs = night.bouts["sleep"]
    minimum = epochs_at_least(PERSISTENT_SLEEP_MIN, night.epoch_s)
    long_enough = runs.starts[runs.lengths >= minimum]
    if len(long_enough) == 0:
        return Undefined("no 10 min of unbroken sleep")
    first = int(long_enough[0])
    if night.starts_asleep and first == night.onset:
        return 0.0
    return first * night.epoch_min


def latency_min(night: Evidence, epoch: int | None, if_none: Undefined) -> Value:
    """Return the time from sleep onset to the start of an epoch."""
    if night.onset is None:
        return NO_SLEEP
    if epoch is None:
        return if_none
    if night.starts_asleep and not night.lights_off_known:
        return ONSET_UNSEEN
    return (epoch - night.onset) * night.epoch_min


def rem_lat_min(night: Evidence) -> Value:
    """Return the time from sleep onset to the first R."""
    return latency_min(night, night.first(Stage.R), NO_REM)


def rem_lat_nowake_min(night: Evidence) -> Value:
    """Return the same without the wake in it."""
    latency = rem_lat_min(night)
    if isinstance(latency, Undefined):
        return latency
    return latency - wake_min_in(night, slice(night.onset, night.first(Stage.R)))


def rem_lat_lo_min(night: Evidence) -> Value:
    """Return the time from lights-off to the first R."""
    if not night.lights_off_known:
        return LIGHTS_OFF_UNKNOWN
    if night.onset is None:
        return NO_SLEEP
    first = night.first(Stage.R)
    return NO_REM if first is None else first * night.epoch_min


def remp1_lat_min(night: Evidence) -> Value:
    """Return the time from sleep onset to the first REM period with 5 min of R."""
    minimum = epochs_at_least(MIN_PERIOD_MIN, night.epoch_s)
    long_enough = [p.start for p in night.rem_periods if p.rem_epochs >= minimum]
    first = long_enough[0] if long_enough else None
    none = NO_REM if not night.rem_periods else Undefined("no REM period of 5 min")
    return latency_min(night, first, none)


def soremp(night: Evidence) -> Value:
    """Return whether REM sleep began within 15 min of sleep onset."""
    if night.scoring.is_automatic:
        return STAGED_BY_PROGRAM
    latency = rem_lat_min(night)
    if latency is NO_REM:
        # Asleep from the start, R may have come and gone before it.
        onset_unseen = night.starts_asleep and not night.lights_off_known
        return ONSET_UNSEEN if onset_unseen else 0.0
    if isinstance(latency, Undefined):
        return latency
    return float(latency <= SOREMP_MIN + 1e-9)

"""Arousal indices, from arousals that an expert or a detector marked: METRICS D."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import SLEEP_STAGES, Stage
from psgkit.measure.events.arousal_causes import not_zero
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.values import NO_SLEEP, per_sleep_hour, per_stage_hour, share

LONG_AROUSAL_S = 15.0


def ar_n(night: Evidence) -> Value:
    """Count the arousals from sleep."""
    arousals = night.arousals
    if isinstance(arousals, Undefined):
        return arousals
    count = float(len(arousals.in_sleep))
    return not_zero(night, count) or count


def ar_wake_n(night: Evidence) -> Value:
    """Count the arousals that begin in W or unscored time, not within 10 s of sleep."""
    arousals = night.arousals
    if isinstance(arousals, Undefined):
        return arousals
    return float(len(arousals) - len(arousals.in_sleep))


def ar_long_n(night: Evidence) -> Value:
    """Count the arousals from sleep that last over 15 s."""
    arousals = night.timed_arousals
    if isinstance(arousals, Undefined):
        return arousals
    return float((arousals.in_sleep.durations_s > LONG_AROUSAL_S).sum())


def ari_per_h(night: Evidence) -> Value:
    """Return arousals from sleep per hour of sleep."""
    if isinstance(night.arousals, Undefined):
        return night.arousals
    count = len(night.arousals.in_sleep)
    unseen_min = night.unseen_min(*SLEEP_STAGES)
    return not_zero(night, count) or per_sleep_hour(night, count, unseen_min)


def ari_of_stages(night: Evidence, name: str, *stages: Stage) -> Value:
    """Return arousals in some stages per hour of them."""
    arousals = night.arousals_of(*stages)
    if isinstance(arousals, Undefined):
        return arousals
    count = arousals.count(*stages)
    minutes = night.minutes(*stages) - night.unseen_min(*stages)
    return not_zero(night, count) or per_stage_hour(count, minutes, name)


def ar_dur_s(night: Evidence) -> Value:
    """Return the median length of arousals from sleep."""
    arousals = night.timed_arousals
    if isinstance(arousals, Undefined):
        return arousals
    durations_s = arousals.in_sleep.durations_s
    if len(durations_s) == 0:
        return Undefined("no arousal from sleep")
    return float(np.median(durations_s))


def ar_burden_pct(night: Evidence) -> Value:
    """Return the summed length of arousals from sleep as a share of sleep."""
    arousals = night.timed_arousals
    if isinstance(arousals, Undefined):
        return arousals
    total_s = float(arousals.in_sleep.durations_s.sum())
    seen_min = night.sleep_min - night.unseen_min(*SLEEP_STAGES)
    return share(total_s / 60, seen_min, NO_SLEEP, of=100)

"""Arousal indices, from arousals that an expert or a detector marked: METRICS D."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.values import NO_SLEEP, per_sleep_hour, per_stage_hour, share

LONG_AROUSAL_S = 15.0
SPONTANEOUS_AFTER_S = 5.0
# What a scorer may have called an arousal that is not spontaneous.
WITH_CAUSE = ("arousal_respiratory", "arousal_limb")
_ROUNDING_S = 1e-9


def ar_n(night: Evidence) -> Value:
    """Count the arousals from sleep."""
    arousals = night.arousals
    if isinstance(arousals, Undefined):
        return arousals
    return float(len(arousals.in_sleep))


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
    return per_sleep_hour(night, len(night.arousals.in_sleep))


def ari_of_stages(night: Evidence, name: str, *stages: Stage) -> Value:
    """Return arousals in some stages per hour of them."""
    arousals = night.arousals if Stage.R in stages else night.nrem_arousals
    if isinstance(arousals, Undefined):
        return arousals
    return per_stage_hour(arousals.count(*stages), night.minutes(*stages), name)


def ari_spont_per_h(night: Evidence) -> Value:
    """Return arousals without a respiratory or limb event, per hour of sleep.

    An event that is under way when the arousal begins counts as one that ended within
    the 5 s before: breathing is often scored as resuming just after the arousal.
    """
    if isinstance(night.arousals, Undefined):
        return night.arousals
    spans_s = night.respiratory_and_limb_spans_s
    if spans_s is None:
        return Undefined("neither respiratory events nor limb movements were scored")
    if np.isnan(spans_s).any():
        return Undefined("ends of respiratory events or limb movements are not known")
    onsets_s = night.arousals.in_sleep.onsets_s
    starts_s, ends_s = spans_s[:, 0], spans_s[:, 1]
    begun = starts_s <= onsets_s[:, None] + _ROUNDING_S
    recent = ends_s >= onsets_s[:, None] - SPONTANEOUS_AFTER_S - _ROUNDING_S
    has_cause = (begun & recent).any(axis=1)
    has_cause |= np.isin(onsets_s, night.marks(WITH_CAUSE).onsets_s)
    return per_sleep_hour(night, int((~has_cause).sum()))


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
    return share(total_s / 60, night.sleep_min, NO_SLEEP, of=100)

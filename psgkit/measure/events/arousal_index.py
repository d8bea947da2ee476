"""Arousal indices, from arousals that an expert or a detector marked: METRICS D."""

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import SLEEP_STAGES, Stage
from psgkit.measure.catalogue.rows import (
    COUNT,
    NO_SLEEP,
    PER_HOUR,
    PERCENT,
    SECONDS,
    MetricSpec,
    Value,
    per_sleep_hour,
    per_stage_hour,
    share,
)
from psgkit.measure.stages.evidence import Evidence

LONG_AROUSAL_S = 15.0
SPONTANEOUS_AFTER_S = 5.0
# What a scorer may have called an arousal that is not spontaneous.
WITH_CAUSE = ("arousal_respiratory", "arousal_limb")
_ROUNDING_S = 1e-9

_SOURCE = "AASM scoring manual; Bonnet 1992, Sleep 15:173"


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


def _stage_row(name: str, words: str, *stages: Stage) -> MetricSpec:
    return MetricSpec(
        f"ari_{name}_per_h",
        PER_HOUR,
        f"Arousals in {words} per hour of it.",
        _SOURCE,
        lambda night: ari_of_stages(night, words, *stages),
    )


AROUSAL_INDEX = (
    MetricSpec("ar_n", COUNT, "Arousals from sleep.", _SOURCE, ar_n),
    MetricSpec(
        "ar_wake_n",
        COUNT,
        "Arousals that begin in W or in unscored time and not within 10 s of sleep.",
        _SOURCE,
        ar_wake_n,
    ),
    MetricSpec(
        "ar_long_n",
        COUNT,
        "Arousals from sleep that last over 15 s.",
        "psgkit",
        ar_long_n,
    ),
    MetricSpec(
        "ari_per_h",
        PER_HOUR,
        "Arousal index: arousals from sleep per hour of sleep.",
        _SOURCE,
        ari_per_h,
    ),
    _stage_row("nrem", "NREM", Stage.N1, Stage.N2, Stage.N3),
    _stage_row("rem", "REM", Stage.R),
    *(
        _stage_row(stage.name.lower(), stage.name, stage)
        for stage in SLEEP_STAGES
        if stage is not Stage.R
    ),
    MetricSpec(
        "ari_spont_per_h",
        PER_HOUR,
        "Arousals from sleep per hour of sleep that neither begin during a respiratory "
        "or limb event or within 5 s of its end, nor were scored as caused by one.",
        "AASM scoring manual; psgkit",
        ari_spont_per_h,
    ),
    MetricSpec(
        "ar_dur_s",
        SECONDS,
        "Median length of arousals from sleep.",
        "Boselli 1998, Sleep 21:351",
        ar_dur_s,
    ),
    MetricSpec(
        "ar_burden_pct",
        PERCENT,
        "Summed length of arousals from sleep as a share of total sleep time.",
        "Arousal burden 2021, Eur Heart J, PMC8197565",
        ar_burden_pct,
    ),
)

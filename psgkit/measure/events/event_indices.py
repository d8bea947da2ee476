"""Indices of breathing events and limb movements, as scored: METRICS section H."""

from collections.abc import Callable

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import (
    DESATURATION_KINDS,
    LIMB_KINDS,
    RESPIRATORY_KINDS,
    Stage,
)
from psgkit.measure.events.arousal_causes import BESIDE_LIMB_S, not_zero
from psgkit.measure.events.events_in_window import Marks
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.values import per_sleep_hour, per_stage_hour

LIMB_DURATION_S = (0.5, 10.0)
LIMB_INTERVAL_S = (5.0, 90.0)
MIN_SERIES = 4

_ROUNDING_S = 1e-6

# Breathing events whose names give no type.
UNTYPED_BREATHING = ("respiratory_event",)
RERA_KINDS = ("rera",)

Found = Marks | Undefined


def _scored_in_sleep(night: Evidence, kinds: tuple[str, ...], words: str) -> Found:
    if not night.has_events(kinds):
        return Undefined(f"{words} were not scored")
    return night.marks(kinds).in_sleep


def find_respiratory(night: Evidence) -> Found:
    """Return the apnoeas and hypopnoeas that begin in sleep."""
    found = _scored_in_sleep(night, RESPIRATORY_KINDS, "apnoeas and hypopnoeas")
    if isinstance(found, Marks) and len(found) == 0:
        untyped = len(night.marks(UNTYPED_BREATHING).in_sleep)
        if untyped:
            return Undefined(
                f"{untyped} breathing events in sleep are neither apnoeas nor hypopnoeas "
                "by name"
            )
    return found


def find_desaturations(night: Evidence) -> Found:
    """Return the desaturations that begin in sleep."""
    return _scored_in_sleep(night, DESATURATION_KINDS, "desaturations")


def find_periodic(night: Evidence) -> Found:
    """Return the limb movements in sleep that belong to a series.

    Movements of 0.5 to 10 s count; one that begins less than 5 s after another is the
    same. A series is at least four, each 5 to 90 s after the one before, onset to
    onset.
    """
    marks = _scored_in_sleep(night, LIMB_KINDS, "limb movements")
    if isinstance(marks, Undefined):
        return marks
    if not marks.lengths_known:
        return Undefined("how long limb movements last was not scored")
    shortest, longest = LIMB_DURATION_S
    nearest, farthest = LIMB_INTERVAL_S
    fits = (marks.durations_s >= shortest - _ROUNDING_S) & (
        marks.durations_s <= longest + _ROUNDING_S
    )
    series: list[list[int]] = []
    for index in np.flatnonzero(fits).tolist():
        since_s = (
            marks.onsets_s[index] - marks.onsets_s[series[-1][-1]] if series else np.inf
        )
        if since_s > farthest + _ROUNDING_S:
            series.append([index])
        elif since_s >= nearest - _ROUNDING_S:
            series[-1].append(index)
    periodic = [i for one in series if len(one) >= MIN_SERIES for i in one]
    return Marks(
        marks.onsets_s[periodic], marks.durations_s[periodic], marks.stages[periodic]
    )


def find_disturbances(night: Evidence) -> Found:
    """Return the apnoeas, hypopnoeas and RERAs that begin in sleep.

    Undefined where no RERA is marked in the whole recording: most scorers do not mark
    them, and without them it would be the apnoea-hypopnoea index under another name.
    """
    found = find_respiratory(night)
    if isinstance(found, Undefined):
        return found
    if night.scoring.events_of(RERA_KINDS).empty:
        return Undefined("RERAs were not scored")
    return night.marks((*RESPIRATORY_KINDS, *RERA_KINDS)).in_sleep


def find_periodic_with_arousal(night: Evidence) -> Found:
    """Return the periodic limb movements that overlap an arousal, or nearly do.

    Under 0.5 s from the end of either to the onset of the other (AASM).
    """
    marks = find_periodic(night)
    arousals = night.arousals
    if isinstance(marks, Undefined):
        return marks
    if isinstance(arousals, Undefined):
        return arousals
    # An arousal of unknown length counts as its onset.
    ends_s = arousals.onsets_s + np.nan_to_num(arousals.durations_s)
    gap_s = np.maximum(
        arousals.onsets_s - marks.ends_s[:, np.newaxis],
        marks.onsets_s[:, np.newaxis] - ends_s,
    )
    beside = (gap_s < BESIDE_LIMB_S - _ROUNDING_S).any(axis=1)
    return Marks(
        marks.onsets_s[beside], marks.durations_s[beside], marks.stages[beside]
    )


def index_in_sleep(night: Evidence, find: Callable[[Evidence], Found]) -> Value:
    """Return events that begin in sleep, per hour of sleep."""
    found = find(night)
    if isinstance(found, Undefined):
        return found
    return not_zero(night, len(found)) or per_sleep_hour(night, len(found))


def index_in_stages(
    night: Evidence,
    find: Callable[[Evidence], Found],
    name: str,
    stages: tuple[Stage, ...],
) -> Value:
    """Return events that begin in some stages, per hour of them."""
    found = find(night)
    if isinstance(found, Undefined):
        return found
    count = found.count(*stages)
    minutes = night.minutes(*stages)
    return not_zero(night, count) or per_stage_hour(count, minutes, name)

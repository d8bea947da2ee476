"""Indices of breathing events and limb movements, as scored: METRICS section H."""

from collections.abc import Callable

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import (
    DESATURATION_KINDS,
    LIMB_KINDS,
    RESPIRATORY_KINDS,
    Stage,
)
from psgkit.measure.catalogue.rows import (
    AASM,
    PER_HOUR,
    MetricSpec,
    Value,
    per_sleep_hour,
    per_stage_hour,
)
from psgkit.measure.events.events_in_window import Marks
from psgkit.measure.stages.evidence import Evidence

LIMB_DURATION_S = (0.5, 10.0)
LIMB_INTERVAL_S = (5.0, 90.0)
MIN_SERIES = 4

_NREM = (Stage.N1, Stage.N2, Stage.N3)
_ROUNDING_S = 1e-6

Found = Marks | Undefined


def _scored_in_sleep(night: Evidence, kinds: tuple[str, ...], words: str) -> Found:
    if not night.has_events(kinds):
        return Undefined(f"{words} were not scored")
    return night.marks(kinds).in_sleep


def find_respiratory(night: Evidence) -> Found:
    """Return the apnoeas and hypopnoeas that begin in sleep."""
    return _scored_in_sleep(night, RESPIRATORY_KINDS, "apnoeas and hypopnoeas")


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


def _index(night: Evidence, find: Callable[[Evidence], Found]) -> Value:
    found = find(night)
    if isinstance(found, Undefined):
        return found
    return per_sleep_hour(night, len(found))


def _index_in(
    night: Evidence,
    find: Callable[[Evidence], Found],
    name: str,
    stages: tuple[Stage, ...],
) -> Value:
    found = find(night)
    if isinstance(found, Undefined):
        return found
    return per_stage_hour(found.count(*stages), night.minutes(*stages), name)


def _rows(
    name: str, words: str, find: Callable[[Evidence], Found]
) -> tuple[MetricSpec, ...]:
    return (
        MetricSpec(
            f"{name}_per_h",
            PER_HOUR,
            f"{words} that begin in sleep, per hour of sleep.",
            AASM,
            lambda night: _index(night, find),
        ),
        MetricSpec(
            f"{name}_rem_per_h",
            PER_HOUR,
            f"{words} that begin in REM, per hour of REM.",
            AASM,
            lambda night: _index_in(night, find, "REM", (Stage.R,)),
        ),
        MetricSpec(
            f"{name}_nrem_per_h",
            PER_HOUR,
            f"{words} that begin in NREM, per hour of NREM.",
            AASM,
            lambda night: _index_in(night, find, "NREM", _NREM),
        ),
    )


EVENT_INDICES = (
    *_rows("ahi", "Apnoeas and hypopnoeas", find_respiratory),
    *_rows("odi", "Desaturations", find_desaturations),
    *_rows("plmi", "Limb movements in series of four, 5 to 90 s apart,", find_periodic),
)

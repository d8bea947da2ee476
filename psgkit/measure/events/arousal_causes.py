"""Causes of arousals, and indices by cause: METRICS section M.

The scorer's own word counts first. Then the breathing event in which an arousal begins,
or that ended within the 5 s before; then the limb movement beside it (AASM: less than
0.5 s apart); then snoring.
"""

from dataclasses import dataclass

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import (
    AROUSAL_KINDS,
    EVENT_GROUPS,
    SLEEP_STAGES,
)
from psgkit.domain.sleep.events import UNKNOWN_CAUSE, UNKNOWN_KIND
from psgkit.measure.events.events_in_window import Marks, begin_inside
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import FloatArray
from psgkit.measure.values import per_sleep_hour

AFTER_BREATHING_S = 5.0
BESIDE_LIMB_S = 0.5
_ROUNDING_S = 1e-9

# The events that cause an arousal, by the cause, in the order in which they count.
EVENTS_OF_CAUSE = {
    "respiratory": (*EVENT_GROUPS["respiratory"], "flow_limitation"),
    "limb": EVENT_GROUPS["limb_movement"],
    "snore": EVENT_GROUPS["snore"],
}
_WORDS = {
    "respiratory": "breathing events",
    "limb": "limb movements",
    "snore": "snoring events",
}


@dataclass(frozen=True, slots=True)
class CausedArousals:
    """The arousals of a window with their causes.

    Attributes
    ----------
    marks : Marks
        Arousals with the stage that each belongs to.
    labels : numpy.ndarray of object, shape (n_arousals,)
        The scorer's own word for the cause; empty without a word.
    causes : numpy.ndarray of object, shape (n_arousals,)
        Label, else the event nearby; empty without both.
    """

    marks: Marks
    labels: np.ndarray
    causes: np.ndarray

    def count(self, cause: str) -> int:
        """Count the arousals from sleep that have a cause."""
        return int(((self.causes == cause) & (self.marks.stages > 0)).sum())


def find_causes(night: Evidence) -> CausedArousals | Undefined:
    """Return the arousals of the window with their causes."""
    marks = night.arousals
    if isinstance(marks, Undefined):
        return marks
    table = night.scoring.events_of(AROUSAL_KINDS)
    inside = begin_inside(table, night.start_s, night.epoch_s, len(night.stages))
    labels = table["cause"].to_numpy(dtype=object)[inside]
    causes = np.where(labels == UNKNOWN_CAUSE, "", labels).astype(object)
    for cause, kinds in EVENTS_OF_CAUSE.items():
        spans_s = _spans_s(night, kinds)
        is_caused = (causes == "") & _are_beside(marks, spans_s, cause)
        causes[is_caused] = cause
    return CausedArousals(marks, labels, causes)


def ari_of_cause(night: Evidence, cause: str) -> Value:
    """Return arousals from sleep of one cause per hour of sleep."""
    found = find_causes(night)
    if isinstance(found, Undefined):
        return found
    in_sleep = found.marks.stages > 0
    kinds = EVENTS_OF_CAUSE[cause]
    is_told = cause in found.labels[in_sleep] or _all_named(found.labels[in_sleep])
    if not (is_told or night.has_events(kinds)):
        return Undefined(
            f"{_WORDS[cause]} were not scored, and no arousal's name gives the cause"
        )
    if not is_told and np.isnan(_spans_s(night, kinds)).any():
        return Undefined(f"how long {_WORDS[cause]} last was not scored")
    return _per_hour(night, found, found.count(cause))


def ari_spont_per_h(night: Evidence) -> Value:
    """Return arousals from sleep without a cause per hour of sleep."""
    found = find_causes(night)
    if isinstance(found, Undefined):
        return found
    labels = found.labels[found.marks.stages > 0]
    names_causes = bool(np.isin(labels, ["", UNKNOWN_CAUSE], invert=True).any())
    breathing_scored = night.has_events(EVENTS_OF_CAUSE["respiratory"])
    if not (names_causes or breathing_scored):
        return Undefined(
            "breathing events were not scored, and no arousal's name gives a cause"
        )
    if not _all_named(labels):
        kinds = (*EVENTS_OF_CAUSE["respiratory"], *EVENTS_OF_CAUSE["limb"])
        if np.isnan(_spans_s(night, kinds)).any():
            return Undefined(
                "how long breathing events or limb movements last was not scored"
            )
    is_unclear = (found.labels == UNKNOWN_CAUSE) & (found.causes == "")
    is_spontaneous = ((found.causes == "") & ~is_unclear) | (
        found.causes == "spontaneous"
    )
    count = int((is_spontaneous & (found.marks.stages > 0)).sum())
    return _per_hour(night, found, count)


def not_zero(night: Evidence, count: float) -> Undefined | None:
    """Return why a count of zero is undefined: names were not understood."""
    unknown = int((night.scoring.events["kind"] == UNKNOWN_KIND).sum())
    if count or not unknown:
        return None
    return Undefined(
        f"none was counted, but {unknown} scored events have names that are not known"
    )


def _per_hour(night: Evidence, found: CausedArousals, count: int) -> Value:
    in_sleep = found.marks.stages > 0
    is_unclear = (found.labels == UNKNOWN_CAUSE) & (found.causes == "") & in_sleep
    if count == 0 and is_unclear.any():
        return Undefined(
            f"none was counted, but the cause of {int(is_unclear.sum())} arousals is "
            "not known"
        )
    return not_zero(night, count) or per_sleep_hour(
        night, count, night.unseen_min(*SLEEP_STAGES)
    )


def _all_named(labels: np.ndarray) -> bool:
    """Return whether each arousal's own name gives its cause."""
    return not np.isin(labels, ["", UNKNOWN_CAUSE]).any()


def _spans_s(night: Evidence, kinds: tuple[str, ...]) -> FloatArray:
    """Return start and end of events after the window's start, shape (n_events, 2)."""
    table = night.scoring.events_of(kinds)
    starts = table["onset_s"].to_numpy(dtype=np.float64) - night.start_s
    lengths = table["duration_s"].to_numpy(dtype=np.float64)
    return np.column_stack((starts, starts + lengths))


def _are_beside(marks: Marks, spans_s: FloatArray, cause: str) -> np.ndarray:
    """Return which arousals are near an event by AASM's rule for a cause."""
    onsets_s = marks.onsets_s[:, None]
    starts_s, ends_s = spans_s[:, 0], spans_s[:, 1]
    if cause == "limb":
        # an arousal of unknown length counts as its onset
        lengths_s = np.nan_to_num(marks.durations_s, nan=0.0)[:, None]
        gap_s = np.maximum(starts_s - (onsets_s + lengths_s), onsets_s - ends_s)
        return np.asarray((gap_s < BESIDE_LIMB_S - _ROUNDING_S).any(axis=1))
    begun = starts_s <= onsets_s + _ROUNDING_S
    recent = ends_s >= onsets_s - AFTER_BREATHING_S - _ROUNDING_S
    return np.asarray((begun & recent).any(axis=1))

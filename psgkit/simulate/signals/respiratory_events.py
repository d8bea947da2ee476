"""Apnoeas and hypopnoeas, with the desaturations and arousals that follow them.

Events last 10 to 45 s and come in sleep, more in REM and fewer in N3 (AASM manual).
Saturation falls some 15 s after the breath does, the time that blood needs from the lung
to the finger, and recovers quickly once breathing starts again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgkit.simulate.signals.arousals import Arousal
from psgkit.simulate.signals.tracks import Canvas
from psgkit.simulate.sleep_state import FloatArray, State, Timeline, draw_times

SHORTEST_S, LONGEST_S = 10.0, 45.0
CIRCULATION_S = 15.0
RECOVERY_S = 12.0
CLEAR_FALL_PCT = 3.0  # a scorer marks a desaturation from here

_WEIGHT = {State.N1: 1.2, State.N2: 1.0, State.N3: 0.3, State.REM: 1.6}
_ASLEEP = tuple(_WEIGHT)
_APART_S = 40.0  # from the end of one event to the onset of the next
_KINDS = ("hypopnea", "apnea_obstructive", "apnea_central")
_KIND_SHARES = (0.6, 0.32, 0.08)
_FALL_PCT = {
    "hypopnea": (2.0, 6.0),
    "apnea_obstructive": (4.0, 12.0),
    "apnea_central": (3.0, 9.0),
}
# How much of the flow and of the effort of chest and belly is left.
_FLOW_LEFT = {"hypopnea": 0.45, "apnea_obstructive": 0.04, "apnea_central": 0.04}
_EFFORT_LEFT = {"hypopnea": 0.6, "apnea_obstructive": 0.7, "apnea_central": 0.04}
_WAKING_SHARE = 0.6
_CALM_S = 25.0  # no second arousal near one


@dataclass(frozen=True, slots=True)
class RespiratoryEvent:
    """One apnoea or hypopnoea.

    Attributes
    ----------
    onset_s, duration_s : float
        When breathing is reduced.
    kind : str
        ``hypopnea``, ``apnea_obstructive`` or ``apnea_central``.
    fall_pct : float
        By how many points saturation falls.
    """

    onset_s: float
    duration_s: float
    kind: str
    fall_pct: float

    @property
    def end_s(self) -> float:
        """When breathing starts again."""
        return self.onset_s + self.duration_s

    @property
    def desaturation_s(self) -> tuple[float, float]:
        """When saturation begins to fall, and when it has recovered."""
        return self.onset_s + CIRCULATION_S, self.end_s + CIRCULATION_S + RECOVERY_S


def plan_respiratory_events(timeline: Timeline, per_h: float) -> list[RespiratoryEvent]:
    """Choose when breathing stops or flattens.

    Parameters
    ----------
    timeline : Timeline
        The night.
    per_h : float
        Events an hour of sleep.

    Returns
    -------
    list of RespiratoryEvent
        In order, each within sleep.
    """
    weight = timeline.by_state(_WEIGHT)
    asleep = np.isin(timeline.states, _ASLEEP)
    if per_h == 0.0 or not asleep.any():
        return []
    rng = timeline.rng("respiratory events")
    rate_per_min = per_h / 60.0 * weight / weight[asleep].mean()
    events: list[RespiratoryEvent] = []
    for onset in draw_times(rate_per_min, rng, gap_s=LONGEST_S + _APART_S):
        duration = float(np.clip(rng.gamma(6.0, 3.5), SHORTEST_S, LONGEST_S))
        kind = str(rng.choice(_KINDS, p=_KIND_SHARES))
        fall = float(rng.uniform(*_FALL_PCT[kind]))
        if asleep[int(onset) : int(onset + duration) + 1].all():
            events.append(RespiratoryEvent(float(onset), duration, kind, fall))
    return events


def waking_arousals(
    timeline: Timeline,
    events: Sequence[RespiratoryEvent],
    others: Sequence[Arousal],
) -> list[Arousal]:
    """Return the arousals that end some of the events, away from other arousals."""
    rng = timeline.rng("respiratory arousals")
    taken = [(one.onset_s, one.onset_s + one.duration_s) for one in others]
    arousals: list[Arousal] = []
    for event in events:
        wakes = rng.random() < _WAKING_SHARE
        onset = event.end_s + float(rng.uniform(-1.0, 1.5))
        duration = float(rng.uniform(4.0, 10.0))
        stop = int(onset + duration + 6.0)
        states = timeline.states[int(onset) - 10 : stop]
        is_free = all(
            onset - end > _CALM_S or start - onset - duration > _CALM_S
            for start, end in taken
        )
        # One stage throughout, so that the arousal's stage is in no doubt.
        if wakes and is_free and stop < len(timeline.states) and np.ptp(states) == 0:
            factor = float(rng.uniform(1.8, 4.5))
            arousals.append(Arousal(onset, duration, State(int(states[0])), factor))
            taken.append((onset, onset + duration))
    return arousals


def log_respiratory_events(
    canvas: Canvas, events: Sequence[RespiratoryEvent], saturation: str
) -> None:
    """Write the events and their desaturations into the truth.

    Parameters
    ----------
    canvas : Canvas
        The truth.
    events : sequence of RespiratoryEvent
    saturation : str
        Label of the channel with the saturation; empty if absent.
    """
    duration_s = canvas.timeline.duration_s
    for event in events:
        canvas.events.append((event.onset_s, event.duration_s, event.kind, ""))
        start, stop = event.desaturation_s
        if event.fall_pct >= CLEAR_FALL_PCT and saturation and stop < duration_s:
            row = (start, stop - start, "desaturation", saturation)
            canvas.events.append(row)


def saturation_falls(
    events: Sequence[RespiratoryEvent], seconds: FloatArray
) -> FloatArray:
    """Return by how many points saturation is lowered at some seconds."""
    fall = np.zeros(len(seconds))
    for event in events:
        start, stop = event.desaturation_s
        nadir = stop - RECOVERY_S
        shape = np.interp(seconds, (start, nadir, stop), (0.0, event.fall_pct, 0.0))
        fall = np.maximum(fall, shape)
    return fall


def flow_left(
    events: Sequence[RespiratoryEvent], seconds: FloatArray, *, effort: bool
) -> FloatArray:
    """Return the share of flow, or of effort, that is left at some seconds."""
    left = np.ones(len(seconds))
    table = _EFFORT_LEFT if effort else _FLOW_LEFT
    for event in events:
        inside = (seconds >= event.onset_s) & (seconds < event.end_s)
        left[inside] = table[event.kind]
    return left


def quickened(
    bpm: FloatArray, events: Sequence[RespiratoryEvent], rng: np.random.Generator
) -> FloatArray:
    """Return the heart rate, slower within each event and faster after it."""
    changed = bpm.copy()
    for event in events:
        first, stop = int(event.onset_s), int(event.end_s)
        changed[first:stop] -= rng.uniform(1.0, 4.0)
        after = slice(stop, min(stop + 15, len(bpm)))
        times = np.arange(after.stop - after.start)
        changed[after] += rng.uniform(4.0, 10.0) * np.exp(-times / 6.0)
    return np.asarray(np.clip(changed, 40.0, 130.0))

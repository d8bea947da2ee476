"""Leg movements: single ones in any stage, and periodic series in NREM sleep.

A periodic movement lasts 0.5 to 10 s. A series is at least four of them, 5 to 90 s apart
from onset to onset (AASM manual).
"""

import numpy as np

from psgkit.domain.channels.roles import Kind
from psgkit.simulate.signals.noise import n_windows, shaped_noise, window_freqs_hz
from psgkit.simulate.signals.tracks import Canvas, blank, put, seconds_of
from psgkit.simulate.sleep_state import State, Timeline, draw_times

LEGS = ({"LegL": 1.0}, {"LegR": 1.0})
SHORTEST_S, LONGEST_S = 0.6, 4.0

_SINGLE_PER_MIN = {State.N1: 0.15, State.N2: 0.12, State.RELAXED: 0.3}
_SINGLE_PER_MIN |= {State.ACTIVE: 0.5, State.REM: 0.05}
_NREM = (State.N1, State.N2, State.N3)
_ASLEEP = (*_NREM, State.REM)
_SERIES_BEATS = (6, 17)
_FEWEST = 4
_PACE_S = (18.0, 35.0)
# Least distance between two series, so that they do not count as one.
_APART_S = 120.0
_MOST_TRIES = 500

Movement = tuple[float, float]


def plan_periodic_movements(timeline: Timeline, per_h: float) -> list[Movement]:
    """Choose the onsets and lengths of periodic limb movements.

    Parameters
    ----------
    timeline : Timeline
    per_h : float
        Movements an hour of sleep; as many as series in NREM sleep have room for.

    Returns
    -------
    list of tuple of float
        Onset and length in s, in order.
    """
    wanted = per_h * float(np.isin(timeline.states, _ASLEEP).sum()) / 3600.0
    is_nrem = np.isin(timeline.states, _NREM)
    seconds = np.flatnonzero(is_nrem)
    movements: list[Movement] = []
    taken: list[tuple[float, float]] = []
    rng = timeline.rng("periodic limb movements")
    for _ in range(_MOST_TRIES if len(seconds) else 0):
        if len(movements) >= wanted:
            break
        count, pace_s = int(rng.integers(*_SERIES_BEATS)), rng.uniform(*_PACE_S)
        count = min(count, max(round(wanted) - len(movements), _FEWEST))
        gaps = np.clip(rng.normal(pace_s, 0.08 * pace_s, count), 8.0, 80.0)
        onsets = float(rng.choice(seconds)) + np.cumsum(gaps)
        lengths = rng.uniform(SHORTEST_S, LONGEST_S, count)
        first, last = onsets[0], onsets[-1] + LONGEST_S
        if last >= len(is_nrem) or not is_nrem[int(first) : int(last) + 1].all():
            continue
        if any(
            first - stop < _APART_S and start - last < _APART_S for start, stop in taken
        ):
            continue
        taken.append((first, last))
        movements += zip(onsets.tolist(), lengths.tolist(), strict=True)
    return sorted(movements)


def add_legs(canvas: Canvas, periodic: list[Movement]) -> None:
    """Mix the tone and the movements of both legs into their channels.

    Periodic movements are counted at the left leg.
    """
    timeline = canvas.timeline
    if not any(lead.role.kind is Kind.LEG for lead in canvas.leads):
        for onset, length in periodic:
            canvas.log(onset, length, "limb_movement", LEGS[0])
        return
    freqs = window_freqs_hz(timeline.rate_hz)
    psd = freqs**4 / (freqs**4 + 15.0**4)
    psd /= psd.sum() * (freqs[1] - freqs[0])
    rows = np.broadcast_to(psd.astype(np.float32), (n_windows(timeline), len(freqs)))
    for side, leg in enumerate(LEGS):
        rng = timeline.rng(f"leg {side}")
        envelope = blank(timeline) + np.float32(2.0)
        rate = timeline.by_state(_SINGLE_PER_MIN)
        single = [
            (float(onset), rng.uniform(SHORTEST_S, LONGEST_S), rng.uniform(20.0, 60.0))
            for onset in draw_times(rate, rng, gap_s=5.0)
        ]
        series = [(*one, 45.0) for one in periodic] if side == 0 else []
        for onset, length, size_uv in (*single, *series):
            times = seconds_of(length, timeline.rate_hz)
            shape = size_uv * np.sin(np.pi * times / length)
            put(envelope, timeline.rate_hz, onset, shape.astype(np.float32))
            canvas.log(onset, length, "limb_movement", leg)
        canvas.add(shaped_noise(rows, timeline, rng) * envelope, leg)

"""Arousals: an abrupt shift to faster EEG for 3 to 15 s, out of 10 s of sleep.

AASM manual, after Bonnet et al. 1992 (Sleep 15:173): alpha, theta or beyond 16 Hz but
not spindles, at least 3 s, after at least 10 s of sleep; in REM sleep with a rise of
chin EMG for at least 1 s.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.true_runs import true_runs
from psgkit.simulate.montages import spread
from psgkit.simulate.signals.tracks import (
    Canvas,
    blank,
    put,
    seconds_of,
    wandering_rhythm,
)
from psgkit.simulate.sleep_state import (
    Float32Array,
    FloatArray,
    State,
    Timeline,
    wander,
)

BoolArray = npt.NDArray[np.bool_]

STABLE_S = 10.0
SHORTEST_S, LONGEST_S = 3.0, 15.0

# How the rate differs by stage where one number is given for the whole night.
_SHARES = {State.N1: 1.5, State.N2: 1.0, State.N3: 0.4, State.REM: 1.0}
_ASLEEP = tuple(_SHARES)
_MARGIN_S = 5.0  # between an arousal's end and a wake that follows
_APART_S = 25.0  # from the end of one arousal to the onset of the next
# In people the rate of arousals swells and fades over many minutes. Standard deviation
# of its logarithm, and the width of its swells, by the intervals of 75 real nights
# (PhysioNet Challenge 2018): median 118 s, coefficient of variation 1.8, 26 % under 60 s.
_CLUSTER_SD, _CLUSTER_S, _CLUSTER_APART_S = 1.3, 500.0, 15.0

_POSTERIOR = spread(0.0, -0.55, 0.75)
_CENTRAL = spread(0.0, 0.15, 0.75)


@dataclass(frozen=True, slots=True)
class Arousal:
    """One arousal.

    Attributes
    ----------
    onset_s, duration_s : float
        When it is.
    state : State
        State that it interrupts.
    emg_factor : float
        By how much the chin's tone rises; 1 where it does not.
    """

    onset_s: float
    duration_s: float
    state: State
    emg_factor: float


def plan_arousals(
    timeline: Timeline, per_h: Mapping[State, float], *, clusters: bool = True
) -> list[Arousal]:
    """Choose when arousals come.

    Parameters
    ----------
    timeline : Timeline
        The night.
    per_h : mapping of State to float
        Arousals an hour of each stage.
    clusters : bool
        Whether they come in clusters; otherwise each second of a stage is as likely.

    Returns
    -------
    list of Arousal
        In order, each with ten seconds of sleep before it and sleep until it ends.
        Fewer if the night has no room for them.
    """
    rng = timeline.rng("arousals")
    asleep = np.isin(timeline.states, _ASLEEP)
    free = _room(timeline)
    apart_s = _CLUSTER_APART_S if clusters else _APART_S
    rate = _swelling_rate(timeline) if clusters else None
    arousals: list[Arousal] = []
    wanted = [
        (state, int(rng.poisson(np.sum(timeline.states == state) * rate_h / 3600.0)))
        for state, rate_h in per_h.items()
    ]
    order = rng.permutation([state for state, count in wanted for _ in range(count)])
    for code in order:
        duration = float(np.clip(rng.gamma(5.0, 1.7), 3.5, LONGEST_S))
        spots = np.flatnonzero(free & (timeline.states == code))
        spots = spots[_stays_asleep(asleep, spots, duration)]
        if not spots.size:
            continue
        share = None if rate is None else rate[spots] / rate[spots].sum()
        onset = float(rng.choice(spots, p=share)) + float(rng.uniform(0.0, 0.9))
        state = State(int(code))
        rises = state is State.REM or rng.random() < 0.6
        factor = float(rng.uniform(1.8, 4.5)) if rises else 1.0
        arousals.append(Arousal(onset, duration, state, factor))
        taken = slice(
            max(int(onset - apart_s - LONGEST_S), 0), int(onset + duration + apart_s)
        )
        free[taken] = False
    return sorted(arousals, key=lambda arousal: arousal.onset_s)


def _swelling_rate(timeline: Timeline) -> FloatArray:
    """Return how likely an arousal is at each second, beside the others."""
    drift = wander(len(timeline.states), _CLUSTER_S, timeline.rng("arousal clusters"))
    return np.asarray(np.exp(_CLUSTER_SD * drift))


def rates_by_stage(per_h: float, timeline: Timeline) -> dict[State, float]:
    """Share one rate out over the stages, so that the whole night comes to it."""
    hours = {state: float(np.sum(timeline.states == state)) for state in _SHARES}
    total = sum(hours.values())
    weighted = sum(_SHARES[state] * hours[state] for state in _SHARES)
    if weighted == 0.0:
        return {}
    return {state: per_h * _SHARES[state] * total / weighted for state in _SHARES}


def calm_seconds(timeline: Timeline, arousals: list[Arousal]) -> FloatArray:
    """Return one for each second without an arousal, zero for the others."""
    calm = np.ones(len(timeline.states))
    for arousal in arousals:
        last = int(np.ceil(arousal.onset_s + arousal.duration_s))
        calm[int(arousal.onset_s) : last] = 0.0
    return calm


def add_arousals(canvas: Canvas, arousals: list[Arousal]) -> None:
    """Quieten the EEG of sleep during arousals, and mix their fast rhythms in."""
    timeline = canvas.timeline
    rng = timeline.rng("arousal shapes")
    quiet = np.ones(timeline.n_samples, dtype=np.float32)
    back, centre = blank(timeline), blank(timeline)
    for arousal in arousals:
        envelope = _envelope(timeline.rate_hz, arousal.duration_s)
        damping = np.float32(rng.uniform(0.3, 0.65))
        put(quiet, timeline.rate_hz, arousal.onset_s, -damping * envelope)
        times = seconds_of(arousal.duration_s, timeline.rate_hz)
        strength = rng.lognormal(0.1, 0.25) * _SHAPES[rng.choice(3, p=_SHAPE_SHARES)]
        alpha = wandering_rhythm(times, rng.uniform(8.3, 10.8), rng) * strength[0]
        theta = wandering_rhythm(times, rng.uniform(5.0, 7.0), rng) * strength[1]
        beta = wandering_rhythm(times, rng.uniform(18.0, 24.0), rng) * strength[2]
        put(back, timeline.rate_hz, arousal.onset_s, alpha * envelope)
        put(centre, timeline.rate_hz, arousal.onset_s, (theta + beta) * envelope)
        canvas.log(arousal.onset_s, arousal.duration_s, "arousal", _POSTERIOR)
    canvas.scale(quiet)
    canvas.add(back, _POSTERIOR)
    canvas.add(centre, _CENTRAL)


# Alpha, theta and beta in µV at their sources: arousals led by alpha, by theta, and by
# beta, and how common each is.
_SHAPES = np.array([[26.0, 8.0, 5.0], [9.0, 26.0, 6.0], [9.0, 7.0, 11.0]])
_SHAPE_SHARES = (0.6, 0.2, 0.2)


def _envelope(rate_hz: float, duration_s: float) -> Float32Array:
    """Return a plateau that rises within 0.3 s and falls within 0.6 s."""
    times = seconds_of(duration_s, rate_hz)
    rise = np.minimum(times / 0.3, 1.0)
    fall = np.minimum((duration_s - times) / 0.6, 1.0)
    return np.asarray(np.minimum(rise, np.maximum(fall, 0.0)), dtype=np.float32)


def _room(timeline: Timeline) -> BoolArray:
    """Return the seconds at which an arousal may begin.

    Ten seconds of sleep before it is the rule; here they are of one stage, so that
    an arousal's stage is certain.
    """
    room = np.zeros(len(timeline.states), dtype=np.bool_)
    for state in _ASLEEP:
        for first, last in true_runs(timeline.states == state).tolist():
            room[first + int(STABLE_S) : last] = True
    return room


def _stays_asleep(
    asleep: BoolArray, spots: npt.NDArray[np.intp], duration_s: float
) -> BoolArray:
    ends = spots + int(np.ceil(duration_s + 1.0 + _MARGIN_S))
    awake = np.concatenate(([0], np.cumsum(~asleep)))
    inside = ends < len(asleep)
    stays = awake[np.minimum(ends, len(asleep))] == awake[spots]
    return np.asarray(inside & stays, dtype=np.bool_)

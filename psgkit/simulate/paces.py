"""Slow modulations of a night: the fall of slow waves, the infraslow rhythm."""

import numpy as np

from psgkit.simulate.sleep_state import FloatArray, State, Timeline

# Slow-wave activity falls with a time constant of some hours of sleep (Achermann &
# Borbely 1990; Dijk 2009, JCSM 5(2 Suppl):S6) towards a floor.
_TIME_CONSTANT_H = 3.0
_FLOOR = 0.5


def slow_wave_pressure(timeline: Timeline) -> FloatArray:
    """Return the pressure for slow-wave sleep at each second, one at sleep onset.

    It falls with time in NREM sleep. The power of each slow wave follows it, their number
    follows part of it, and the background below 4 Hz its square. The night's truth has
    the sum for each epoch.
    """
    nrem = np.isin(timeline.states, (State.N1, State.N2, State.N3))
    hours = np.cumsum(nrem) / 3600.0
    return np.asarray(_FLOOR + (1 - _FLOOR) * np.exp(-hours / _TIME_CONSTANT_H))


def infraslow(timeline: Timeline, hz: float, drift_rad: float) -> FloatArray:
    """Return the rhythm by which sigma, spindles and the heart wax and wane, -1 to 1.

    The oscillation of about 0.02 Hz of Lecci et al. 2017 (Sci Adv 3:e1602026). Its phase
    takes a random step each second, with a standard deviation of ``drift_rad``.

    Returns
    -------
    numpy.ndarray of float64, shape (n_seconds,)
    """
    rng = timeline.rng("infraslow")
    n_seconds = len(timeline.states)
    wander = np.cumsum(rng.normal(0.0, drift_rad, n_seconds))
    phase = 2.0 * np.pi * hz * np.arange(n_seconds) + rng.uniform(0, 2 * np.pi)
    return np.asarray(np.cos(phase + wander))


def at_windows(per_second: FloatArray, step_s: float, n_steps: int) -> FloatArray:
    """Return a series given each second at the centres of windows."""
    seconds = np.arange(len(per_second)) + 0.5
    return np.asarray(np.interp(np.arange(n_steps) * step_s, seconds, per_second))

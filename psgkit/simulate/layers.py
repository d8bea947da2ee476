"""Add the findings of a night to its channels, in order."""

from dataclasses import dataclass

import numpy as np

from psgkit.simulate.options import NightOptions
from psgkit.simulate.signals.arousals import (
    add_arousals,
    calm_seconds,
    plan_arousals,
    rates_by_stage,
)
from psgkit.simulate.signals.background import add_alpha_swells, add_background
from psgkit.simulate.signals.eyes import add_eyes
from psgkit.simulate.signals.heart import (
    add_heart,
    draw_beats,
    heart_rate,
    with_ectopic_beats,
)
from psgkit.simulate.signals.limb_movements import add_legs, plan_periodic_movements
from psgkit.simulate.signals.muscle import add_muscle
from psgkit.simulate.signals.noise import HOP_S, n_windows
from psgkit.simulate.signals.respiratory_events import (
    RespiratoryEvent,
    plan_respiratory_events,
    quickened,
    waking_arousals,
)
from psgkit.simulate.signals.slow_waves import add_slow_waves
from psgkit.simulate.signals.spindles import add_spindles
from psgkit.simulate.signals.tracks import Canvas
from psgkit.simulate.sleep_state import FloatArray, State, Timeline

# Slow-wave activity falls with a time constant of some hours of sleep (Achermann &
# Borbely 1990; Dijk 2009, JCSM 5(2 Suppl):S6) towards a floor.
_TIME_CONSTANT_H = 3.0
_FLOOR = 0.5


@dataclass(frozen=True, slots=True)
class Body:
    """Heart and breath, for the channels that are not made of sources.

    Attributes
    ----------
    bpm : numpy.ndarray of float64, shape (n_seconds,)
        Heart rate.
    beats_s : numpy.ndarray of float64
        Times of heart beats.
    respiratory_events : tuple of RespiratoryEvent
        Apnoeas and hypopnoeas.
    """

    bpm: FloatArray
    beats_s: FloatArray
    respiratory_events: tuple[RespiratoryEvent, ...]


def paint(canvas: Canvas, options: NightOptions) -> Body:
    """Lay the findings of a night into its channels.

    First the brain's sleep; then arousals, which quieten it; then eyes, muscle and
    heart on top.

    Parameters
    ----------
    canvas : Canvas
        The channels, silent.
    options : NightOptions
        The options of the night.

    Returns
    -------
    Body
        Heart and breath.
    """
    timeline = canvas.timeline
    per_h = options.arousals_by_state
    if per_h is None:
        per_h = rates_by_stage(options.overall_arousals_per_h, timeline)
    arousals = plan_arousals(timeline, per_h, clusters=options.arousal_clusters)
    breathing = plan_respiratory_events(timeline, options.respiratory_events_per_h)
    arousals += waking_arousals(timeline, breathing, arousals)
    calm = calm_seconds(timeline, arousals)
    pressure = slow_wave_pressure(timeline)
    rhythm = infraslow(timeline, options.infraslow_hz, options.infraslow_drift_rad)
    pace = 1.0 + options.infraslow_depth * rhythm
    steps = n_windows(timeline)
    # The background's power falls more steeply than the power of each slow wave.
    add_background(
        canvas, at_windows(pressure**2, HOP_S, steps), at_windows(pace, HOP_S, steps)
    )
    add_alpha_swells(canvas, options.alpha_swells_per_min, calm)
    waves = add_slow_waves(canvas, pressure, calm)
    add_spindles(canvas, pace, calm, waves, options.coupling_phase_rad)
    add_arousals(canvas, arousals)
    add_eyes(canvas, calm)
    add_muscle(canvas, arousals, options.twitches_per_min, options.atonia_loss)
    bpm = heart_rate(timeline, arousals, rhythm, options.heart_infraslow_bpm)
    if breathing:
        bpm = quickened(bpm, breathing, timeline.rng("respiratory heart"))
    beats_s = draw_beats(timeline, bpm)
    if options.ectopic_beats_per_h:
        beats_s = with_ectopic_beats(canvas, beats_s, options.ectopic_beats_per_h)
    body = Body(bpm, beats_s, tuple(breathing))
    add_heart(canvas, beats_s)
    add_legs(canvas, plan_periodic_movements(timeline, options.limb_movements_per_h))
    return body


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

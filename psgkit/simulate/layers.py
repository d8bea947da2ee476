"""The order in which the findings of a night are laid into its channels."""

from dataclasses import dataclass

from psgkit.domain.channels.roles import Kind
from psgkit.simulate.options import NightOptions
from psgkit.simulate.signals.arousals import (
    add_arousals,
    calm_seconds,
    plan_arousals,
    rates_by_stage,
)
from psgkit.simulate.signals.background import add_alpha_swells, add_background
from psgkit.simulate.signals.breathing import add_legs
from psgkit.simulate.signals.eyes import add_eyes
from psgkit.simulate.signals.heart import add_heart, draw_beats, heart_rate
from psgkit.simulate.signals.muscle import add_muscle
from psgkit.simulate.signals.noise import HOP_S, n_windows
from psgkit.simulate.signals.paces import at_windows, infraslow, slow_wave_pressure
from psgkit.simulate.signals.respiratory_events import (
    RespiratoryEvent,
    plan_respiratory_events,
    quickened,
    waking_arousals,
)
from psgkit.simulate.signals.slow_waves import add_slow_waves
from psgkit.simulate.signals.spindles import add_spindles
from psgkit.simulate.signals.tracks import Canvas
from psgkit.simulate.sleep_state import FloatArray


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

    First the brain's sleep; then arousals, which quieten it; then what eyes, muscle and
    heart lay over both.

    Parameters
    ----------
    canvas : Canvas
        The channels, silent.
    options : NightOptions
        What the night was asked to be.

    Returns
    -------
    Body
        Heart and breath.
    """
    timeline = canvas.timeline
    per_h = options.arousals_by_state
    if per_h is None:
        per_h = rates_by_stage(options.overall_arousals_per_h, timeline)
    arousals = plan_arousals(timeline, per_h)
    breathing = plan_respiratory_events(timeline, options.respiratory_events_per_h)
    arousals += waking_arousals(timeline, breathing, arousals)
    calm = calm_seconds(timeline, arousals)
    pressure = slow_wave_pressure(timeline)
    pace = infraslow(timeline, options.infraslow_hz, options.infraslow_depth)
    steps = n_windows(timeline)
    # The background's power falls more steeply than that of each slow wave.
    add_background(
        canvas, at_windows(pressure**2, HOP_S, steps), at_windows(pace, HOP_S, steps)
    )
    add_alpha_swells(canvas, options.alpha_swells_per_min, calm)
    waves = add_slow_waves(canvas, pressure, calm)
    add_spindles(canvas, pace, calm, waves, options.coupling_phase_rad)
    add_arousals(canvas, arousals)
    add_eyes(canvas, calm)
    add_muscle(canvas, arousals, options.twitches_per_min, options.atonia_loss)
    bpm = heart_rate(timeline, arousals)
    if breathing:
        bpm = quickened(bpm, breathing, timeline.rng("respiratory heart"))
    body = Body(bpm, draw_beats(timeline, bpm), tuple(breathing))
    add_heart(canvas, body.beats_s)
    if any(lead.role.kind is Kind.LEG for lead in canvas.leads):
        add_legs(canvas)
    return body

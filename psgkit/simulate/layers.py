"""Add the findings of a night to its channels, in order."""

from dataclasses import dataclass

from psgkit.simulate.options import NightOptions
from psgkit.simulate.paces import at_windows, infraslow, slow_wave_pressure
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

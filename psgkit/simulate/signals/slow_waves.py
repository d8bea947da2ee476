"""Slow waves, K-complexes and vertex waves: the large single waves of NREM sleep.

Slow waves are one cycle at 0.5 to 1.5 Hz, first negative, frontal, over 75 µV from peak
to peak (AASM manual; Massimini et al. 2004, J Neurosci 24:6862). A K-complex is a sharp
negative wave followed by a slower positive one, at least 0.5 s long; a vertex wave is
sharp, under 0.5 s, largest at Cz (AASM manual).
"""

from dataclasses import dataclass

import numpy as np

from psgkit.simulate.montages import spread
from psgkit.simulate.signals.tracks import Canvas, blank, put, seconds_of
from psgkit.simulate.sleep_state import (
    Float32Array,
    FloatArray,
    State,
    draw_times,
)
from psgkit.simulate.slow_power import power_of_source

FRONTAL = spread(0.0, 0.30, 0.60)
VERTEX = spread(0.0, 0.0, 0.35)

_SLOW_PER_MIN = {State.N3: 26.0, State.N2: 3.0}
_K_PER_MIN = {State.N2: 1.6}
_VERTEX_PER_MIN = {State.N1: 1.2}


@dataclass(frozen=True, slots=True)
class SlowWave:
    """One slow wave or K-complex, to which a spindle may be tied.

    Attributes
    ----------
    onset_s, duration_s : float
        When it is.
    peak_s : float
        Time of its positive peak, the phase that coupling counts from.
    period_s : float
        Length of one cycle of it.
    """

    onset_s: float
    duration_s: float
    peak_s: float
    period_s: float


def add_slow_waves(
    canvas: Canvas, pressure: FloatArray, calm: FloatArray
) -> list[SlowWave]:
    """Mix slow waves, K-complexes and vertex waves in.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    pressure : numpy.ndarray of float64, shape (n_seconds,)
        Factor on the power of each slow wave, one at sleep onset; their number falls
        with six tenths of it.
    calm : numpy.ndarray of float64, shape (n_seconds,)
        One, and zero where an arousal keeps the waves of sleep out.

    Returns
    -------
    list of SlowWave
        Slow waves and K-complexes, in order, for spindles to follow.
    """
    timeline = canvas.timeline
    source = blank(timeline)
    waves = _slow_waves(canvas, source, pressure, calm)
    waves += _k_complexes(canvas, source, waves, calm)
    canvas.add(source, FRONTAL)
    canvas.tell_swa(power_of_source(source, timeline), FRONTAL)
    vertex = blank(timeline)
    _vertex_waves(canvas, vertex, calm)
    canvas.add(vertex, VERTEX)
    return sorted(waves, key=lambda wave: wave.onset_s)


def _slow_waves(
    canvas: Canvas, source: Float32Array, pressure: FloatArray, calm: FloatArray
) -> list[SlowWave]:
    timeline = canvas.timeline
    rng = timeline.rng("slow waves")
    rate = timeline.by_state(_SLOW_PER_MIN) * calm * (0.4 + 0.6 * pressure)
    waves = []
    for onset in draw_times(rate, rng, gap_s=1.4):
        hz = rng.uniform(0.6, 1.3)
        deep = timeline.states[int(onset)] == State.N3
        level = 225.0 if deep else 170.0
        # Power goes with the square of amplitude.
        uv = level * pressure[int(onset)] ** 0.5 * rng.lognormal(0.0, 0.2)
        shape = _wave(timeline.rate_hz, 1.0 / hz, uv * 0.55, uv * 0.45)
        put(source, timeline.rate_hz, onset, shape)
        canvas.log(onset, 1.0 / hz, "slow_wave", FRONTAL)
        waves.append(SlowWave(onset, 1.0 / hz, onset + 0.75 / hz, 1.0 / hz))
    return waves


def _k_complexes(
    canvas: Canvas, source: Float32Array, others: list[SlowWave], calm: FloatArray
) -> list[SlowWave]:
    timeline = canvas.timeline
    rng = timeline.rng("K-complexes")
    near = np.array([wave.onset_s for wave in others])
    waves = []
    for onset in draw_times(timeline.by_state(_K_PER_MIN) * calm, rng, gap_s=5.0):
        if near.size and np.abs(near - onset).min() < 2.0:
            continue
        uv = rng.uniform(110.0, 190.0)
        sharp, slow = rng.uniform(0.2, 0.3), rng.uniform(0.4, 0.6)
        shape = np.concatenate(
            (
                _half(timeline.rate_hz, sharp, -uv * 0.9),
                _half(timeline.rate_hz, slow, uv * 0.6),
            )
        )
        put(source, timeline.rate_hz, onset, shape)
        canvas.log(onset, sharp + slow, "k_complex", FRONTAL)
        peak = onset + sharp + slow / 2.0
        waves.append(SlowWave(onset, sharp + slow, peak, 2.0 * slow))
    return waves


def _vertex_waves(canvas: Canvas, source: Float32Array, calm: FloatArray) -> None:
    timeline = canvas.timeline
    rng = timeline.rng("vertex waves")
    rate = timeline.by_state(_VERTEX_PER_MIN) * calm
    for onset in draw_times(rate, rng, gap_s=3.0):
        length = rng.uniform(0.15, 0.25)
        shape = _half(timeline.rate_hz, length, -rng.uniform(40.0, 75.0))
        put(source, timeline.rate_hz, onset, shape)
        canvas.log(onset, length, "vertex_wave", VERTEX)


def _wave(
    rate_hz: float, period_s: float, down_uv: float, up_uv: float
) -> Float32Array:
    """Return a cycle that begins and ends at zero, the negative half first."""
    return np.concatenate(
        (
            _half(rate_hz, period_s / 2.0, -down_uv),
            _half(rate_hz, period_s / 2.0, up_uv),
        )
    )


def _half(rate_hz: float, length_s: float, uv: float) -> Float32Array:
    times = seconds_of(length_s, rate_hz)
    # The power rounds the corner where the wave meets the background.
    wave = uv * np.sin(np.pi * times / length_s).clip(0.0) ** 1.3
    return np.asarray(wave, dtype=np.float32)

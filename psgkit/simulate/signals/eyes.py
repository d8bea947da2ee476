"""Eye movements: rapid ones in REM and wakefulness, slow ones at sleep onset, blinks.

E1 and E2 see them with opposite sign, because one is below the left and the other
above the right eye (AASM manual); brain potentials reach both with the same sign.
"""

import numpy as np

from psgkit.simulate.montages import spread
from psgkit.simulate.signals.tracks import Canvas, blank, put, seconds_of
from psgkit.simulate.sleep_state import Float32Array, FloatArray, State, draw_times

HORIZONTAL = {
    "E1": 1.0,
    "E2": -1.0,
    "F3": 0.10,
    "F4": -0.10,
    "Fp1": 0.15,
    "Fp2": -0.15,
}
# A blink moves the cornea up: positive above the eye (E2), negative below it (E1).
BLINK = {"E1": -0.55, "E2": 0.75, "Fp1": 0.8, "Fp2": 0.8}
BLINK |= {"F3": 0.25, "F4": 0.25, "Fz": 0.2, "C3": 0.06, "C4": 0.06, "Cz": 0.06}
SAWTOOTH = spread(0.0, 0.15, 0.45)

_RAPID_PER_MIN = {State.ACTIVE: 14.0, State.RELAXED: 1.0, State.ARTEFACT: 5.0}
_BURSTS_PER_MIN = {State.REM: 2.2}
_BLINKS_PER_MIN = {State.ACTIVE: 14.0}
_ROLLING_PER_MIN = {State.N1: 5.0, State.RELAXED: 1.0}
_SAWTOOTH_PER_MIN = {State.REM: 0.8}


def add_eyes(canvas: Canvas, calm: FloatArray) -> None:
    """Mix rapid and slow eye movements, blinks and sawtooth waves in.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    calm : numpy.ndarray of float64, shape (n_seconds,)
        One, and zero where an arousal keeps the movements of REM sleep out.
    """
    horizontal = blank(canvas.timeline)
    _rapid(canvas, horizontal)
    _phasic_bursts(canvas, horizontal, calm)
    _rolling(canvas, horizontal)
    canvas.add(horizontal, HORIZONTAL)
    _blinks(canvas)
    _sawtooth(canvas, calm)


def _rapid(canvas: Canvas, source: Float32Array) -> None:
    timeline = canvas.timeline
    rng = timeline.rng("saccades")
    for onset in draw_times(timeline.by_state(_RAPID_PER_MIN), rng, gap_s=0.5):
        _saccade(canvas, source, onset, rng)


def _phasic_bursts(canvas: Canvas, source: Float32Array, calm: FloatArray) -> None:
    timeline = canvas.timeline
    rng = timeline.rng("REM bursts")
    rate = timeline.by_state(_BURSTS_PER_MIN) * calm
    for start in draw_times(rate, rng, gap_s=6.0):
        onset = start
        for _ in range(1 + rng.geometric(0.30)):
            is_rem = timeline.states[min(int(onset), len(calm) - 1)] == State.REM
            if not is_rem or onset > timeline.duration_s - 1.5:
                break
            _saccade(canvas, source, onset, rng)
            onset += rng.uniform(0.6, 1.8)


def _saccade(
    canvas: Canvas, source: Float32Array, onset: float, rng: np.random.Generator
) -> None:
    """Add one movement: a step, as an amplifier that lets no steady voltage by shows."""
    rate_hz = canvas.timeline.rate_hz
    uv = rng.uniform(35.0, 120.0) * rng.choice((-1.0, 1.0))
    hold = rng.uniform(0.25, 0.6)
    times = seconds_of(3.0 * hold, rate_hz)
    shape = (1.0 - np.exp(-times / 0.05)) * np.exp(-((times / hold) ** 2))
    put(source, rate_hz, onset, (uv * shape).astype(np.float32))
    canvas.log(onset, hold, "eye_movement", HORIZONTAL)


def _rolling(canvas: Canvas, source: Float32Array) -> None:
    """Add slow eye movements: conjugate, sinusoidal, over half a second each way."""
    timeline = canvas.timeline
    rng = timeline.rng("slow eye movements")
    for onset in draw_times(timeline.by_state(_ROLLING_PER_MIN), rng, gap_s=6.0):
        period = rng.uniform(2.5, 5.0)
        times = seconds_of(1.5 * period, timeline.rate_hz)
        envelope = np.sin(np.pi * times / (1.5 * period))
        uv = rng.uniform(40.0, 100.0) * rng.choice((-1.0, 1.0))
        shape = uv * envelope * np.sin(2.0 * np.pi * times / period)
        put(source, timeline.rate_hz, onset, shape.astype(np.float32))
        canvas.log(onset, 1.5 * period, "slow_eye_movement", HORIZONTAL)


def _blinks(canvas: Canvas) -> None:
    timeline = canvas.timeline
    rng = timeline.rng("blinks")
    source = blank(timeline)
    for onset in draw_times(timeline.by_state(_BLINKS_PER_MIN), rng, gap_s=0.8):
        length = rng.uniform(0.25, 0.45)
        times = seconds_of(length, timeline.rate_hz)
        uv = rng.uniform(90.0, 180.0)
        shape = uv * np.sin(np.pi * times / length) ** 2
        put(source, timeline.rate_hz, onset, shape.astype(np.float32))
        canvas.log(onset, length, "blink", BLINK)
    canvas.add(source, BLINK)


def _sawtooth(canvas: Canvas, calm: FloatArray) -> None:
    """Add trains of sharp triangular waves of 2 to 6 Hz over the vertex, in REM."""
    timeline = canvas.timeline
    rng = timeline.rng("sawtooth")
    source = blank(timeline)
    rate = timeline.by_state(_SAWTOOTH_PER_MIN) * calm
    for onset in draw_times(rate, rng, gap_s=8.0):
        hz, length = rng.uniform(2.2, 4.0), rng.uniform(2.0, 5.0)
        times = seconds_of(length, timeline.rate_hz)
        turns = hz * times
        saw = 2.0 * (turns - np.floor(turns)) - 1.0
        shape = rng.uniform(10.0, 20.0) * saw * np.sin(np.pi * times / length)
        put(source, timeline.rate_hz, onset, shape.astype(np.float32))
        canvas.log(onset, length, "sawtooth", SAWTOOTH)
    canvas.add(source, SAWTOOTH)

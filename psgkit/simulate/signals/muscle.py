"""Muscle: the chin's tone by state, its loss in REM, twitches, and body movements."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from psgkit.domain.true_runs import true_runs
from psgkit.simulate.signals.arousals import Arousal
from psgkit.simulate.signals.noise import n_windows, shaped_noise, window_freqs_hz
from psgkit.simulate.signals.tracks import Canvas, blank, put, seconds_of
from psgkit.simulate.sleep_state import (
    Float32Array,
    FloatArray,
    State,
    Timeline,
    draw_times,
    wander,
)

CHIN = {"Chin1": 0.7, "Chin2": -0.3}
# The temples and jaw reach EEG and EOG leads.
LEAK = {"T7": 0.10, "T8": 0.09, "M1": 0.06, "M2": 0.05, "E1": 0.06, "E2": 0.05}
LEAK |= {"Fp1": 0.06, "Fp2": 0.06, "F3": 0.03, "F4": 0.03}
LEAK |= {"C3": 0.02, "C4": 0.02, "O1": 0.03, "O2": 0.03}
# Cables and electrodes swing with the body, each by a different amount.
MOVEMENT = {"F3": 0.9, "F4": 1.0, "C3": 0.7, "C4": 0.8, "O1": 0.9, "O2": 1.1, "Cz": 0.6}
MOVEMENT |= {"Fp1": 1.0, "Fp2": 1.1, "P3": 0.7, "P4": 0.8, "M1": 0.2, "M2": 0.3}
MOVEMENT |= {"E1": 0.9, "E2": 0.8, "Chin1": 0.3}

# Root mean square in µV: low in REM sleep, as atonia defines it (AASM manual), and
# highest awake.
_TONE_UV = {
    State.RELAXED: 14.0,
    State.ACTIVE: 24.0,
    State.N1: 7.0,
    State.N2: 4.5,
    State.N3: 3.5,
    State.REM: 0.8,
    State.ARTEFACT: 60.0,
}
_MOVES_PER_MIN = {State.ACTIVE: 1.2}


def add_muscle(
    canvas: Canvas,
    arousals: list[Arousal],
    twitches_per_min: float,
    atonia_loss: float,
) -> None:
    """Mix muscle activity into chin, EEG and EOG.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    arousals : list of Arousal
        During which tone may rise.
    twitches_per_min : float
        Short bursts in a minute of REM sleep.
    atonia_loss : float
        Share of REM sleep with raised tone, 0 to 1.
    """
    timeline = canvas.timeline
    rng = timeline.rng("muscle")
    envelope = _tone(timeline, canvas, atonia_loss)
    for arousal in arousals:
        if arousal.emg_factor > 1.0:
            _raise_tone(envelope, timeline, arousal, rng)
    _twitch(envelope, canvas, twitches_per_min)
    moves = _move(envelope, canvas)
    canvas.add(_carrier(timeline) * envelope, CHIN | LEAK)
    canvas.add(moves, MOVEMENT)


def _carrier(timeline: Timeline) -> Float32Array:
    """Return muscle noise of root mean square one: 10 Hz upwards, broad."""
    freqs = window_freqs_hz(timeline.rate_hz)
    psd = freqs**4 / (freqs**4 + 15.0**4) / (1.0 + (freqs / 90.0) ** 2)
    psd /= psd.sum() * (freqs[1] - freqs[0])
    rows = np.broadcast_to(psd.astype(np.float32), (n_windows(timeline), len(freqs)))
    return shaped_noise(rows, timeline, timeline.rng("muscle noise"))


def _tone(timeline: Timeline, canvas: Canvas, atonia_loss: float) -> Float32Array:
    """Return the tone at each sample, without bursts."""
    rng = timeline.rng("tone")
    per_second = np.log(timeline.by_state(_TONE_UV))
    if atonia_loss > 0.0:
        _lose_atonia(per_second, canvas, atonia_loss, rng)
    per_second = gaussian_filter1d(per_second, 4.0, mode="nearest")
    per_second += 0.2 * wander(len(per_second), 60.0, rng)
    seconds = np.arange(len(per_second)) + 0.5
    samples = np.arange(timeline.n_samples) / timeline.rate_hz
    return np.exp(np.interp(samples, seconds, per_second)).astype(np.float32)


def _lose_atonia(
    log_tone: FloatArray, canvas: Canvas, share: float, rng: np.random.Generator
) -> None:
    """Raise the tone of stretches of REM sleep, in place."""
    states = canvas.timeline.states
    for first, last in true_runs(states == State.REM).tolist():
        at = first
        while at < last:
            stop = min(at + int(rng.uniform(30, 90)), last)
            if rng.random() < share:
                log_tone[at:stop] = np.log(rng.uniform(6.0, 12.0))
                canvas.log(float(at), float(stop - at), "atonia_loss", CHIN)
            at = stop


def _raise_tone(
    envelope: Float32Array,
    timeline: Timeline,
    arousal: Arousal,
    rng: np.random.Generator,
) -> None:
    first = round((arousal.onset_s + rng.uniform(0.0, 0.3)) * timeline.rate_hz)
    length = max(2.2, arousal.duration_s * rng.uniform(0.6, 1.0))
    last = min(first + round(length * timeline.rate_hz), len(envelope))
    floor = 3.0 if arousal.state is State.REM else 0.0
    level = np.maximum(envelope[first:last], floor)
    times = np.arange(len(level)) / timeline.rate_hz
    ramp = np.minimum(1.0, np.minimum(times / 0.2, (length - times) / 0.8))
    envelope[first:last] = level * (1.0 + (arousal.emg_factor - 1.0) * ramp.clip(0.0))


def _twitch(envelope: Float32Array, canvas: Canvas, per_min: float) -> None:
    timeline = canvas.timeline
    rng = timeline.rng("twitches")
    rate = timeline.by_state({State.REM: per_min})
    for onset in draw_times(rate, rng, gap_s=0.5):
        length = rng.uniform(0.1, 0.6)
        times = seconds_of(length, timeline.rate_hz)
        shape = rng.uniform(8.0, 25.0) * np.sin(np.pi * times / length)
        put(envelope, timeline.rate_hz, onset, shape.astype(np.float32))
        canvas.log(onset, length, "twitch", CHIN)


def _move(envelope: Float32Array, canvas: Canvas) -> Float32Array:
    """Add body movements: tone in the chin, and swings of the electrodes."""
    timeline = canvas.timeline
    rng = timeline.rng("movements")
    swings = blank(timeline)
    for onset in draw_times(timeline.by_state(_MOVES_PER_MIN), rng, gap_s=10.0):
        _one_move(envelope, swings, canvas, onset, rng.uniform(2.0, 8.0))
    for first, last in true_runs(timeline.states == State.ARTEFACT).tolist():
        _one_move(envelope, swings, canvas, float(first), float(last - first))
    return swings


def _one_move(
    envelope: Float32Array,
    swings: Float32Array,
    canvas: Canvas,
    onset: float,
    length: float,
) -> None:
    rng = canvas.timeline.rng(f"movement at {onset:.3f}")
    rate_hz = canvas.timeline.rate_hz
    times = seconds_of(length, rate_hz)
    knots = np.arange(0.0, length + 2.0, 0.6)
    swing = np.interp(times, knots, rng.normal(0.0, 60.0, knots.size))
    fade = np.minimum(1.0, np.minimum(times, length - times) / 0.5)
    smooth = gaussian_filter1d(swing * np.maximum(fade, 0.0), 0.1 * rate_hz)
    put(swings, rate_hz, onset, smooth.astype(np.float32))
    put(envelope, rate_hz, onset, (40.0 * np.maximum(fade, 0)).astype(np.float32))
    canvas.log(onset, length, "artefact", MOVEMENT)

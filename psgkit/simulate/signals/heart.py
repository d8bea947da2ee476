"""The heart: an ECG with a rate that follows sleep, and its leak into the EEG.

Slower in NREM than awake, in REM between; respiratory sinus arrhythmia; faster for some
ten seconds with each arousal (Sforza et al. 2000, Clin Neurophysiol 111:1611).
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from psgkit.simulate.signals.arousals import Arousal
from psgkit.simulate.signals.tracks import Canvas, blank
from psgkit.simulate.sleep_state import (
    Float32Array,
    FloatArray,
    State,
    Timeline,
    draw_times,
    wander,
)

ECG = {"ECG1": 1.0}
LEAK = {"M1": 0.004, "M2": -0.003, "E1": 0.002, "E2": -0.002, "Chin1": 0.0006}

_BPM = {
    State.RELAXED: 66.0,
    State.ACTIVE: 72.0,
    State.N1: 62.0,
    State.N2: 59.0,
    State.N3: 58.0,
    State.REM: 63.0,
    State.ARTEFACT: 72.0,
}
_ECTOPIC_APART_S = 15.0
# P, Q, R, S and T: seconds after R, width in s, and µV.
_WAVES = (
    (-0.17, 0.022, 120.0),
    (-0.03, 0.009, -110.0),
    (0.0, 0.011, 1100.0),
    (0.03, 0.010, -230.0),
    (0.25, 0.045, 260.0),
)


def add_heart(canvas: Canvas, beats_s: FloatArray) -> None:
    """Mix the ECG into its channel and, weakly, into the others."""
    canvas.add(_draw(canvas.timeline, beats_s), ECG | LEAK)


def heart_rate(
    timeline: Timeline,
    arousals: list[Arousal],
    rhythm: FloatArray,
    infraslow_bpm: float,
) -> FloatArray:
    """Return the heart rate at each second, in beats a minute.

    The infraslow rhythm slows the heart in N2 and N3 while it raises sigma power (Lecci
    2017, Sci Adv 3:e1602026), by ``infraslow_bpm`` at its peak.
    """
    rng = timeline.rng("heart")
    bpm = gaussian_filter1d(timeline.by_state(_BPM), 8.0, mode="nearest")
    bpm += 2.0 * wander(len(bpm), 12.0, rng)
    bpm -= infraslow_bpm * rhythm * timeline.by_state({State.N2: 1.0, State.N3: 1.0})
    for arousal in arousals:
        first = int(arousal.onset_s)
        seconds = np.arange(min(20, len(bpm) - first))
        rise = seconds / 4.0 * np.exp(1.0 - seconds / 4.0)
        bpm[first : first + len(seconds)] += rng.uniform(6.0, 14.0) * rise
    return np.asarray(np.clip(bpm, 40.0, 130.0))


def draw_beats(timeline: Timeline, bpm: FloatArray) -> FloatArray:
    """Return the times of heart beats in s, faster with each breath in."""
    rng = timeline.rng("beats")
    seconds = np.arange(len(bpm))
    breathing = 1.0 + 0.03 * np.sin(2.0 * np.pi * 0.25 * seconds)
    turns = np.concatenate(([0.0], np.cumsum(bpm * breathing / 60.0)))
    whole = np.arange(int(turns[-1]) + 1)
    times = np.interp(whole, turns, np.arange(len(turns)))
    return np.asarray(times + rng.normal(0.0, 0.006, len(times)))


def with_ectopic_beats(canvas: Canvas, beats_s: FloatArray, per_h: float) -> FloatArray:
    """Return the beats, some of them early by a quarter to a half of their interval.

    The beat after an early one comes at its usual time, as after most ventricular ones.
    """
    beats = beats_s.copy()
    rng = canvas.timeline.rng("ectopic beats")
    rate = np.full(len(canvas.timeline.states), per_h / 60.0)
    for time in draw_times(rate, rng, gap_s=_ECTOPIC_APART_S):
        at = int(np.searchsorted(beats_s, time))
        early = rng.uniform(0.25, 0.5)
        if 0 < at < len(beats) - 1:
            beats[at] -= early * (beats_s[at] - beats_s[at - 1])
            canvas.log(float(beats[at]), 0.1, "ectopic_beat", ECG)
    return beats


def _draw(timeline: Timeline, beats: FloatArray) -> Float32Array:
    source = blank(timeline)
    reach = round(0.42 * timeline.rate_hz)
    offsets = np.arange(-reach, reach + 1)
    centres = np.round(beats * timeline.rate_hz).astype(np.int64)
    places = centres[:, None] + offsets
    after_r = places / timeline.rate_hz - beats[:, None]
    shape = np.zeros(places.shape, dtype=np.float32)
    for at, width, uv in _WAVES:
        shape += (uv * np.exp(-0.5 * ((after_r - at) / width) ** 2)).astype(np.float32)
    inside = (places >= 0) & (places < len(source))
    np.add.at(source, places[inside], shape[inside])
    return source

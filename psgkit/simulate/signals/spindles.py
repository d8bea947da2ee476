"""Sleep spindles: waxing and waning bursts of 11 to 16 Hz, 0.5 to 2 s long.

Slow ones are frontal, fast ones centroparietal (De Gennaro & Ferrara 2003, Sleep Med
Rev 7:423). Their rate is paced by the infraslow oscillation, and a share of them is
tied to a phase of a slow wave (Helfrich et al. 2018, Neuron 97:221).
"""

import numpy as np

from psgkit.simulate.montages import spread
from psgkit.simulate.signals.slow_waves import SlowWave
from psgkit.simulate.signals.tracks import Canvas, blank, put, seconds_of
from psgkit.simulate.sleep_state import Float32Array, FloatArray, State, draw_times

SLOW = spread(0.0, 0.50, 0.45)
FAST = spread(0.0, -0.05, 0.55)

_PER_MIN = {State.N2: 5.0, State.N3: 2.5}
_TIED_SHARE = 0.4  # share of spindles that follow a slow wave, if a wave is near
_PHASE_SPREAD_RAD = 0.6


def add_spindles(
    canvas: Canvas,
    pace: FloatArray,
    calm: FloatArray,
    waves: list[SlowWave],
    phase_rad: float,
) -> None:
    """Mix spindles in.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    pace : numpy.ndarray of float64, shape (n_seconds,)
        Factor on their rate and power, around one.
    calm : numpy.ndarray of float64, shape (n_seconds,)
        One, and zero where an arousal keeps spindles out.
    waves : list of SlowWave
        Waves that spindles may be tied to.
    phase_rad : float
        Phase of a slow wave at which tied spindles culminate; 0 is its positive peak,
        pi its trough.
    """
    timeline = canvas.timeline
    rng = timeline.rng("spindles")
    peaks = np.array([wave.peak_s for wave in waves])
    slow, fast = blank(timeline), blank(timeline)
    last_end = -10.0
    rate = timeline.by_state(_PER_MIN) * calm * pace
    for drawn in draw_times(rate, rng, gap_s=2.5):
        centre = float(drawn)
        if rng.random() < _TIED_SHARE and peaks.size:
            wave = waves[int(np.abs(peaks - centre).argmin())]
            if abs(wave.peak_s - centre) < 6.0:
                angle = phase_rad + rng.normal(0.0, _PHASE_SPREAD_RAD)
                centre = wave.peak_s + angle / (2.0 * np.pi) * wave.period_s
        length = float(np.clip(rng.lognormal(np.log(0.95), 0.3), 0.5, 2.0))
        onset = centre - length / 2.0
        earliest = max(last_end + 0.3, 0.0)
        fits = earliest < onset < timeline.duration_s - length
        if not fits or calm[int(centre)] == 0.0:
            continue
        is_fast = rng.random() < 0.65
        hz = rng.normal(13.6, 0.4) if is_fast else rng.normal(11.8, 0.4)
        uv = (26.0 if is_fast else 22.0) * rng.lognormal(0.0, 0.25)
        uv *= np.sqrt(pace[int(drawn)])
        shape = _spindle(timeline.rate_hz, length, hz, uv, rng.uniform(0, 2 * np.pi))
        put(fast if is_fast else slow, timeline.rate_hz, onset, shape)
        canvas.log(onset, length, "spindle", FAST if is_fast else SLOW)
        last_end = onset + length
    canvas.add(slow, SLOW)
    canvas.add(fast, FAST)


def _spindle(
    rate_hz: float, length_s: float, hz: float, uv: float, phase: float
) -> Float32Array:
    """Return a burst that slows by half a hertz while it lasts."""
    times = seconds_of(length_s, rate_hz)
    envelope = np.sin(np.pi * times / length_s) ** 1.5
    turns = (hz + 0.25) * times - 0.25 * times**2 / length_s
    wave = uv * envelope * np.sin(2.0 * np.pi * turns + phase)
    return np.asarray(wave, dtype=np.float32)

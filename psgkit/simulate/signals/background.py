"""The EEG between its findings: 1/f noise, and the rhythms of each state.

The spectrum falls as ``1/f**chi``, more steeply from wakefulness to N3 (Lendner et al.
2020, eLife 9:e55092; Kozhemiako et al. 2022, eNeuro 9:ENEURO.0259-22.2022); REM sleep
and N1 add theta, relaxed wakefulness posterior alpha, N2 and N3 a tonic share of sigma. In N2
alpha also swells and fades over seconds, without muscle or beta: no arousal.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from psgkit.simulate.montages import spread
from psgkit.simulate.signals.noise import (
    HOP_S,
    n_windows,
    shaped_noise,
    window_freqs_hz,
)
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
    draw_times,
    wander,
)
from psgkit.simulate.slow_power import power_of_spectra

HIGHPASS_HZ = 0.3


@dataclass(frozen=True, slots=True)
class _Rhythm:
    hz: float
    width_hz: float
    uv2_hz: float


@dataclass(frozen=True, slots=True)
class _Spectrum:
    at_1_hz_uv2: float
    exponent: float
    rhythms: tuple[_Rhythm, ...] = ()
    alpha: _Rhythm = field(default_factory=lambda: _Rhythm(10.0, 1.0, 0.0))


# Of C4-M1; posterior sources have their `alpha` on top of it.
_SPECTRA: dict[State, _Spectrum] = {
    State.RELAXED: _Spectrum(
        14.0, 1.25, (_Rhythm(19.0, 4.0, 0.15),), _Rhythm(10.0, 0.8, 34.0)
    ),
    State.ACTIVE: _Spectrum(
        25.0, 1.3, (_Rhythm(20.0, 5.0, 0.25),), _Rhythm(10.0, 1.0, 2.0)
    ),
    State.N1: _Spectrum(24.0, 1.65, (_Rhythm(5.5, 1.5, 3.0),), _Rhythm(9.5, 1.0, 1.5)),
    State.N2: _Spectrum(60.0, 2.0, (_Rhythm(5.0, 1.5, 1.5), _Rhythm(13.0, 1.0, 0.8))),
    State.N3: _Spectrum(130.0, 2.1, (_Rhythm(5.0, 1.5, 5.0), _Rhythm(12.5, 1.0, 0.5))),
    State.REM: _Spectrum(
        20.0,
        1.65,
        (_Rhythm(6.0, 1.5, 2.2), _Rhythm(19.0, 4.0, 0.06)),
        _Rhythm(9.0, 1.0, 0.8),
    ),
    State.ARTEFACT: _Spectrum(60.0, 1.1, (_Rhythm(22.0, 8.0, 1.0),)),
}

# Places of the sources: front, centre and back of each side, and one wide one.
_SOURCES: dict[str, tuple[float, float, float]] = {
    "wide": (0.0, 0.1, 0.9),
    "front left": (-0.3, 0.6, 0.35),
    "front right": (0.3, 0.6, 0.35),
    "centre left": (-0.5, 0.0, 0.35),
    "centre right": (0.5, 0.0, 0.35),
    "back left": (-0.3, -0.7, 0.35),
    "back right": (0.3, -0.7, 0.35),
}

# Of swells of alpha in N2. Their rate and size make rules without a sense for the
# night's own alpha find 4 to 11 false arousals an hour, as they do in people's nights.
_SWELL_SOURCE = spread(0.0, -0.45, 0.75)
_SWELL_UV = 9.0
_SWELL_APART_S = 15.0  # from an arousal, so that neither is part of the other

_BANDS = ("delta", "theta", "alpha", "sigma", "beta")
_BAND_EDGES_HZ = (4.0, 8.0, 11.5, 16.0)


def add_background(canvas: Canvas, deep: FloatArray, sigma: FloatArray) -> None:
    """Mix the background into every channel.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    deep : numpy.ndarray of float64, shape (n_windows,)
        Factor on the power below 4 Hz: how it falls over the night.
    sigma : numpy.ndarray of float64, shape (n_windows,)
        Factor on the power of sigma: the infraslow oscillation.
    """
    timeline = canvas.timeline
    freqs = window_freqs_hz(timeline.rate_hz)
    weights = timeline.weights(HOP_S, blur_s=4.0)[: n_windows(timeline)]
    factor = _drift(timeline, freqs, deep, sigma)
    level = 1.0 / np.sqrt(sum(_seen_from_c4(name) ** 2 for name in _SOURCES))
    for name, (x, y, width) in _SOURCES.items():
        spectra = np.stack(
            [_psd(_SPECTRA[state], freqs, _alpha_share(name)) for state in State]
        ).astype(np.float32)
        psd = (weights.astype(np.float32) @ spectra) * factor
        power = power_of_spectra(freqs, psd, HOP_S, timeline)
        canvas.tell_swa(level**2 * power, spread(x, y, width))
        source = shaped_noise(psd, timeline, timeline.rng(f"background {name}"))
        source *= np.float32(level)
        canvas.add(source, spread(x, y, width))


def add_alpha_swells(canvas: Canvas, per_min: float, calm: FloatArray) -> None:
    """Let alpha swell and fade in N2, without muscle or beta.

    Parameters
    ----------
    canvas : Canvas
        The channels.
    per_min : float
        Swells a minute of N2.
    calm : numpy.ndarray of float64, shape (n_seconds,)
        One, and zero during an arousal.
    """
    timeline = canvas.timeline
    rng = timeline.rng("alpha swells")
    reach = 2 * int(_SWELL_APART_S) + 1
    far = minimum_filter1d(calm, reach, mode="nearest")
    # A person has much of it or little.
    person_uv = _SWELL_UV * rng.lognormal(0.0, 0.3)
    person_hz = rng.uniform(8.6, 10.8)
    source = blank(timeline)
    rate = timeline.by_state({State.N2: per_min}) * far
    for centre in draw_times(rate, rng, gap_s=15.0):
        length = float(np.clip(rng.gamma(6.0, 1.5), 4.0, 20.0))
        onset = float(centre) - length / 2.0
        times = seconds_of(length, timeline.rate_hz)
        uv = person_uv * rng.lognormal(0.0, 0.35)
        envelope = np.sin(np.pi * times / length) ** rng.uniform(0.7, 2.0)
        wave = wandering_rhythm(times, person_hz + rng.normal(0.0, 0.3), rng)
        put(source, timeline.rate_hz, onset, np.float32(uv) * envelope * wave)
        canvas.log(max(onset, 0.0), length, "alpha_swell", _SWELL_SOURCE)
    canvas.add(source, _SWELL_SOURCE)


def _seen_from_c4(name: str) -> float:
    gains = spread(*_SOURCES[name])
    return gains["C4"] - gains["M1"]


def _alpha_share(name: str) -> float:
    return {"back": 1.0, "cent": 0.15, "wide": 0.1}.get(name[:4], 0.05)


def _psd(spectrum: _Spectrum, freqs_hz: FloatArray, alpha: float) -> FloatArray:
    safe = np.maximum(freqs_hz, 0.1)
    psd = spectrum.at_1_hz_uv2 * safe**-spectrum.exponent
    for rhythm in spectrum.rhythms:
        psd = psd + _peak(rhythm, freqs_hz)
    psd = psd + alpha * _peak(spectrum.alpha, freqs_hz)
    highpass = freqs_hz**4 / (freqs_hz**4 + HIGHPASS_HZ**4)
    return np.asarray(psd * highpass, dtype=np.float64)


def _peak(rhythm: _Rhythm, freqs_hz: FloatArray) -> FloatArray:
    away = (freqs_hz - rhythm.hz) / rhythm.width_hz
    return np.asarray(rhythm.uv2_hz * np.exp(-0.5 * away**2), dtype=np.float64)


def _drift(
    timeline: Timeline, freqs_hz: FloatArray, deep: FloatArray, sigma: FloatArray
) -> Float32Array:
    """Return slow drifts by band, so that epochs of one stage differ.

    Shape (n_windows, n_freqs), around one.
    """
    rng = timeline.rng("background drift")
    n_steps = len(deep)
    logs = np.empty((n_steps, len(_BANDS)))
    for column, sd in enumerate((0.25, 0.2, 0.25, 0.15, 0.2)):
        slow, fast = wander(n_steps, 15.0, rng), wander(n_steps, 1.5, rng)
        logs[:, column] = sd * (slow + 0.8 * fast)
    logs[:, 0] += np.log(deep)
    logs[:, 3] += np.log(sigma)
    band = np.searchsorted(_BAND_EDGES_HZ, freqs_hz, side="right")
    membership = gaussian_filter1d(np.eye(len(_BANDS))[band], 1.0, axis=0)
    return np.exp(logs @ membership.T).astype(np.float32)

"""Noise with a spectrum that changes with time, by overlapping windows."""

from collections.abc import Iterator

import numpy as np
from scipy import fft

from psgkit.simulate.sleep_state import Float32Array, FloatArray, Timeline

WINDOW_S = 4.0
HOP_S = WINDOW_S / 2.0
_BLOCK = 512  # windows made at a time, which bounds memory


def window_freqs_hz(rate_hz: float) -> FloatArray:
    """Return the frequencies at which a spectrum is given."""
    freqs = np.fft.rfftfreq(_window_samples(rate_hz), 1.0 / rate_hz)
    return np.asarray(freqs, dtype=np.float64)


def n_windows(timeline: Timeline) -> int:
    """Return how many windows cover a night, one every ``HOP_S`` from second zero."""
    return int(np.ceil(timeline.duration_s / HOP_S)) + 1


def shaped_noise(
    psd_uv2_hz: Float32Array, timeline: Timeline, rng: np.random.Generator
) -> Float32Array:
    """Make Gaussian noise that has a given spectrum around each moment.

    Windows of 4 s, each with random Fourier coefficients, are weighted by a half sine
    and overlapped by half; squared weights add up to one, so that power is kept.

    Parameters
    ----------
    psd_uv2_hz : numpy.ndarray, shape (n_windows, n_freqs)
        One-sided power spectral density; window ``k`` is centred on ``k * HOP_S``.
    timeline : Timeline
        The night.
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    numpy.ndarray of float32, shape (n_samples,)
        In µV.
    """
    rate_hz = timeline.rate_hz
    size = _window_samples(rate_hz)
    hop = size // 2
    weight = np.sin(np.pi * (np.arange(size) + 0.5) / size).astype(np.float32)
    out = np.zeros((len(psd_uv2_hz) + 1) * hop, dtype=np.float32)
    for first, psd in _blocks(psd_uv2_hz):
        shape = (len(psd), psd.shape[1], 2)
        chance = rng.standard_normal(shape, dtype=np.float32)
        coefficients = chance.view(np.complex64)[..., 0]
        coefficients *= np.sqrt(psd * np.float32(rate_hz * size / 4.0))
        coefficients[:, 0] = 0.0
        windows = fft.irfft(coefficients, n=size, axis=1, workers=2) * weight
        start = first * hop
        rows = len(psd) * hop
        out[start : start + rows] += windows[:, :hop].reshape(-1)
        out[start + hop : start + hop + rows] += windows[:, hop:].reshape(-1)
    # Window 0 is centred on second zero.
    return out[hop : hop + timeline.n_samples]


def _blocks(psd: Float32Array) -> Iterator[tuple[int, Float32Array]]:
    for first in range(0, len(psd), _BLOCK):
        yield first, psd[first : first + _BLOCK]


def _window_samples(rate_hz: float) -> int:
    return 2 * round(rate_hz * WINDOW_S / 2.0)

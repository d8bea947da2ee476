"""Debiased squared weighted phase-lag index between all pairs of channels.

Vinck 2011, doi 10.1016/j.neuroimage.2011.01.055, as `mne_connectivity` computes it with
``method="wpli2_debiased"`` and ``mode="fourier"``, for many epochs at once.
"""

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from psgkit.measure.signals.usable_time import FloatArray
from psgkit.measure.spectra.power import BANDS, Float32Array

WINDOW_S = 2.0
EPOCH_S = 30.0
NETWORK_BANDS = {name: BANDS[name] for name in ("theta", "alpha", "sigma", "beta")}

_WINDOWS = round(EPOCH_S / WINDOW_S)
# Bytes of the cross spectra in memory.
_AT_ONCE_BYTES = 4_000_000


def wpli_by_band(values: Float32Array, rate_hz: float) -> FloatArray:
    """Return the index of every band, epoch of 30 s and pair of channels.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_channels, n_samples)
        Finite. Samples after the last whole epoch are left out.
    rate_hz : float

    Returns
    -------
    numpy.ndarray of float64, shape (n_bands, n_epochs, n_pairs)
        From 15 windows of 2 s an epoch, averaged over the frequencies of each band.
        Around zero without coupling, one where one channel always leads. Coupling
        without a lag, as of one source that spreads, does not count.
    """
    length = int(WINDOW_S * rate_hz + 1e-6)
    n_epochs = int(values.shape[1] / (EPOCH_S * rate_hz) + 1e-6)
    freqs = fft.rfftfreq(length, 1 / rate_hz)
    limits = list(NETWORK_BANDS.values())
    used = np.flatnonzero((freqs >= limits[0][0]) & (freqs < limits[-1][1]))
    taper = signal.get_window("hann", length, fftbins=False).astype(np.float32)
    windows = _windows(values, rate_hz, n_epochs * _WINDOWS, length)
    windows = windows - windows.mean(axis=2, keepdims=True)
    waves = fft.rfft(windows * taper, axis=2)[:, :, used]
    waves = waves.reshape(len(values), n_epochs, _WINDOWS, len(used))
    in_band = [(freqs[used] >= low) & (freqs[used] < high) for low, high in limits]
    n_pairs = len(values) * (len(values) - 1) // 2
    found = np.empty((len(limits), n_epochs, n_pairs))
    step = max(1, _AT_ONCE_BYTES // (4 * n_pairs * _WINDOWS * len(used)))
    for first in range(0, n_epochs, step):
        some = slice(first, first + step)
        index = _debiased(waves[:, some])
        for band, inside in enumerate(in_band):
            found[band, some] = index[:, :, inside].mean(axis=2).T
    return found


def _windows(
    values: Float32Array, rate_hz: float, count: int, length: int
) -> Float32Array:
    """Return windows of 2 s that follow each other, shape (n_channels, count, length)."""
    if length == WINDOW_S * rate_hz:
        return values[:, : count * length].reshape(len(values), count, length)
    starts = np.round(np.arange(count) * WINDOW_S * rate_hz).astype(int)
    return values[:, starts[:, np.newaxis] + np.arange(length)]


def _debiased(waves: npt.NDArray[np.complex64]) -> Float32Array:
    """Return the index of pairs, epochs and frequencies.

    Parameters
    ----------
    waves : numpy.ndarray of complex, shape (n_channels, n_epochs, n_windows, n_freqs)
    """
    one, other = np.triu_indices(len(waves), k=1)
    real, imag = np.ascontiguousarray(waves.real), np.ascontiguousarray(waves.imag)
    lag = imag[one] * real[other]
    lag -= real[one] * imag[other]
    total = lag.sum(axis=2)
    squares = np.square(lag).sum(axis=2)
    sizes = np.abs(lag, out=lag).sum(axis=2)
    above = total * total - squares
    below = sizes * sizes - squares
    known = below > 0
    index: Float32Array = np.divide(above, below, out=np.zeros_like(above), where=known)
    return index

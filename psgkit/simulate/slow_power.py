"""The true slow-wave activity: power from 0.5 to 4 Hz that the brain puts into a channel.

It is computed from the spectra of the background, and from slow waves and K-complexes
alone, without noise. It does not use the finished signals or the windows of a metric.
"""

import numpy as np
from scipy import fft

from psgkit.simulate.sleep_state import Float32Array, FloatArray, Timeline

BAND_HZ = (0.5, 4.0)


def power_of_spectra(
    freqs_hz: FloatArray, psd_uv2_hz: Float32Array, step_s: float, timeline: Timeline
) -> FloatArray:
    """Integrate spectra over the band, from one every so often to one every second.

    Parameters
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    psd_uv2_hz : numpy.ndarray of float32, shape (n_steps, n_freqs)
        One-sided power spectral density; row ``k`` belongs to second ``k * step_s``.
    step_s : float
    timeline : Timeline

    Returns
    -------
    numpy.ndarray of float64, shape (n_seconds,)
        In µV².
    """
    inside = (freqs_hz >= BAND_HZ[0] - 1e-6) & (freqs_hz <= BAND_HZ[1] + 1e-6)
    power = np.trapezoid(psd_uv2_hz[:, inside], freqs_hz[inside], axis=1)
    seconds = np.arange(len(timeline.states)) + 0.5
    return np.asarray(
        np.interp(seconds, np.arange(psd_uv2_hz.shape[0]) * step_s, power)
    )


def power_of_source(source: Float32Array, timeline: Timeline) -> FloatArray:
    """Return the power in the band of a source, epoch by epoch, by Parseval's theorem.

    Parameters
    ----------
    source : numpy.ndarray of float32, shape (n_samples,)
        In µV.
    timeline : Timeline

    Returns
    -------
    numpy.ndarray of float64, shape (n_seconds,)
        In µV²; each second has its epoch's power.
    """
    seconds = np.arange(len(timeline.states))
    epochs = (seconds // timeline.epoch_s).astype(int)
    size = round(timeline.epoch_s * timeline.rate_hz)
    powers = [
        _band_power(source[first : first + size], timeline.rate_hz)
        for first in range(0, len(source), size)
    ]
    return np.asarray(np.array(powers)[epochs])


def second_means(values: Float32Array, timeline: Timeline) -> FloatArray:
    """Return the mean over the samples of each second, shape (n_seconds,)."""
    seconds = np.arange(len(timeline.states))
    starts = np.round(seconds * timeline.rate_hz).astype(int)
    sums = np.add.reduceat(values, starts, dtype=np.float64)
    return np.asarray(sums / np.diff(np.append(starts, len(values))))


def _band_power(part: Float32Array, rate_hz: float) -> float:
    freqs = fft.rfftfreq(len(part), 1.0 / rate_hz)
    inside = (freqs >= BAND_HZ[0]) & (freqs < BAND_HZ[1])
    power = np.abs(fft.rfft(part)[inside]) ** 2
    return float(2.0 * power.sum(dtype=np.float64) / len(part) ** 2)

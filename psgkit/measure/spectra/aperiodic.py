"""The aperiodic exponent: how steeply a spectrum falls.

Low range, 2 to 18 Hz: irregular-resampling auto-spectral analysis (Wen & Liu 2016), as
``yasa.irasa`` does it. A spectrum stretched by ``h`` and by ``1/h`` moves its peaks but
not its slope; the median over many ``h`` has lost the peaks. YASA resamples the signal
34 times and takes spectra of 4 s, which is 25 s of work for one night and channel.
Here nothing is resampled: the spectrum in windows of 4 s of the signal resampled by
``h`` is computed from the signal itself in windows of ``4 / h`` s, its bins ``h`` times as
far apart. The tests hold the two together.

High range, 30 to 45 Hz: a straight line through the mean spectrum on log-log axes
(Lendner et al. 2020).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.power import Float32Array

LOW_BAND = (2.0, 18.0)
HIGH_BAND = (30.0, 45.0)
FACTORS = tuple(float(h) for h in np.round(np.arange(1.1, 1.901, 0.05), 2))
# The low range, its ends stretched by the largest factor.
LOW_BAND_EVALUATED = (LOW_BAND[0] / max(FACTORS), LOW_BAND[1] * max(FACTORS))
WINDOW_S = 4.0
_BINS = slice(round(LOW_BAND[0] * WINDOW_S), round(LOW_BAND[1] * WINDOW_S) + 1)

# The exponent of a stage settles long before an hour: 5 min leave an error of 0.017.
MAX_STAGE_MIN = 5.0
MIN_STAGE_MIN = 2.0


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A power law fitted to a spectrum.

    Attributes
    ----------
    exponent : float
        Positive where power falls with frequency.
    r2 : float
        Share of the variance of log power that it explains.
    """

    exponent: float
    r2: float


def fit_power_law(freqs_hz: FloatArray, psd: FloatArray) -> PowerLaw:
    """Fit a straight line to a spectrum on log-log axes by least squares."""
    x, y = np.log(freqs_hz), np.log(psd)
    slope, intercept = np.polyfit(x, y, 1)
    residual = y - (intercept + slope * x)
    spread = np.sum((y - y.mean()) ** 2)
    return PowerLaw(float(-slope), float(1 - np.sum(residual**2) / spread))


def low_exponent(
    values: Float32Array, rate_hz: float, timeline: Timeline, stage: Stage
) -> PowerLaw | Undefined:
    """Fit the aperiodic part of a stage's spectrum from 2 to 18 Hz.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero, at 100 Hz or more.
    rate_hz : float
    timeline : Timeline
    stage : Stage

    Returns
    -------
    PowerLaw or Undefined
        Undefined below two minutes of clean epochs. Of more than 5 min, epochs spread
        evenly over the stage are taken.
    """
    epochs = _clean_epochs(values, rate_hz, timeline, stage)
    minutes = len(epochs) * timeline.epoch_s / 60
    if minutes < MIN_STAGE_MIN:
        return timeline.too_little((stage,), minutes, MIN_STAGE_MIN)
    most = int(MAX_STAGE_MIN * 60 / timeline.epoch_s)
    if len(epochs) > most:
        epochs = epochs[np.linspace(0, len(epochs) - 1, most).round().astype(int)]
    starts = np.round(timeline.epoch_starts_s[epochs] * rate_hz).astype(int)
    samples = np.arange(int(timeline.epoch_s * rate_hz))
    freqs, aperiodic = irasa(values[starts[:, np.newaxis] + samples], rate_hz)
    return fit_power_law(freqs, aperiodic)


def irasa(segments: Float32Array, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Estimate the aperiodic spectrum of segments from 2 to 18 Hz.

    Parameters
    ----------
    segments : numpy.ndarray of float32, shape (n_segments, n_samples)
        Each at least 7.6 s long.
    rate_hz : float

    Returns
    -------
    freqs_hz, psd : numpy.ndarray of float64, shape (n_freqs,)
        The power spectral density without its peaks.
    """
    stretched = [
        np.sqrt(
            np.multiply(
                _median_psd(segments, rate_hz, h), _median_psd(segments, rate_hz, 1 / h)
            )
        )
        for h in FACTORS
    ]
    freqs_hz = np.arange(_BINS.start, _BINS.stop) / WINDOW_S
    return freqs_hz, np.median(stretched, axis=0)


def _clean_epochs(
    values: Float32Array, rate_hz: float, timeline: Timeline, stage: Stage
) -> npt.NDArray[np.intp]:
    starts_s = timeline.epoch_starts_s
    fits = (starts_s + timeline.epoch_s) * rate_hz <= len(values)
    is_bad = timeline.touches_bad(starts_s, timeline.epoch_s)
    return np.flatnonzero((timeline.epoch_stages == stage) & fits & ~is_bad)


def _median_psd(segments: Float32Array, rate_hz: float, stretch: float) -> FloatArray:
    """Return the median density of half-overlapping Hamming windows, at `_BINS`.

    Windows of ``4 / stretch`` s have their bins at ``stretch`` times those of 4 s.
    """
    # The nearest length that is quick to transform: the factor is arbitrary, and
    # its error scales a whole spectrum without bending it.
    length = fft.next_fast_len(round(WINDOW_S / stretch * rate_hz))
    taper, energy = _taper(length)
    windows = np.lib.stride_tricks.sliding_window_view(segments, length, axis=-1)
    # A window's mean is in bins 0 and 1 alone, and neither is used.
    spectrum = fft.rfft(windows[:, :: length // 2] * taper)[..., _BINS]
    density = (spectrum.real**2 + spectrum.imag**2).reshape(-1, spectrum.shape[-1])
    scale = 2 / (rate_hz * energy)
    # The median of a squared sum of two normal variables is log 2 of its mean.
    return np.asarray(_medians(density).astype(float) * scale / np.log(2))


@cache
def _taper(length: int) -> tuple[Float32Array, float]:
    """Return a Hamming window, and the sum of its squares; a night asks for 34."""
    taper = signal.get_window("hamming", length)
    return taper.astype(np.float32), float(np.sum(taper**2))


def _medians(table: Float32Array) -> Float32Array:
    """Return the median of each column: `numpy.median`, in a quarter of its time."""
    rows = np.ascontiguousarray(table.T)
    low, high = (len(table) - 1) // 2, len(table) // 2
    rows.partition((low, high), axis=1)
    return np.asarray((rows[:, low] + rows[:, high]) / 2)

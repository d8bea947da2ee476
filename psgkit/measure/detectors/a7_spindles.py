"""The spindle detector A7 of Lacourse et al. 2019 (J Neurosci Methods 316:3).

Four criteria in windows of 0.3 s every 0.1 s: power of sigma, its share of 4.5 to 30 Hz,
and covariance and correlation of sigma with the whole signal. The share and the
covariance are compared with the half minute of NREM sleep around them. Thresholds,
filters and baselines follow the authors' program (A7_LacourseSpindleDetector 1.0).
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import fft, signal

from psgkit.domain.true_runs import true_runs
from psgkit.measure.detectors.spindle_criteria import BROAD_BAND
from psgkit.measure.detectors.spindle_detector import (
    SPINDLE_BAND,
    spindle_events,
)
from psgkit.measure.signals.filters import band_pass
from psgkit.measure.signals.usable_time import BoolArray, FloatArray

MIN_LOG_POWER = 1.25  # log10 of µV²
MIN_SHARE_Z = 1.6
MIN_COVARIANCE_Z = 1.3
MIN_CORRELATION = 0.69
DURATION_S = (0.3, 2.5)

_ORDER = 20  # of the Butterworth filters, to and fro
_TOTAL_BAND = (4.5, 30.0)
_WINDOW_S, _STEP_S = 0.3, 0.1
_OVERLAP = 3  # windows that share a step
_SPECTRUM_S = 2.0  # a window and zeros
_BASELINE = 300  # windows: half a minute
_BASELINE_PERCENTILES = (10, 90)  # of all windows; higher values are in no baseline
_AT_A_TIME = 5000

Number = TypeVar("Number", np.float64, np.bool_)


def find_spindles_a7(
    signal_uv: npt.NDArray[np.floating], rate_hz: float, wanted: BoolArray
) -> pd.DataFrame:
    """Find spindles with the rules of A7; see `find_spindles`.

    Under half a minute of wanted time has no baseline, and so no spindle.
    """
    values = signal_uv.astype(float)
    starts = _starts(len(values), rate_hz)
    is_wanted = np.asarray(_windows(wanted, starts, rate_hz).all(axis=1))
    if is_wanted.sum() < _BASELINE:
        return spindle_events(values, values, rate_hz, [])
    sigma = _butterworth(values, rate_hz)
    power, covariance, correlation = _moments(values, sigma, starts, rate_hz)
    share_z = _deviation(np.log10(_share(values, starts, rate_hz)), is_wanted)
    covariance_z = _deviation(np.log10(np.maximum(covariance, 0.0) + 1), is_wanted)
    # A step of 0.1 s has the mean of its windows.
    with np.errstate(divide="ignore"):
        is_long = np.log10(_by_step(power)) > MIN_LOG_POWER
    is_long &= _by_step(covariance_z) > MIN_COVARIANCE_Z
    is_spindle = is_long & (_by_step(share_z) > MIN_SHARE_Z)
    is_spindle &= _by_step(correlation) > MIN_CORRELATION
    edges = np.append(starts, round(len(starts) * _STEP_S * rate_hz))
    is_spindle[: len(starts)] &= wanted[starts]
    shortest, longest = (round(limit / _STEP_S) for limit in DURATION_S)
    events = [
        (int(edges[first]), int(edges[min(last, len(starts))]))
        for first, last in true_runs(is_long)
        if shortest <= last - first <= longest and is_spindle[first:last].any()
    ]
    return spindle_events(
        band_pass(values, rate_hz, BROAD_BAND), sigma, rate_hz, events
    )


def _starts(n_samples: int, rate_hz: float) -> npt.NDArray[np.intp]:
    """Return the first sample of each whole window."""
    length = round(_WINDOW_S * rate_hz)
    steps = np.arange(n_samples / rate_hz / _STEP_S)
    starts = np.round(steps * _STEP_S * rate_hz).astype(np.intp)
    return starts[starts + length <= n_samples]


def _windows(
    values: npt.NDArray[Number], starts: npt.NDArray[np.intp], rate_hz: float
) -> npt.NDArray[Number]:
    length = round(_WINDOW_S * rate_hz)
    if not starts.size:
        return np.empty((0, length), dtype=values.dtype)
    return np.lib.stride_tricks.sliding_window_view(values, length)[starts]


def _butterworth(values: FloatArray, rate_hz: float) -> FloatArray:
    low_hz, high_hz = SPINDLE_BAND
    above = signal.butter(_ORDER, low_hz, "highpass", fs=rate_hz, output="sos")
    below = signal.butter(_ORDER, high_hz, "lowpass", fs=rate_hz, output="sos")
    return np.asarray(signal.sosfiltfilt(below, signal.sosfiltfilt(above, values)))


def _moments(
    values: FloatArray,
    sigma: FloatArray,
    starts: npt.NDArray[np.intp],
    rate_hz: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return power of sigma, and its covariance and correlation with the signal."""
    broad = _windows(values, starts, rate_hz)
    narrow = _windows(sigma, starts, rate_hz)
    power = np.mean(narrow**2, axis=1)
    broad = broad - broad.mean(axis=1, keepdims=True)
    narrow = narrow - narrow.mean(axis=1, keepdims=True)
    products = np.sum(broad * narrow, axis=1)
    size = np.sqrt(np.sum(broad**2, axis=1) * np.sum(narrow**2, axis=1))
    correlation = np.divide(products, size, out=np.zeros_like(products), where=size > 0)
    return power, products / (broad.shape[1] - 1), correlation


def _share(
    values: FloatArray, starts: npt.NDArray[np.intp], rate_hz: float
) -> FloatArray:
    """Return the power of sigma as a share of that from 4.5 to 30 Hz; NaN of nothing."""
    length = round(_WINDOW_S * rate_hz)
    n_fft = round(_SPECTRUM_S * rate_hz)
    freqs_hz = fft.rfftfreq(n_fft, 1 / rate_hz)
    bands = [
        slice(
            *(int(np.abs(freqs_hz - edge).argmin()) + at for at, edge in enumerate(b))
        )
        for b in (SPINDLE_BAND, _TOTAL_BAND)
    ]
    taper = signal.windows.hann(length)
    shares = []
    for first in range(0, len(starts), _AT_A_TIME):
        part = _windows(values, starts[first : first + _AT_A_TIME], rate_hz)
        part = (part - part.mean(axis=1, keepdims=True)) * taper
        power = np.abs(fft.rfft(part, n_fft)) ** 2
        sigma, total = (power[:, band].sum(axis=1) for band in bands)
        empty = np.full_like(total, np.nan)
        shares.append(np.divide(sigma, total, out=empty, where=total > 0))
    return np.concatenate(shares)


def _deviation(values: FloatArray, is_wanted: BoolArray) -> FloatArray:
    """Return how many standard deviations each value is above its half minute."""
    at = np.flatnonzero(is_wanted & np.isfinite(values))
    if len(at) < _BASELINE:
        return np.full(len(values), np.nan)
    known = values[at]
    low, high = np.percentile(known, _BASELINE_PERCENTILES)
    is_usual = (known >= low) & (known <= high)
    middle = known[is_usual].mean()
    usual = np.where(is_usual, known - middle, 0.0)
    sums = [
        np.concatenate([[0.0], np.cumsum(part)])
        for part in (is_usual.astype(float), usual, usual**2)
    ]
    # Half of the baseline before a window, half after it, whole at both ends.
    first = np.searchsorted(at, np.arange(len(values))) - _BASELINE // 2 + 1
    first = np.clip(first, 0, len(at) - _BASELINE)
    count, total, squares = (part[first + _BASELINE] - part[first] for part in sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / count
        spread = np.sqrt(np.maximum(squares - count * mean**2, 0.0) / (count - 1))
        return np.asarray((values - middle - mean) / spread)


def _by_step(windows: FloatArray) -> FloatArray:
    """Return the mean over the windows of each step."""
    n_steps = len(windows) + _OVERLAP - 1
    held = np.full((_OVERLAP, n_steps), np.nan)
    for offset in range(_OVERLAP):
        held[offset, offset : offset + len(windows)] = windows
    known = np.isfinite(held)
    count = known.sum(axis=0)
    total = np.where(known, held, 0.0).sum(axis=0)
    mean = np.full(n_steps, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean

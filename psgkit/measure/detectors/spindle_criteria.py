"""What the spindle detector judges by: its two bands and three criteria, in parts.

A part is long enough to be quick, and short enough for a recording of days.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from psgkit.measure.signals.filters import band_pass
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.settings import SpindleRules

BROAD_BAND = (1.0, 30.0)
TRANSITION_HZ = 1.5
# Artefact must not lift the threshold out of the reach of spindles.
MAX_RMS_THRESHOLD_UV = 10.0
TRIMMED_SHARE = 0.10
SMOOTHING_S = 0.1

_FRAME_S, _FRAME_STEP_S = 2.0, 0.2
_WINDOW_S, _WINDOW_STEP_S = 0.3, 0.1

_SAMPLES_AT_A_TIME = 1 << 19
_SPECTRA_AT_A_TIME = 1000  # with their results, no more than fits into a cache
_FRAMES_AT_A_TIME = 24_000  # 80 min
# Beside a part: as far as an event or its spectrum reaches, and as filters settle.
_REACH_S, _SETTLE_S = 15.0, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some minutes of the broad and the sigma band, zero beyond the signal's ends.

    Attributes
    ----------
    first, last : int
        Samples of the part, the last excluded.
    reach : int
        So many more samples are held on both sides.
    is_last : bool
    """

    first: int
    last: int
    reach: int
    is_last: bool
    broad: FloatArray
    sigma: FloatArray


def band_parts(
    values: npt.NDArray[np.floating], rate_hz: float, rules: SpindleRules
) -> Iterator[Part]:
    """Yield a signal in its two bands, part by part; each begins at a frame of 2 s."""
    size = _FRAMES_AT_A_TIME * _steps(rate_hz)[1]
    reach, settle = round(_REACH_S * rate_hz), round(_SETTLE_S * rate_hz)
    for first in range(0, len(values), size):
        last = min(first + size, len(values))
        low = max(first - reach - settle, 0)
        near = values[low : last + reach + settle]
        bands = [
            band_pass(near, rate_hz, BROAD_BAND),
            band_pass(near, rate_hz, rules.band_hz, transition_hz=TRANSITION_HZ),
        ]
        held = np.zeros((2, last - first + 2 * reach))
        at, skipped = max(reach - first, 0), max(first - reach, 0) - low
        for band, filtered in zip(held, bands, strict=True):
            known = filtered[skipped : skipped + len(band) - at]
            band[at : at + len(known)] = known
        yield Part(first, last, reach, last == len(values), *held)


@dataclass(frozen=True, slots=True, eq=False)
class _Criteria:
    """The three criteria at their own times, from which samples are interpolated.

    Attributes
    ----------
    frames_s, relative : numpy.ndarray of float64
        Sigma power as a share of that from 1 to 30 Hz.
    windows_s, correlation, rms : numpy.ndarray of float64
        Correlation of the two bands, and root mean square of sigma.
    """

    frames_s: FloatArray
    relative: FloatArray
    windows_s: FloatArray
    correlation: FloatArray
    rms: FloatArray

    @classmethod
    def of(
        cls, values: npt.NDArray[np.floating], rate_hz: float, rules: SpindleRules
    ) -> "_Criteria":
        """Measure a signal."""
        start, stop = _windows(len(values), rate_hz)
        correlation, rms = np.empty((2, len(start)))
        shares = []
        for part in band_parts(values, rate_hz, rules):
            shares.append(_relative_power(part, rate_hz, rules.band_hz))
            edges = part.first, np.inf if part.is_last else part.last
            own = slice(*np.searchsorted(start, edges).tolist())
            shift = part.first - part.reach
            correlation[own], rms[own] = _moving(
                part, start[own] - shift, stop[own] - shift
            )
        relative = np.concatenate(shares)
        frames_s = np.arange(len(relative)) * _steps(rate_hz)[1] / rate_hz
        windows_s = (start + stop) / 2 / rate_hz
        return cls(frames_s, relative, windows_s, correlation, rms)


def criteria_met(
    values: npt.NDArray[np.floating],
    rate_hz: float,
    wanted: BoolArray,
    rules: SpindleRules,
) -> BoolArray:
    """Return at which samples all criteria are met, smoothed; never unwanted ones."""
    criteria = _Criteria.of(values, rate_hz, rules)
    threshold = _rms_threshold(criteria, rate_hz, wanted, rules)
    width = int(SMOOTHING_S * rate_hz)
    agreed = np.empty(len(wanted), dtype=bool)
    for first in range(0, len(wanted), _SAMPLES_AT_A_TIME):
        last = min(first + _SAMPLES_AT_A_TIME, len(wanted))
        low, high = max(first - width, 0), min(last + width, len(wanted))
        time_s = np.arange(low, high) / rate_hz
        votes = np.zeros(high - low, np.float32)
        for at_s, measured, least in (
            (criteria.frames_s, criteria.relative, rules.relative_power),
            (criteria.windows_s, criteria.correlation, rules.correlation),
            (criteria.windows_s, criteria.rms, threshold),
        ):
            votes += np.interp(time_s, at_s, measured, left=0, right=0) >= least
        votes[~wanted[low:high]] = 0
        smooth = np.convolve(votes, np.ones(width), mode="same") / width
        agreed[first:last] = smooth[first - low : last - low] > 2
    return agreed


def _rms_threshold(
    criteria: _Criteria, rate_hz: float, wanted: BoolArray, rules: SpindleRules
) -> float:
    """Return the least root mean square of sigma: above the value over all wanted samples."""
    inside = np.empty(np.count_nonzero(wanted))
    count = 0
    for first in range(0, len(wanted), _SAMPLES_AT_A_TIME):
        samples = first + np.flatnonzero(wanted[first : first + _SAMPLES_AT_A_TIME])
        inside[count : count + len(samples)] = np.interp(
            samples / rate_hz, criteria.windows_s, criteria.rms, left=0, right=0
        )
        count += len(samples)
    threshold = inside.mean() + rules.rms * _trimmed_std(inside)
    return float(min(threshold, MAX_RMS_THRESHOLD_UV))


def _steps(rate_hz: float) -> tuple[int, int]:
    """Return the samples of a frame of 2 s, and from one to the next."""
    length = int(_FRAME_S * rate_hz)
    return length, length - int(length - _FRAME_STEP_S * rate_hz)


def _relative_power(
    part: Part, rate_hz: float, band_hz: tuple[float, float]
) -> FloatArray:
    """Return sigma power as a share of that from 1 to 30 Hz in frames of 2 s.

    The first frame has its middle at the part's first sample; the last one of the
    signal may have it beyond the end.
    """
    length, step = _steps(rate_hz)
    freqs = fft.rfftfreq(length, 1 / rate_hz)
    in_broad = _bins(freqs, BROAD_BAND)
    freqs = freqs[in_broad]
    in_sigma = _bins(freqs, band_hz)
    taper = signal.get_window("hann", length)
    size = part.last - part.first
    n_frames = size // step
    if part.is_last:
        n_frames = (size + length // 2 * 2 - length) // step + 2
    begin = part.reach - length // 2
    padded = part.broad[begin : begin + (n_frames - 1) * step + length]
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
    shares = []
    for first in range(0, len(frames), _SPECTRA_AT_A_TIME):
        some = fft.rfft(frames[first : first + _SPECTRA_AT_A_TIME] * taper)[:, in_broad]
        power = some.real**2 + some.imag**2
        whole, inner = power.sum(axis=1), power[:, in_sigma].sum(axis=1)
        shares.append(
            np.divide(inner, whole, out=np.zeros_like(inner), where=whole > 0)
        )
    return np.concatenate(shares)


def _bins(freqs_hz: FloatArray, band_hz: tuple[float, float]) -> slice:
    """Return the indices of a band among rising frequencies, both ends included."""
    return slice(
        int(np.searchsorted(freqs_hz, band_hz[0], side="left")),
        int(np.searchsorted(freqs_hz, band_hz[1], side="right")),
    )


def _windows(
    n_samples: int, rate_hz: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return first and past-the-last sample of each window of 0.3 s."""
    centres = np.arange(0, n_samples / rate_hz, _WINDOW_STEP_S)
    start = np.maximum(((centres - _WINDOW_S / 2) * rate_hz).astype(int), 0)
    stop = ((centres + _WINDOW_S / 2) * rate_hz).astype(int)
    stop[stop > n_samples - 1] = n_samples
    return start, stop


def _moving(
    part: Part, start: npt.NDArray[np.intp], stop: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Return the correlation of the two bands and the root mean square of sigma."""
    broad, sigma = part.broad, part.sigma
    count = (stop - start).astype(float)

    def sums(x: FloatArray) -> FloatArray:
        total = np.concatenate(([0.0], np.cumsum(x)))
        return np.asarray(total[stop] - total[start])

    sum_b, sum_s, squares = sums(broad), sums(sigma), sums(sigma**2)
    covariance = sums(broad * sigma) - sum_b * sum_s / count
    variances = np.clip(sums(broad**2) - sum_b**2 / count, 0, None)
    variances *= np.clip(squares - sum_s**2 / count, 0, None)
    correlation = np.divide(
        covariance,
        np.sqrt(variances),
        out=np.zeros_like(covariance),
        where=variances > 0,
    )
    return correlation, np.sqrt(np.clip(squares / count, 0, None))


def _trimmed_std(values: FloatArray) -> float:
    """Return the standard deviation without the lowest and the highest tenth.

    The values are used up: a second array of them is large.
    """
    low = int(TRIMMED_SHARE * len(values))
    high = len(values) - low
    values.partition((low, high - 1))
    middle = values[low:high]
    if len(middle) < 2:
        return 0.0
    middle -= middle.mean()
    np.multiply(middle, middle, out=middle)
    return float(np.sqrt(middle.sum() / (len(middle) - 1)))

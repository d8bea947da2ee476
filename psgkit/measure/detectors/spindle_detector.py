"""The spindle detector of YASA, with numpy alone.

Rules and numbers are those of ``yasa.spindles_detect`` 0.8.1 (after Lacourse et al.
2018). Three criteria must agree for 0.5 to 2 s: sigma power relative to 1 to 30 Hz,
correlation of the sigma band with the broad band, and spread of the sigma band. The tests
compare the two event by event. YASA needs 660 MB for a night of one channel; here the
short-time spectra are taken a part at a time.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import fft, signal

from psgkit.domain.true_runs import true_runs
from psgkit.measure.signals.filters import band_pass
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.settings import SpindleRules

DEFAULT_RULES = SpindleRules()
SPINDLE_BAND = DEFAULT_RULES.band_hz
BROAD_BAND = (1.0, 30.0)
TRANSITION_HZ = 1.5
# Artefact must not lift the threshold out of the reach of spindles.
MAX_RMS_THRESHOLD_UV = 10.0
TRIMMED_SHARE = 0.10
SMOOTHING_S = 0.1
MIN_GAP_S = 0.5
PEAK_DISTANCE_S = 0.06  # a sixteenth of a second: the period of the fastest spindle

_FRAME_S, _FRAME_STEP_S = 2.0, 0.2
_WINDOW_S, _WINDOW_STEP_S = 0.3, 0.1
_ANALYTIC_S = 6.0
_FRAMES_AT_A_TIME = 1000  # with their results, no more than fits into a cache

COLUMNS = ("onset_s", "peak_s", "duration_s", "amplitude_uv", "frequency_hz")


def find_spindles(
    values: FloatArray,
    rate_hz: float,
    wanted: BoolArray,
    rules: SpindleRules = DEFAULT_RULES,
) -> pd.DataFrame:
    """Find spindles.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_samples,)
        Microvolts.
    rate_hz : float
        75 Hz or more.
    wanted : numpy.ndarray of bool, shape (n_samples,)
        Where to look; the spread of the sigma band is taken there, too.
    rules : SpindleRules

    Returns
    -------
    pandas.DataFrame
        Columns of `COLUMNS`: onset, moment of the most prominent peak and duration in
        seconds, amplitude from peak to peak from 1 to 30 Hz, median frequency.
    """
    if not wanted.any():
        return pd.DataFrame([], columns=list(COLUMNS), dtype=float)
    broad = band_pass(values, rate_hz, BROAD_BAND)
    sigma = band_pass(values, rate_hz, rules.band_hz, transition_hz=TRANSITION_HZ)
    votes = _votes(broad, sigma, rate_hz, wanted, rules)
    width = int(SMOOTHING_S * rate_hz)
    agreed = np.convolve(votes, np.ones(width), mode="same") / width > 2
    return spindle_events(
        broad, sigma, rate_hz, _events(agreed, rate_hz, rules.duration_s)
    )


def spindle_events(
    broad: FloatArray,
    sigma: FloatArray,
    rate_hz: float,
    events: list[tuple[int, int]],
) -> pd.DataFrame:
    """Describe events, given as first and last sample, in a table of `COLUMNS`."""
    frequencies = _frequencies(sigma, rate_hz, events)
    rows = [
        (*_describe(broad, rate_hz, first, last), frequency)
        for (first, last), frequency in zip(events, frequencies, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=float)


def _votes(
    broad: FloatArray,
    sigma: FloatArray,
    rate_hz: float,
    wanted: BoolArray,
    rules: SpindleRules,
) -> npt.NDArray[np.float32]:
    """Count the criteria that are met at each sample; zero outside the wanted time."""
    time_s = np.arange(len(broad)) / rate_hz
    frames_s, relative = _relative_power(broad, rate_hz, rules.band_hz)
    relative = np.interp(time_s, frames_s, relative, left=0, right=0)
    votes = (relative >= rules.relative_power).astype(np.float32)
    windows_s, correlation, rms = _moving(broad, sigma, rate_hz)
    correlation = np.interp(time_s, windows_s, correlation, left=0, right=0)
    votes += correlation >= rules.correlation
    rms = np.interp(time_s, windows_s, rms, left=0, right=0)
    inside = rms[wanted]
    threshold = inside.mean() + rules.rms * _trimmed_std(inside)
    votes += rms >= min(threshold, MAX_RMS_THRESHOLD_UV)
    votes[~wanted] = 0
    return votes


def _relative_power(
    broad: FloatArray, rate_hz: float, band_hz: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Return times, and sigma power as a share of that from 1 to 30 Hz (2-s frames)."""
    length = int(_FRAME_S * rate_hz)
    step = length - int(length - _FRAME_STEP_S * rate_hz)
    freqs = fft.rfftfreq(length, 1 / rate_hz)
    in_broad = _bins(freqs, BROAD_BAND)
    freqs = freqs[in_broad]
    in_sigma = _bins(freqs, band_hz)
    taper = signal.get_window("hann", length)
    padded = np.pad(broad, (length // 2, length // 2 + step))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::step]
    shares = []
    for first in range(0, len(frames), _FRAMES_AT_A_TIME):
        part = fft.rfft(frames[first : first + _FRAMES_AT_A_TIME] * taper)[:, in_broad]
        power = part.real**2 + part.imag**2
        whole, some = power.sum(axis=1), power[:, in_sigma].sum(axis=1)
        shares.append(np.divide(some, whole, out=np.zeros_like(some), where=whole > 0))
    return np.arange(len(frames)) * step / rate_hz, np.concatenate(shares)


def _bins(freqs_hz: FloatArray, band_hz: tuple[float, float]) -> slice:
    """Return the indices of a band among rising frequencies, both ends included."""
    return slice(
        int(np.searchsorted(freqs_hz, band_hz[0], side="left")),
        int(np.searchsorted(freqs_hz, band_hz[1], side="right")),
    )


def _moving(
    broad: FloatArray, sigma: FloatArray, rate_hz: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return times, correlation of the two and root mean square of sigma (0.3 s)."""
    size = len(broad)
    centres = np.arange(0, size / rate_hz, _WINDOW_STEP_S)
    start = np.maximum(((centres - _WINDOW_S / 2) * rate_hz).astype(int), 0)
    stop = ((centres + _WINDOW_S / 2) * rate_hz).astype(int)
    stop[stop > size - 1] = size
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
    rms = np.sqrt(np.clip(squares / count, 0, None))
    return (start + stop) / 2 / rate_hz, correlation, rms


def _trimmed_std(values: FloatArray) -> float:
    """Return the standard deviation without the lowest and the highest tenth."""
    low = int(TRIMMED_SHARE * len(values))
    high = len(values) - low
    middle = np.partition(values, (low, high - 1))[low:high]
    return float(np.std(middle, ddof=1)) if len(middle) > 1 else 0.0


def _events(
    agreed: BoolArray, rate_hz: float, duration_s: tuple[float, float]
) -> list[tuple[int, int]]:
    """Return first and last sample of each event, after joining those under 0.5 s."""
    joined: list[tuple[int, int]] = []
    for start, stop in true_runs(agreed).tolist():
        if joined and start - joined[-1][1] < MIN_GAP_S * rate_hz:
            joined[-1] = (joined[-1][0], stop - 1)
        else:
            joined.append((start, stop - 1))
    shortest, longest = duration_s
    return [
        (first, last)
        for first, last in joined
        if shortest < last / rate_hz - first / rate_hz < longest
    ]


def _describe(
    broad: FloatArray, rate_hz: float, first: int, last: int
) -> tuple[float, float, float, float]:
    part = broad[first : last + 1]
    # By hand: scipy's detrend is made for large arrays, and there are a thousand.
    time = np.arange(len(part)) - (len(part) - 1) / 2
    shape = part - part.mean() - time * (time @ part) / (time @ time)
    peaks, found = signal.find_peaks(
        shape, distance=PEAK_DISTANCE_S * rate_hz, prominence=(None, None)
    )
    peak = peaks[found["prominences"].argmax()] if len(peaks) else shape.argmax()
    return (
        first / rate_hz,
        (first + peak) / rate_hz,
        (last - first) / rate_hz,
        float(np.ptp(shape)),
    )


def _frequencies(
    sigma: FloatArray, rate_hz: float, events: list[tuple[int, int]]
) -> list[float]:
    """Return the median instantaneous frequency of each event.

    YASA takes the analytic signal of the whole night; that of 6 s about an event is the
    same there to a hundredth of a hertz.
    """
    if not events:
        return []
    length = int(_ANALYTIC_S * rate_hz)
    padded = np.pad(sigma, length)
    starts = np.array([(first + last - length) // 2 for first, last in events])
    parts = padded[length + starts[:, np.newaxis] + np.arange(length)]
    angles = np.angle(signal.hilbert(parts, axis=1))
    found = []
    for (first, last), start, row in zip(events, starts, angles, strict=True):
        steps = np.diff(row[first - start : last - start + 2]) * rate_hz / (2 * np.pi)
        found.append(float(np.median(steps[steps > 0])))
    return found

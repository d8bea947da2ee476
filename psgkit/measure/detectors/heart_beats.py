"""Find heart beats in the ECG, for heart rate and to leave them out of the chin EMG.

`sleepecg` finds the beats. A few microvolts of ECG reach many a chin. In the silence of
REM sleep each is as short and as large as a twitch.
"""

import math
import sys
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.signals.trace import Samples, trace_of
from psgkit.measure.signals.centring import centre_of
from psgkit.measure.signals.resampling import resample
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.measure.spectra.power import Float32Array, reduce_rate

# Below it, beats are too coarse in time for the chin and for heart rate variability.
LEAST_RATE_HZ = 100.0
# Below it, R waves cannot be found; sleepecg's filter reaches to 30 Hz.
SLOWEST_RATE_HZ = 50.0
# About an R wave: the rest of the QRS complex, and how long filters from 10 Hz ring.
REACH_S = 0.09

NO_BEATS: FloatArray = np.zeros(0)

# At least this rate is kept: R waves are placed between samples.
_SEARCH_RATE_HZ = 125.0
# Thresholds adapt to the signal; in pieces they recover after an electrode was off.
_PIECE_S = 600.0
_OVERLAP_S = 10.0
_FILTERED_AT_ONCE = 1 << 20
_FLANK_S = 0.14
_REFRACTORY_S = 0.2
_LEVEL_S = 0.25
_HOLDS_A_BEAT_S = 2.0
# Over the usual height: the peaks of noise reach 4, R waves ten and more.
_LEAST_CONTRAST = 5.0
# About the width of an R wave: its time is then least moved by noise.
_SMOOTH_S = 0.01
_USUAL_WITHIN_S = 10.0
# The time from beat to beat, and how many must be like their neighbours: less is noise.
_PACE_S = (0.33, 2.0)
_LIKE_NEIGHBOURS = 0.3
_LEAST_REGULAR = 0.6
_PACE_BEATS = 41

_LEAST_WINDOWS = 5
_HIGHEST_RATIO = 4.0
_SWELL_S = 1.5
_RECURRING = 0.35


def ecg_of(recording: Recording) -> Channel | None:
    """Return the ECG for finding beats; None without a usable one."""
    channel = recording.without_unfit().find([Role.ECG])
    return channel if channel and channel.rate_hz >= SLOWEST_RATE_HZ else None


def heart_beats(recording: Recording) -> FloatArray:
    """Find the R waves of a recording's ECG.

    Returns
    -------
    numpy.ndarray of float64, shape (n_beats,)
        Seconds after the recording's start, at the peak of each R wave; empty without
        an ECG of 50 Hz or more, and where the signal behind its label does not beat.

    Raises
    ------
    InputError
        If the ECG cannot be read.
    """
    channel = ecg_of(recording)
    if channel is None:
        return NO_BEATS
    return beats_of(trace_of(recording, channel), channel.rate_hz)


def beats_of(ecg: Samples, rate_hz: float) -> FloatArray:
    """Find the R waves of an ECG, NaN in gaps; see `heart_beats`."""
    centre = centre_of(ecg)
    if rate_hz < LEAST_RATE_HZ:
        values, rate_hz = resample(ecg, 2, 1, centre), 2 * rate_hz
    else:
        values, rate_hz = reduce_rate(ecg, rate_hz, _SEARCH_RATE_HZ, centre)
    if len(values) < rate_hz:
        return NO_BEATS
    values = _upright(values, rate_hz)
    found = _search(values, rate_hz)
    values = _filtered(ndimage.gaussian_filter1d, values, _SMOOTH_S * rate_hz)
    found = _snapped(values, rate_hz, found)
    found = found[_stand_out(values, rate_hz, found)]
    beats_s = _placed(values, rate_hz, found)
    return beats_s[_are_at_pace(beats_s)]


def near_beats(beats_s: FloatArray, rate_hz: float, first: int, last: int) -> BoolArray:
    """Return which samples a heart beat may have reached.

    Parameters
    ----------
    beats_s : numpy.ndarray of float64, shape (n_beats,)
        In order.
    rate_hz : float
    first, last : int
        Of the samples, counted from the recording's start; the last is excluded.

    Returns
    -------
    numpy.ndarray of bool, shape (last - first,)
    """
    begins = np.round((beats_s - REACH_S) * rate_hz).astype(int) - first
    ends = np.round((beats_s + REACH_S) * rate_hz).astype(int) + 1 - first
    inside = (ends > 0) & (begins < last - first)
    steps = np.zeros(last - first + 1, dtype=np.int8)
    np.add.at(steps, np.maximum(begins[inside], 0), 1)
    np.subtract.at(steps, np.minimum(ends[inside], last - first), 1)
    return np.asarray(np.cumsum(steps[:-1], dtype=np.int8) > 0)


def means_without(
    is_heart: BoolArray,
    values: FloatArray,
    edges: npt.NDArray[np.intp],
    *,
    least_left: float,
) -> FloatArray:
    """Average values between edges, leaving out where the heart beats.

    Parameters
    ----------
    is_heart : numpy.ndarray of bool, shape (n_samples,)
    values : numpy.ndarray of float, shape (n_samples,)
    edges : numpy.ndarray of int, shape (n_parts + 1,)
        Where parts begin, and the end of the last.
    least_left : float
        The share of a part that makes its mean.

    Returns
    -------
    numpy.ndarray of float64, shape (n_parts,)
        On a straight line between its neighbours where less of a part is left: the mean
        of a few samples would itself look like a burst.
    """
    counts = ~is_heart
    n_counted = np.add.reduceat(counts, edges[:-1], dtype=int)
    means = np.add.reduceat(values * counts, edges[:-1]) / np.maximum(n_counted, 1)
    known = n_counted >= least_left * np.diff(edges)
    if known.all() or not known.any():
        return np.asarray(means)
    position = np.arange(len(means))
    return np.interp(position, position[known], means[known])


def recurs_as_beats(windows_uv: FloatArray, rate_hz: float) -> bool:
    """Return whether amplitudes recur at the pace of a heart.

    The largest autocorrelation at 0.4 to 1.5 s (40 to 150 beats a minute), of the part
    of the signal that is faster than muscle swells. In simulated chins the upper quartile of windows
    is 0.12 to 0.17, with lost atonia too, and 0.33 to 0.49 with 4 µV of ECG, which
    make 7 % of phasic mini-epochs 25 %.

    Parameters
    ----------
    windows_uv : numpy.ndarray of float64, shape (n_windows, n_parts)
        Amplitudes, several a second.
    rate_hz : float
        How many a second.
    """
    if len(windows_uv) < _LEAST_WINDOWS:
        return False
    # A twitch shall not outshine all else.
    capped = np.minimum(
        windows_uv, _HIGHEST_RATIO * np.median(windows_uv, axis=1, keepdims=True)
    )
    calm = capped - ndimage.uniform_filter1d(capped, round(_SWELL_S * rate_hz), axis=1)
    calm -= calm.mean(axis=1, keepdims=True)
    size = calm.shape[1]
    waves = np.fft.rfft(calm, 2 * size, axis=1)
    correlation = np.fft.irfft(waves.real**2 + waves.imag**2, axis=1)[:, :size]
    unbiased = correlation * size / np.arange(size, 0, -1)
    at_pace = unbiased[:, round(0.4 * rate_hz) : round(1.5 * rate_hz) + 1].max(axis=1)
    share = np.divide(
        at_pace, unbiased[:, 0], out=np.zeros(len(calm)), where=unbiased[:, 0] > 0
    )
    return bool(np.percentile(share, 75) > _RECURRING)


def _search(values: Float32Array, rate_hz: float) -> npt.NDArray[np.intp]:
    """Return the samples at which sleepecg finds beats, piece by piece."""
    detect_heartbeats = _sleepecg()
    piece, overlap = round(_PIECE_S * rate_hz), round(_OVERLAP_S * rate_hz)
    found = []
    for start in range(0, len(values), piece):
        first = max(start - overlap, 0)
        part = values[first : start + piece + overlap]
        # The filter needs more samples.
        if len(part) < rate_hz or not np.ptp(part):
            continue
        inside = first + detect_heartbeats(part, rate_hz)
        found.append(inside[(inside >= start) & (inside < start + piece)])
    return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)


@cache
def _sleepecg() -> Callable[[Float32Array, float], npt.NDArray[np.intp]]:
    """Return sleepecg's detector, imported without numba.

    It detects in C, and imports numba only for a second way of doing so, at 65 MB and
    half a second.
    """
    known = sys.modules.get("numba")
    # To Python: it is not installed.
    sys.modules["numba"] = None  # type: ignore[assignment]
    try:
        from sleepecg.heartbeats import detect_heartbeats  # noqa: PLC0415 - half a second
    finally:
        del sys.modules["numba"]
        if known is not None:
            sys.modules["numba"] = known
    return detect_heartbeats


def _upright(values: Float32Array, rate_hz: float) -> Float32Array:
    """Return an ECG without its drift, with R waves that point up."""
    width = max(round(_LEVEL_S * rate_hz), 1)
    level = _filtered(ndimage.uniform_filter1d, values, width)
    waves = np.subtract(values, level, out=level)
    step = round(_HOLDS_A_BEAT_S * rate_hz)
    parts = waves[: len(waves) // step * step].reshape(-1, step)
    if len(parts) and np.median(parts.max(axis=1) + parts.min(axis=1)) < 0:
        np.negative(waves, out=waves)
    return np.asarray(waves)


def _filtered(
    filter_: Callable[..., Float32Array], values: Float32Array, size: float
) -> Float32Array:
    """Filter a signal part by part: scipy needs 16 bytes per sample for its own copy.

    Filters reach no further than four times their size.
    """
    reach = math.ceil(4 * size) + 1
    filtered = np.empty_like(values)
    for first in range(0, len(values), _FILTERED_AT_ONCE):
        last = min(first + _FILTERED_AT_ONCE, len(values))
        low = max(first - reach, 0)
        near = filter_(values[low : last + reach], size)
        filtered[first:last] = near[first - low : last - low]
    return filtered


def _snapped(
    values: Float32Array, rate_hz: float, found: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Move each beat to the highest sample nearby, and join those that meet.

    After loud noise sleepecg marks both flanks of a QRS complex, 0.13 s away from it.
    """
    reach = round(_FLANK_S * rate_hz)
    found = found[(found >= reach) & (found < len(values) - reach)]
    if len(found) == 0:
        return found
    windows = values[found[:, np.newaxis] + np.arange(-reach, reach + 1)]
    found = np.unique(found + windows.argmax(axis=1) - reach)
    return found[np.diff(found, prepend=-len(values)) > _REFRACTORY_S * rate_hz]


def _stand_out(
    values: Float32Array, rate_hz: float, found: npt.NDArray[np.intp]
) -> BoolArray:
    """Return which beats are higher than usual around them."""
    usual = _usual(values, rate_hz, found)
    return np.asarray(np.abs(values[found]) >= _LEAST_CONTRAST * usual)


def _placed(
    values: Float32Array, rate_hz: float, found: npt.NDArray[np.intp]
) -> FloatArray:
    """Return the times of R waves, by a parabola through three samples at the peak."""
    found = found[(found > 0) & (found < len(values) - 1)]
    before, at, after = (values[found + step].astype(float) for step in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.divide(
        0.5 * (before - after), bend, out=np.zeros(len(found)), where=bend < 0
    )
    return np.asarray((found + np.clip(shift, -0.5, 0.5)) / rate_hz)


def _usual(
    values: Float32Array, rate_hz: float, found: npt.NDArray[np.intp]
) -> FloatArray:
    """Return the usual height around each beat: the median of its ten seconds or more.

    Where an electrode is off, or muscle tense, that says nothing of the hours besides.
    One sample in 10 ms is looked at, over which height is smooth.
    """
    n_parts = max(int(len(values) / (_USUAL_WITHIN_S * rate_hz)), 1)
    some = values[:: max(round(_SMOOTH_S * rate_hz), 1)]
    # As many samples in each part, but for one more in the first parts.
    size, n_longer = divmod(len(some), n_parts)
    longer, rest = np.split(some, [n_longer * (size + 1)])
    medians = np.concatenate(
        [
            np.median(np.abs(part).reshape(-1, length), axis=1, overwrite_input=True)
            for part, length in ((longer, size + 1), (rest, size))
            if len(part)
        ]
    )
    edges = np.arange(n_parts + 1) * len(values) // n_parts
    return np.asarray(medians[np.searchsorted(edges, found, side="right") - 1])


def _are_at_pace(beats_s: FloatArray) -> BoolArray:
    """Return which beats have intervals of a heart, like their neighbours."""
    intervals_s = np.diff(beats_s)
    if len(intervals_s) < 10:
        return np.zeros(len(beats_s), dtype=bool)
    typical = ndimage.median_filter(intervals_s, 9, mode="nearest")
    in_pace = (typical > _PACE_S[0]) & (typical < _PACE_S[1])
    is_like = np.abs(intervals_s - typical) < _LIKE_NEIGHBOURS * typical
    regular = ndimage.uniform_filter1d(
        (in_pace & is_like).astype(float), _PACE_BEATS, mode="nearest"
    )
    is_regular = (regular >= _LEAST_REGULAR) & in_pace
    return np.asarray(
        np.append(is_regular, is_regular[-1]) & np.append(is_regular[0], is_regular)
    )

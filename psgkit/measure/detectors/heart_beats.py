"""When the heart beats, so that its spikes in another channel are not taken for muscle.

A few microvolts of ECG reach many a chin. In the silence of REM sleep each is as short
and as large as a twitch. Where an ECG was recorded it says when to look away; scorers do
the same by eye.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

from psgkit.domain.recording import Channel, Recording
from psgkit.domain.roles import Role
from psgkit.measure.signals.channel_reader import centred
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.measure.spectra.power import Float32Array, reduce_rate

LEAST_RATE_HZ = 100.0
# About an R wave: the rest of the QRS complex, and how long filters from 10 Hz ring.
REACH_S = 0.09

NO_BEATS: FloatArray = np.zeros(0)

_QRS_S = 0.1
_HIGHEST_WITHIN_S = 4.0
_LEAST_HEIGHT = 0.5
# Over the usual steepness: noise reaches 2, R waves 5 and more.
_LEAST_CONTRAST = 3.0
_USUAL_WITHIN_S = 10.0
_LEAST_APART_S = 0.33
# The time from beat to beat, and how many must be like their neighbours: less is noise.
_PACE_S = (0.33, 2.0)
_LIKE_NEIGHBOURS = 0.3
_LEAST_REGULAR = 0.6

_LEAST_WINDOWS = 5
_HIGHEST_RATIO = 4.0
_SWELL_S = 1.5
_RECURRING = 0.35


def ecg_of(recording: Recording) -> Channel | None:
    """Return the ECG that tells when the heart beats; None without one that is fit."""
    channel = recording.without_unfit().find([Role.ECG])
    return channel if channel and channel.rate_hz >= LEAST_RATE_HZ else None


def heart_beats(recording: Recording) -> FloatArray:
    """Find the R waves of a recording's ECG.

    Parameters
    ----------
    recording : Recording

    Returns
    -------
    numpy.ndarray of float64, shape (n_beats,)
        Seconds after the recording's start, where the ECG is steepest; empty without an
        ECG of 100 Hz or more, and where what stands behind its label does not beat.

    Raises
    ------
    InputError
        If the ECG cannot be read.
    """
    channel = ecg_of(recording)
    if channel is None:
        return NO_BEATS
    values, rate_hz = reduce_rate(
        centred(recording.signal(channel)), channel.rate_hz, LEAST_RATE_HZ
    )
    # Twice half a QRS complex: the peak stands in its middle.
    half = round(_QRS_S / 2 * rate_hz)
    steepness = ndimage.uniform_filter1d(
        ndimage.uniform_filter1d(np.abs(np.diff(values)), half), half
    )
    highest = ndimage.maximum_filter1d(steepness, round(_HIGHEST_WITHIN_S * rate_hz))
    peaks, _ = signal.find_peaks(
        steepness,
        height=np.maximum(
            _LEAST_HEIGHT * highest, _LEAST_CONTRAST * _usual(steepness, rate_hz, half)
        ),
        distance=_LEAST_APART_S * rate_hz,
    )
    beats_s = np.asarray((peaks + 0.5) / rate_hz, dtype=np.float64)
    return beats_s if _is_pace_of_a_heart(np.diff(beats_s)) else NO_BEATS


def near_beats(beats_s: FloatArray, rate_hz: float, first: int, last: int) -> BoolArray:
    """Tell which samples a heart beat may have reached.

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
    """Tell whether amplitudes recur at the pace of a heart.

    The largest autocorrelation at 0.4 to 1.5 s (40 to 150 beats a minute), of what is
    quicker than the swells of muscle. In simulated chins the upper quartile of windows
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


def _usual(steepness: Float32Array, rate_hz: float, step: int) -> FloatArray:
    """Return the median of each ten seconds, or somewhat more, all along it.

    Where an electrode is off, or muscle tense, that says nothing of the hours besides.
    One sample of ``step`` is looked at, over which steepness is smooth.
    """
    n_parts = max(int(len(steepness) / (_USUAL_WITHIN_S * rate_hz)), 1)
    parts = np.array_split(steepness[::step], n_parts)
    medians = [float(np.median(part)) if len(part) else 0.0 for part in parts]
    edges = np.arange(n_parts + 1) * len(steepness) // n_parts
    return np.repeat(medians, np.diff(edges))


def _is_pace_of_a_heart(intervals_s: npt.NDArray[np.float64]) -> bool:
    if len(intervals_s) < 10:
        return False
    typical = ndimage.median_filter(intervals_s, 9, mode="nearest")
    in_pace = (typical > _PACE_S[0]) & (typical < _PACE_S[1])
    is_like = np.abs(intervals_s - typical) < _LIKE_NEIGHBOURS * typical
    return bool(np.mean(in_pace & is_like) >= _LEAST_REGULAR)

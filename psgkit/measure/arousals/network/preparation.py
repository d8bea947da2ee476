"""Signals as the networks were trained on: 50 Hz, running mean and size removed.

After psgscoring: MNE's resampling by FFT, then the mean and the root mean square of 18
minutes taken out, clipped at 20, held in 16 bits. What a channel lost is left out of
both, so that a silent hour does not blow up what is beside it.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.ndimage import uniform_filter1d

from psgkit.domain.true_runs import true_runs

RATE_HZ = 50
NORM_S = 18 * 60
CLIP = 20.0
LEAST_PAD = 100

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


def to_50_hz(values: Float32Array, rate_hz: float) -> Float32Array:
    """Resample by the Fourier transform of the whole, as ``mne.filter.resample`` does.

    In single precision, in which a night at 512 Hz takes 60 MB.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        About zero, without NaN.
    rate_hz : float
        At least 50 Hz.
    """
    if rate_hz == RATE_HZ:
        return values
    n_samples, ratio = len(values), RATE_HZ / rate_hz
    wanted = max(round(n_samples * ratio), 1)
    least = n_samples + 2 * min(n_samples // 8, LEAST_PAD)
    length = 2 ** math.ceil(math.log2(least))
    before = (length - n_samples) // 2
    spectrum = fft.rfft(_mirrored(values, before, length), overwrite_x=True)
    new_length = round(length * ratio)
    kept = spectrum[: new_length // 2 + 1] * np.float32(ratio)
    del spectrum
    if new_length % 2 == 0:
        kept[-1] *= 2.0  # the part that aliases into the highest frequency
    reduced = fft.irfft(kept, new_length, overwrite_x=True)
    first = round(before * ratio)
    return np.asarray(reduced[first : first + wanted], np.float32)


def _mirrored(values: Float32Array, before: int, length: int) -> Float32Array:
    """Go on beyond both ends, mirrored as far as there is a signal, then zero."""
    n_samples = len(values)
    longer = np.zeros(length, dtype=np.float32)
    longer[before : before + n_samples] = values
    left = min(before, n_samples - 1)
    longer[before - left : before] = 2 * values[0] - values[left:0:-1]
    end = before + n_samples
    right = min(length - end, n_samples - 1)
    longer[end : end + right] = 2 * values[-1] - values[-2 : -right - 2 : -1]
    return longer


def bridged(values: Float32Array, is_missing: BoolArray, longest: int) -> Float32Array:
    """Fill short gaps with the signal beside them, mirrored from either side.

    A network that sees silence of some seconds in every minute finds next to nothing
    in between. Time in a gap still counts as lost.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
    is_missing : numpy.ndarray of bool, shape (n_samples,)
    longest : int
        Longer gaps stay as they are.
    """
    filled = values
    for first, last in true_runs(is_missing).tolist():
        length = last - first
        if length > min(longest, first, len(values) - last):
            continue
        if filled is values:
            filled = values.copy()
        to_right = np.linspace(0.0, 1.0, length, dtype=np.float32)
        before = filled[first - length : first][::-1]
        after = values[last : last + length][::-1]
        filled[first:last] = (1 - to_right) * before + to_right * after
    return filled


def normalised(values: Float32Array, is_lost: BoolArray) -> Float32Array:
    """Take the running mean and size out of a signal at 50 Hz.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
    is_lost : numpy.ndarray of bool, shape (n_samples,)
        What the channel did not record; zero in the result.
    """
    n_window = NORM_S * RATE_HZ
    share = None
    if is_lost.any():
        values = np.where(is_lost, np.float32(0.0), values)
        known = uniform_filter1d(
            (~is_lost).astype(np.float32), n_window, mode="nearest"
        )
        share = np.maximum(known, 1.0 / n_window)
    about_zero = values - _running_mean(values, n_window, share)
    about_zero[is_lost] = 0.0
    square = _running_mean(about_zero * about_zero, n_window, share)
    # Sums that run over an hour without signal end a little below zero.
    size = np.sqrt(np.maximum(square, 0.0)) + 1e-7
    scaled = np.clip(about_zero / size, -CLIP, CLIP)
    return np.asarray(scaled.astype(np.float16), np.float32)


def _running_mean(
    values: Float32Array, n_window: int, share: Float32Array | None
) -> Float32Array:
    mean = uniform_filter1d(values, n_window, mode="nearest")
    return np.asarray(mean if share is None else mean / share, np.float32)

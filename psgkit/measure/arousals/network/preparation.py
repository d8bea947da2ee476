"""Signals as the networks were trained on: 50 Hz, running mean and size removed.

After psgscoring: MNE's resampling by FFT, then the mean and the root mean square of 18
minutes taken out, clipped at 20, held in 16 bits. What a channel lost is left out of
both, so that a silent hour does not blow up what is beside it.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from psgkit.domain.signals.fourier import from_frequencies, lowest_frequencies
from psgkit.domain.true_runs import true_runs

RATE_HZ = 50
NORM_S = 18 * 60
CLIP = 20.0
LEAST_PAD = 100

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Extended:
    """A signal that goes on beyond both ends, as long as its Fourier transform wants.

    Attributes
    ----------
    values : numpy.ndarray of float32, shape (a power of 2,)
        Mirrored beyond the ends as far as there is a signal, then zero.
    before, n_samples : int
        Where the signal begins, and how long it is.
    rate_hz : float
        At least 50 Hz.
    """

    values: Float32Array
    before: int
    n_samples: int
    rate_hz: float

    @classmethod
    def of(cls, values: Float32Array, rate_hz: float) -> "Extended":
        """Extend a signal about zero without NaN, shape (n_samples,)."""
        n_samples = len(values)
        least = n_samples + 2 * min(n_samples // 8, LEAST_PAD)
        length = 2 ** math.ceil(math.log2(least))
        before = (length - n_samples) // 2
        longer = np.zeros(length, dtype=np.float32)
        longer[before : before + n_samples] = values
        left = min(before, n_samples - 1)
        longer[before - left : before] = 2 * values[0] - values[left:0:-1]
        end = before + n_samples
        right = min(length - end, n_samples - 1)
        longer[end : end + right] = 2 * values[-1] - values[-2 : -right - 2 : -1]
        return cls(longer, before, n_samples, rate_hz)

    def to_50_hz(self) -> Float32Array:
        """Resample by the Fourier transform of the whole, as MNE's resampling does.

        In single precision, in which a night at 512 Hz takes 60 MB.
        """
        if self.rate_hz == RATE_HZ:
            return self.values[self.before : self.before + self.n_samples]
        ratio = RATE_HZ / self.rate_hz
        wanted = max(round(self.n_samples * ratio), 1)
        new_length = round(len(self.values) * ratio)
        kept = lowest_frequencies(self.values, new_length // 2 + 1)
        kept = kept * np.float32(ratio)
        if new_length % 2 == 0:
            kept[-1] *= 2.0  # the part that aliases into the highest frequency
        reduced = from_frequencies(kept, new_length)
        first = round(self.before * ratio)
        return np.asarray(reduced[first : first + wanted], np.float32)


def bridged(values: Float32Array, is_missing: BoolArray, longest: int) -> Float32Array:
    """Fill short gaps with the signal beside them, mirrored from either side.

    A network that sees silence of some seconds in every minute finds next to nothing
    in between. What lies in a gap counts as lost all the same.

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

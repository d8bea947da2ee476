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
from psgkit.domain.signals.trace import Samples, in_parts
from psgkit.measure.signals.centring import centred

RATE_HZ = 50
NORM_S = 18 * 60
CLIP = 20.0
LEAST_PAD = 100
NO_GAPS = np.zeros((0, 2), dtype=np.intp)

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]


@dataclass(slots=True, eq=False)
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
    def of(
        cls,
        values: Samples,
        rate_hz: float,
        centre: float = 0.0,
        gaps: npt.NDArray[np.intp] = NO_GAPS,
    ) -> "Extended":
        """Extend a signal about its centre; see `bridge` for its gaps."""
        n_samples = len(values)
        least = n_samples + 2 * min(n_samples // 8, LEAST_PAD)
        length = 2 ** math.ceil(math.log2(least))
        before = (length - n_samples) // 2
        longer = np.zeros(length, dtype=np.float32)
        end = before + n_samples
        own = longer[before:end]
        for first, part in in_parts(values):
            own[first : first + len(part)] = centred(part, centre)
        bridge(own, gaps)
        left = min(before, n_samples - 1)
        longer[before - left : before] = 2 * own[0] - own[left:0:-1]
        right = min(length - end, n_samples - 1)
        longer[end : end + right] = 2 * own[-1] - own[-2 : -right - 2 : -1]
        return cls(longer, before, n_samples, rate_hz)

    def to_50_hz(self) -> Float32Array:
        """Resample by the Fourier transform of the whole, as MNE's resampling does.

        In single precision, in which a night at 512 Hz takes 60 MB. Once: the samples
        are let go, for the transform back needs their room.
        """
        if self.rate_hz == RATE_HZ:
            return self.values[self.before : self.before + self.n_samples]
        ratio = RATE_HZ / self.rate_hz
        wanted = max(round(self.n_samples * ratio), 1)
        new_length = round(len(self.values) * ratio)
        kept = lowest_frequencies(self.values, new_length // 2 + 1)
        self.values = self.values[:0].copy()
        kept *= np.float32(ratio)
        if new_length % 2 == 0:
            kept[-1] *= 2.0  # the part that aliases into the highest frequency
        reduced = from_frequencies(kept, new_length)
        first = round(self.before * ratio)
        return np.asarray(reduced[first : first + wanted], np.float32)


def bridge(values: Float32Array, gaps: npt.NDArray[np.intp]) -> None:
    """Fill short gaps, in place, with the signal beside them, mirrored from either side.

    A network that sees silence of some seconds in every minute finds next to nothing
    in between. What lies in a gap counts as lost all the same.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
    gaps : numpy.ndarray of int, shape (n_gaps, 2)
        First sample of each and one past the last, in order. One that is longer than
        the signal beside it stays as it is.
    """
    for first, last in gaps.tolist():
        length = last - first
        if length > min(first, len(values) - last):
            continue
        to_right = np.linspace(0.0, 1.0, length, dtype=np.float32)
        before = values[first - length : first][::-1]
        after = values[last : last + length][::-1]
        values[first:last] = (1 - to_right) * before + to_right * after


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

"""Prepare a signal for YASA's features: 100 Hz, 0.4 to 30 Hz, epochs of 30 s.

The steps follow `yasa.SleepStaging`, which leaves them to MNE: resampling in the
frequency domain, then a zero-phase FIR filter. They are repeated here, since a
real FFT of one channel in single precision needs an eighth of the memory and half of
the time. The filter must be the same: another resampler changes the probabilities.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from psgkit.domain.signals.fourier import from_frequencies, lowest_frequencies
from psgkit.domain.signals.trace import Samples, in_parts

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

RATE_HZ = 100.0
EPOCH_S = 30.0
EPOCH_SAMPLES = int(RATE_HZ * EPOCH_S)

# Transition bands of MNE's default design for 0.4 to 30 Hz at 100 Hz: 0 to 0.4 Hz and
# 30 to 37.5 Hz. A Hamming window needs 3.3 / width seconds, in an odd number of taps.
_HIGHPASS_CUTOFF_HZ, _HIGHPASS_TAPS = 0.2, 825
_LOWPASS_CUTOFF_HZ, _LOWPASS_TAPS = 33.75, 45
_FFT_SAMPLES = 4096
_BLOCKS_AT_A_TIME = 64


@dataclass(slots=True, eq=False)
class Padded:
    """A signal lengthened to a power of two by its mirror image, as MNE does.

    A separate step, so that the signal can be freed before the Fourier transform
    claims four times its size.

    Attributes
    ----------
    values : numpy.ndarray
        The longer signal.
    rate_hz : float
        Its sampling rate.
    before : int
        Samples put in front.
    n_samples : int
        Length of the signal itself.
    """

    values: Float32Array
    rate_hz: float
    before: int
    n_samples: int

    @classmethod
    def from_signal(cls, values: Samples, rate_hz: float) -> "Padded":
        """Lengthen a signal; NaN count as zero."""
        n = len(values)
        room = 2 * min(n // 8, 100)
        extra = 2 ** int(np.ceil(np.log2(n + room))) - n
        before = extra // 2
        longer = _pad_odd(values, before, extra - before, np.float32)
        return cls(longer, rate_hz, before, n)

    def at_100_hz(self) -> Float32Array:
        """Resample as `mne.io.Raw.resample` does, and take the padding away.

        Once: the samples are let go, for the transform back needs their room.

        Returns
        -------
        numpy.ndarray, shape (round(n_samples * 100 / rate_hz),)
        """
        ratio = RATE_HZ / self.rate_hz
        n_old = len(self.values)
        n_new = max(round(n_old * ratio), 1)
        shorter = min(n_new, n_old)
        spectrum = lowest_frequencies(self.values, shorter // 2 + 1)
        self.values = self.values[:0].copy()
        if shorter % 2 == 0:  # the only frequency without a mirror
            spectrum[shorter // 2] *= 2 if n_new < n_old else 0.5
        resampled = from_frequencies(spectrum, n_new)
        resampled *= n_new / n_old
        first = round(ratio * self.before)
        last = first + max(round(ratio * self.n_samples), 1)
        return resampled[first:last]


def bandpass(values: npt.NDArray[np.floating]) -> FloatArray:
    """Filter a signal of 100 Hz from 0.4 to 30 Hz as `mne.filter.filter_data` does."""
    taps = bandpass_taps()
    edge = min(len(taps), len(values)) - 1
    filtered = _convolve(_pad_odd(values, edge, edge), taps)
    first = edge + len(taps) // 2
    return filtered[first : first + len(values)]


def bandpass_taps() -> FloatArray:
    """Return the filter: a low-pass at 33.75 Hz less one at 0.2 Hz.

    Returns
    -------
    numpy.ndarray, shape (825,)
    """
    taps = -_lowpass_taps(_HIGHPASS_TAPS, _HIGHPASS_CUTOFF_HZ)
    middle = slice(
        (_HIGHPASS_TAPS - _LOWPASS_TAPS) // 2, (_HIGHPASS_TAPS + _LOWPASS_TAPS) // 2
    )
    taps[middle] += _lowpass_taps(_LOWPASS_TAPS, _LOWPASS_CUTOFF_HZ)
    return taps


def to_epochs(values: FloatArray) -> FloatArray:
    """Return a signal of 100 Hz as whole epochs, shape (n_epochs, 3000)."""
    n_epochs = len(values) // EPOCH_SAMPLES
    return values[: n_epochs * EPOCH_SAMPLES].reshape(n_epochs, EPOCH_SAMPLES)


def _lowpass_taps(n_taps: int, cutoff_hz: float) -> FloatArray:
    """Design a low-pass by a Hamming window, with a gain of one at 0 Hz."""
    cutoff = cutoff_hz / (RATE_HZ / 2)
    taps = cutoff * np.sinc(cutoff * (np.arange(n_taps) - (n_taps - 1) / 2))
    taps *= np.hamming(n_taps)
    return np.asarray(taps / taps.sum())


def _pad_odd(
    values: Samples,
    before: int,
    after: int,
    dtype: npt.DTypeLike = np.float64,
) -> npt.NDArray[Any]:
    """Lengthen a signal by its mirror image about both end points, zeros beyond.

    NaN count as zero.
    """
    n = len(values)
    padded = np.zeros(before + n + after, dtype)
    for first, part in _known_parts(values, 0, n):
        padded[before + first : before + first + len(part)] = part
    left, right = min(before, n - 1), min(after, n - 1)
    ((_, start),) = _known_parts(values, 0, 1)
    for first, part in _known_parts(values, 1, left + 1):
        end = before - first + 1
        padded[end - len(part) : end] = (2 * start - part)[::-1]
    ((_, stop),) = _known_parts(values, n - 1, n)
    for first, part in _known_parts(values, n - 1 - right, n - 1):
        end = before + 2 * n - 1 - first
        padded[end - len(part) : end] = (2 * stop - part)[::-1]
    return padded


def _known_parts(
    values: Samples, first: int, last: int
) -> Iterator[tuple[int, FloatArray]]:
    for start, part in in_parts(values, first, last):
        yield start, np.where(np.isnan(part), 0.0, part).astype(float, copy=False)


def _convolve(values: FloatArray, taps: FloatArray) -> FloatArray:
    """Convolve in blocks that fit the cache, and add where they overlap."""
    tail = len(taps) - 1
    step = _FFT_SAMPLES - tail
    n_blocks = -(-len(values) // step)
    response = np.fft.rfft(taps, _FFT_SAMPLES)
    convolved = np.zeros((n_blocks + 1, step))
    for first in range(0, n_blocks, _BLOCKS_AT_A_TIME):
        part = values[first * step : (first + _BLOCKS_AT_A_TIME) * step]
        blocks = np.zeros((-(-len(part) // step), step))
        blocks.ravel()[: len(part)] = part
        spectra = np.fft.rfft(blocks, _FFT_SAMPLES, axis=1)
        spectra *= response
        longer = np.fft.irfft(spectra, _FFT_SAMPLES, axis=1)
        last = first + len(blocks)
        convolved[first:last] += longer[:, :step]
        convolved[first + 1 : last + 1, :tail] += longer[:, step:]
    return convolved.ravel()

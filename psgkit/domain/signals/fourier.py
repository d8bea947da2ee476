"""Fourier transforms of long signals, as several short ones.

scipy needs five times the memory of what it transforms, and keeps a fifth of that. Here,
a signal of more than a night's length is transformed as the sum of its interleaved parts
(Cooley and Tukey 1965), which is the same but for rounding.
"""

import numpy as np
import numpy.typing as npt
from scipy import fft

Float32Array = npt.NDArray[np.float32]
Complex64Array = npt.NDArray[np.complex64]

# In samples: 9 h at 256 Hz in one transform; beyond, parts of half as many.
LONGEST = 1 << 23
_MOST_PARTS = 64
_AT_A_TIME = 1 << 18


def lowest_frequencies(values: Float32Array, n_wanted: int) -> Complex64Array:
    """Return the first values of ``scipy.fft.rfft``.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
    n_wanted : int
        At most ``n_samples // 2 + 1``.
    """
    size = len(values)
    n_parts = _n_parts(size)
    if n_parts == 1:
        return np.asarray(fft.rfft(values)[:n_wanted])
    length = size // n_parts
    wanted = np.zeros(n_wanted, np.complex64)
    for part in range(n_parts):
        own = fft.rfft(values[part::n_parts])
        turns = _Turns(-part / size)
        for first in range(0, n_wanted, _AT_A_TIME):
            into = wanted[first : first + _AT_A_TIME]
            numbers = np.arange(first, first + len(into))
            into += turns.of(first, len(into)) * _folded(own, numbers % length, length)
    return wanted


def from_frequencies(spectrum: Complex64Array, size: int) -> Float32Array:
    """Return the signal of a spectrum, as ``scipy.fft.irfft``.

    Parameters
    ----------
    spectrum : numpy.ndarray of complex64, shape (n_frequencies,)
        The lowest ones; the others are zero. It may be changed.
    size : int
        Samples of the signal.
    """
    n_parts = _n_parts(size)
    if n_parts == 1:
        return np.asarray(fft.irfft(spectrum, size))
    length = size // n_parts
    values = np.empty(size, np.float32)
    if len(spectrum) < size // 2 + 1:
        spectrum = np.pad(spectrum, (0, size // 2 + 1 - len(spectrum)))
    if size % 2 == 0:  # half of the rate has no phase
        spectrum[-1] = spectrum[-1].real
    for part in range(n_parts):
        own = np.zeros(length // 2 + 1, np.complex64)
        turns = _Turns(part / size)
        for low in range(0, size, length):
            for first in range(0, len(own), _AT_A_TIME):
                into = own[first : first + _AT_A_TIME]
                numbers = np.arange(low + first, low + first + len(into))
                into += turns.of(low + first, len(into)) * _folded(
                    spectrum, numbers, size
                )
        values[part::n_parts] = fft.irfft(own, length)
    values /= n_parts
    return values


def _n_parts(size: int) -> int:
    """Return the fewest equal parts that are short enough; one where there are none."""
    if size <= LONGEST:
        return 1
    least = -(-2 * size // LONGEST)
    fitting = (n for n in range(least, _MOST_PARTS + 1) if size % n == 0)
    return next(fitting, 1)


def _folded(
    spectrum: Complex64Array, numbers: npt.NDArray[np.intp], size: int
) -> Complex64Array:
    """Return a spectrum of a real signal by number, of the second half by the first."""
    found: Complex64Array = spectrum[np.minimum(numbers, size - numbers)]
    np.conjugate(found, out=found, where=numbers > size // 2)
    return found


class _Turns:
    """The values of ``exp(2j * pi * share * number)``."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.first = np.exp(2j * np.pi * share * np.arange(_AT_A_TIME))

    def of(self, first: int, count: int) -> Complex64Array:
        """Return those of some numbers in a row."""
        start = np.exp(2j * np.pi * (self.share * first % 1.0))
        return np.asarray(start * self.first[:count], np.complex64)

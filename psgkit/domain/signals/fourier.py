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

# Of one transform: 9 h at 256 Hz.
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
        for first in range(0, n_wanted, _AT_A_TIME):
            into = wanted[first : first + _AT_A_TIME]
            numbers = np.arange(first, first + len(into))
            into += _folded(own, numbers % length, length) * _turns(
                part, first, len(into), -size
            )
    return wanted


def from_frequencies(spectrum: Complex64Array, size: int) -> Float32Array:
    """Return the signal of a spectrum, as ``scipy.fft.irfft``.

    Parameters
    ----------
    spectrum : numpy.ndarray of complex64, shape (n_frequencies,)
        The lowest ones; the others are zero.
    size : int
        Samples of the signal.
    """
    n_parts = _n_parts(size)
    if n_parts == 1:
        return np.asarray(fft.irfft(spectrum, size))
    length = size // n_parts
    values = np.empty(size, np.float32)
    spectrum = np.pad(spectrum, (0, size // 2 + 1 - len(spectrum)))
    if size % 2 == 0:  # half of the rate has no phase
        spectrum[-1] = spectrum[-1].real
    for part in range(n_parts):
        own = np.zeros(length // 2 + 1, np.complex64)
        for low in range(0, size, length):
            for first in range(0, len(own), _AT_A_TIME):
                into = own[first : first + _AT_A_TIME]
                numbers = np.arange(low + first, low + first + len(into))
                into += _folded(spectrum, numbers, size) * _turns(
                    part, low + first, len(into), size
                )
        values[part::n_parts] = fft.irfft(own, length)
    values /= n_parts
    return values


def _n_parts(size: int) -> int:
    """Return the fewest equal parts that are short enough; one where there are none."""
    least = -(-size // LONGEST)
    fitting = (n for n in range(least, _MOST_PARTS + 1) if size % n == 0)
    return next(fitting, 1)


def _folded(
    spectrum: Complex64Array, numbers: npt.NDArray[np.intp], size: int
) -> Complex64Array:
    """Return a spectrum of a real signal by number, of the second half by the first."""
    found: Complex64Array = spectrum[np.minimum(numbers, size - numbers)]
    np.conjugate(found, out=found, where=numbers > size // 2)
    return found


def _turns(part: int, first: int, count: int, size: int) -> Complex64Array:
    """Return ``exp(2j * pi * part * number / size)`` of some numbers in a row."""
    numbers = np.arange(first, first + count)
    angles = numbers * part % abs(size) * (2 * np.pi / size)
    return np.asarray(np.exp(1j * angles), np.complex64)

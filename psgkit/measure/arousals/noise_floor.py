"""How many arousals the rules find in noise with the spectrum of this night's sleep.

Signals whose phases were drawn anew have every rhythm of the original and none of its
events: what is still found is what chance alone gives (Theiler et al. 1992, Physica D
58:77).
"""

import numpy as np

from psgkit.measure.arousals.bands import FloatArray

LEAST_S = 1800.0
LONGEST_S = 3600.0
SEED = 20_240_101  # the floor of a night is a fact: the same each time it is computed


def phase_randomised(values: FloatArray) -> FloatArray:
    """Return noise with the spectrum of a signal.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_samples,)
        Without NaN.
    """
    spectrum = np.fft.rfft(values)
    phases = np.random.default_rng(SEED).uniform(0.0, 2.0 * np.pi, len(spectrum))
    turned = np.abs(spectrum) * np.exp(1j * phases)
    turned[0] = 0.0  # no mean
    return np.asarray(np.fft.irfft(turned, len(values)))

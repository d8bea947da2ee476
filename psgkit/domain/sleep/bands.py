"""Frequency bands of the EEG, in hertz."""

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# The standard bands, and the upper end of spectra.
BANDS_HZ = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 12.0),
    "sigma": (12.0, 16.0),
    "beta": (16.0, 30.0),
    "gamma": (30.0, 40.0),
}
MAX_BAND_HZ = 48.0


def band_faults(bands: Mapping[str, tuple[float, float]]) -> list[str]:
    """Name the faults in the names and limits of your own bands."""
    faults = []
    for name, (_, high) in bands.items():
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            faults.append(
                f"Band {name!r}: a name holds small letters, digits and single "
                "underscores."
            )
        elif name in BANDS_HZ:
            faults.append(f"Band {name!r}: psgkit has a band of that name.")
        if high > MAX_BAND_HZ:
            faults.append(
                f"Band {name!r}: spectra end at {MAX_BAND_HZ:g} Hz; got {high:g} Hz."
            )
    return faults


def band_power(
    freqs_hz: FloatArray, psd: npt.NDArray[np.floating], band: tuple[float, float]
) -> FloatArray:
    """Integrate spectra over a band by the trapezoidal rule.

    Simpson's rule, which YASA uses, gives neighbouring bins weights of 2/3 and 4/3 and
    so misstates a narrow peak by up to 11 %; on smooth spectra the two agree.

    Parameters
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    psd : numpy.ndarray of float, shape (..., n_freqs)
    band : tuple of float
        Both ends belong to it.

    Returns
    -------
    numpy.ndarray of float64, shape (...)
    """
    inside = (freqs_hz >= band[0] - 1e-6) & (freqs_hz <= band[1] + 1e-6)
    return np.asarray(
        np.trapezoid(psd[..., inside].astype(float), freqs_hz[inside], axis=-1)
    )

"""Zero-phase FIR band-pass filters with the coefficients that MNE designs.

YASA filters with MNE; the same coefficients give the same events. Convolution is by
overlap and add, which a night needs no more than a tenth of a second for.
"""

import numpy as np
from scipy import signal

from psgkit.measure.signals.usable_time import FloatArray


def band_pass(
    values: FloatArray,
    rate_hz: float,
    band_hz: tuple[float, float],
    *,
    transition_hz: float | None = None,
) -> FloatArray:
    """Filter a signal without shifting it.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_samples,)
    rate_hz : float
    band_hz : tuple of float
        Edges of the pass-band.
    transition_hz : float, optional
        Width of both transition bands; MNE's own choice where not given.

    Returns
    -------
    numpy.ndarray of float64, shape (n_samples,)
        As in MNE, the signal is thought to go on beyond its ends, mirrored.
    """
    from mne.filter import create_filter  # noqa: PLC0415 - a night may need no filter

    width = "auto" if transition_hz is None else transition_hz
    taps = create_filter(
        None,
        rate_hz,
        *band_hz,
        l_trans_bandwidth=width,
        h_trans_bandwidth=width,
        method="fir",
        verbose=False,
    )
    if len(values) == 0:
        return values
    reach = (len(taps) - 1) // 2
    mirrored = np.pad(values, reach, mode="reflect", reflect_type="odd")
    return np.asarray(signal.oaconvolve(mirrored, taps, mode="valid"))

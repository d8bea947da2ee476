"""Zero-phase FIR band-pass filters with the coefficients that MNE designs.

YASA filters with MNE; the same coefficients give the same events. Convolution is by
overlap and add, some minutes at a time: a night needs no more than a tenth of a second.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import signal

from psgkit.domain.signals.trace import Samples
from psgkit.measure.signals.centring import centred
from psgkit.measure.signals.usable_time import FloatArray

_AT_A_TIME = 1 << 18


def band_pass(
    values: npt.NDArray[np.floating],
    rate_hz: float,
    band_hz: tuple[float, float],
    *,
    transition_hz: float | None = None,
) -> FloatArray:
    """Filter a signal without shifting it.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n_samples,)
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
    taps = _taps(rate_hz, *band_hz, transition_hz)
    reach = (len(taps) - 1) // 2
    filtered = np.empty(len(values))
    for first in range(0, len(values), _AT_A_TIME):
        last = min(first + _AT_A_TIME, len(values))
        part = with_surroundings(values, first, last, reach)
        filtered[first:last] = signal.oaconvolve(part, taps, mode="valid")
    return filtered


def with_surroundings(
    values: Samples, first: int, last: int, reach: int, centre: float | None = None
) -> FloatArray:
    """Return a part of a signal with some samples on both sides.

    Beyond its ends, the signal is mirrored about its first and its last sample. With a
    centre, it is about it, as from `centred`.
    """
    low, high = first - reach, last + reach
    part = values[max(low, 0) : high]
    part = (part if centre is None else centred(part, centre)).astype(float)
    beyond = max(-low, 0), max(high - len(values), 0)
    if any(beyond):
        part = np.pad(part, beyond, mode="reflect", reflect_type="odd")
    return np.asarray(part)


@cache
def _taps(
    rate_hz: float, low_hz: float, high_hz: float, transition_hz: float | None
) -> FloatArray:
    from mne.filter import create_filter  # noqa: PLC0415 - a night may need no filter

    width = "auto" if transition_hz is None else transition_hz
    return np.asarray(
        create_filter(
            None,
            rate_hz,
            low_hz,
            high_hz,
            l_trans_bandwidth=width,
            h_trans_bandwidth=width,
            method="fir",
            verbose=False,
        )
    )

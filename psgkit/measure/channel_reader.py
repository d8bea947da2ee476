"""One channel, read once at the rate that its metrics need."""

import numpy as np

from psgkit.domain.measures import Undefined
from psgkit.domain.recording import Channel, Recording
from psgkit.measure.spectral import Float32Array, band_limit, reduce_rate
from psgkit.measure.timeline import BoolArray, missing_seconds, still_seconds


def read_reduced(
    recording: Recording, channel: Channel, n_seconds: int, at_least_hz: float
) -> tuple[Float32Array, float, BoolArray]:
    """Read a channel at a reduced rate, and mark the seconds that hold no signal.

    A night of one channel takes 60 MB as it is read; only a quarter of it is kept.

    Parameters
    ----------
    recording : Recording
    channel : Channel
    n_seconds : int
        Of the recording.
    at_least_hz : float
        The lowest rate that will do.

    Returns
    -------
    values : numpy.ndarray of float32, shape (n_samples,)
        About zero; zero where nothing was recorded.
    rate_hz : float
    is_absent : numpy.ndarray of bool, shape (n_seconds,)
        Seconds with a gap, and those in which the signal does not change.
    """
    # What a source gives may be its own memory: nothing is changed in place.
    values = recording.signal(channel)
    is_known = np.isfinite(values)
    centre = values.mean(where=is_known) if is_known.any() else 0.0
    kept = np.subtract(values, centre, dtype=np.float32, casting="same_kind")
    del values
    kept[~is_known] = 0.0
    absent = missing_seconds(~is_known, channel.rate_hz, n_seconds)
    absent |= still_seconds(kept, channel.rate_hz, n_seconds)
    return *reduce_rate(kept, channel.rate_hz, at_least_hz), absent


def first_limit(
    channels: tuple[Channel, ...], band: tuple[float, float]
) -> Undefined | None:
    """Say why a band cannot be measured in one of some channels; None where it can."""
    limits = (band_limit(channel, band) for channel in channels)
    return next((limit for limit in limits if limit is not None), None)

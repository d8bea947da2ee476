"""One channel, read once at the rate that its metrics need."""

from collections.abc import Callable

from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.signals.trace import Samples, is_missing, trace_of
from psgkit.measure.signals.centring import centre_of
from psgkit.measure.signals.usable_time import (
    BoolArray,
    missing_seconds,
    still_seconds,
)
from psgkit.measure.spectra.power import Float32Array, band_limit, reduce_rate

# Gives the artefact mask of a channel that was read, True where a stretch of 5 s from
# second zero is artefact.
ArtefactMask = Callable[[Channel, Samples], BoolArray]


def read_reduced(
    recording: Recording, channel: Channel, n_seconds: int, at_least_hz: float
) -> tuple[Float32Array, float, BoolArray]:
    """Read a channel at a reduced rate; see `reduce_signal`."""
    return reduce_signal(trace_of(recording, channel), channel, n_seconds, at_least_hz)


def reduce_signal(
    values: Samples, channel: Channel, n_seconds: int, at_least_hz: float
) -> tuple[Float32Array, float, BoolArray]:
    """Reduce the rate of a signal, and mark the seconds without signal.

    Parameters
    ----------
    values : numpy.ndarray of float64 or Trace, shape (n_samples,)
        The channel as it is read, NaN in gaps. Not changed: it may be the source's own.
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
        Seconds with a gap, and seconds without change.
    """
    centre = centre_of(values)
    absent = missing_seconds(is_missing(values), channel.rate_hz, n_seconds)
    absent |= still_seconds(values, channel.rate_hz, n_seconds, centre)
    return *reduce_rate(values, channel.rate_hz, at_least_hz, centre), absent


def first_limit(
    channels: tuple[Channel, ...], band: tuple[float, float]
) -> Undefined | None:
    """Say why a band cannot be measured in one of some channels; None where it can."""
    limits = (band_limit(channel, band) for channel in channels)
    return next((limit for limit in limits if limit is not None), None)

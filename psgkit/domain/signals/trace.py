"""One channel of a recording, read in parts when they are needed.

In double precision, 60 h at 256 Hz take 440 MB. The file's own whole numbers take a
quarter of that; a part of them becomes values when it is used.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.recording import Channel, Recording
from psgkit.domain.signal_source import HoldingSource

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_AT_A_TIME = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A whole channel; a slice of it is read from the recording as an array.

    Attributes
    ----------
    recording : Recording
    channel : Channel
    n_samples : int
    is_complete : bool
        Whether it is known that no sample is missing.
    """

    recording: Recording
    channel: Channel
    n_samples: int
    is_complete: bool = False

    def __len__(self) -> int:
        return self.n_samples

    def __getitem__(self, part: slice) -> FloatArray:
        first, last, step = part.indices(self.n_samples)
        if step > 1:
            size = max(_AT_A_TIME // step, 1) * step
            starts = range(first, last, size)
            return np.concatenate(
                [np.zeros(0), *(self[i : min(i + size, last)][::step] for i in starts)]
            )
        if last <= first:
            return np.zeros(0)
        rate_hz = self.channel.rate_hz
        return self.recording.signal(self.channel, first / rate_hz, last / rate_hz)


# A channel, in memory or not. Both have a length and slices.
Samples = npt.NDArray[np.floating] | Trace


def trace_of(recording: Recording, channel: Channel) -> FloatArray | Trace:
    """Return a channel as a whole, as an array where its source must read it at once."""
    indices = [channel.index]
    if channel.reference_index is not None:
        indices.append(channel.reference_index)
    source = recording.source
    if isinstance(source, HoldingSource):
        n_samples = source.hold(indices)
        if n_samples is not None:
            is_lost = bool(recording.lost_of(channel))
            is_complete = source.is_complete(indices) and not is_lost
            return Trace(recording, channel, n_samples, is_complete)
    return recording.signal(channel)


def in_parts(
    values: Samples, first: int = 0, last: int | None = None
) -> Iterator[tuple[int, npt.NDArray[np.floating]]]:
    """Yield a channel part by part, each with the number of its first sample."""
    stop = len(values) if last is None else last
    for start in range(first, stop, _AT_A_TIME):
        yield start, values[start : min(start + _AT_A_TIME, stop)]


def is_missing(values: Samples) -> BoolArray:
    """Return which samples of a channel are missing."""
    missing = np.zeros(len(values), dtype=bool)
    if isinstance(values, Trace) and values.is_complete:
        return missing
    for first, part in in_parts(values):
        np.logical_not(np.isfinite(part), out=missing[first : first + len(part)])
    return missing

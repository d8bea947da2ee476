"""Read the channels that a night needs in one pass through its file.

The samples of an EDF are interleaved: to read one channel is to read the whole file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from psgkit.domain.recording import (
    Channel,
    FloatArray,
    Recording,
    sample_range,
)
from psgkit.domain.signal_source import Scale, SignalSource

# Bytes of samples in memory: as counts, 9 channels of 8 h at 256 Hz. A wider night is
# read in several passes.
MOST_BYTES = 140_000_000
# Bytes of samples in double precision that are read at a time.
BLOCK_BYTES = 16_000_000

Held = npt.NDArray[Any]  # counts, or values in single or double precision


@dataclass(frozen=True, slots=True, eq=False)
class ReadAheadSource:
    """A source that reads several channels when the first of them is needed.

    Parameters
    ----------
    source : SignalSource
        Of the recording.
    duration_s : float
        Of the recording.
    rates_hz : dict of int to float
        The rate of each channel that will be wanted whole, in the order of use.
    staged : frozenset of int
        Channels that are kept in double precision until their first use, unless they
        are kept as counts.
    scales : dict of int to Scale
        Of the channels that are kept as the counts of the file.
    """

    source: SignalSource
    duration_s: float
    rates_hz: dict[int, float]
    staged: frozenset[int] = frozenset()
    scales: dict[int, Scale] = field(default_factory=dict)
    _held: dict[int, Held] = field(default_factory=dict, repr=False)

    def scale_of(self, index: int) -> Scale | None:
        """Return how the source stores a signal; see `SignalSource`."""
        return self.source.scale_of(index)

    def read(self, index: int, start_s: float, stop_s: float) -> FloatArray:
        """Return one signal between two times; see `SignalSource`.

        Samples that are not kept as counts pass through single precision, seven digits,
        but for the first use of a staged channel: stages depend on the last digit.
        """
        is_whole = start_s <= 0 and stop_s >= self.duration_s
        if index not in self._held and not (is_whole and index in self.rates_hz):
            return self.source.read(index, start_s, stop_s)
        if index not in self._held:
            self._fill(index)
        held = self._held[index]
        if is_whole and held.dtype == np.float64:
            self._held[index] = held.astype(np.float32)
            return np.asarray(held, dtype=np.float64)
        first, last = sample_range(start_s, stop_s, self.rates_hz[index])
        if held.dtype.kind == "i":
            return self.scales[index].values(held[first:last])
        return held[first:last].astype(np.float64)

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Return several signals between two times; see `SignalSource`."""
        is_whole = start_s <= 0 and stop_s >= self.duration_s
        known = self.rates_hz if is_whole else self._held
        others = [index for index in indices if index not in known]
        together = self.source.read_many(others, start_s, stop_s) if others else []
        found = dict(zip(others, together, strict=True))
        return [
            found[i] if i in found else self.read(i, start_s, stop_s) for i in indices
        ]

    def hold(self, indices: Sequence[int]) -> int | None:
        """Hold some signals together; see `HoldingSource`."""
        if not set(indices) <= set(self.rates_hz):
            return None
        if not set(indices) <= set(self._held):
            self._fill(*indices)
        held = [self._held[index] for index in indices]
        if any(one.dtype == np.float64 for one in held):
            return None
        return min(map(len, held))

    def is_complete(self, indices: Sequence[int]) -> bool:
        """Return whether no sample is missing; see `HoldingSource`."""
        return all(
            index in self._held and self._held[index].dtype.kind == "i"
            for index in indices
        )

    def _fill(self, *wanted: int) -> None:
        """Read some channels, and the channels after them that fit into memory."""
        self._held.clear()
        order = list(self.rates_hz)
        at = order.index(wanted[0])
        room = MOST_BYTES
        batch: list[int] = []
        for index in dict.fromkeys((*wanted, *order[at:], *order[:at])):
            room -= self._n_bytes(index) * round(self.duration_s * self.rates_hz[index])
            if index not in wanted and room < 0:
                break
            batch.append(index)
        block_s = BLOCK_BYTES / 8 / sum(self.rates_hz[index] for index in batch)
        block_s = max(np.floor(block_s), 1.0)
        parts: dict[int, list[Held]] = {i: [] for i in batch}
        for start_s in np.arange(0.0, self.duration_s, block_s).tolist():
            stop_s = min(start_s + block_s, self.duration_s)
            blocks = self.source.read_many(batch, start_s, stop_s)
            for index, values in zip(batch, blocks, strict=True):
                parts[index].append(self._kept(index, values, parts[index]))
        for index in batch:
            self._held[index] = np.concatenate(parts.pop(index))

    def _n_bytes(self, index: int) -> int:
        if index in self.scales:
            return self.scales[index].n_bytes
        return 8 if index in self.staged else 4

    def _kept(self, index: int, values: FloatArray, before: list[Held]) -> Held:
        """Return a block of a channel as it is kept: as counts where they are exact."""
        if index in self.scales:
            counts = self.scales[index].counts(values)
            if counts is not None:
                return counts
            scale = self.scales.pop(index)
            before[:] = [self._kept(index, scale.values(part), []) for part in before]
        return values if index in self.staged else values.astype(np.float32)


def read_ahead(
    recording: Recording, channels: Sequence[Channel], staged: Sequence[Channel] = ()
) -> Recording:
    """Return the same recording, which reads some channels together.

    Parameters
    ----------
    recording : Recording
    channels : sequence of Channel
        Those that will be wanted whole, in the order of use.
    staged : sequence of Channel
        Those that are staged first.
    """
    rates_hz: dict[int, float] = {}
    for channel in (*staged, *channels):
        rates_hz.setdefault(channel.index, channel.rate_hz)
        if channel.reference_index is not None:
            rates_hz.setdefault(channel.reference_index, channel.rate_hz)
    precise = {c.index for c in staged} | {c.reference_index for c in staged}
    scales = {index: recording.source.scale_of(index) for index in rates_hz}
    source = ReadAheadSource(
        recording.source,
        recording.duration_s,
        rates_hz,
        frozenset(index for index in precise if index is not None),
        {index: scale for index, scale in scales.items() if scale is not None},
    )
    return replace(recording, source=source)

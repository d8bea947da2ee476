"""Samples of an EDF or BDF file: MNE reads them, the layout gives their times."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from psgkit.domain.recording import FloatArray, sample_range
from psgkit.domain.signal_source import Scale
from psgkit.errors import UnreadableRecording
from psgkit.read.edf.header import SignalHeader
from psgkit.read.edf.layout import RecordLayout, Segment
from psgkit.read.edf.mended_header import MixedRatesUnsupported, SignalGroup
from psgkit.read.raw_reader import RawReader

# Parts in one pass: each costs MNE 0.1 ms when it opens the file.
MOST_PARTS = 1_500


@dataclass(frozen=True, slots=True)
class EdfSource:
    """Samples of a file, read when needed; see `domain.signal_source.SignalSource`.

    Pickles without open files and without samples.

    Parameters
    ----------
    layout : RecordLayout
        Positions of the data records.
    signals : tuple of SignalHeader
        Every signal of the file, annotation signals too.
    sample_bytes : int
        2 in EDF, 3 in BDF.
    """

    layout: RecordLayout
    signals: tuple[SignalHeader, ...]
    sample_bytes: int
    _readers: dict[tuple[int, ...], RawReader] = field(
        default_factory=dict, repr=False, compare=False
    )
    _passes: dict[tuple[int, ...], list[SignalGroup]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def rate_hz(self, index: int) -> float:
        """Return the samples in a second of one signal."""
        return self.signals[index].samples / self.layout.record_s

    def scale_of(self, index: int) -> Scale | None:
        """Return how the samples of a signal are stored; None where they have gaps."""
        signal = self.signals[index]
        if not signal.has_scale or len(self.layout.segments) > 1:
            return None
        low, high = signal.digital
        step = (signal.physical[1] - signal.physical[0]) / (high - low)
        offset = signal.physical[0] - low * step
        return Scale(step, offset, 2 if self.sample_bytes == 2 else 4)

    def read(self, index: int, start_s: float, stop_s: float) -> FloatArray:
        """Return one signal between two times on the clock, NaN in gaps.

        Parameters
        ----------
        index : int
            Position of the signal in the file.
        start_s, stop_s : float
            Seconds after the first sample.

        Returns
        -------
        numpy.ndarray of float64, shape (n_samples,)
            In the signal's physical unit; NaN too where its limits give no scale.

        Raises
        ------
        UnreadableRecording
            If the file has changed since its header was read.
        """
        return self.read_many((index,), start_s, stop_s)[0]

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Return several signals between two times, in one pass through the file."""
        spans = {index: self._span(index, start_s, stop_s) for index in indices}
        found: dict[int, FloatArray] = {}
        readable = tuple(
            index
            for index, (_, size) in sorted(spans.items())
            if size and self.signals[index].has_scale
        )
        if readable:
            self._check_file()
            wanted = {index: spans[index] for index in readable}
            try:
                if readable not in self._passes:
                    self._passes[readable] = self._in_few_passes(readable)
                self._fill_groups(found, self._passes[readable], wanted)
            except MixedRatesUnsupported:
                found.clear()
                self._fill_groups(found, self._by_rate(readable), wanted)
        return [
            found[i] if i in found else np.full(spans[i][1], np.nan) for i in indices
        ]

    def _span(self, index: int, start_s: float, stop_s: float) -> tuple[int, int]:
        """Return a signal's first sample on the clock, and how many are wanted."""
        samples, rate_hz = self.signals[index].samples, self.rate_hz(index)
        first, last = sample_range(start_s, stop_s, rate_hz)
        n_samples = max(
            round(segment.onset_s * rate_hz) + segment.n_records * samples
            for segment in self.layout.segments
        )
        return first, max(min(last, n_samples) - first, 0)

    def _in_few_passes(self, indices: tuple[int, ...]) -> list[SignalGroup]:
        """Put signals of several rates into as few passes as possible.

        Beside a slow signal, fast ones come in many parts; the slowest then come in a
        separate pass. All signals of one rate are read together, whichever is wanted
        next.
        """
        samples = {index: self.signals[index].samples for index in indices}
        counts = sorted(set(samples.values()))

        def fast_group(least: int) -> SignalGroup:
            fast = tuple(i for i in indices if samples[i] >= least)
            if least == counts[-1]:
                return self._by_rate(fast)[0]
            return SignalGroup(self.layout, self.signals, self.sample_bytes, fast)

        def n_parts(least: int) -> int:
            group = fast_group(least)
            return sum(map(group.n_parts, group.members))

        least = next((n for n in counts if n_parts(n) <= MOST_PARTS), counts[-1])
        slow = tuple(i for i in indices if samples[i] < least)
        return [fast_group(least), *(self._in_few_passes(slow) if slow else ())]

    def _by_rate(self, indices: tuple[int, ...]) -> list[SignalGroup]:
        return [
            SignalGroup(
                self.layout,
                self.signals,
                self.sample_bytes,
                tuple(
                    index
                    for index, signal in enumerate(self.signals)
                    if signal.samples == samples and not signal.is_annotations
                ),
            )
            for samples in sorted({self.signals[index].samples for index in indices})
        ]

    def _fill_groups(
        self,
        found: dict[int, FloatArray],
        groups: list[SignalGroup],
        spans: dict[int, tuple[int, int]],
    ) -> None:
        for group in groups:
            self._fill(
                found, group, {i: s for i, s in spans.items() if i in group.members}
            )

    def _fill(
        self,
        found: dict[int, FloatArray],
        group: SignalGroup,
        spans: dict[int, tuple[int, int]],
    ) -> None:
        """Write the wanted samples of a group's signals, segment by segment."""
        if group.members not in self._readers:
            self._readers[group.members] = RawReader(group, self.layout.path.name)
        reader = self._readers[group.members]
        picks = [pick for index in spans for pick in group.picks(index)]
        for segment in self.layout.segments:
            parts = {
                index: part
                for index, (first, size) in spans.items()
                if (part := self._overlap(index, segment, first, size))
            }
            if not parts:
                continue
            if len(picks) == len(spans):  # one rate: samples need no sorting
                _, begin, length = next(iter(parts.values()))
                values = reader.read(picks, begin, begin + length)
                pieces = dict(zip(spans, values, strict=True))
            else:
                pieces = self._sorted_parts(group, reader, picks, parts)
            for index, piece in pieces.items():
                into, (_, size) = parts[index][0], spans[index]
                if piece.size == size:  # no gap: nothing to put together
                    found[index] = piece
                    continue
                whole = found.setdefault(index, np.full(size, np.nan))
                whole[into : into + piece.size] = piece

    def _sorted_parts(
        self,
        group: SignalGroup,
        reader: RawReader,
        picks: list[int],
        parts: dict[int, tuple[int, int, int]],
    ) -> dict[int, FloatArray]:
        """Read whole records and put the parts of each signal in their order."""
        samples = {index: self.signals[index].samples for index in parts}
        first = min(begin // samples[i] for i, (_, begin, _) in parts.items())
        last = max(-(-(b + n) // samples[i]) for i, (_, b, n) in parts.items())
        width = group.part_samples
        read = dict(
            zip(picks, reader.read(picks, first * width, last * width), strict=True)
        )
        pieces = {}
        for index, (_, begin, length) in parts.items():
            own = [read.pop(pick).reshape(-1, width) for pick in group.picks(index)]
            values = np.stack(own, axis=1).ravel()
            skip = begin - first * samples[index]
            pieces[index] = values[skip : skip + length]
        return pieces

    def _overlap(
        self, index: int, segment: Segment, first: int, size: int
    ) -> tuple[int, int, int] | None:
        """Return the target, the offset and the number of a segment's samples."""
        samples = self.signals[index].samples
        onset = round(segment.onset_s * self.rate_hz(index))
        begin = max(first - onset, 0)
        end = min(first + size - onset, segment.n_records * samples)
        if end <= begin:
            return None
        joined = segment.first_record * samples + begin
        return onset + begin - first, joined, end - begin

    def _check_file(self) -> None:
        path = self.layout.path
        try:
            size = path.stat().st_size
        except OSError as fault:
            raise UnreadableRecording(
                f"{path.name} can no longer be read: {fault.strerror}; it was there when "
                "its header was read."
            ) from None
        if size < self.layout.end_byte:
            raise UnreadableRecording(
                f"{path.name} became shorter while it was read; wait until it is copied."
            )

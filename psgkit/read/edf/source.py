"""Samples of an EDF or BDF file: MNE reads them, the layout says where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from psgkit.domain.recording import FloatArray, sample_range
from psgkit.errors import UnreadableRecording
from psgkit.read.edf.header import SignalHeader
from psgkit.read.edf.layout import RecordLayout, Segment
from psgkit.read.edf.mended_header import RateGroup
from psgkit.read.raw_reader import RawReader


@dataclass(frozen=True, slots=True)
class EdfSource:
    """Samples of a file, read when asked for; see `domain.recording.SignalSource`.

    Pickles without open files and without samples.

    Parameters
    ----------
    layout : RecordLayout
        Where the data records stand.
    signals : tuple of SignalHeader
        Every signal of the file, annotation signals too.
    sample_bytes : int
        2 in EDF, 3 in BDF.
    """

    layout: RecordLayout
    signals: tuple[SignalHeader, ...]
    sample_bytes: int
    _readers: dict[int, RawReader] = field(
        default_factory=dict, repr=False, compare=False
    )

    def rate_hz(self, index: int) -> float:
        """Return the samples in a second of one signal."""
        return self.signals[index].samples / self.layout.record_s

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
        """Return several signals between two times; those of one rate in one pass."""
        found: dict[int, FloatArray] = {}
        for samples in dict.fromkeys(self.signals[i].samples for i in indices):
            alike = [i for i in indices if self.signals[i].samples == samples]
            found |= self._read_alike(list(dict.fromkeys(alike)), start_s, stop_s)
        return [found[index] for index in indices]

    def _read_alike(
        self, indices: list[int], start_s: float, stop_s: float
    ) -> dict[int, FloatArray]:
        samples, rate_hz = self.signals[indices[0]].samples, self.rate_hz(indices[0])
        first, last = sample_range(start_s, stop_s, rate_hz)
        n_samples = max(
            round(segment.onset_s * rate_hz) + segment.n_records * samples
            for segment in self.layout.segments
        )
        size = max(min(last, n_samples) - first, 0)
        readable = [index for index in indices if self.signals[index].has_scale]
        parts = [
            part
            for segment in self.layout.segments
            for part in _overlap(segment, samples, rate_hz, first, size)
        ]
        found = {}
        if readable and parts:
            self._check_file()
            reader, picks = self._reader(samples, readable)
            if parts == [(0, parts[0][1], size)]:  # no gap: nothing to put together
                values = reader.read(picks, parts[0][1], parts[0][1] + size)
                found = dict(zip(readable, values, strict=True))
            else:
                found = {index: np.full(size, np.nan) for index in readable}
                for into, joined, length in parts:
                    values = reader.read(picks, joined, joined + length)
                    for index, part in zip(readable, values, strict=True):
                        found[index][into : into + length] = part
        return {i: found[i] if i in found else np.full(size, np.nan) for i in indices}

    def _reader(self, samples: int, indices: list[int]) -> tuple[RawReader, list[int]]:
        """Return the reader of a rate, and the positions of signals in its Raw."""
        members = tuple(
            index
            for index, signal in enumerate(self.signals)
            if signal.samples == samples and not signal.is_annotations
        )
        if samples not in self._readers:
            group = RateGroup(self.layout, self.signals, self.sample_bytes, members)
            self._readers[samples] = RawReader(group, self.layout.path.name)
        return self._readers[samples], [members.index(index) for index in indices]

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


def _overlap(
    segment: Segment, samples: int, rate_hz: float, first: int, size: int
) -> Iterator[tuple[int, int, int]]:
    """Yield where samples go, where they stand in the file without gaps, how many."""
    onset = round(segment.onset_s * rate_hz)
    begin = max(first - onset, 0)
    end = min(first + size - onset, segment.n_records * samples)
    if end > begin:
        joined = segment.first_record * samples + begin
        yield onset + begin - first, joined, end - begin

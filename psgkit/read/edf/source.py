"""Samples of an EDF or BDF file: one signal at a time, a few records at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.recording import FloatArray, sample_range
from psgkit.read.edf.header import SignalHeader
from psgkit.read.edf.layout import ByteArray, RecordLayout, Segment


@dataclass(frozen=True, slots=True)
class EdfSource:
    """Samples of a file, read when asked for; see `domain.recording.SignalSource`.

    Holds no open file and no samples, so that it can be sent to another process.

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
        signal = self.signals[index]
        rate_hz = self.rate_hz(index)
        first, last = sample_range(start_s, stop_s, rate_hz)
        last = min(last, self._n_samples(index))
        values = np.empty(max(last - first, 0))
        segments = self.layout.segments
        is_covered = len(segments) == 1 and segments[0].onset_s * rate_hz <= first
        if not (signal.has_scale and is_covered):
            values.fill(np.nan)
        if signal.has_scale:
            for segment in segments:
                self._fill(values, first, segment, signal)
        return values

    def _n_samples(self, index: int) -> int:
        samples = self.signals[index].samples
        rate_hz = self.rate_hz(index)
        return max(
            round(segment.onset_s * rate_hz) + segment.n_records * samples
            for segment in self.layout.segments
        )

    def _fill(
        self, values: FloatArray, first: int, segment: Segment, signal: SignalHeader
    ) -> None:
        """Write the part of a segment that falls into ``values``."""
        rate_hz = signal.samples / self.layout.record_s
        onset = round(segment.onset_s * rate_hz)
        begin = max(first - onset, 0)
        end = min(first + values.size - onset, segment.n_records * signal.samples)
        if end <= begin:
            return
        records = range(begin // signal.samples, -(-end // signal.samples))
        blocks = self.layout.blocks(
            segment.first_record + records.start,
            segment.first_record + records.stop,
            signal.offset,
            signal.samples * self.sample_bytes,
        )
        for record, block in blocks:
            samples = _digital(block, self.sample_bytes)
            at = (record - segment.first_record) * signal.samples
            skip = max(begin - at, 0)
            samples = samples[skip : end - at]
            into = onset + at + skip - first
            _to_physical(samples, signal, values[into : into + samples.size])


def _digital(block: ByteArray, sample_bytes: int) -> npt.NDArray[np.integer]:
    """Return the samples of some records, shape (n_records * samples,)."""
    if sample_bytes == 2:
        return np.ascontiguousarray(block).view("<i2").ravel()
    wide = np.zeros((block.size // 3, 4), np.uint8)
    wide[:, 1:] = block.reshape(-1, 3)  # the sign stands in the highest byte
    return wide.view("<i4").ravel() >> 8


def _to_physical(
    samples: npt.NDArray[np.integer], signal: SignalHeader, into: FloatArray
) -> None:
    """Write samples in their physical unit, where they are to stand."""
    low, high = signal.physical
    gain = (high - low) / (signal.digital[1] - signal.digital[0])
    np.subtract(samples, float(signal.digital[0]), out=into, dtype=np.float64)
    into *= gain
    into += low

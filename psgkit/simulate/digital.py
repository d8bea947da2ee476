"""Samples of an EDF file: 16-bit numbers and a physical range."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.recording import FloatArray, Gap, sample_range

DIGITAL_MAX = 32767


@dataclass(frozen=True, slots=True)
class Digital:
    """One signal in 16 bits.

    Attributes
    ----------
    counts : numpy.ndarray of int16, shape (n_samples,)
        The file's samples.
    limit : float
        Physical value of the count 32767; the range is symmetric, or begins at zero.
    rate_hz : float
        Samples in a second.
    is_positive : bool
        Whether the range begins at zero.
    """

    counts: npt.NDArray[np.int16]
    limit: float
    rate_hz: float
    is_positive: bool = False

    @property
    def physical_range(self) -> tuple[float, float]:
        """Smallest and largest physical value."""
        return (0.0 if self.is_positive else -self.limit, self.limit)

    @property
    def digital_range(self) -> tuple[int, int]:
        """Smallest and largest count."""
        return (0 if self.is_positive else -DIGITAL_MAX, DIGITAL_MAX)


def digitise(
    values: npt.NDArray[np.float32], limit: float, rate_hz: float, *, is_positive: bool
) -> Digital:
    """Round a signal to counts, in a range wide enough to avoid clipping."""
    peak = float(np.max(np.abs(values)))
    while peak > 0.98 * limit:
        limit *= 2.0
    counts = values * np.float32(DIGITAL_MAX / limit)
    np.round(counts, out=counts)
    return Digital(counts.astype(np.int16), limit, rate_hz, is_positive)


@dataclass(frozen=True, slots=True)
class DigitalSource:
    """A `SignalSource` of the samples that will be written.

    Reading gives the same values as the file. Held in 16 bits, a night takes a
    quarter of the memory.
    """

    signals: tuple[Digital, ...]
    gaps: Sequence[Gap] = ()

    def scale_of(self, index: int) -> None:
        """Return None: the samples are not whole numbers."""

    def read(self, index: int, start_s: float, stop_s: float) -> FloatArray:
        """Return a part of one signal; see `psgkit.domain.signal_source.SignalSource`."""
        signal = self.signals[index]
        first, last = sample_range(start_s, stop_s, signal.rate_hz)
        values = signal.counts[first:last].astype(np.float64)
        values *= signal.limit / DIGITAL_MAX
        for gap in self.gaps:
            low, high = sample_range(
                gap.onset_s, gap.onset_s + gap.duration_s, signal.rate_hz
            )
            values[max(low - first, 0) : max(high - first, 0)] = np.nan
        return values

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Return a part of several signals; see `SignalSource`."""
        return [self.read(index, start_s, stop_s) for index in indices]

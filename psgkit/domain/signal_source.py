"""The interface through which a recording reads its samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Scale:
    """How the whole numbers in a file become values: ``counts * step + offset``.

    Attributes
    ----------
    step, offset : float
        In the signal's unit.
    n_bytes : {2, 4}
        Of a count in memory.
    """

    step: float
    offset: float
    n_bytes: int

    def counts(self, values: npt.NDArray[np.float64]) -> npt.NDArray[Any] | None:
        """Return the counts of some values; None where not every value is exact."""
        found = (values - self.offset) / self.step
        with np.errstate(invalid="ignore"):
            counts = np.rint(found, out=found).astype(
                np.int16 if self.n_bytes == 2 else np.int32
            )
        return counts if np.array_equal(self.values(counts), values) else None

    def values(self, counts: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the values of some counts."""
        values: npt.NDArray[np.float64] = np.multiply(
            counts, self.step, dtype=np.float64
        )
        values += self.offset
        return values


class SignalSource(Protocol):
    """Source of a recording's samples: a file, or arrays in memory."""

    def scale_of(self, index: int) -> Scale | None:
        """Return how a file stores a signal; None where it has gaps or no counts."""
        ...

    def read(
        self, index: int, start_s: float, stop_s: float
    ) -> npt.NDArray[np.float64]:
        """Return one signal of the source between two times on the clock.

        Parameters
        ----------
        index : int
            Position of the signal in the source.
        start_s, stop_s : float
            Seconds after the recording's start. Sample ``k`` is taken at
            ``k / rate_hz``. Samples with ``start_s <= k / rate_hz < stop_s`` are
            returned.

        Returns
        -------
        numpy.ndarray of float64, shape (n_samples,)
            In the signal's own physical unit; NaN where the recording has a gap. A
            view of the source's own array, or a copy.
        """
        ...

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[npt.NDArray[np.float64]]:
        """Return several signals, each as `read` does, in one pass through a file."""
        ...


@runtime_checkable
class HoldingSource(SignalSource, Protocol):
    """A source that can hold signals in memory, so that parts of them cost little."""

    def hold(self, indices: Sequence[int]) -> int | None:
        """Hold some signals of one rate together; return how many samples each has.

        None where parts of them would not be cheap, or not the same as the whole.
        """
        ...

    def is_complete(self, indices: Sequence[int]) -> bool:
        """Return whether signals are held as whole numbers: no sample is missing."""
        ...

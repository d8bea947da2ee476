"""The interface through which a recording reads its samples."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt


class SignalSource(Protocol):
    """Source of a recording's samples: a file, or arrays in memory."""

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
            view of what the source keeps, or an array that is the caller's.
        """
        ...

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[npt.NDArray[np.float64]]:
        """Return several signals, each as `read` does, in one pass through a file."""
        ...

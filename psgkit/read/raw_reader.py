"""Samples from MNE: a `mne.io.BaseRaw` that opens when needed and pickles closed."""

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from psgkit.domain.recording import FloatArray
from psgkit.errors import UnreadableRecording

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Read at a time, for all channels together: 4 MB beside the arrays that are filled.
BLOCK_SAMPLES = 500_000
LEAST_STEP = 10_000
# Start of MNE's warning when it resamples parts of a file (GDF).
_MIXED_RATES = "Loading an EDF with mixed sampling frequencies"


class RawReader:
    """Samples of one `mne.io.BaseRaw`, by the numbers of its channels and samples.

    Parameters
    ----------
    source : callable or mne.io.BaseRaw
        A function that opens the file and pickles; or the Raw itself, if it exists
        in memory only.
    name : str
        Of the file, for messages.
    """

    def __init__(self, source: "Callable[[], BaseRaw] | BaseRaw", name: str) -> None:
        self.source = source
        self.name = name
        self._raw: BaseRaw | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave an open file behind; the other process opens its own."""
        return {"source": self.source, "name": self.name, "_raw": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    @property
    def raw(self) -> "BaseRaw":
        """The Raw, opened at the first use.

        Raises
        ------
        UnreadableRecording
            If MNE refuses the file.
        """
        if self._raw is None:
            self._raw = self.source() if callable(self.source) else self.source
        return self._raw

    def read(self, picks: Sequence[int], first: int, last: int) -> list[FloatArray]:
        """Read some channels between two samples.

        Parameters
        ----------
        picks : sequence of int
            Positions of the channels in the Raw.
        first, last : int
            Samples; the last is excluded.

        Returns
        -------
        list of numpy.ndarray of float64, shape (last - first,)
            One array a channel, which the caller may change.

        Raises
        ------
        UnreadableRecording
            If MNE cannot read the samples, for example because the file has changed.
        """
        raw = self.raw
        found = [np.empty(max(last - first, 0)) for _ in picks]
        step = max(BLOCK_SAMPLES // max(len(picks), 1), LEAST_STEP)
        for start in range(first, last, step):
            stop = min(start + step, last)
            try:
                with warnings.catch_warnings():
                    warnings.filterwarnings("error", _MIXED_RATES)
                    block = raw.get_data(picks=list(picks), start=start, stop=stop)
            except RuntimeWarning:
                raise UnreadableRecording(
                    f"{self.name} holds channels of several rates, which MNE reads with "
                    "errors at every edge. Export the recording as EDF+."
                ) from None
            except MemoryError:
                raise
            except Exception as fault:  # noqa: BLE001 - MNE's readers raise any kind
                raise UnreadableRecording(
                    f"MNE could not read the samples of {self.name}: {fault}. "
                    "Check that nothing writes to the file, and copy it again."
                ) from None
            for values, part in zip(found, block, strict=True):
                values[start - first : stop - first] = part
        return found

"""Events within the window, each with the stage it belongs to."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.scoring import Stage
from psgkit.measure.stages.runs import FloatArray, IntArray

STAGE_BEFORE_S = 10.0
# Onsets are sums of floats: up to a nanosecond before a boundary counts as on it.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Marks:
    """Events of some kinds that begin within the window, in order of onset.

    Attributes
    ----------
    onsets_s, durations_s : numpy.ndarray of float64, shape (n_events,)
        Seconds after the window's start; seconds, NaN if the scoring does not say.
    stages : numpy.ndarray of int, shape (n_events,)
        Stage of the epoch with the onset, a code of `Stage`.
    """

    onsets_s: FloatArray
    durations_s: FloatArray
    stages: IntArray

    @property
    def ends_s(self) -> FloatArray:
        """Seconds after the window's start."""
        return self.onsets_s + self.durations_s

    @property
    def lengths_known(self) -> bool:
        """Whether every one has a duration."""
        return not np.isnan(self.durations_s).any()

    @property
    def in_sleep(self) -> "Marks":
        """Those that belong to a sleep stage."""
        keep = self.stages > 0
        return Marks(self.onsets_s[keep], self.durations_s[keep], self.stages[keep])

    def count(self, *stages: Stage) -> int:
        """Count the events of some stages."""
        return int(np.isin(self.stages, stages).sum())

    def __len__(self) -> int:
        return len(self.onsets_s)


def locate_events(
    events: pd.DataFrame, stages: IntArray, start_s: float, epoch_s: float
) -> Marks:
    """Return the events that begin within a window, with the stage of their onset.

    Parameters
    ----------
    events : DataFrame
        With ``onset_s`` and ``duration_s``, ordered by onset.
    stages : numpy.ndarray of int, shape (n_epochs,)
        Of the window.
    start_s, epoch_s : float
        Where the window starts, in the events' seconds; the length of an epoch.
    """
    inside = begin_inside(events, start_s, epoch_s, len(stages))
    onsets_s = events["onset_s"].to_numpy(dtype=np.float64)[inside] - start_s
    durations_s = events["duration_s"].to_numpy(dtype=np.float64)[inside]
    epochs = np.floor(onsets_s / epoch_s + _ROUNDING).astype(np.int64)
    return Marks(onsets_s, durations_s, stages[epochs])


def begin_inside(
    events: pd.DataFrame, start_s: float, epoch_s: float, n_epochs: int
) -> npt.NDArray[np.bool_]:
    """Return which events begin within a window; see `locate_events`."""
    onsets_s = events["onset_s"].to_numpy(dtype=np.float64) - start_s
    epochs = np.floor(onsets_s / epoch_s + _ROUNDING).astype(np.int64)
    return (epochs >= 0) & (epochs < n_epochs)


def look_back(marks: Marks, stages: IntArray, epoch_s: float) -> Marks:
    """Give events that begin in W the stage of the moment 10 s earlier, if sleep."""
    moments_s = np.maximum(marks.onsets_s - STAGE_BEFORE_S, 0)
    epochs = np.floor(moments_s / epoch_s + _ROUNDING).astype(np.int64)
    before = stages[epochs]
    is_woken = (marks.stages == Stage.W) & (before > 0)
    return replace(marks, stages=np.where(is_woken, before, marks.stages))

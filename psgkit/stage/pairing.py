"""Align two scorings of one night."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.clock import has_date, within_half_a_day
from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import ScoringMismatch

if TYPE_CHECKING:
    import yasa

_SHORTEST_MS = 1000
Codes = npt.NDArray[np.int8]
Spans = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class ScoringPair:
    """Two scorings on one grid, which begins with the earlier of them.

    Attributes
    ----------
    test, reference : numpy.ndarray of int8, shape (n_epochs,)
        Codes of `Stage`; unscored where a scoring has no epoch.
    epoch_s : float
        Length of an epoch.
    onset_s : float
        Where the grid begins, in the reference's seconds.
    test_shift_s : float
        Difference of the reference's seconds from the test's.
    """

    test: Codes
    reference: Codes
    epoch_s: float
    onset_s: float
    test_shift_s: float

    @property
    def both_scored(self) -> npt.NDArray[np.bool_]:
        """Where both have a stage."""
        return (self.test >= Stage.W.value) & (self.reference >= Stage.W.value)

    @property
    def scored(self) -> tuple[Codes, Codes]:
        """The reference's and the test's stages where both have one."""
        return self.reference[self.both_scored], self.test[self.both_scored]

    def hypnogram(self, stages: Codes, scorer: str) -> "yasa.Hypnogram":
        """Return one of the two as YASA's hypnogram."""
        return Scoring(stages=stages, epoch_s=self.epoch_s, scorer=scorer).hypnogram

    def within(self, events: pd.DataFrame, shift_s: float) -> Spans:
        """Return (onset, end) of the events that start where both have a stage."""
        onsets_s = events["onset_s"].to_numpy(dtype=float) + shift_s
        ends_s = onsets_s + events["duration_s"].to_numpy(dtype=float)
        epochs = np.floor((onsets_s - self.onset_s) / self.epoch_s).astype(int)
        inside = (epochs >= 0) & (epochs < len(self.test))
        inside[inside] = self.both_scored[epochs[inside]]
        return np.column_stack([onsets_s, ends_s])[inside]

    def epochs_with(self, onsets_s: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Return whether something starts in each epoch that both scored."""
        epochs = np.floor((onsets_s - self.onset_s) / self.epoch_s).astype(int)
        starts = np.zeros(len(self.test), dtype=bool)
        starts[epochs] = True
        return starts[self.both_scored]


def pair_scorings(test: Scoring, reference: Scoring) -> ScoringPair:
    """Lay two scorings of one night over each other.

    By the clock where both have one, else second zero on second zero; grids that do
    not meet are moved to the nearest epoch, by less than half of one. Epochs of
    different lengths are cut to the longest length that fits into both: 20 and 30 s
    into epochs of 10 s.

    Raises
    ------
    ScoringMismatch
        If no epoch of at least 1 s fits into both, or they are of different dates.
    """
    test, reference = _on_common_grid(test, reference)
    epoch_s = reference.epoch_s
    shift_s = _clock_shift(test, reference)
    offset = round((test.onset_s + shift_s - reference.onset_s) / epoch_s)
    first = min(0, offset)
    total = max(offset + test.n_epochs, reference.n_epochs) - first
    if total > test.n_epochs + reference.n_epochs:
        raise ScoringMismatch(
            "The two scorings do not overlap in time; give two of one night."
        )
    return ScoringPair(
        test=_placed(test.stages, offset - first, total),
        reference=_placed(reference.stages, -first, total),
        epoch_s=epoch_s,
        onset_s=reference.onset_s + first * epoch_s,
        test_shift_s=shift_s,
    )


def _on_common_grid(test: Scoring, reference: Scoring) -> tuple[Scoring, Scoring]:
    """Cut the epochs of both to the longest length that fits into both."""
    if abs(test.epoch_s - reference.epoch_s) <= 1e-6:
        return test, reference
    lengths_ms = [round(scoring.epoch_s * 1000) for scoring in (test, reference)]
    common_ms = math.gcd(*lengths_ms)
    if common_ms < _SHORTEST_MS:
        raise ScoringMismatch(
            f"The scorings have epochs of {test.epoch_s:g} and {reference.epoch_s:g} s, "
            "into which no common epoch of 1 s or more fits; score both in one length."
        )
    cut = [
        replace(
            scoring,
            stages=np.repeat(scoring.stages, length_ms // common_ms),
            epoch_s=common_ms / 1000,
            proba=None,
        )
        for scoring, length_ms in zip((test, reference), lengths_ms, strict=True)
    ]
    return cut[0], cut[1]


def _clock_shift(test: Scoring, reference: Scoring) -> float:
    if test.start is None or reference.start is None:
        return 0.0
    gap_s = (test.start - reference.start).total_seconds()
    if has_date(test.start) and has_date(reference.start):
        return gap_s
    return within_half_a_day(gap_s)


def _placed(stages: Codes, first: int, total: int) -> Codes:
    placed = np.full(total, Stage.UNS.value, dtype=np.int8)
    placed[first : first + len(stages)] = stages
    return placed

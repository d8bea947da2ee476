"""Runs of equal codes, and the effect of unscored epochs on them.

Codes are small integers, negative where an epoch is not scored. The same functions
serve every alphabet: the five stages, NREM against the rest, sleep against wake. Rules
of METRICS section 0: up to two unscored epochs between two equal codes are bridged;
any other unscored run censors the bout before it and makes no transition.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

MAX_BRIDGED_EPOCHS = 2
UNSCORED = -1


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of equal codes that cover an array.

    Attributes
    ----------
    codes, starts, lengths : numpy.ndarray of int, shape (n_runs,)
        The code of each run, the index of its first epoch and its number of epochs.
    """

    codes: IntArray
    starts: IntArray
    lengths: IntArray


@dataclass(frozen=True, slots=True)
class Bouts:
    """The runs of one code.

    Attributes
    ----------
    starts, lengths : numpy.ndarray of int, shape (n_bouts,)
        Index of the first epoch, and the number of epochs, bridged ones included.
    is_censored : numpy.ndarray of bool, shape (n_bouts,)
        Whether an edge of the scored window, or unscored epochs after the bout, hide
        where it began or ended.
    """

    starts: IntArray
    lengths: IntArray
    is_censored: BoolArray

    @property
    def stops(self) -> IntArray:
        """Index after the last epoch of each bout."""
        return self.starts + self.lengths

    def select(self, keep: BoolArray) -> "Bouts":
        """Return some of the bouts."""
        return Bouts(self.starts[keep], self.lengths[keep], self.is_censored[keep])

    def __len__(self) -> int:
        return len(self.starts)


def epochs_at_least(minutes: float, epoch_s: float) -> int:
    """Return the fewest whole epochs that last at least some minutes."""
    return math.ceil(minutes * 60 / epoch_s - 1e-9)


def epochs_at_most(minutes: float, epoch_s: float) -> int:
    """Return the most whole epochs that last at most some minutes."""
    return math.floor(minutes * 60 / epoch_s + 1e-9)


def find_runs(codes: IntArray) -> Runs:
    """Cut an array into runs of equal codes, in order."""
    if len(codes) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Runs(none, none, none)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1))
    lengths = np.diff(np.append(starts, len(codes)))
    return Runs(codes[starts], starts, lengths)


def bridge_unscored(codes: IntArray) -> IntArray:
    """Fill runs of one or two unscored epochs between equal codes.

    All other unscored epochs become `UNSCORED`, whatever negative code they had, so
    that artefact next to unscored is one run.
    """
    codes = np.where(codes < 0, UNSCORED, codes)
    runs = find_runs(codes)
    for index in np.flatnonzero(runs.codes == UNSCORED):
        is_inner = 0 < index < len(runs.codes) - 1
        if (
            is_inner
            and runs.lengths[index] <= MAX_BRIDGED_EPOCHS
            and runs.codes[index - 1] == runs.codes[index + 1]
        ):
            start = runs.starts[index]
            codes[start : start + runs.lengths[index]] = runs.codes[index - 1]
    return codes


def fill_interruptions(codes: IntArray, code: int, at_most: int) -> IntArray:
    """Fill every interruption of a code that lasts at most some epochs.

    An interruption is the time between two epochs of the code, of whatever stage,
    unscored epochs included.
    """
    filled = codes.copy()
    own = np.flatnonzero(codes == code)
    gaps = np.diff(own) - 1
    for index in np.flatnonzero((gaps > 0) & (gaps <= at_most)):
        filled[own[index] : own[index + 1]] = code
    return filled


def find_bouts(bridged: IntArray, code: int) -> Bouts:
    """Return the bouts of one code in an array that was bridged before.

    A bout is censored where it touches the first or last scored epoch of the array, or
    where unscored epochs follow it.
    """
    runs = find_runs(bridged)
    is_own = runs.codes == code
    is_scored = runs.codes >= 0
    is_followed_by_unscored = np.append(~is_scored[1:], True)[: len(is_scored)]
    is_first_scored = is_scored & (np.cumsum(is_scored) == 1)
    censored = is_followed_by_unscored | is_first_scored
    return Bouts(runs.starts[is_own], runs.lengths[is_own], censored[is_own])


def count_transitions(bridged: IntArray, n_codes: int) -> IntArray:
    """Count steps from one epoch to the next, those into or out of unscored left out.

    Returns
    -------
    numpy.ndarray of int, shape (n_codes, n_codes)
        Row: from; column: to.
    """
    before, after = bridged[:-1], bridged[1:]
    both = (before >= 0) & (after >= 0)
    flat = before[both] * n_codes + after[both]
    return np.bincount(flat, minlength=n_codes * n_codes).reshape(n_codes, n_codes)


def survival_curve(
    durations: FloatArray, is_censored: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Estimate by Kaplan and Meier how long bouts last.

    Returns
    -------
    times, survival : numpy.ndarray of float64, shape (n_times,)
        Durations at which a bout ended, ascending, and the share of bouts that last
        longer than each.
    """
    times = np.unique(durations[~is_censored])
    at_risk = np.array([(durations >= time).sum() for time in times])
    ended = np.array([((durations == time) & ~is_censored).sum() for time in times])
    return times, np.cumprod(1 - ended / np.maximum(at_risk, 1))

"""Correct ectopic, missed and extra heart beats after Lipponen and Tarvainen 2019.

J Med Eng Technol 43:173, doi 10.1080/03091902.2019.1640306. A beat is judged by the
change of the interval before it, against the changes of the 91 beats around it, and by
how far that interval is from the median of 11.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.measure.signals.usable_time import BoolArray, FloatArray

# A longer interval has at least two missed beats: it is a gap and parts the series.
LONGEST_INTERVAL_S = 3.0

_ALPHA = 5.2
_C1, _C2 = 0.13, 0.17
_THRESHOLD_BEATS = 91
_MEDIAN_BEATS = 11
# Departure from the paper: a smaller change, as a share of the usual interval, is never
# an error. Without it 14 % of clean beats that breath alone moves were corrected, as by
# NeuroKit2 (15 %, and an RMSSD 10 % too low).
_LEAST_CHANGE = 0.1
_FEWEST_BEATS = 12
# A corrected error may have hidden the next one.
_MOST_PASSES = 3


@dataclass(frozen=True, slots=True)
class Beats:
    """Heart beats in order of time.

    Attributes
    ----------
    times_s : numpy.ndarray of float64, shape (n_beats,)
        Seconds after the recording's start.
    is_corrected : numpy.ndarray of bool, shape (n_beats,)
        Whether it was moved or added, or an extra beat before it removed.
    """

    times_s: FloatArray
    is_corrected: BoolArray

    @property
    def intervals_s(self) -> FloatArray:
        """Time from each beat to the next, shape (n_beats - 1,); NaN over a gap."""
        intervals = np.diff(self.times_s)
        return np.where(intervals > LONGEST_INTERVAL_S, np.nan, intervals)

    @property
    def interval_is_corrected(self) -> BoolArray:
        """Whether either end of an interval was corrected, shape (n_beats - 1,)."""
        return self.is_corrected[1:] | self.is_corrected[:-1]

    def __len__(self) -> int:
        return len(self.times_s)


def correct_beats(found_s: FloatArray) -> Beats:
    """Correct beats that are not the sinus node's, and errors of detection.

    Parameters
    ----------
    found_s : numpy.ndarray of float64, shape (n_found,)
        Beats as they were found, in order.

    Returns
    -------
    Beats
        Ectopic beats moved between their neighbours, extra ones removed, missed ones
        added. Stretches of under 12 beats between gaps are left as they are.
    """
    ends = np.flatnonzero(np.diff(found_s) > LONGEST_INTERVAL_S) + 1
    parts = [_correct_part(part) for part in np.split(found_s, ends) if len(part)]
    if not parts:
        return Beats(np.zeros(0), np.zeros(0, dtype=bool))
    return Beats(
        np.concatenate([times for times, _ in parts]),
        np.concatenate([corrected for _, corrected in parts]),
    )


def _correct_part(times_s: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Correct beats of a part without gaps."""
    times, corrected = times_s, np.zeros(len(times_s), dtype=bool)
    for _ in range(_MOST_PASSES):
        if len(times) < _FEWEST_BEATS:
            break
        errors = _classify(times)
        if not any(map(len, errors)):
            break
        times, corrected = _one_pass(times, corrected, *errors)
    return times, corrected


def _one_pass(
    times_s: FloatArray,
    corrected: BoolArray,
    extra: npt.NDArray[np.intp],
    missed: npt.NDArray[np.intp],
    moved: npt.NDArray[np.intp],
) -> tuple[FloatArray, BoolArray]:
    is_kept, is_sound = np.ones((2, len(times_s)), dtype=bool)
    is_kept[extra] = False
    is_sound[extra] = is_sound[moved] = False
    is_sound[[0, -1]] = True
    # Each error is placed between its nearest neighbours without an error.
    number = np.cumsum(is_kept) - 1
    times = times_s.copy()
    times[~is_sound] = np.interp(number[~is_sound], number[is_sound], times_s[is_sound])
    flags = corrected | ~is_sound
    flags[np.minimum(extra + 1, len(flags) - 1)] = True
    added = (times_s[missed] + times_s[missed - 1]) / 2
    all_times = np.concatenate((times[is_kept], added))
    all_flags = np.concatenate((flags[is_kept], np.ones(len(added), dtype=bool)))
    order = np.argsort(all_times, kind="stable")
    return all_times[order], all_flags[order]


def _classify(
    times_s: FloatArray,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the beats that are extra, that follow a missed one, and that are moved.

    The flow of the paper's figure 1, beat by beat among those whose change is large.
    """
    rr = np.diff(times_s, prepend=np.nan)
    rr[0] = np.mean(rr[1:])
    change = np.diff(rr, prepend=rr[0])
    median = pd.Series(rr).rolling(_MEDIAN_BEATS, center=True, min_periods=1).median()
    middle = median.to_numpy()
    change_limit = _limit(change, middle)
    deviation = rr - middle
    deviation = np.where(deviation < 0, 2 * deviation, deviation)
    deviation_limit = _limit(deviation, middle)
    d, m = change / change_limit, deviation / deviation_limit
    padded = np.pad(d, 2, mode="reflect")
    before, after, second = padded[1:-3], padded[3:-1], padded[4:]
    beside = np.where(d > 0, np.maximum(before, after), np.minimum(before, after))
    ahead = np.where(d >= 0, np.minimum(after, second), np.maximum(after, second))
    ectopic = ((d > 1) & (beside < -_C1 * d - _C2)) | (
        (d < -1) & (beside > -_C1 * d + _C2)
    )
    is_long, is_short = (d > 1) & (ahead < -1), (d < -1) & (ahead > 1)
    is_error = is_long | is_short | (np.abs(m) > 3)
    next_rr = np.append(rr[1:], rr[-1])
    is_extra = is_short & (np.abs(rr + next_rr - middle) < deviation_limit)
    is_missed = is_long & (np.abs(rr / 2 - middle) < deviation_limit)
    extra: list[int] = []
    missed: list[int] = []
    moved: list[int] = []
    last = len(rr) - 2
    large = np.abs(d) > 1
    i = 0
    for candidate in np.flatnonzero(large[:last]).tolist():
        if candidate < i:
            continue
        i = candidate + 1
        if ectopic[candidate]:
            moved.append(candidate)
            continue
        judged = [candidate]
        if abs(d[candidate + 1]) < abs(d[candidate + 2]):
            judged.append(candidate + 1)
        for beat in judged:
            if not is_error[beat]:
                continue
            i = max(i, beat + 1)
            kind = extra if is_extra[beat] else missed if is_missed[beat] else moved
            kind.append(beat)
    return (
        np.array(extra, dtype=np.intp),
        np.array([beat for beat in missed if beat > 0], dtype=np.intp),
        np.array(moved, dtype=np.intp),
    )


def _limit(series: FloatArray, middle: FloatArray) -> FloatArray:
    """Return 5.2 quartile deviations of the 91 values around each."""
    rolling = pd.Series(np.abs(series)).rolling(
        _THRESHOLD_BEATS, center=True, min_periods=1
    )
    spread = rolling.quantile(0.75) - rolling.quantile(0.25)
    return np.maximum(_ALPHA * spread.to_numpy() / 2, _LEAST_CHANGE * middle)

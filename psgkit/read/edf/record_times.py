"""Find which data records follow each other without a gap, from their times.

Some devices stamp a record when it arrives. Its times then scatter by some 20 ms about
a straight line, and the line drifts from the nominal rate as two quartz clocks do.
Neither is a gap in the signal.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LINE_TOLERANCE_S = 0.05
# Times are written with few decimals; a smaller step is rounding.
ROUNDING_S = 0.005
# Two clocks that differ by more (0.1 %) are not both right: samples are missing.
MAX_DRIFT = 1e-3
# A smaller drift over the recording moves no epoch.
MAX_DRIFT_S = 1.0


@dataclass(frozen=True, slots=True)
class RecordRun:
    """Records without a gap between them.

    Attributes
    ----------
    first, n_records : int
        The first record, counted from zero, and their number.
    late_s : float
        How much later than at the nominal rate the run starts.
    drift_s : float
        How far its times drift from the nominal rate until it ends.
    """

    first: int
    n_records: int
    late_s: float
    drift_s: float = 0.0


def find_runs(late_s: FloatArray, record_s: float) -> tuple[RecordRun, ...]:
    """Split the records of a file where the signal has a gap.

    Parameters
    ----------
    late_s : numpy.ndarray of float64, shape (n_records,)
        How much later than at the nominal rate each record is marked.
    record_s : float
        Length of a record.

    Returns
    -------
    tuple of RecordRun
        Records whose times are within 50 ms of a straight line are one run.
    """
    # Two records of one line are at most twice the tolerance apart.
    breaks = np.flatnonzero(np.diff(late_s) > 2 * LINE_TOLERANCE_S) + 1
    edges = [0, *breaks.tolist(), len(late_s)]
    return tuple(
        run
        for first, stop in pairwise(edges)
        for run in _one_run(late_s[first:stop], first, record_s)
    )


def _one_run(late_s: FloatArray, first: int, record_s: float) -> tuple[RecordRun, ...]:
    """Return one run where a straight line fits the records, else the steps of time."""
    start_s = float(late_s[0])
    if np.abs(late_s - start_s).max() <= ROUNDING_S:
        return (RecordRun(first, len(late_s), start_s),)
    for slope_s in (_slope(late_s), 0.0):  # of a record
        rest = late_s - slope_s * np.arange(len(late_s))
        middle_s = float(rest.min() + rest.max()) / 2
        is_line = float(np.ptp(rest)) / 2 <= LINE_TOLERANCE_S
        if is_line and abs(slope_s) <= MAX_DRIFT * record_s:
            drift_s = slope_s * (len(late_s) - 1)
            return (RecordRun(first, len(late_s), middle_s, drift_s),)
    return _steps(late_s, first)


def _slope(late_s: FloatArray) -> float:
    numbers = np.arange(len(late_s)) - (len(late_s) - 1) / 2
    return float((numbers * late_s).sum() / (numbers**2).sum())


def _steps(late_s: FloatArray, first: int) -> tuple[RecordRun, ...]:
    """Start a new run wherever the time has moved by over 50 ms."""
    starts = [0]
    for record, now_s in enumerate(late_s.tolist()):
        if abs(now_s - float(late_s[starts[-1]])) > LINE_TOLERANCE_S:
            starts.append(record)
    return tuple(
        RecordRun(first + start, stop - start, float(late_s[start]))
        for start, stop in pairwise([*starts, len(late_s)])
    )

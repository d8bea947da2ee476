"""Falls of saturation of three and four points, found in the signal."""

import math

import numpy as np
import pandas as pd
from scipy import ndimage

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import SLEEP_STAGES, Stage
from psgkit.measure.body.heart_rate import NREM
from psgkit.measure.body.saturation import Saturation
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.values import MIN_SLEEP_MIN, SHORT_SLEEP, per_stage_hour

BEFORE_S = 120
DURATION_S = (10, 120)
FALLS_PCT = {"odi3_auto": 3.0, "odi4_auto": 4.0}
# By the part of a column's name between the fall and its unit.
PARTS: dict[str, tuple[str, tuple[Stage, ...]]] = {
    "": ("sleep", SLEEP_STAGES),
    "_rem": ("REM", (Stage.R,)),
    "_nrem": ("NREM", NREM),
}

_LONGEST_HOLE_S = 10
_ROUNDING = 1e-6


def find_falls(pct: FloatArray, least_pct: float) -> pd.DataFrame:
    """Find falls of saturation.

    A fall begins at the last second of the maximum of the 120 s before, not reaching
    into an earlier fall. It ends at half recovery from its nadir, and
    lasts 10 to 120 s.

    Parameters
    ----------
    pct : numpy.ndarray of float64, shape (n_seconds,)
        Saturation of each second, NaN where it is not valid.
    least_pct : float
        Smallest fall, in percentage points.

    Returns
    -------
    pandas.DataFrame
        ``onset_s``, ``duration_s``, ``fall_pct``, ``spo2_min_pct``. A fall with over
        10 s of invalid signal in a row is left out.
    """
    known = np.where(np.isnan(pct), -np.inf, pct)
    highest = ndimage.maximum_filter1d(
        known, BEFORE_S + 1, mode="constant", cval=-np.inf, origin=BEFORE_S // 2
    )
    low_enough = np.isfinite(pct) & (known <= highest - least_pct + _ROUNDING)
    rows, free_from = [], 0
    for second in np.flatnonzero(low_enough).tolist():
        begin = max(second - BEFORE_S, free_from)
        if second <= begin:
            continue
        before = known[begin:second]
        top = before.max()
        if top - known[second] < least_pct - _ROUNDING:
            continue
        onset = begin + int(np.flatnonzero(before == top)[-1])
        end, nadir, is_whole = _follow(pct, second, onset, top)
        free_from = end
        shortest, longest = DURATION_S
        if is_whole and shortest <= end - onset <= longest:
            rows.append((float(onset), float(end - onset), top - nadir, nadir))
    columns = ["onset_s", "duration_s", "fall_pct", "spo2_min_pct"]
    return pd.DataFrame(rows, columns=columns, dtype=float)


def _follow(
    pct: FloatArray, second: int, onset: int, top: float
) -> tuple[int, float, bool]:
    """Return when a fall ends, its nadir, and whether it was seen to its end."""
    nadir, hole = float(pct[second]), 0
    last = min(onset + DURATION_S[1] + 1, len(pct))
    for at, value in enumerate(pct[second:last].tolist(), second):
        if math.isnan(value):
            hole += 1
            if hole > _LONGEST_HOLE_S:
                return at, nadir, False
            continue
        hole = 0
        nadir = min(nadir, value)
        if at > second and value >= nadir + (top - nadir) / 2 - _ROUNDING:
            return at, nadir, True
    return last, nadir, False


def fall_values(
    saturation: Saturation, timeline: Timeline
) -> tuple[dict[str, Value], pd.DataFrame]:
    """Return the indices by stage, and the falls of three points with their stage."""
    values: dict[str, Value] = {}
    tables = {}
    for name, least_pct in FALLS_PCT.items():
        falls = find_falls(saturation.pct, least_pct)
        codes = timeline.stages[falls["onset_s"].to_numpy(int)]
        tables[name] = falls.assign(stage=[Stage(code).name for code in codes])
        for part, (words, stages) in PARTS.items():
            count = float(np.isin(codes, stages).sum())
            values[f"{name}{part}_per_h"] = _per_hour(
                saturation, timeline, count, words, stages
            )
    return values, tables["odi3_auto"]


def _per_hour(
    saturation: Saturation,
    timeline: Timeline,
    count: float,
    words: str,
    stages: tuple[Stage, ...],
) -> Value:
    """Divide by the hours with valid saturation."""
    reason: Undefined | None = saturation.missing_reason(timeline, stages, words)
    if reason is not None:
        return reason
    if stages == SLEEP_STAGES:
        asleep_min = np.isin(timeline.stages, stages).sum() / 60
        if asleep_min < MIN_SLEEP_MIN - 1e-9:
            return SHORT_SLEEP
    return per_stage_hour(count, saturation.valid_min(timeline, stages), words)

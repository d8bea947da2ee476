"""Heart rate variability from clean stretches of five minutes (Task Force 1996)."""

import numpy as np
import pandas as pd
from scipy import interpolate, signal

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.heart_rate import STAGES_OF
from psgkit.measure.signals.usable_time import FloatArray, Timeline

STRETCH_S = 300.0
MOST_CORRECTED = 0.05
LF_BAND, HF_BAND = (0.04, 0.15), (0.15, 0.4)
NUMBERS = {
    "hrv_rmssd_ms": "rmssd_ms",
    "hrv_lf_ms2": "lf_ms2",
    "hrv_hf_ms2": "hf_ms2",
}

_EVEN_RATE_HZ = 4.0
# Longest time from the edge of a stretch to the nearest beat in it.
_LONGEST_EDGE_S = 3.0
_COLUMNS = ("onset_s", "stage", "hr_bpm", "rmssd_ms", "lf_ms2", "hf_ms2")


def measure_stretches(beats: Beats, timeline: Timeline) -> pd.DataFrame:
    """Measure each clean stretch of 5 min of one stage.

    Returns
    -------
    pandas.DataFrame
        ``onset_s``, ``stage``, ``hr_bpm``, ``rmssd_ms``, ``lf_ms2``, ``hf_ms2``. A run
        of one stage is cut into stretches from its start; those with a gap, or with
        over 5 % of beats corrected, are left out.
    """
    rows = []
    for stage in (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R):
        for first, last in true_runs(timeline.epoch_stages == stage).tolist():
            start_s = float(timeline.epoch_starts_s[first])
            whole = int((last - first) * timeline.epoch_s / STRETCH_S + 1e-9)
            for number in range(whole):
                onset_s = start_s + number * STRETCH_S
                values = _stretch(beats, onset_s)
                if values is not None:
                    rows.append((onset_s, stage.name, *values))
    rows.sort()
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(
        {name: float for name in _COLUMNS if name != "stage"}
    )


def variability(stretches: pd.DataFrame, name: str) -> dict[str, Value]:
    """Average the stretches of a stage; LF/HF is the ratio of the mean powers."""
    stages = [stage.name for stage in STAGES_OF[name]]
    of_stage = stretches[stretches["stage"].isin(stages)]
    if of_stage.empty:
        none = Undefined(f"no stretch of 5 min of {name} with clean beats")
        return dict.fromkeys((*NUMBERS, "hrv_lf_hf"), none)
    found: dict[str, Value] = {
        metric: float(of_stage[column].mean()) for metric, column in NUMBERS.items()
    }
    low, high = float(of_stage["lf_ms2"].mean()), float(of_stage["hf_ms2"].mean())
    found["hrv_lf_hf"] = (
        low / high if high else Undefined("no power from 0.15 to 0.4 Hz")
    )
    return found


def _stretch(beats: Beats, onset_s: float) -> tuple[float, ...] | None:
    end_s = onset_s + STRETCH_S
    first, last = np.searchsorted(beats.times_s, (onset_s, end_s))
    times = beats.times_s[first:last]
    if len(times) < STRETCH_S / _LONGEST_EDGE_S:
        return None
    intervals = beats.intervals_s[first : last - 1]
    at_edge = max(times[0] - onset_s, end_s - times[-1])
    if np.isnan(intervals).any() or at_edge > _LONGEST_EDGE_S:
        return None
    if beats.is_corrected[first:last].mean() > MOST_CORRECTED:
        return None
    return (
        float(np.mean(60 / intervals)),
        1000 * float(np.sqrt(np.mean(np.diff(intervals) ** 2))),
        *_powers(times[1:], 1000 * intervals),
    )


def _powers(times_s: FloatArray, intervals_ms: FloatArray) -> tuple[float, float]:
    """Return LF and HF power of intervals that are brought to even steps."""
    grid = np.arange(times_s[0], times_s[-1], 1 / _EVEN_RATE_HZ)
    even = interpolate.CubicSpline(times_s, intervals_ms)(grid)
    freqs, psd = signal.periodogram(
        signal.detrend(even), _EVEN_RATE_HZ, window="hann", detrend=False
    )
    step = freqs[1]
    low, high = (
        float(psd[(freqs >= band[0]) & (freqs < band[1])].sum() * step)
        for band in (LF_BAND, HF_BAND)
    )
    return low, high

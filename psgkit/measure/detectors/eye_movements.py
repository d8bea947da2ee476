"""Rapid eye movements in REM sleep.

The detector follows ``yasa.rem_detect`` (after Agarwal et al. 2005 and Yetton et al.
2016), with numpy alone; the tests hold the two equal. It looks for moments in which the
two eyes' signals move in opposite directions, so it needs both, each against a
reference of the head.
"""

import math

import numpy as np
import pandas as pd
from scipy import signal

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.spindles import per_clean_min
from psgkit.measure.detectors.yasa_detectors import yasa_eye_movements
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.signals.filters import band_pass
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.settings import Detector

EYE_BAND = (0.5, 5.0)
AMPLITUDE_UV = (50.0, 325.0)  # of both eyes together, as a geometric mean
DURATION_S = (0.3, 1.2)
PROMINENCE = 0.8
MINI_EPOCH_S = 3.0
# Eyes that share their signal are one channel twice, or both against each other.
MAX_CORRELATION = 0.98


def detect_eye_movements(
    left: FloatArray,
    right: FloatArray,
    excerpt: Excerpt,
    detector: Detector = "yasa-fast",
) -> pd.DataFrame:
    """Find rapid eye movements in an excerpt that holds REM sleep.

    Rules and numbers follow ``yasa.rem_detect`` 0.8.1.

    Parameters
    ----------
    left, right : numpy.ndarray of float64, shape (n_samples,)
        Microvolts.
    excerpt : Excerpt
        Where they come from.
    detector : {"yasa-fast", "yasa"}
        psgkit's form of YASA's detector, or `yasa.rem_detect` itself.

    Returns
    -------
    pandas.DataFrame
        ``onset_s``, ``peak_s``, ``duration_s`` and the amplitude at the peak in each
        eye, ``left_uv`` and ``right_uv``; in the recording's seconds.
    """
    rate_hz, wanted = excerpt.rate_hz, excerpt.stages == Stage.R
    if detector == "yasa":
        table = yasa_eye_movements(left, right, rate_hz, wanted)
        moved = {
            name: excerpt.recording_s(table[name].to_numpy(float))
            for name in ("onset_s", "peak_s")
        }
        return table.assign(**moved)
    left = band_pass(left, rate_hz, EYE_BAND)
    right = band_pass(right, rate_hz, EYE_BAND)
    peaks, found = signal.find_peaks(
        -left * right,
        height=(AMPLITUDE_UV[0] ** 2, AMPLITUDE_UV[1] ** 2),
        distance=DURATION_S[0] * rate_hz,
        prominence=PROMINENCE * AMPLITUDE_UV[0] ** 2,
        wlen=math.ceil(DURATION_S[1] * rate_hz),
    )
    first, last = found["left_bases"], found["right_bases"]
    duration_s = last / rate_hz - first / rate_hz
    good = wanted[peaks]
    good &= (duration_s >= DURATION_S[0]) & (duration_s < DURATION_S[1])
    return pd.DataFrame(
        {
            "onset_s": excerpt.recording_s(first[good] / rate_hz),
            "peak_s": excerpt.recording_s(peaks[good] / rate_hz),
            "duration_s": duration_s[good],
            "left_uv": np.abs(left[peaks[good]]),
            "right_uv": np.abs(right[peaks[good]]),
        }
    )


def eyes_usable(left: FloatArray, right: FloatArray) -> Undefined | None:
    """Say why a pair of eye channels cannot show eye movements; None where it can."""
    if min(left.std(), right.std()) == 0:
        return Undefined("an eye channel is flat in REM")
    if abs(np.corrcoef(left, right)[0, 1]) > MAX_CORRELATION:
        return Undefined("the two eye channels are one and the same signal")
    return None


def eye_movement_values(events: pd.DataFrame, timeline: Timeline) -> dict[str, Value]:
    """Return the density of eye movements in clean REM sleep.

    Parameters
    ----------
    events : pandas.DataFrame
        As from `detect_eye_movements`.
    timeline : Timeline
        Without artefacts and arousals.

    Returns
    -------
    dict of str to float or Undefined
        ``rem_density_per_min`` and ``rem_density_3s_pct``, the share of mini-epochs of
        3 s with at least one.
    """
    rate = per_clean_min(len(events), timeline, (Stage.R,))
    if isinstance(rate, Undefined):
        return {"rem_density_per_min": rate, "rem_density_3s_pct": rate}
    starts = mini_epochs(timeline)
    peaks = np.sort(events["peak_s"].to_numpy(float))
    held = np.searchsorted(peaks, starts + MINI_EPOCH_S) > np.searchsorted(
        peaks, starts
    )
    return {
        "rem_density_per_min": rate,
        "rem_density_3s_pct": 100 * float(held.mean()) if len(starts) else rate,
    }


def density_by_period(
    events: pd.DataFrame, timeline: Timeline, spans: tuple[tuple[int, int], ...]
) -> pd.DataFrame:
    """Count the eye movements of each REM period.

    Parameters
    ----------
    events : pandas.DataFrame
        As from `detect_eye_movements`.
    timeline : Timeline
        Without artefacts and arousals.
    spans : tuple of (start, stop)
        First epoch of each REM period, and the epoch after its last.

    Returns
    -------
    pandas.DataFrame
        ``period`` (from 1), ``onset_s``, ``eye_movement_n``, ``clean_min`` of REM and
        ``density_per_min``, NaN without a clean minute.
    """
    seconds = np.arange(len(timeline.stages))
    usable = timeline.usable((Stage.R,))
    peaks = events["peak_s"].to_numpy(float)
    rows = []
    for number, (start, stop) in enumerate(spans, start=1):
        onset_s = float(timeline.epoch_starts_s[start])
        end_s = onset_s + (stop - start) * timeline.epoch_s
        count = int(((peaks >= onset_s) & (peaks < end_s)).sum())
        minutes = usable[(seconds >= onset_s) & (seconds < end_s)].sum() / 60
        density = count / minutes if minutes >= 1 else np.nan
        rows.append((number, onset_s, count, minutes, density))
    types = {
        "period": int,
        "onset_s": float,
        "eye_movement_n": int,
        "clean_min": float,
        "density_per_min": float,
    }
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def mini_epochs(timeline: Timeline) -> FloatArray:
    """Return where the clean 3-s parts of REM epochs start, in seconds."""
    rem = timeline.epoch_starts_s[timeline.epoch_stages == Stage.R]
    offsets = np.arange(0.0, timeline.epoch_s - MINI_EPOCH_S + 1e-6, MINI_EPOCH_S)
    starts = (rem[:, np.newaxis] + offsets).ravel()
    return np.asarray(starts[~timeline.touches_bad(starts, MINI_EPOCH_S)])

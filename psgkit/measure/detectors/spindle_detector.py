"""The spindle detector of YASA, with numpy alone.

Rules and numbers follow ``yasa.spindles_detect`` 0.8.1 (after Lacourse et al.
2018). Three criteria must agree for 0.5 to 2 s: sigma power relative to 1 to 30 Hz,
correlation of the sigma band with the broad band, and spread of the sigma band. The tests
compare the two event by event. YASA needs 660 MB for a night of one channel; here the
signal is filtered and measured a part at a time.
"""

from bisect import bisect_left

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import signal

from psgkit.domain.true_runs import true_runs
from psgkit.measure.detectors.spindle_criteria import (
    band_parts,
    criteria_met,
)
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.settings import SpindleRules

DEFAULT_RULES = SpindleRules()
SPINDLE_BAND = DEFAULT_RULES.band_hz
MIN_GAP_S = 0.5
PEAK_DISTANCE_S = 0.06  # a sixteenth of a second: the period of the fastest spindle

_ANALYTIC_S = 6.0

COLUMNS = ("onset_s", "peak_s", "duration_s", "amplitude_uv", "frequency_hz")


def find_spindles(
    values: npt.NDArray[np.floating],
    rate_hz: float,
    wanted: BoolArray,
    rules: SpindleRules = DEFAULT_RULES,
) -> pd.DataFrame:
    """Find spindles.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n_samples,)
        Microvolts.
    rate_hz : float
        75 Hz or more.
    wanted : numpy.ndarray of bool, shape (n_samples,)
        Where to look; the spread of the sigma band is taken there, too.
    rules : SpindleRules

    Returns
    -------
    pandas.DataFrame
        Columns of `COLUMNS`: onset, moment of the most prominent peak and duration in
        seconds, amplitude from peak to peak from 1 to 30 Hz, median frequency.
    """
    if not wanted.any():
        return pd.DataFrame([], columns=list(COLUMNS), dtype=float)
    agreed = criteria_met(values, rate_hz, wanted, rules)
    events = _events(agreed, rate_hz, rules.duration_s)
    onsets = [first for first, _ in events]
    tables = []
    for part in band_parts(values, rate_hz, rules):
        own = events[bisect_left(onsets, part.first) : bisect_left(onsets, part.last)]
        shift = part.first - part.reach
        tables.append(spindle_events(part.broad, part.sigma, rate_hz, own, shift))
    found = [table for table in tables if len(table)]
    return pd.concat(found or tables[:1], ignore_index=True)


def spindle_events(
    broad: FloatArray,
    sigma: FloatArray,
    rate_hz: float,
    events: list[tuple[int, int]],
    shift: int = 0,
) -> pd.DataFrame:
    """Describe events, given as first and last sample, in a table of `COLUMNS`.

    ``shift`` is how many samples of the signal are before those of the two bands.
    """
    frequencies = _frequencies(sigma, rate_hz, events, shift)
    rows = [
        (*_describe(broad, rate_hz, first, last, shift), frequency)
        for (first, last), frequency in zip(events, frequencies, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=float)


def _events(
    agreed: BoolArray, rate_hz: float, duration_s: tuple[float, float]
) -> list[tuple[int, int]]:
    """Return first and last sample of each event, after joining those under 0.5 s."""
    joined: list[tuple[int, int]] = []
    for start, stop in true_runs(agreed).tolist():
        if joined and start - joined[-1][1] < MIN_GAP_S * rate_hz:
            joined[-1] = (joined[-1][0], stop - 1)
        else:
            joined.append((start, stop - 1))
    shortest, longest = duration_s
    return [
        (first, last)
        for first, last in joined
        if shortest < last / rate_hz - first / rate_hz < longest
    ]


def _describe(
    broad: FloatArray, rate_hz: float, first: int, last: int, shift: int
) -> tuple[float, float, float, float]:
    part = broad[first - shift : last - shift + 1]
    # By hand: scipy's detrend is made for large arrays, and there are a thousand.
    time = np.arange(len(part)) - (len(part) - 1) / 2
    shape = part - part.mean() - time * (time @ part) / (time @ time)
    peaks, found = signal.find_peaks(
        shape, distance=PEAK_DISTANCE_S * rate_hz, prominence=(None, None)
    )
    peak = peaks[found["prominences"].argmax()] if len(peaks) else shape.argmax()
    return (
        first / rate_hz,
        (first + peak) / rate_hz,
        (last - first) / rate_hz,
        float(np.ptp(shape)),
    )


def _frequencies(
    sigma: FloatArray, rate_hz: float, events: list[tuple[int, int]], shift: int
) -> list[float]:
    """Return the median instantaneous frequency of each event.

    YASA takes the analytic signal of the whole night; that of 6 s about an event is the
    same there to a hundredth of a hertz.
    """
    if not events:
        return []
    length = int(_ANALYTIC_S * rate_hz)
    padded = np.pad(sigma, length)
    starts = np.array([(first + last - length) // 2 for first, last in events])
    parts = padded[length - shift + starts[:, np.newaxis] + np.arange(length)]
    angles = np.angle(signal.hilbert(parts, axis=1))
    found = []
    for (first, last), start, row in zip(events, starts, angles, strict=True):
        steps = np.diff(row[first - start : last - start + 2]) * rate_hz / (2 * np.pi)
        found.append(float(np.median(steps[steps > 0])))
    return found

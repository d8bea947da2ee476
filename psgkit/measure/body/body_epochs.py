"""Heart rate and saturation of each epoch, for the tracks under the hypnogram."""

import numpy as np
import pandas as pd

from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.heart_rate import HeartRate
from psgkit.measure.body.infraslow_course import infraslow_course
from psgkit.measure.body.infraslow_heart import rate_in_windows
from psgkit.measure.body.saturation import Saturation
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.sigma_power import STEP_S


def body_epochs(
    timeline: Timeline,
    rate: HeartRate | None,
    saturation: Saturation | None,
    sigma_course: FloatArray | None,
) -> pd.DataFrame:
    """Return one row an epoch of the scoring.

    Returns
    -------
    pandas.DataFrame
        ``onset_s``, ``hr_bpm``, ``spo2_pct``, ``spo2_min_pct``, and the size of the
        infraslow fluctuation of heart rate and sigma power, ``hr_infraslow_bpm`` and
        ``sigma_infraslow_uv2``; NaN where the epoch has no valid signal.
    """
    starts = timeline.epoch_starts_s
    n_epochs = len(starts)
    columns: dict[str, FloatArray] = {
        name: np.full(n_epochs, np.nan) for name in ("hr_bpm", "spo2_pct")
    }
    lowest: FloatArray = np.full(n_epochs, np.nan)
    if rate is not None:
        middles: FloatArray = (rate.starts_s + rate.ends_s) / 2
        columns["hr_bpm"] = _by_epoch(timeline, middles, rate.bpm)[0]
    if saturation is not None:
        known = np.isfinite(saturation.pct)
        middles = np.flatnonzero(known).astype(np.float64) + 0.5
        columns["spo2_pct"], lowest = _by_epoch(
            timeline, middles, saturation.pct[known]
        )
    table = pd.DataFrame({"onset_s": starts, **columns, "spo2_min_pct": lowest})
    nothing: FloatArray = np.zeros(0)
    rates = (
        nothing if rate is None or rate.beats is None else _course(rate.beats, timeline)
    )
    table["hr_infraslow_bpm"] = infraslow_course(rates, timeline)
    sigma = nothing if sigma_course is None else sigma_course
    table["sigma_infraslow_uv2"] = infraslow_course(sigma, timeline)
    return table


def _course(beats: Beats, timeline: Timeline) -> FloatArray:
    """Return heart rate in steps of 4 s from second zero, NaN in gaps."""
    bpm, is_bad = rate_in_windows(beats, 0.0, int(len(timeline.stages) / STEP_S))
    return np.where(is_bad, np.nan, bpm)


def _by_epoch(
    timeline: Timeline, times_s: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return mean and minimum of the values in each epoch."""
    n_epochs = len(timeline.epoch_starts_s)
    mean, lowest = np.full(n_epochs, np.nan), np.full(n_epochs, np.inf)
    if n_epochs == 0 or len(values) == 0:
        return mean, np.full(n_epochs, np.nan)
    first = timeline.epoch_starts_s[0]
    epochs = np.floor((times_s - first) / timeline.epoch_s).astype(int)
    inside = (epochs >= 0) & (epochs < n_epochs)
    epochs, values = epochs[inside], values[inside]
    counts = np.bincount(epochs, minlength=n_epochs)
    sums = np.bincount(epochs, weights=values, minlength=n_epochs)
    np.divide(sums, counts, out=mean, where=counts > 0)
    np.minimum.at(lowest, epochs, values)
    return mean, np.where(np.isinf(lowest), np.nan, lowest)

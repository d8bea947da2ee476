"""Heart rate and saturation of each epoch, for the tracks under the hypnogram."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from psgkit.domain.scoring import Stage
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.heart_rate import HeartRate
from psgkit.measure.body.infraslow_heart import rate_in_windows
from psgkit.measure.body.saturation import Saturation
from psgkit.measure.signals.usable_time import BoolArray, FloatArray, Timeline
from psgkit.measure.spectra.infraslow import PEAK_BAND, RATE_HZ, bout_waves
from psgkit.measure.spectra.sigma_power import N_FFT, STEP_S

# Two minutes are two cycles of 0.02 Hz.
WINDOWS = 30
# Sigma power and heart rate step where sleep becomes wake or REM sleep.
_STATES = ((Stage.N1, Stage.N2, Stage.N3), (Stage.R,), (Stage.W,))


def body_epochs(
    timeline: Timeline,
    rate: HeartRate | None,
    saturation: Saturation | None,
    sigma_course: FloatArray | None,
) -> pd.DataFrame:
    """Return one row per epoch of the scoring.

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


def infraslow_course(course: FloatArray, timeline: Timeline) -> FloatArray:
    """Return the size of the infraslow fluctuation around each epoch.

    Parameters
    ----------
    course : numpy.ndarray of float64
        In steps of 4 s from second zero; NaN where unknown.
    timeline : Timeline

    Returns
    -------
    numpy.ndarray of float64, shape (n_epochs,)
        Amplitude of a sine with the power from 0.01 to 0.04 Hz of the 2 min around the
        middle of the epoch, in the unit of the course. NaN where a step is unknown or
        the 2 min are not all NREM sleep, all REM sleep or all wake.
    """
    middles_s = timeline.epoch_starts_s + timeline.epoch_s / 2
    first = np.round(middles_s / STEP_S).astype(int) - WINDOWS // 2
    size: FloatArray = np.full(len(first), np.nan)
    if len(course) < WINDOWS:
        return size
    inside = np.flatnonzero((first >= 0) & (first <= len(course) - WINDOWS))
    windows = sliding_window_view(course, WINDOWS)[first[inside]]
    use = np.isfinite(windows).all(axis=1) & _in_one_state(timeline, first[inside])
    waves = bout_waves(windows[use])
    freqs = np.fft.rfftfreq(N_FFT, STEP_S)
    in_band = (freqs >= PEAK_BAND[0]) & (freqs <= PEAK_BAND[1])
    density = np.abs(waves[:, in_band]) ** 2 * 2 / RATE_HZ
    size[inside[use]] = np.sqrt(2 * density.sum(axis=1) * freqs[1])
    return size


def _in_one_state(timeline: Timeline, first: npt.NDArray[np.int_]) -> BoolArray:
    """Return which stretches of 2 min stay in NREM sleep, in REM sleep or in wake."""
    length = round(WINDOWS * STEP_S)
    starts = np.round(first * STEP_S).astype(int)
    fits = np.zeros(len(first), dtype=bool)
    for state in _STATES:
        inside = np.isin(timeline.stages, state)
        counted = np.concatenate(([0], np.cumsum(inside), [0] * length))
        fits |= counted[starts + length] - counted[starts] == length
    return fits

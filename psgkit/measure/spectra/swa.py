"""Slow-wave activity: power from 0.5 to 4 Hz in NREM sleep, and its decline.

METRICS section C. The series is one value per epoch, NaN where the epoch is not clean.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.night import Spectra
from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.power import MIN_STAGE_MIN

SWA_BAND = (0.5, 4.0)
SWA_BAND_ALTERNATIVE = (0.75, 4.5)
NREM = (Stage.N2, Stage.N3)
MIN_CYCLE_MIN = 5.0
MIN_CYCLES_FOR_SLOPE = 3


@dataclass(frozen=True, slots=True)
class NremPeriod:
    """The NREM part of a sleep cycle: first epoch, and the epoch after its last."""

    start: int
    stop: int


def swa_series(spectra: tuple[Spectra, ...], band: tuple[float, float]) -> FloatArray:
    """Return the power of every epoch, the mean over channels that are clean there.

    Parameters
    ----------
    spectra : tuple of Spectra
        Of one or two derivations of one kind.
    band : tuple of float

    Returns
    -------
    numpy.ndarray of float64, shape (n_epochs,)
    """
    powers = np.array([band_power(s.freqs_hz, s.psd_uv2_hz, band) for s in spectra])
    is_clean = ~np.isnan(powers)
    total = np.where(is_clean, powers, 0.0).sum(axis=0)
    count = is_clean.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def mean_swa(
    series: FloatArray, timeline: Timeline, stages: tuple[Stage, ...]
) -> Value:
    """Return the mean over the clean epochs of some stages; a minute is needed."""
    chosen = _clean_values(series, timeline, stages)
    return chosen if isinstance(chosen, Undefined) else float(chosen.mean())


def slow_wave_energy(series: FloatArray, timeline: Timeline) -> Value:
    """Sum activity over the hours of clean N2 and N3."""
    chosen = _clean_values(series, timeline, NREM)
    if isinstance(chosen, Undefined):
        return chosen
    return float(chosen.sum() * timeline.epoch_s / 3600)


def _clean_values(
    series: FloatArray, timeline: Timeline, stages: tuple[Stage, ...]
) -> FloatArray | Undefined:
    chosen = series[_clean(series, timeline, stages)]
    minutes = len(chosen) * timeline.epoch_s / 60
    if minutes < MIN_STAGE_MIN:
        return timeline.too_little(stages, minutes, MIN_STAGE_MIN)
    return np.asarray(chosen)


def swa_cycles(
    series: FloatArray, timeline: Timeline, periods: tuple[NremPeriod, ...]
) -> pd.DataFrame:
    """Average activity over each NREM period.

    Returns
    -------
    pandas.DataFrame
        ``cycle`` (from 1), ``onset_s``, ``midpoint_h`` (after the first epoch of
        sleep), ``clean_min``, ``swa_uv2`` (NaN below five clean minutes of N2 and N3)
        and ``swa_rel``, as a share of the night's mean.
    """
    asleep = np.flatnonzero(timeline.epoch_stages > 0)
    onset_s = timeline.epoch_starts_s[asleep[0]] if len(asleep) else 0.0
    is_clean = _clean(series, timeline, NREM)
    whole = series[is_clean].mean() if is_clean.any() else np.nan
    rows = []
    for number, period in enumerate(periods, start=1):
        inside = slice(period.start, period.stop)
        values = series[inside][is_clean[inside]]
        minutes = len(values) * timeline.epoch_s / 60
        start_s = float(timeline.epoch_starts_s[period.start])
        length_s = (period.stop - period.start) * timeline.epoch_s
        mean = float(values.mean()) if minutes >= MIN_CYCLE_MIN else np.nan
        middle_h = (start_s + length_s / 2 - onset_s) / 3600
        rows.append((number, start_s, middle_h, minutes, mean, mean / whole))
    types = {
        "cycle": int,
        "onset_s": float,
        "midpoint_h": float,
        "clean_min": float,
        "swa_uv2": float,
        "swa_rel": float,
    }
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def swa_decline(cycles: pd.DataFrame) -> dict[str, Value]:
    """Fit the decline over the NREM periods of `swa_cycles`.

    Returns
    -------
    dict of str to float or Undefined
        By column: the slope of the logarithm on the middle of each NREM period, and the
        first period over the second and over the last.
    """
    swa = cycles["swa_uv2"].to_numpy(float)
    known = np.flatnonzero(swa > 0)
    slope: Value = Undefined(
        f"{len(known)} NREM period{'' if len(known) == 1 else 's'} with 5 clean min, "
        f"{MIN_CYCLES_FOR_SLOPE} are needed"
    )
    if len(known) >= MIN_CYCLES_FOR_SLOPE:
        hours = cycles["midpoint_h"].to_numpy(float)[known]
        slope = float(np.polyfit(hours, np.log(swa[known]), 1)[0])
    return {
        "swa_slope_ln_per_h": slope,
        "swa_c1c2_ratio": _ratio(swa, 1),
        "swa_c1last_ratio": _ratio(swa, len(swa) - 1),
    }


def _ratio(swa: FloatArray, other: int) -> Value:
    if len(swa) < 2:
        return Undefined("fewer than two NREM periods")
    ratio = float(swa[0] / swa[other])
    if np.isnan(ratio):
        return Undefined("a NREM period has under 5 clean min")
    return ratio


def _clean(
    series: FloatArray, timeline: Timeline, stages: tuple[Stage, ...]
) -> np.ndarray:
    return np.isin(timeline.epoch_stages, stages) & ~np.isnan(series)

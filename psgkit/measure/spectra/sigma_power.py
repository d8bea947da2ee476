"""Sigma power in windows of 4 s: in undisturbed bouts, and over the night.

METRICS section F, steps 2 and 3.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.domain.true_runs import true_runs
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
)
from psgkit.measure.spectra.power import Float32Array, taper_psd

STEP_S = 4.0
MAX_FILLED_WINDOWS = 2
N_FFT = 1024

# Windows whose spectra are in memory together.
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class SigmaSeries:
    """A series of sigma power for the infraslow fluctuation.

    Attributes
    ----------
    band_hz : tuple of float
        Band that counts as sigma.
    stages : tuple of Stage
        Stages that make up a bout.
    min_bout_s : float
        Shortest bout, a whole number of steps of 4 s.
    """

    band_hz: tuple[float, float]
    stages: tuple[Stage, ...]
    min_bout_s: float

    @property
    def min_windows(self) -> int:
        """Windows in the shortest bout."""
        return round(self.min_bout_s / STEP_S)

    @property
    def name(self) -> str:
        """The stages, for messages."""
        return "+".join(stage.name for stage in self.stages)


# By the start of the columns' names. The first is the measure; the others check if it
# depends on the band or on N2 alone.
SERIES = {
    "isf": SigmaSeries((10.0, 15.0), (Stage.N2,), 120.0),
    "isf_fast": SigmaSeries((13.0, 15.0), (Stage.N2,), 120.0),
    "isf_nrem": SigmaSeries((10.0, 15.0), (Stage.N2, Stage.N3), 300.0),
}
MEASURE = SERIES["isf"]


@dataclass(frozen=True, slots=True, eq=False)
class Bout:
    """A series in steps of 4 s.

    Attributes
    ----------
    onset_s : float
        Seconds after the recording's start.
    series : numpy.ndarray of float64
    """

    onset_s: float
    series: FloatArray

    def __len__(self) -> int:
        return len(self.series)


@dataclass(frozen=True, slots=True, eq=False)
class SigmaPower:
    """Sigma power of a night.

    Attributes
    ----------
    bouts : dict of str to list of Bout
        By the names of `SERIES`.
    course : numpy.ndarray of float64
        In steps of 4 s from second zero; NaN where it is not clean.
    """

    bouts: dict[str, list[Bout]]
    course: FloatArray

    @classmethod
    def of_channel(
        cls, values: Float32Array, rate_hz: float, timeline: Timeline
    ) -> "SigmaPower":
        """Take sigma power of a channel, in µV from second zero."""
        bouts = {
            name: sigma_bouts(values, rate_hz, timeline, series)
            for name, series in SERIES.items()
        }
        return cls(bouts, sigma_course(values, rate_hz, timeline))


def sigma_bouts(
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    series: SigmaSeries = MEASURE,
) -> list[Bout]:
    """Return sigma power in steps of 4 s, for every bout that is long enough.

    Up to two windows with artefact are interpolated, longer losses part a bout.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero.
    rate_hz : float
    timeline : Timeline
    series : SigmaSeries
    """
    bouts: list[Bout] = []
    for first, last in true_runs(
        np.isin(timeline.epoch_stages, series.stages)
    ).tolist():
        start_s = float(timeline.epoch_starts_s[first])
        n_windows = int((last - first) * timeline.epoch_s / STEP_S)
        if n_windows < series.min_windows:
            continue
        starts_s = start_s + STEP_S * np.arange(n_windows, dtype=np.float64)
        power, is_bad = _power(values, rate_hz, timeline, starts_s, series.band_hz)
        bouts += split_at_losses(start_s, power, is_bad, series.min_windows)
    return bouts


def sigma_course(
    values: Float32Array, rate_hz: float, timeline: Timeline
) -> FloatArray:
    """Return sigma power in steps of 4 s from second zero; NaN where it is not clean.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero.
    rate_hz : float
    timeline : Timeline
    """
    n_windows = int(len(timeline.stages) / STEP_S)
    starts_s = STEP_S * np.arange(n_windows, dtype=np.float64)
    power, is_bad = _power(values, rate_hz, timeline, starts_s, MEASURE.band_hz)
    return np.where(is_bad, np.nan, power)


def split_at_losses(
    onset_s: float, values: FloatArray, is_bad: BoolArray, min_windows: int
) -> list[Bout]:
    """Fill losses of up to two windows by interpolation, cut at longer ones.

    Parameters
    ----------
    onset_s : float
        Of the first window.
    values : numpy.ndarray of float64, shape (n_windows,)
    is_bad : numpy.ndarray of bool, shape (n_windows,)
    min_windows : int
        A shorter part is left out.
    """
    if is_bad.all():
        return []
    is_lost = np.zeros(len(values), dtype=bool)
    for start, stop in true_runs(is_bad).tolist():
        at_edge = start == 0 or stop == len(values)
        is_lost[start:stop] = at_edge or stop - start > MAX_FILLED_WINDOWS
    position = np.arange(len(values))
    filled = np.interp(position, position[~is_bad], values[~is_bad])
    return [
        Bout(onset_s + STEP_S * places[0], filled[places])
        for start, stop in true_runs(~is_lost).tolist()
        for places in np.array_split(position[start:stop], -(-(stop - start) // N_FFT))
        if len(places) >= min_windows
    ]


def _power(
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    starts_s: FloatArray,
    band_hz: tuple[float, float],
) -> tuple[FloatArray, BoolArray]:
    """Return the power in a band of windows of 4 s, and which of them are not clean."""
    length = round(STEP_S * rate_hz)
    starts = np.round(starts_s * rate_hz).astype(int)
    is_bad = timeline.touches_bad(starts_s, STEP_S)
    is_bad |= (starts < 0) | (starts + length > len(values))
    power = np.zeros(len(starts_s))
    clean = np.flatnonzero(~is_bad)
    freqs = fft.rfftfreq(length, 1 / rate_hz)
    for part in np.array_split(clean, -(-len(clean) // _AT_ONCE) or 1):
        windows = values[starts[part, np.newaxis] + np.arange(length)]
        power[part] = band_power(freqs, taper_psd(windows, rate_hz), band_hz)
    return power, is_bad

"""Infraslow fluctuation of heart rate, measured like sigma power and compared with it.

In mice it is locked to noradrenaline (eLife reviewed preprint 110252). In a person it is
a heart rate, not a level of any transmitter.
"""

import numpy as np
import numpy.typing as npt

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
)
from psgkit.measure.spectra.infraslow import N_SURROGATES, bout_waves, infraslow_peak
from psgkit.measure.spectra.sigma_power import (
    MEASURE,
    N_FFT,
    STEP_S,
    Bout,
    SigmaPower,
    split_at_losses,
)

FEWEST_BOUTS = 5
NO_SIGMA = Undefined("no sigma power was measured")


def heart_rate_bouts(beats: Beats, timeline: Timeline) -> list[Bout]:
    """Return heart rate in steps of 4 s, for every N2 bout of at least 120 s.

    Parameters
    ----------
    beats : Beats
    timeline : Timeline
        Of the analysed window.

    Returns
    -------
    list of Bout
        Beats a minute. Up to two windows without beats are interpolated, longer losses
        part a bout.
    """
    bouts: list[Bout] = []
    for first, last in true_runs(
        np.isin(timeline.epoch_stages, MEASURE.stages)
    ).tolist():
        n_windows = int((last - first) * timeline.epoch_s / STEP_S)
        onset_s = float(timeline.epoch_starts_s[first])
        rate, is_bad = rate_in_windows(beats, onset_s, n_windows)
        bouts += split_at_losses(onset_s, rate, is_bad, MEASURE.min_windows)
    return bouts


def rate_in_windows(
    beats: Beats, onset_s: float, n_windows: int
) -> tuple[FloatArray, BoolArray]:
    """Return the mean heart rate of windows of 4 s, and which of them hold a gap."""
    if len(beats) < 2:
        return np.zeros(n_windows), np.ones(n_windows, dtype=bool)
    edges_s = onset_s + STEP_S * np.arange(n_windows + 1)
    turns = np.interp(edges_s, beats.times_s, np.arange(len(beats)))
    gaps = np.concatenate(([0], np.cumsum(np.isnan(beats.intervals_s))))
    before = np.searchsorted(beats.times_s, edges_s, side="right") - 1
    at = np.clip(before, 0, len(beats) - 2)
    # Whether the interval that holds an edge, or one between two edges, is a gap.
    is_bad = gaps[at[1:] + 1] > gaps[at[:-1]]
    outside = (edges_s < beats.times_s[0]) | (edges_s > beats.times_s[-1])
    is_bad |= outside[1:] | outside[:-1]
    return np.diff(turns) * 60 / STEP_S, is_bad


def infraslow_heart_values(beats: Beats, timeline: Timeline) -> dict[str, Value]:
    """Return the infraslow peak of heart rate, by column."""
    bouts = heart_rate_bouts(beats, timeline)
    peak = timeline.naming_gaps(
        infraslow_peak([bout.series for bout in bouts], MEASURE), (Stage.N2,)
    )
    if isinstance(peak, Undefined):
        return dict.fromkeys(("isf_hr_relpeak", "isf_hr_p", "isf_hr_peak_hz"), peak)
    not_found = Undefined(f"no infraslow peak: p = {peak.p:.2f}")
    return {
        "isf_hr_relpeak": peak.relpeak,
        "isf_hr_p": peak.p,
        "isf_hr_peak_hz": peak.peak_hz if peak.is_significant else not_found,
    }


def coherence_values(
    beats: Beats, sigma: SigmaPower | None, peak_hz: Value
) -> dict[str, Value]:
    """Return the coherence of sigma power and heart rate at sigma's infraslow peak.

    Parameters
    ----------
    beats : Beats
    sigma : SigmaPower or None
    peak_hz : float or Undefined
        Frequency of sigma's peak, undefined without a peak.

    Returns
    -------
    dict of str to float or Undefined
        ``isf_sigma_hr_coh``, and ``isf_sigma_hr_p``: the share of surrogates that reach
        it, with heart rate shifted circularly within each bout.
    """
    found: Undefined | tuple[float, float]
    if sigma is None:
        found = NO_SIGMA
    elif isinstance(peak_hz, Undefined):
        found = Undefined(f"sigma power: {peak_hz.reason}")
    else:
        found = _coherence(_pairs(beats, sigma.bouts["isf"]), peak_hz)
    if isinstance(found, Undefined):
        return dict.fromkeys(("isf_sigma_hr_coh", "isf_sigma_hr_p"), found)
    return {"isf_sigma_hr_coh": found[0], "isf_sigma_hr_p": found[1]}


def _pairs(beats: Beats, bouts: list[Bout]) -> list[tuple[FloatArray, FloatArray]]:
    """Return sigma power and heart rate of the parts of bouts that have both."""
    pairs = []
    for bout in bouts:
        rate, is_bad = rate_in_windows(beats, bout.onset_s, len(bout))
        for part in split_at_losses(bout.onset_s, rate, is_bad, MEASURE.min_windows):
            first = round((part.onset_s - bout.onset_s) / STEP_S)
            pairs.append((bout.series[first : first + len(part)], part.series))
    return pairs


def _coherence(
    pairs: list[tuple[FloatArray, FloatArray]], peak_hz: float
) -> tuple[float, float] | Undefined:
    """Return the squared coherence and its p; bouts count by their length."""
    if len(pairs) < FEWEST_BOUTS:
        return Undefined(
            f"{len(pairs)} undisturbed N2 bouts of at least {MEASURE.min_bout_s:g} s "
            f"with heart beats; {FEWEST_BOUTS} are needed"
        )
    rng = np.random.default_rng(0)
    place = round(peak_hz * STEP_S * N_FFT)
    cross = np.zeros(1 + N_SURROGATES, dtype=np.complex128)
    of_sigma, of_rate = 0.0, np.zeros(1 + N_SURROGATES)
    for sigma, rate in pairs:
        length = len(sigma)
        shifts = np.append(0, rng.integers(1, length, N_SURROGATES))
        places = (np.arange(length) - shifts[:, np.newaxis]) % length
        one = _wave_at(sigma[np.newaxis], place)[0]
        others = _wave_at(rate[places], place)
        cross += length * np.conj(one) * others
        of_sigma += length * abs(one) ** 2
        of_rate += length * np.abs(others) ** 2
    coherence = np.abs(cross) ** 2 / (of_sigma * of_rate)
    p = np.mean(coherence[1:] >= coherence[0])
    p = (1 + p * N_SURROGATES) / (1 + N_SURROGATES)
    return float(coherence[0]), float(p)


def _wave_at(series: FloatArray, place: int) -> npt.NDArray[np.complex128]:
    relative = series / series.mean(axis=1, keepdims=True) - 1
    return bout_waves(relative)[:, place]

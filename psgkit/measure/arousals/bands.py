"""Power by band, four times a second, against the power before."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.measure.arousals.thresholds import (
    BANDS_HZ,
    FAST_BANDS,
    HOP_S,
    WINDOW_S,
    ArousalRules,
)
from psgkit.measure.spectra.power import Float32Array

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

WINDOWS_AT_A_TIME = 4096
BASELINE_GRID_S = 1.0  # a median over 30 s hardly moves within a second
BASELINE_STEP_S = 0.5  # smoothed power needs only two values a second


def band_powers(
    values: npt.NDArray[np.floating], rate_hz: float, highest_hz: float = 30.0
) -> FloatArray:
    """Compute the power of each band in Hann windows of 1 s, every 0.25 s.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_samples,)
        Microvolts, without NaN.
    rate_hz : float
        At least twice the highest frequency.
    highest_hz : float
        No frequency above is looked at, as where the amplifier cut them off.

    Returns
    -------
    numpy.ndarray, shape (n_bands, n_hops)
        In µV², bands in the order of ``BANDS_HZ``; hop ``k`` is the window that starts
        ``k / 4`` s after the first sample.
    """
    n_window = round(WINDOW_S * rate_hz)
    n_hops = int(np.floor((len(values) / rate_hz - WINDOW_S) / HOP_S + 1e-9)) + 1
    if n_hops < 1:
        return np.zeros((len(BANDS_HZ), 0))
    starts = np.round(np.arange(n_hops) * HOP_S * rate_hz).astype(int)
    starts = np.minimum(starts, len(values) - n_window)
    transform, weights = _transform(n_window, rate_hz, highest_hz)
    windows = np.lib.stride_tricks.sliding_window_view(values, n_window)
    powers = np.empty((len(BANDS_HZ), n_hops))
    for first in range(0, n_hops, WINDOWS_AT_A_TIME):
        part = slice(first, first + WINDOWS_AT_A_TIME)
        spectra = windows[starts[part]].astype(np.float32, copy=False) @ transform
        powers[:, part] = (spectra**2 @ weights).T
    return powers


def _transform(
    n_window: int, rate_hz: float, highest_hz: float
) -> tuple[Float32Array, Float32Array]:
    """Return two matrices that lead from windows to the power of each band.

    Returns
    -------
    transform : numpy.ndarray of float32, shape (n_window, n_waves)
        Frees a window of its mean, tapers it and takes the Fourier transform, at the
        frequencies of the bands alone: BLAS does so in a third of the time of an FFT.
    weights : numpy.ndarray of float32, shape (n_waves, n_bands)
    """
    freqs_hz = np.fft.rfftfreq(n_window, 1.0 / rate_hz)
    belongs = np.stack(
        [
            (freqs_hz >= low) & (freqs_hz < high) & (freqs_hz <= highest_hz)
            for low, high in BANDS_HZ.values()
        ]
    )
    bins = np.flatnonzero(belongs.any(axis=0))
    taper = np.hanning(n_window + 1)[:-1]
    turns = np.outer(np.arange(n_window), bins) / n_window
    waves = taper[:, np.newaxis] * np.exp(-2j * np.pi * turns)
    waves -= waves.mean(axis=0)  # the part that a window's mean would add
    transform = np.hstack([waves.real, waves.imag]).astype(np.float32)
    weights = np.tile(belongs[:, bins].T, (2, 1)) * (2.0 / taper.sum() ** 2)
    return transform, weights.astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """How each moment differs from the half minute before it.

    Attributes
    ----------
    ratios : numpy.ndarray, shape (n_bands, n_hops)
        Power over its baseline; NaN without a baseline.
    fast : numpy.ndarray, shape (n_hops,)
        Largest ratio of theta (weighed down), alpha and beta.
    leader : numpy.ndarray of int, shape (n_hops,)
        Which of ``FAST_BANDS`` that is.
    share_rise : numpy.ndarray, shape (n_hops,)
        Share of the fast bands in all power, less its baseline.
    """

    ratios: FloatArray
    fast: FloatArray
    leader: npt.NDArray[np.intp]
    share_rise: FloatArray


def contrast(
    smoothed: FloatArray, is_usable: BoolArray, rules: ArousalRules
) -> Contrast:
    """Compare smoothed band powers with their baselines.

    Parameters
    ----------
    smoothed : numpy.ndarray, shape (n_bands, n_hops)
        From `smooth`.
    is_usable : numpy.ndarray of bool, shape (n_hops,)
        Hops that may enter a baseline: no artefact, no arousal.
    rules : ArousalRules
    """
    names = list(BANDS_HZ)
    fast_rows = [names.index(name) for name in FAST_BANDS]
    total = smoothed.sum(axis=0)
    share = np.divide(
        smoothed[fast_rows].sum(axis=0),
        total,
        where=total > 0,
        out=np.zeros_like(total),
    )
    baselines = moving_baseline(np.vstack([smoothed, share]), is_usable, rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(baselines[:-1] > 0, smoothed / baselines[:-1], np.nan)
    weights = np.array(
        [rules.theta_weight if n == "theta" else 1.0 for n in FAST_BANDS]
    )
    excess = np.nan_to_num(ratios[fast_rows] / weights[:, np.newaxis], nan=0.0)
    return Contrast(
        ratios=ratios,
        fast=excess.max(axis=0),
        leader=excess.argmax(axis=0),
        share_rise=np.nan_to_num(share - baselines[-1], nan=-1.0),
    )


def smooth(powers: FloatArray, seconds: float) -> FloatArray:
    """Average powers over a centred time, less at the two ends."""
    n = powers.shape[1]
    before = round(seconds / HOP_S) // 2
    after = round(seconds / HOP_S) - before
    summed = np.concatenate([np.zeros((len(powers), 1)), powers.cumsum(axis=1)], axis=1)
    hops = np.arange(n)
    first, last = np.maximum(hops - before, 0), np.minimum(hops + after, n)
    averaged = (summed[:, last] - summed[:, first]) / (last - first)
    return np.asarray(np.maximum(averaged, 0.0))


def moving_baseline(
    rows: FloatArray, is_usable: BoolArray, rules: ArousalRules
) -> FloatArray:
    """Return, for each hop, the median of the usable hops in the time before it.

    Parameters
    ----------
    rows : numpy.ndarray, shape (n_rows, n_hops)
    is_usable : numpy.ndarray of bool, shape (n_hops,)
    rules : ArousalRules
        Says how long the time is, how long ago it ends, and how much must be usable.

    Returns
    -------
    numpy.ndarray, shape (n_rows, n_hops)
        NaN where too little is usable.
    """
    n_hops = rows.shape[1]
    grid = round(BASELINE_GRID_S / HOP_S)
    ends = np.arange(0, n_hops, grid) - round(rules.baseline_lag_s / HOP_S)
    baselines = np.empty((len(rows), len(ends)))
    for first in range(0, len(ends), WINDOWS_AT_A_TIME):
        part = slice(first, first + WINDOWS_AT_A_TIME)
        baselines[:, part] = _medians_before(rows, is_usable, ends[part], rules)
    return np.asarray(np.repeat(baselines, grid, axis=1)[:, :n_hops])


def _medians_before(
    rows: FloatArray,
    is_usable: BoolArray,
    ends: npt.NDArray[np.intp],
    rules: ArousalRules,
) -> FloatArray:
    """Return the median of each row over the usable hops before some hops."""
    step = round(BASELINE_STEP_S / HOP_S)
    n_values = round(rules.baseline_s / BASELINE_STEP_S)
    picks = ends[:, np.newaxis] - step * np.arange(n_values)
    inside = (picks >= 0) & is_usable[np.maximum(picks, 0)]
    n_usable = inside.sum(axis=1)
    enough = n_usable * BASELINE_STEP_S >= rules.baseline_least_s
    medians = np.full((len(rows), len(ends)), np.nan)
    kept, counts = np.maximum(picks[enough], 0), n_usable[enough, np.newaxis]
    left_out = ~inside[enough]
    for row, median in zip(rows, medians, strict=True):
        values = row[kept].astype(np.float32)
        values[left_out] = np.inf  # behind all others
        values.sort(axis=1)
        lower = np.take_along_axis(values, (counts - 1) // 2, axis=1)
        upper = np.take_along_axis(values, counts // 2, axis=1)
        median[enough] = ((lower + upper) / 2)[:, 0]
    return medians

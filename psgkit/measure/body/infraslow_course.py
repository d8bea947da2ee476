"""How strongly a signal fluctuates from 0.01 to 0.04 Hz, epoch by epoch, for pictures."""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from psgkit.domain.scoring import Stage
from psgkit.measure.signals.usable_time import BoolArray, FloatArray, Timeline
from psgkit.measure.spectra.infraslow import PEAK_BAND, RATE_HZ, bout_waves
from psgkit.measure.spectra.sigma_power import N_FFT, STEP_S

# Two minutes are two cycles of 0.02 Hz.
WINDOWS = 30
# Sigma power and heart rate step where sleep becomes wake or REM sleep.
_STATES = ((Stage.N1, Stage.N2, Stage.N3), (Stage.R,), (Stage.W,))


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

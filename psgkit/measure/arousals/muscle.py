"""Where the tone of the chin rises."""

import numpy as np
import numpy.typing as npt
from scipy import signal

from psgkit.measure.arousals.bands import BoolArray, FloatArray, moving_baseline
from psgkit.measure.arousals.rules import HOP_S, ArousalRules

LOW_HZ, HIGH_HZ = 10.0, 100.0
MAINS_HZ = (50.0, 60.0)
# The band must have some width below 0.45 of the sampling rate.
LEAST_RATE_HZ = 60.0

# A night is filtered in parts of ten minutes: the filters forget within a second.
BINS_AT_A_TIME = 2400
MARGIN_S = 5.0


def muscle_tone(values: npt.NDArray[np.floating], rate_hz: float) -> FloatArray:
    """Return the root mean square of the chin EMG in bins of 0.25 s.

    Parameters
    ----------
    values : numpy.ndarray, shape (n_samples,)
        Microvolts, without NaN.
    rate_hz : float
        At least ``LEAST_RATE_HZ``.

    Returns
    -------
    numpy.ndarray, shape (n_bins,)
        After a zero-phase band-pass from 10 to 100 Hz (or 0.45 of the rate), without
        the mains.
    """
    sections = _filter_sections(rate_hz)
    n_bins = int(len(values) / rate_hz / HOP_S + 1e-9)
    edges = np.round(np.arange(n_bins + 1) * HOP_S * rate_hz).astype(int)
    margin = round(MARGIN_S * rate_hz)
    tone = np.empty(n_bins)
    for first in range(0, n_bins, BINS_AT_A_TIME):
        own = edges[first : first + BINS_AT_A_TIME + 1]
        start = max(own[0] - margin, 0)
        block = values[start : own[-1] + margin].astype(np.float64)
        filtered = signal.sosfiltfilt(
            sections, block, padlen=min(margin, len(block) - 1)
        )
        summed = np.concatenate([[0.0], np.cumsum(filtered**2)])[own - start]
        tone[first : first + len(own) - 1] = np.sqrt(np.diff(summed) / np.diff(own))
    return tone


def _filter_sections(rate_hz: float) -> FloatArray:
    """Design a band-pass with a notch at each mains frequency that lies in it."""
    high_hz = min(HIGH_HZ, 0.45 * rate_hz)
    stages = [signal.butter(2, (LOW_HZ, high_hz), "bandpass", fs=rate_hz, output="sos")]
    stages += [
        signal.tf2sos(*signal.iirnotch(mains_hz, 25.0, fs=rate_hz))
        for mains_hz in MAINS_HZ
        if mains_hz < high_hz
    ]
    return np.vstack(stages)


def tone_rises(
    tone: FloatArray, is_usable: BoolArray, rules: ArousalRules
) -> BoolArray:
    """Tell in which bins the tone exceeds its baseline by the factor of the rules.

    Parameters
    ----------
    tone : numpy.ndarray, shape (n_bins,)
        From `muscle_tone`.
    is_usable : numpy.ndarray of bool, shape (n_bins,)
        What may enter a baseline.
    rules : ArousalRules
    """
    baseline = moving_baseline(tone[np.newaxis], is_usable, rules)[0]
    return np.asarray(tone >= rules.emg_ratio * baseline)

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
    high_hz = min(HIGH_HZ, 0.45 * rate_hz)
    stages = [signal.butter(2, (LOW_HZ, high_hz), "bandpass", fs=rate_hz, output="sos")]
    stages += [
        signal.tf2sos(*signal.iirnotch(mains_hz, 25.0, fs=rate_hz))
        for mains_hz in MAINS_HZ
        if mains_hz < high_hz
    ]
    filtered = signal.sosfiltfilt(np.vstack(stages), values.astype(np.float64))
    n_bins = int(len(values) / rate_hz / HOP_S + 1e-9)
    starts = np.round(np.arange(n_bins) * HOP_S * rate_hz).astype(int)
    ends = np.append(starts[1:], min(round(n_bins * HOP_S * rate_hz), len(values)))
    summed = np.concatenate([[0.0], np.cumsum(filtered**2)])
    return np.asarray(np.sqrt((summed[ends] - summed[starts]) / (ends - starts)))


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

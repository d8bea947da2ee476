"""Where the tone of the chin rises."""

import numpy as np
from scipy import fft, signal

from psgkit.domain.signals.trace import Samples
from psgkit.measure.arousals.bands import BoolArray, FloatArray, moving_baseline
from psgkit.measure.arousals.thresholds import HOP_S, ArousalRules
from psgkit.measure.detectors.heart_beats import NO_BEATS, means_without, near_beats
from psgkit.measure.signals.filters import with_surroundings
from psgkit.measure.spectra.power import Float32Array

LOW_HZ, HIGH_HZ = 10.0, 100.0
MAINS_HZ = (50.0, 60.0)
# The band must have some width below 0.45 of the sampling rate.
LEAST_RATE_HZ = 60.0

# A night is filtered in parts of two minutes: the filters forget within a second.
BINS_AT_A_TIME = 480
MARGIN_S = 5.0

# Of a bin near a heart beat. More would leave hardly any bin of a quick heart.
LEAST_LEFT = 0.5


def muscle_tone(
    values: Samples,
    rate_hz: float,
    beats_s: FloatArray = NO_BEATS,
    centre: float = 0.0,
) -> FloatArray:
    """Return the root mean square of the chin EMG in bins of 0.25 s.

    Parameters
    ----------
    values : numpy.ndarray of float32 or Trace, shape (n_samples,)
        Microvolts; NaN count as the centre.
    rate_hz : float
        At least ``LEAST_RATE_HZ``.
    beats_s : numpy.ndarray of float64, shape (n_beats,), optional
        When the heart beats: a bin is the root mean square of the rest of it.
    centre : float
        Mean of the signal.

    Returns
    -------
    numpy.ndarray, shape (n_bins,)
        After a zero-phase band-pass from 10 to 100 Hz (or 0.45 of the rate), without
        the mains.
    """
    n_bins = int(len(values) / rate_hz / HOP_S + 1e-9)
    edges = np.round(np.arange(n_bins + 1) * HOP_S * rate_hz).astype(int)
    margin = round(MARGIN_S * rate_hz)
    longest = round(BINS_AT_A_TIME * HOP_S * rate_hz) + 1
    n_fft = fft.next_fast_len(min(longest, len(values)) + 2 * margin, real=True)
    gain = _gain(fft.rfftfreq(n_fft, 1 / rate_hz), rate_hz)
    tone = np.empty(n_bins)
    for first in range(0, n_bins, BINS_AT_A_TIME):
        own = edges[first : first + BINS_AT_A_TIME + 1]
        block = with_surroundings(values, own[0], own[-1], margin, centre)
        block = block.astype(np.float32)
        filtered = fft.irfft(fft.rfft(block, n_fft) * gain, n_fft)
        squared = np.square(filtered[margin : margin + own[-1] - own[0]])
        is_heart = near_beats(beats_s, rate_hz, own[0], own[-1])
        tone[first : first + len(own) - 1] = np.sqrt(
            means_without(is_heart, squared, own - own[0], least_left=LEAST_LEFT)
        )
    return tone


def _gain(freqs_hz: FloatArray, rate_hz: float) -> Float32Array:
    """Return the gain of a Butterworth band-pass with a notch at each mains frequency.

    Both run to and fro, hence squared and without a phase.
    """
    high_hz = min(HIGH_HZ, 0.45 * rate_hz)
    stages = [signal.butter(2, (LOW_HZ, high_hz), "bandpass", fs=rate_hz, output="sos")]
    stages += [
        signal.tf2sos(*signal.iirnotch(mains_hz, 25.0, fs=rate_hz))
        for mains_hz in MAINS_HZ
        if mains_hz < high_hz
    ]
    _, response = signal.sosfreqz(np.vstack(stages), freqs_hz, fs=rate_hz)
    return np.asarray(np.abs(response) ** 2, np.float32)


def tone_rises(
    tone: FloatArray, is_usable: BoolArray, rules: ArousalRules
) -> BoolArray:
    """Return the bins whose tone exceeds its baseline by the factor of the rules.

    Parameters
    ----------
    tone : numpy.ndarray, shape (n_bins,)
        From `muscle_tone`; NaN counts as no rise.
    is_usable : numpy.ndarray of bool, shape (n_bins,)
        Bins that may enter a baseline.
    rules : ArousalRules
    """
    is_known = ~np.isnan(tone)
    baseline = moving_baseline(tone[np.newaxis], is_usable & is_known, rules)[0]
    return np.asarray((tone >= rules.emg_ratio * baseline) & (tone > 0))

"""The slow-wave detector of YASA, with numpy alone, and its coupling with sigma power.

Rules and numbers follow ``yasa.sw_detect`` 0.8.1 (after Massimini et al. 2004 and
Carrier et al. 2011): a trough and the peak that follows, each large and long enough,
in the signal from 0.3 to 1.5 Hz. The tests compare the two event by event. Here the
signal is filtered once for any number of thresholds.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import fft, signal, special

from psgkit.measure.signals.filters import band_pass
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.measure.spectra.power import Float32Array

SLOW_BAND = (0.3, 1.5)
SLOW_TRANSITION_HZ = 0.2
NEGATIVE_S = (0.3, 1.5)
POSITIVE_S = (0.1, 1.0)

SIGMA_BAND = (12.0, 16.0)
SIGMA_TRANSITION_HZ = 1.5
AROUND_S = 1.0
NDPAC_P = 0.05

# Samples whose Fourier transforms are in memory together: a night of sleep. Beside
# them, so many that a longer reach changes no phase.
_AT_A_TIME = 1 << 22
_MARGIN = 1 << 16

COLUMNS = ("onset_s", "neg_peak_s", "duration_s", "ptp_uv", "slope_uvs")


@dataclass(frozen=True, slots=True)
class Amplitudes:
    """Limits of trough, peak and the way between them, in microvolts."""

    negative: tuple[float, float] = (40, 200)
    positive: tuple[float, float] = (10, 150)
    ptp: tuple[float, float] = (75, 350)


def slow_signal(values: npt.NDArray[np.floating], rate_hz: float) -> FloatArray:
    """Return a signal from 0.3 to 1.5 Hz."""
    return band_pass(values, rate_hz, SLOW_BAND, transition_hz=SLOW_TRANSITION_HZ)


def find_slow_waves(
    slow: FloatArray, rate_hz: float, wanted: BoolArray, amplitudes: Amplitudes
) -> pd.DataFrame:
    """Find slow waves.

    Parameters
    ----------
    slow : numpy.ndarray of float64, shape (n_samples,)
        Microvolts, as from `slow_signal`.
    rate_hz : float
    wanted : numpy.ndarray of bool, shape (n_samples,)
        Where to look for troughs and peaks.
    amplitudes : Amplitudes

    Returns
    -------
    pandas.DataFrame
        Columns of `COLUMNS`: onset, moment of the trough and duration in seconds,
        amplitude from trough to peak, slope from trough to the crossing of zero.
    """
    troughs, _ = signal.find_peaks(-slow, height=amplitudes.negative)
    peaks, _ = signal.find_peaks(slow, height=amplitudes.positive)
    troughs, peaks = troughs[wanted[troughs]], peaks[wanted[peaks]]
    crossings = np.flatnonzero(np.diff((slow > 0).astype(np.int8)))
    if min(len(troughs), len(peaks)) == 0:
        return pd.DataFrame(columns=list(COLUMNS), dtype=float)
    troughs = troughs[troughs < peaks[-1]]
    following = peaks[np.searchsorted(peaks, troughs)]
    ptp = slow[following] - slow[troughs]
    is_large = (ptp > amplitudes.ptp[0]) & (ptp < amplitudes.ptp[1])
    troughs, following, ptp = troughs[is_large], following[is_large], ptp[is_large]
    down, middle = _crossings_about(crossings, troughs)
    up, end = _crossings_about(crossings, following)
    negative_s, positive_s = (middle - down) / rate_hz, (end - up) / rate_hz
    with np.errstate(divide="ignore"):
        slope = -slow[troughs] / ((middle - troughs) / rate_hz)
    # The peak's half-wave begins where the trough's ends; neither touches a crossing,
    # and both are complete; the first and the last of a signal may not be.
    good = (middle == up) & (middle > troughs) & (end > following)
    good &= _within(negative_s, NEGATIVE_S) & _within(positive_s, POSITIVE_S)
    table = pd.DataFrame(
        {
            "onset_s": down / rate_hz,
            "neg_peak_s": troughs / rate_hz,
            "duration_s": (end - down) / rate_hz,
            "ptp_uv": ptp,
            "slope_uvs": slope,
        }
    )[good]
    # Two troughs within one half-wave: the right one is unknown.
    single: pd.DataFrame = table.drop_duplicates("onset_s", keep=False)
    return single.reset_index(drop=True)


def sigma_in_waves(
    slow: FloatArray,
    values: npt.NDArray[np.floating],
    rate_hz: float,
    troughs_s: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Relate sigma power to the phase of slow waves, within 1 s of each trough.

    Parameters
    ----------
    slow, values : numpy.ndarray of float, shape (n_samples,)
        The signal from 0.3 to 1.5 Hz, and as it was.
    rate_hz : float
    troughs_s : numpy.ndarray of float64, shape (n_waves,)

    Returns
    -------
    peak_phases : numpy.ndarray of float64, shape (n_waves,)
        Phase where sigma is largest; NaN at the ends of the signal.
    ndpac : numpy.ndarray of float64, shape (n_waves,)
        Normalised direct phase-amplitude coupling (Özkurt 2012), zero below p = 0.05.
    phases : numpy.ndarray of float64, shape (n_waves, n_samples)
        The phase all along.
    """
    reach = int(AROUND_S * rate_hz)
    troughs = np.round(troughs_s * rate_hz).astype(int)
    fits = (troughs >= reach) & (troughs + reach < len(slow))
    at = np.where(fits, troughs, reach)
    around = np.arange(-reach, reach + 1)
    phases, amplitude = np.empty((2, len(at), len(around)))
    for first in range(0, len(slow), _AT_A_TIME):
        inside = (at >= first) & (at < first + _AT_A_TIME)
        low = max(first - _MARGIN, 0)
        part = slice(low, first + _AT_A_TIME + _MARGIN)
        picks = at[inside, np.newaxis] - low + around
        waves = slow[part]
        phases[inside] = np.arctan2(_quadrature(waves)[picks], waves[picks])
        sigma = band_pass(
            values[part], rate_hz, SIGMA_BAND, transition_hz=SIGMA_TRANSITION_HZ
        )
        amplitude[inside] = np.hypot(sigma[picks], _quadrature(sigma)[picks])
    peak_phases = phases[np.arange(len(at)), amplitude.argmax(axis=1)]
    n_samples = len(around)
    normal = amplitude - amplitude.mean(axis=1, keepdims=True)
    normal /= np.std(normal, axis=1, ddof=1, keepdims=True)
    strength = np.abs((normal * np.exp(1j * phases)).sum(axis=1))
    is_chance = strength**2 <= 2 * n_samples * special.erfinv(1 - NDPAC_P) ** 2
    ndpac = np.where(is_chance, 0.0, strength / n_samples)
    peak_phases[~fits], ndpac[~fits], phases[~fits] = np.nan, np.nan, np.nan
    return peak_phases, ndpac, phases


def _quadrature(values: FloatArray) -> Float32Array:
    """Return a signal a quarter of a period later: its Hilbert transform."""
    length = fft.next_fast_len(len(values), real=True)
    spectrum = fft.rfft(values.astype(np.float32), length)
    # Neither a constant nor the highest frequency has a quarter of a period: both are
    # real before, and imaginary now, which the way back does not look at.
    spectrum *= -1j
    return np.asarray(fft.irfft(spectrum, length)[: len(values)])


def _crossings_about(
    crossings: np.ndarray, samples: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    after = np.searchsorted(crossings, samples)
    return crossings[after - 1], crossings[np.minimum(after, len(crossings) - 1)]


def _within(values: FloatArray, limits: tuple[float, float]) -> BoolArray:
    return np.asarray((values > limits[0]) & (values < limits[1]))

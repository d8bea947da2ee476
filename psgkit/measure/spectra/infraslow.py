"""Infraslow fluctuation of sigma power in N2, with a background and surrogates.

Sigma power waxes and wanes at about 0.02 Hz in undisturbed N2 (Lecci et al. 2017). It
is a proxy of NREM micro-states, not a level of any transmitter. A peak over a red-noise
background arises by chance too: the same search in surrogates without a rhythm says how
often (METRICS section F, steps 4 to 7).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.signals.usable_time import FloatArray
from psgkit.measure.spectra.red_noise import background, fit_backgrounds
from psgkit.measure.spectra.sigma_power import (
    MEASURE,
    N_FFT,
    SERIES,
    STEP_S,
    SigmaSeries,
)

RATE_HZ = 1 / STEP_S
MIN_BOUTS = 3
MIN_TOTAL_MIN = 20.0

FIT_BAND = (0.006, 0.12)
PEAK_BAND = (0.01, 0.04)
LEFT_OUT_HZ = 0.007
PEAK_HALF_WIDTH_HZ = 0.005
N_SURROGATES = 200
# Padding makes 30 bins of one that is independent; the background needs fewer.
THIN = 8
ALPHA = 0.05


NUMBERS = ("relpeak", "z", "p", "peak_hz", "mod_frac", "bout_n", "min")
VARIANT_NUMBERS = ("relpeak", "p", "peak_hz")


@dataclass(frozen=True, slots=True)
class InfraslowPeak:
    """The strongest infraslow fluctuation of a night.

    Attributes
    ----------
    relpeak : float
        Largest ratio of spectrum to background from 0.01 to 0.04 Hz.
    peak_hz : float
        Its place.
    mod_frac : float
        Depth of the modulation at the peak, as a share of mean sigma power.
    z, p : float
        The ratio against surrogates without a rhythm.
    bout_n : int
        Bouts that it rests on.
    minutes : float
        Their length together.
    """

    relpeak: float
    peak_hz: float
    mod_frac: float
    z: float
    p: float
    bout_n: int
    minutes: float

    @property
    def is_significant(self) -> bool:
        """Whether surrogates reach the ratio in less than 5 %."""
        return self.p < ALPHA


def infraslow_peak(
    bouts: list[FloatArray],
    series: SigmaSeries = MEASURE,
    *,
    seed: int = 0,
    n_surrogates: int = N_SURROGATES,
) -> InfraslowPeak | Undefined:
    """Find the infraslow peak of sigma power and test it against surrogates.

    Parameters
    ----------
    bouts : list of numpy.ndarray of float64
        Sigma power in steps of 4 s, from `sigma_bouts`.
    series : SigmaSeries
        Settings with which the series was made.
    seed : int
        Of the surrogates: a night has the same numbers every time.
    n_surrogates : int

    Returns
    -------
    InfraslowPeak or Undefined
        Undefined below three bouts or 20 min.
    """
    minutes = sum(len(bout) for bout in bouts) * STEP_S / 60
    if len(bouts) < MIN_BOUTS or minutes < MIN_TOTAL_MIN:
        return Undefined(
            f"{len(bouts)} undisturbed {series.name} bouts of at least "
            f"{series.min_bout_s:g} s, {minutes:.1f} min; {MIN_BOUTS} and {MIN_TOTAL_MIN:g} min are needed"
        )
    freqs = fft.rfftfreq(N_FFT, STEP_S)
    lengths = np.array([len(bout) for bout in bouts])
    spectrum = _bouts_spectrum([bout[np.newaxis] for bout in bouts])
    ratios, peaks, shapes = _peak_ratios(freqs, spectrum)
    surrogates = _surrogate_bouts(
        background(freqs, shapes)[0], lengths, n_surrogates, seed
    )
    null = _peak_ratios(freqs, _bouts_spectrum(surrogates))[0]
    near = np.abs(freqs - peaks[0]) <= PEAK_HALF_WIDTH_HZ
    return InfraslowPeak(
        relpeak=float(ratios[0]),
        peak_hz=float(peaks[0]),
        mod_frac=float(np.sqrt(2 * np.trapezoid(spectrum[0, near], freqs[near]))),
        z=float((ratios[0] - null.mean()) / null.std(ddof=1)),
        p=float((1 + (null >= ratios[0]).sum()) / (1 + n_surrogates)),
        bout_n=len(bouts),
        minutes=minutes,
    )


def infraslow_values(bouts: dict[str, list[FloatArray]]) -> dict[str, Value]:
    """Return the numbers of the measure, and three of each of its variants.

    Parameters
    ----------
    bouts : dict of str to list of numpy.ndarray
        As from `sigma_bouts`, by the names of `SERIES`.

    Returns
    -------
    dict of str to float or Undefined
        By column; the frequency is undefined where surrogates reach the peak too often.
    """
    values: dict[str, Value] = {}
    for name, series in SERIES.items():
        stems = NUMBERS if series is MEASURE else VARIANT_NUMBERS
        peak = infraslow_peak(bouts[name], series)
        found = peak if isinstance(peak, Undefined) else _numbers(peak)
        for stem in stems:
            value = found if isinstance(found, Undefined) else found[stem]
            values[f"{name}_{stem}"] = value
    return values


def _numbers(peak: InfraslowPeak) -> dict[str, Value]:
    not_found = Undefined(f"no infraslow peak: p = {peak.p:.2f}")
    return {
        "relpeak": peak.relpeak,
        "z": peak.z,
        "p": peak.p,
        "peak_hz": peak.peak_hz if peak.is_significant else not_found,
        "mod_frac": peak.mod_frac,
        "bout_n": float(peak.bout_n),
        "min": peak.minutes,
    }


def _bouts_spectrum(bouts: list[FloatArray]) -> FloatArray:
    """Average the spectra of bouts by their length; each is (n_series, n_windows)."""
    total = np.zeros((len(bouts[0]), N_FFT // 2 + 1))
    for bout in bouts:
        waves = bout_waves(bout / bout.mean(axis=1, keepdims=True) - 1)
        total += (waves.real**2 + waves.imag**2) * (2 * bout.shape[1] / RATE_HZ)
    return np.asarray(total / sum(bout.shape[1] for bout in bouts))


def bout_waves(series: FloatArray) -> npt.NDArray[np.complex128]:
    """Return the Fourier transform of rows without their trend, Hann-tapered.

    Scaled so that its squared size times 2 / `RATE_HZ` is a power spectral density.
    """
    taper = signal.get_window("hann", series.shape[1])
    taper /= np.sqrt(np.sum(taper**2))
    return np.asarray(fft.rfft(_without_trend(series) * taper, N_FFT, axis=1))


def _without_trend(series: FloatArray) -> FloatArray:
    """Take the straight line off each row; scipy's does it six times slower."""
    time = np.arange(series.shape[1]) - (series.shape[1] - 1) / 2
    slopes = (series * time).sum(axis=1, keepdims=True) / np.sum(time**2)
    return np.asarray(series - series.mean(axis=1, keepdims=True) - slopes * time)


def _peak_ratios(
    freqs: FloatArray, spectra: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the largest ratio to the background, its frequency, and the background.

    The background is fitted, then once more without the surroundings of the peak.
    """
    in_fit = np.flatnonzero((freqs >= FIT_BAND[0]) & (freqs <= FIT_BAND[1]))[::THIN]
    in_peak = (freqs >= PEAK_BAND[0]) & (freqs <= PEAK_BAND[1])
    fitted_freqs, log_psd = freqs[in_fit], np.log(spectra[:, in_fit])
    everywhere = np.ones(log_psd.shape)
    shapes = fit_backgrounds(fitted_freqs, log_psd, everywhere)
    candidates, _ = _largest(freqs, spectra, shapes, in_peak)
    far = np.abs(fitted_freqs - candidates[:, np.newaxis]) > LEFT_OUT_HZ
    shapes = fit_backgrounds(fitted_freqs, log_psd, far.astype(float))
    peaks, ratios = _largest(freqs, spectra, shapes, in_peak)
    return ratios, peaks, shapes


def _largest(
    freqs: FloatArray,
    spectra: FloatArray,
    shapes: FloatArray,
    in_peak: npt.NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    ratio = spectra[:, in_peak] / background(freqs[in_peak], shapes)
    where = ratio.argmax(axis=1)
    return freqs[in_peak][where], ratio[np.arange(len(ratio)), where]


def _surrogate_bouts(
    psd: FloatArray, lengths: npt.NDArray[np.int_], n_surrogates: int, seed: int
) -> list[FloatArray]:
    """Make log-normal noise with a spectrum, cut into bouts of the same lengths."""
    rng = np.random.default_rng(seed)
    total = int(lengths.sum())
    n_fft = fft.next_fast_len(total + N_FFT, real=True)
    grid = fft.rfftfreq(n_fft, STEP_S)
    amplitude = np.sqrt(np.interp(grid, fft.rfftfreq(N_FFT, STEP_S), psd) / 2)
    white = rng.standard_normal((n_surrogates, n_fft))
    series = fft.irfft(fft.rfft(white, axis=1) * amplitude, n_fft, axis=1)
    series = np.exp(series[:, :total] * np.sqrt(RATE_HZ))
    return np.split(series, np.cumsum(lengths)[:-1], axis=1)

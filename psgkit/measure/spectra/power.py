"""Power spectra of epochs, and the power in bands.

Spectra follow Welch (1967): windows of 4 s under a Hann taper, half overlapping,
each without its mean. An epoch's spectrum is the mean of its windows without artefact.
No window crosses the edge of an epoch, so no window holds a change of stage.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft, signal

from psgkit.domain.metrics import Undefined
from psgkit.domain.night import Spectra
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Stage
from psgkit.domain.signals.trace import Samples
from psgkit.domain.sleep.bands import BANDS_HZ, MAX_BAND_HZ
from psgkit.measure.signals.centring import centred
from psgkit.measure.signals.resampling import resample
from psgkit.measure.signals.usable_time import Timeline

Float32Array = npt.NDArray[np.float32]
FloatArray = npt.NDArray[np.float64]

WINDOW_S = 4.0
STEP_S = 2.0
MAX_HZ = MAX_BAND_HZ
# An epoch counts where at least this share of its windows is clean.
MIN_CLEAN_SHARE = 0.5
MIN_STAGE_MIN = 1.0

BANDS = BANDS_HZ
TOTAL = (0.5, 30.0)
# Spindles leak into the upper part of alpha; METRICS section F.
ALPHA_BELOW_SPINDLES = (8.0, 11.0)

# The share of a recorded low-pass (and of the Nyquist frequency) up to which a band's
# power is used: filters roll off before their corner.
PASSBAND_SHARE = 0.8

# Enough for 45 Hz and its share of the pass-band, and for detectors.
SPECTRAL_RATE_HZ = 120.0
_CHUNK_EPOCHS = 120


@dataclass(frozen=True, slots=True, eq=False)
class WindowSpectra:
    """Power spectra of the windows of every epoch.

    Attributes
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    psd_uv2_hz : numpy.ndarray of float32, shape (n_epochs, n_windows, n_freqs)
        One-sided power spectral density; NaN where a window is not clean.
    """

    freqs_hz: FloatArray
    psd_uv2_hz: Float32Array

    def by_epoch(self) -> Spectra:
        """Average the clean windows of each epoch; NaN where half are not clean."""
        is_clean = ~np.isnan(self.psd_uv2_hz[:, :, 0])
        enough = is_clean.mean(axis=1) >= MIN_CLEAN_SHARE
        count = np.maximum(is_clean.sum(axis=1), 1)[:, np.newaxis]
        mean = (np.nansum(self.psd_uv2_hz, axis=1) / count).astype(np.float32)
        mean[~enough] = np.nan
        return Spectra(self.freqs_hz, mean)


def reduce_rate(
    values: Samples,
    rate_hz: float,
    at_least_hz: float,
    centre: float = 0.0,
) -> tuple[Float32Array, float]:
    """Resample to a whole fraction of a rate, not below another.

    Parameters
    ----------
    values : numpy.ndarray of float or Trace, shape (n_samples,)
        NaN in gaps, which count as the centre.
    rate_hz, at_least_hz : float
        The rate, and the least that is wanted. A lower rate is kept as it is.
    centre : float
        Subtracted from the signal.

    Returns
    -------
    values : numpy.ndarray of float32
        Zero-phase low-pass filtered against aliasing; sample zero stays where it was.
    rate_hz : float
    """
    factor = int(rate_hz / at_least_hz + 1e-9)
    if factor < 2:
        return centred(values, centre), rate_hz
    return resample(values, 1, factor, centre), rate_hz / factor


def resample_to(
    values: Float32Array, rate_hz: float, wanted_hz: float
) -> tuple[Float32Array, float]:
    """Resample to a rate, where both are whole numbers and the rate is the higher.

    Returns
    -------
    values : numpy.ndarray of float32
    rate_hz : float
        ``wanted_hz``, or the rate as it was.
    """
    if rate_hz <= wanted_hz or not (rate_hz.is_integer() and wanted_hz.is_integer()):
        return values, rate_hz
    common = math.gcd(int(rate_hz), int(wanted_hz))
    up, down = int(wanted_hz) // common, int(rate_hz) // common
    return resample(values, up, down), wanted_hz


def window_spectra(
    values: Float32Array, rate_hz: float, timeline: Timeline
) -> WindowSpectra:
    """Compute the spectra of all windows of all epochs.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts, from second zero of the recording; finite everywhere.
    rate_hz : float
    timeline : Timeline
        Starts of the epochs, and artefacts.
    """
    length = round(WINDOW_S * rate_hz)
    offsets_s = np.arange(0.0, timeline.epoch_s - WINDOW_S + 1e-6, STEP_S)
    starts_s = timeline.epoch_starts_s[:, np.newaxis] + offsets_s
    starts = np.round(starts_s * rate_hz).astype(int)
    is_bad = timeline.touches_bad(starts_s, WINDOW_S)
    is_bad |= (starts < 0) | (starts + length > len(values))
    starts[is_bad] = 0
    freqs = fft.rfftfreq(length, 1 / rate_hz)
    freqs = freqs[freqs <= MAX_HZ + 1e-9]
    psd = np.full((*starts.shape, len(freqs)), np.nan, dtype=np.float32)
    if len(values) >= length:
        for first in range(0, len(starts), _CHUNK_EPOCHS):
            part = slice(first, first + _CHUNK_EPOCHS)
            cut = values[starts[part, :, np.newaxis] + np.arange(length)]
            psd[part] = taper_psd(cut, rate_hz)[..., : len(freqs)]
    psd[is_bad] = np.nan
    return WindowSpectra(freqs, psd)


def taper_psd(windows: Float32Array, rate_hz: float) -> Float32Array:
    """Return the one-sided power spectral density of windows under a Hann taper.

    Parameters
    ----------
    windows : numpy.ndarray of float32, shape (..., n_samples)
    rate_hz : float

    Returns
    -------
    numpy.ndarray of float32, shape (..., n_samples // 2 + 1)
        In the windows' unit squared a hertz.
    """
    length = windows.shape[-1]
    taper = signal.get_window("hann", length).astype(np.float32)
    centred = windows - windows.mean(axis=-1, keepdims=True)
    spectrum = fft.rfft(centred * taper, axis=-1)
    density = spectrum.real**2 + spectrum.imag**2
    density *= np.float32(1 / (rate_hz * np.sum(taper.astype(float) ** 2)))
    # Negative frequencies hold as much again, save at zero and at Nyquist.
    density[..., 1 : (length + 1) // 2] *= 2
    return np.asarray(density, dtype=np.float32)


def stage_spectrum(
    spectra: Spectra, timeline: Timeline, stages: tuple[Stage, ...]
) -> FloatArray | Undefined:
    """Average the spectra of the clean epochs of some stages.

    Returns
    -------
    numpy.ndarray of float64, shape (n_freqs,), or Undefined
        Undefined below one minute of clean epochs.
    """
    chosen = np.isin(timeline.epoch_stages, stages)
    chosen &= ~np.isnan(spectra.psd_uv2_hz[:, 0])
    minutes = chosen.sum() * timeline.epoch_s / 60
    if minutes < MIN_STAGE_MIN:
        return timeline.too_little(stages, minutes, MIN_STAGE_MIN)
    return np.asarray(spectra.psd_uv2_hz[chosen].mean(axis=0, dtype=float))


def band_limit(channel: Channel, band: tuple[float, float]) -> Undefined | None:
    """Say why a band cannot be measured in a channel; None where it can.

    The recorded high-pass must not be above the band, and 0.8 of the recorded
    low-pass, or of half the sampling rate, not below it.
    """
    low, high = band
    if channel.to_uv is None:
        return Undefined(f"{channel.role.value} has no known unit")
    if channel.highpass_hz is not None and channel.highpass_hz > low + 1e-6:
        return Undefined(
            f"{channel.role.value} was recorded with a high-pass of "
            f"{channel.highpass_hz:g} Hz, above {low:g} Hz"
        )
    top = min(channel.rate_hz / 2, channel.lowpass_hz or math.inf)
    if top * PASSBAND_SHARE < high - 1e-6:
        return Undefined(
            f"{channel.role.value} was recorded up to {top:g} Hz, "
            f"{high:g} Hz needs {high / PASSBAND_SHARE:g} Hz"
        )
    return None

"""The REM atonia index: the share of REM sleep with a silent chin.

The index follows Ferri et al. (2010, 10.1016/j.sleep.2010.06.003): the share of
mini-epochs of 1 s with almost no activity once the local minimum has been taken out. It
does not see tone that stays high for over a minute; tonic activity
(`psgkit.measure.detectors.muscle_activity`) does.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.heart_beats import (
    NO_BEATS,
    means_without,
    near_beats,
)
from psgkit.measure.signals.excerpts import wanted_stretches
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.power import Float32Array

EMG_BAND = (10.0, 100.0)
FULL_BAND_HZ = 90.0  # a rate of 200 Hz reaches it
MIN_TOP_HZ = 40.0
MAINS_HZ = (50.0, 60.0)
LOCAL_S = 61  # mini-epochs of 1 s, centred, whose minimum is subtracted
MARGIN_S = 40  # half of that, and some seconds for the filter to settle
MIN_MINI_EPOCHS = 300
ATONIA_UV = 1.0
UNDECIDED_UV = 2.0

PARTS = 10  # a second in tenths, which a heart beat may cost one by one
# Beside heart beats, at 100 Hz: with half left, phasic activity of a simulated chin that
# has no heart in it went from 20.9 to 24.2 %, with this to 21.1.
LEAST_LEFT = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class ChinTone:
    """Amplitude of the chin EMG about REM sleep; NaN elsewhere.

    Attributes
    ----------
    seconds_uv : numpy.ndarray of float64, shape (n_seconds,)
        Mean rectified amplitude of each second.
    local_uv : numpy.ndarray of float64, shape (n_seconds,)
        Its minimum within 30 s.
    """

    seconds_uv: FloatArray
    local_uv: FloatArray


def emg_top_hz(rate_hz: float, lowpass_hz: float | None) -> float:
    """Return the upper end of a chin channel's band, at most 100 Hz."""
    return min(EMG_BAND[1], 0.45 * rate_hz, lowpass_hz or EMG_BAND[1])


def chin_tone(
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    *,
    top_hz: float,
    beats_s: FloatArray = NO_BEATS,
) -> ChinTone:
    """Rectify and average the chin EMG in REM sleep and 40 s about it.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero.
    rate_hz : float
        60 Hz or more.
    timeline : Timeline
    top_hz : float
        Upper end of the band, as from `emg_top_hz`.
    beats_s : numpy.ndarray of float64, shape (n_beats,), optional
        Heart beats: the time near each is left out, and a tenth of a second of
        which hardly anything remains is as its neighbours are.
    """
    n_seconds = len(timeline.stages)
    averages, local = np.full(n_seconds, np.nan), np.full(n_seconds, np.nan)
    filters = band_and_notches(rate_hz, top_hz)
    for start, stop in wanted_stretches(timeline, (Stage.R,), MARGIN_S):
        last = min(stop, int(len(values) / rate_hz))
        if last - start <= 1:
            continue
        edges = np.ceil(
            np.arange(start * PARTS, last * PARTS + 1) / PARTS * rate_hz - 1e-6
        )
        samples = edges.astype(int) - int(edges[0])
        part = values[int(edges[0]) : int(edges[-1])].astype(float)
        amplitude = np.abs(signal.sosfiltfilt(filters, part))
        is_heart = near_beats(beats_s, rate_hz, int(edges[0]), int(edges[-1]))
        tenths = means_without(is_heart, amplitude, samples, least_left=LEAST_LEFT)
        averages[start:last] = tenths.reshape(-1, PARTS).mean(axis=1)
        local[start:last] = ndimage.minimum_filter1d(averages[start:last], LOCAL_S)
    return ChinTone(averages, local)


def atonia_index(tone: ChinTone, timeline: Timeline, *, scale: float = 1.0) -> Value:
    """Return the REM atonia index.

    Parameters
    ----------
    tone : ChinTone
    timeline : Timeline
        Without artefacts and arousals.
    scale : float
        Factor of amplitudes; 2 in one of the public programs.

    Returns
    -------
    float or Undefined
        Seconds with at most 1 µV, over seconds without those between 1 and 2 µV.
    """
    usable = timeline.usable((Stage.R,)) & ~np.isnan(tone.local_uv)
    if usable.sum() < MIN_MINI_EPOCHS:
        return Undefined(
            f"{usable.sum()} clean seconds of REM, {MIN_MINI_EPOCHS} are needed"
        )
    rest = scale * (tone.seconds_uv - tone.local_uv)[usable]
    undecided = (rest > ATONIA_UV) & (rest <= UNDECIDED_UV)
    if undecided.all():
        return Undefined("every second of REM lies between 1 and 2 µV")
    return float((rest <= ATONIA_UV).sum() / (~undecided).sum())


def band_and_notches(rate_hz: float, top_hz: float) -> FloatArray:
    """Return the band-pass, and notches at 50 and 60 Hz if they are in the band."""
    band = signal.butter(4, (EMG_BAND[0], top_hz), "bandpass", fs=rate_hz, output="sos")
    notches = [
        signal.tf2sos(*signal.iirnotch(mains, 30, fs=rate_hz))
        for mains in MAINS_HZ
        if mains < top_hz
    ]
    return np.vstack([band, *notches])

"""Muscle tone of the chin in REM sleep: atonia index, tonic and phasic activity.

The atonia index is that of Ferri et al. (2010, 10.1016/j.sleep.2010.06.003): the share of
mini-epochs of 1 s with almost no activity once the local minimum has been taken out. It
does not see tone that stays high for over a minute; tonic activity does. Percentages
follow the SINBAR group (Frauscher et al. 2012, 10.5665/sleep.1886) in a form that a
program can apply: thresholds are multiples of a background measured in the same night.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import Value
from psgkit.measure.detectors.eye_movements import mini_epochs
from psgkit.measure.detectors.heart_beats import (
    NO_BEATS,
    means_without,
    near_beats,
    recurs_as_beats,
)
from psgkit.measure.signals.excerpts import wanted_stretches
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
    find_stretches,
)
from psgkit.measure.spectra.power import Float32Array

EMG_BAND = (10.0, 100.0)
FULL_BAND_HZ = 90.0  # a rate of 200 Hz reaches it
MIN_TOP_HZ = 40.0
MAINS_HZ = (50.0, 60.0)
LOCAL_S = 61  # mini-epochs of 1 s, centred, of which the minimum is taken out
MARGIN_S = 40  # half of that, and some seconds for the filter to settle
MIN_MINI_EPOCHS = 300
ATONIA_UV = 1.0
UNDECIDED_UV = 2.0

WINDOW_S = 30
PARTS = 10  # a second in tenths, the shortest burst
# Beside heart beats, at 100 Hz: with half left, phasic activity of a simulated chin that
# has no heart in it went from 20.9 to 24.2 %, with this to 21.1.
LEAST_LEFT = 0.7
MAX_BURST_S = 5.0
RAISED = 2.0
RAISED_UV = 10.0
TONIC_SHARE = 0.5
LOCAL_BACKGROUND_PERCENTILE = 20
NIGHT_BACKGROUND_PERCENTILE = 5


_BEATING = Undefined("the chin beats as a heart does: bursts cannot be told from beats")


@dataclass(frozen=True, slots=True, eq=False)
class ChinTone:
    """Amplitude of the chin EMG about REM sleep; NaN elsewhere.

    Attributes
    ----------
    tenths_uv : numpy.ndarray of float64, shape (n_seconds, 10)
        Mean rectified amplitude of each tenth of a second.
    local_uv : numpy.ndarray of float64, shape (n_seconds,)
        Minimum of the second means within 30 s.
    background_uv : numpy.ndarray of float64, shape (n_seconds,)
        Their 20th percentile within 30 s.
    """

    tenths_uv: FloatArray
    local_uv: FloatArray
    background_uv: FloatArray

    @property
    def seconds_uv(self) -> FloatArray:
        """Mean rectified amplitude of each second."""
        return np.asarray(self.tenths_uv.mean(axis=1))


def emg_top_hz(rate_hz: float, lowpass_hz: float | None) -> float:
    """Return the upper end of what a chin channel shows, at most 100 Hz."""
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
        When the heart beats: what lies near is left out, and a tenth of a second of
        which hardly anything remains is as its neighbours are.

    Returns
    -------
    ChinTone
    """
    n_seconds = len(timeline.stages)
    tenths = np.full((n_seconds, PARTS), np.nan)
    local, background = np.full(n_seconds, np.nan), np.full(n_seconds, np.nan)
    filters = _filters(rate_hz, top_hz)
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
        tenths[start:last] = means_without(
            is_heart, amplitude, samples, least_left=LEAST_LEFT
        ).reshape(-1, PARTS)
        seconds = tenths[start:last].mean(axis=1)
        local[start:last] = ndimage.minimum_filter1d(seconds, LOCAL_S)
        background[start:last] = ndimage.percentile_filter(
            seconds, LOCAL_BACKGROUND_PERCENTILE, LOCAL_S
        )
    return ChinTone(tenths, local, background)


def atonia_index(tone: ChinTone, timeline: Timeline, *, scale: float = 1.0) -> Value:
    """Return the REM atonia index.

    Parameters
    ----------
    tone : ChinTone
    timeline : Timeline
        Without artefacts and arousals.
    scale : float
        What amplitudes are multiplied with; 2 in one of the public programs.

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


def rswa_values(tone: ChinTone, timeline: Timeline) -> dict[str, Value]:
    """Return how much of REM sleep has raised chin tone.

    Parameters
    ----------
    tone : ChinTone
    timeline : Timeline
        Without artefacts and arousals.

    Returns
    -------
    dict of str to float or Undefined
        ``rswa_phasic_pct``: of mini-epochs of 3 s, those with a burst of 0.1 to 5 s at
        twice the local background or more, undefined where amplitude recurs at the pace
        of a heart; ``rswa_tonic_pct``: of epochs, those raised
        (twice the night's background and over 1 µV, or 10 µV) for over half of their clean time;
        ``rswa_any_pct``: of mini-epochs, those with either.
    """
    usable = timeline.usable((Stage.R,)) & ~np.isnan(tone.local_uv)
    names = ("rswa_any_pct", "rswa_tonic_pct", "rswa_phasic_pct")
    if usable.sum() < MIN_MINI_EPOCHS:
        few = Undefined(
            f"{usable.sum()} clean seconds of REM, {MIN_MINI_EPOCHS} are needed"
        )
        return dict.fromkeys(names, few)
    starts = mini_epochs(timeline)
    starts = starts[usable[starts.astype(int)]]
    bursts = _bursts(tone)
    tenth = np.round(starts * PARTS).astype(int)[:, np.newaxis] + np.arange(3 * PARTS)
    has_burst = bursts[np.minimum(tenth, len(bursts) - 1)].any(axis=1)
    epochs, is_tonic = _tonic_epochs(tone, timeline, usable)
    own_epoch = np.searchsorted(timeline.epoch_starts_s, starts + 1e-6, "right") - 1
    in_tonic = np.isin(own_epoch, epochs[is_tonic])
    if recurs_as_beats(_windows(tone, usable), PARTS):
        tonic = 100 * float(is_tonic.mean())
        return dict.fromkeys(names, _BEATING) | {"rswa_tonic_pct": tonic}
    return {
        "rswa_any_pct": 100 * float((has_burst | in_tonic).mean()),
        "rswa_tonic_pct": 100 * float(is_tonic.mean()),
        "rswa_phasic_pct": 100 * float(has_burst.mean()),
    }


def _windows(tone: ChinTone, usable: BoolArray) -> FloatArray:
    """Return the tenths of whole half minutes of usable seconds, one a row."""
    starts = [
        first
        for start, stop in find_stretches(usable)
        for first in range(start, stop - WINDOW_S + 1, WINDOW_S)
    ]
    seconds = np.array(starts, dtype=int)[:, np.newaxis] + np.arange(WINDOW_S)
    return tone.tenths_uv[seconds].reshape(len(starts), WINDOW_S * PARTS)


def _bursts(tone: ChinTone) -> BoolArray:
    """Mark the tenths of a second that belong to a burst of up to 5 s."""
    threshold = RAISED * tone.background_uv[:, np.newaxis]
    raised = (tone.tenths_uv >= threshold).ravel()
    marked = np.zeros(len(raised), dtype=bool)
    for start, stop in find_stretches(raised):
        marked[start:stop] = stop - start <= MAX_BURST_S * PARTS
    return marked


def _tonic_epochs(
    tone: ChinTone, timeline: Timeline, usable: BoolArray
) -> tuple[np.ndarray, BoolArray]:
    """Return the REM epochs with clean time, and whether each has raised tone."""
    seconds = tone.seconds_uv
    background = np.percentile(seconds[usable], NIGHT_BACKGROUND_PERCENTILE)
    # Atonia is not raised tone, however low the night's quietest second was.
    above = (seconds >= RAISED * background) & (seconds > ATONIA_UV)
    raised = above | (seconds >= RAISED_UV)
    number = np.searchsorted(
        timeline.epoch_starts_s, np.flatnonzero(usable) + 0.5, "right"
    )
    epochs, inverse = np.unique(number - 1, return_inverse=True)
    share = np.bincount(inverse, raised[usable]) / np.bincount(inverse)
    return epochs, share > TONIC_SHARE


def _filters(rate_hz: float, top_hz: float) -> FloatArray:
    """Return the band-pass, and notches at 50 and 60 Hz where the band holds them."""
    band = signal.butter(4, (EMG_BAND[0], top_hz), "bandpass", fs=rate_hz, output="sos")
    notches = [
        signal.tf2sos(*signal.iirnotch(mains, 30, fs=rate_hz))
        for mains in MAINS_HZ
        if mains < top_hz
    ]
    return np.vstack([band, *notches])

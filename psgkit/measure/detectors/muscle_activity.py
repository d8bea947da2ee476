"""Chin activity in REM sleep: phasic, tonic and any (REM sleep without atonia).

The rules follow the SINBAR group (Frauscher et al. 2012, 10.5665/sleep.1886; in
words also in Neikrug and Ancoli-Israel 2012, 10.1016/j.smrv.2011.08.004):

- *phasic*: a burst of 0.1 to 5 s, at least twice the background, in a mini-epoch of 3 s;
- *tonic*: an epoch of 30 s with over half of it at least twice the background, or
  above 10 µV as read off the trace;
- *any*: a mini-epoch with phasic or tonic activity, or with activity that lasts longer
  than a burst.

A scorer takes the background from the quietest stretch of the night. So does this
module: REM sleep without a relaxed chin has no background.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage, signal

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.detectors.eye_movements import MINI_EPOCH_S, mini_epochs
from psgkit.measure.detectors.heart_beats import (
    NO_BEATS,
    means_without,
    near_beats,
    recurs_as_beats,
)
from psgkit.measure.detectors.rem_atonia import (
    EMG_BAND,
    MIN_MINI_EPOCHS,
    band_and_notches,
)
from psgkit.measure.signals.excerpts import wanted_stretches
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
)
from psgkit.measure.spectra.power import Float32Array

SLEEP = (Stage.N2, Stage.N3, Stage.R)
STEPS = 10  # of the envelope in a second; one step is the shortest burst
SETTLE_S = 5  # in which filters settle
USABLE_SHARE_OF_LOWPASS = 0.8

BACKGROUND_S = 300
LEAST_CLEAN_SHARE = 0.8  # of a stretch that gives the background
LEAST_BACKGROUND_UV = 1.0
RAISED = 2.0
RAISED_PEAK_UV = 10.0
TONIC_SHARE = 0.5
MAX_BURST_S = 5.0
# Muscle fires irregularly: a short interruption does not end activity.
INTERRUPTION_STEPS = 2
# Fewer samples a second, or a narrower band, and noise alone rises to twice its median.
LEAST_RATE_HZ = 200.0
LEAST_TOP_HZ = 50.0
WINDOW_S = 30
# Least share of a step near a heart beat; see `rem_atonia.LEAST_LEFT`.
LEAST_LEFT = 0.7

_BEATING = Undefined("heart beats fill the chin EMG and look like bursts of muscle")


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Size of the chin EMG in steps of 0.1 s; NaN outside of sleep.

    Attributes
    ----------
    rms_uv, peak_uv : numpy.ndarray of float64, shape (n_seconds, 10)
        Root mean square, and the largest distance from zero.
    """

    rms_uv: FloatArray
    peak_uv: FloatArray


def activity_top_hz(rate_hz: float, lowpass_hz: float | None) -> float:
    """Return the upper end of the band: 0.8 of the recorded low-pass, at most 100 Hz."""
    usable = EMG_BAND[1] if lowpass_hz is None else USABLE_SHARE_OF_LOWPASS * lowpass_hz
    return min(EMG_BAND[1], 0.45 * rate_hz, usable)


def chin_envelope(
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    *,
    top_hz: float,
    beats_s: FloatArray = NO_BEATS,
) -> Envelope:
    """Measure the size of the chin EMG in N2, N3 and REM sleep.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero.
    rate_hz : float
    timeline : Timeline
    top_hz : float
        Upper end of the band, as from `activity_top_hz`.
    beats_s : numpy.ndarray of float64, shape (n_beats,), optional
        When the heart beats; samples near a beat are left out.
    """
    n_seconds = len(timeline.stages)
    rms = np.full((n_seconds, STEPS), np.nan)
    peak = np.full((n_seconds, STEPS), np.nan)
    filters = band_and_notches(rate_hz, top_hz)
    for start, stop in wanted_stretches(timeline, SLEEP, SETTLE_S):
        last = min(stop, int(len(values) / rate_hz))
        if last - start <= 1:
            continue
        edges = np.ceil(
            np.arange(start * STEPS, last * STEPS + 1) / STEPS * rate_hz - 1e-6
        )
        samples = edges.astype(int) - int(edges[0])
        part = values[int(edges[0]) : int(edges[-1])].astype(float)
        amplitude = np.abs(signal.sosfiltfilt(filters, part))
        is_heart = near_beats(beats_s, rate_hz, int(edges[0]), int(edges[-1]))
        square = means_without(is_heart, amplitude**2, samples, least_left=LEAST_LEFT)
        rms[start:last] = np.sqrt(square).reshape(-1, STEPS)
        amplitude[is_heart] = 0.0
        peak[start:last] = np.maximum.reduceat(amplitude, samples[:-1]).reshape(
            -1, STEPS
        )
    return Envelope(rms, peak)


def background_uv(envelope: Envelope, timeline: Timeline) -> float | Undefined:
    """Return the background: the lowest median of 5 min of clean sleep, 1 µV or more."""
    known = timeline.usable(SLEEP) & ~np.isnan(envelope.rms_uv).any(axis=1)
    counted = np.concatenate(([0], np.cumsum(known)))
    medians = [
        float(np.median(envelope.rms_uv[start : start + BACKGROUND_S][part]))
        for start in range(0, len(known) - BACKGROUND_S + 1, WINDOW_S)
        if counted[start + BACKGROUND_S] - counted[start]
        >= LEAST_CLEAN_SHARE * BACKGROUND_S
        for part in [known[start : start + BACKGROUND_S]]
    ]
    if not medians:
        return Undefined("no 5 min of clean sleep give the chin's background")
    return max(min(medians), LEAST_BACKGROUND_UV)


def rswa_values(
    envelope: Envelope, timeline: Timeline, *, rate_hz: float, top_hz: float
) -> dict[str, Value]:
    """Return how much of REM sleep has chin activity.

    Parameters
    ----------
    envelope : Envelope
    timeline : Timeline
        Without artefacts and arousals.
    rate_hz : float
        Of the recorded channel.
    top_hz : float
        Upper end of the band.

    Returns
    -------
    dict of str to float or Undefined
        ``rswa_any_pct`` and ``rswa_phasic_pct`` of mini-epochs, ``rswa_tonic_pct`` of
        epochs.
    """
    usable = timeline.usable((Stage.R,)) & ~np.isnan(envelope.rms_uv).any(axis=1)
    names = ("rswa_any_pct", "rswa_tonic_pct", "rswa_phasic_pct")
    if usable.sum() < MIN_MINI_EPOCHS:
        few = timeline.naming_gaps(
            Undefined(
                f"{usable.sum()} clean seconds of REM, {MIN_MINI_EPOCHS} are needed"
            ),
            (Stage.R,),
        )
        return dict.fromkeys(names, few)
    background = timeline.naming_gaps(background_uv(envelope, timeline), SLEEP)
    if isinstance(background, Undefined):
        return dict.fromkeys(names, background)
    raised = _raised(envelope, RAISED * background)
    loud = raised | (envelope.peak_uv > RAISED_PEAK_UV)
    epochs, is_tonic = _tonic_epochs(loud, timeline, usable)
    tonic: Value = 100 * float(is_tonic.mean())
    if (refusal := _no_bursts(envelope, usable, rate_hz, top_hz)) is not None:
        return dict.fromkeys(names, refusal) | {"rswa_tonic_pct": tonic}
    starts = mini_epochs(timeline)
    starts = starts[usable[starts.astype(int)]]
    bursts, longer = _by_length(raised.ravel())
    has_burst = _in_mini_epochs(bursts, starts)
    own_epoch = np.searchsorted(timeline.epoch_starts_s, starts + 1e-6, "right") - 1
    in_tonic = np.isin(own_epoch, epochs[is_tonic])
    has_any = has_burst | in_tonic | _in_mini_epochs(longer, starts)
    return {
        "rswa_any_pct": 100 * float(has_any.mean()),
        "rswa_tonic_pct": tonic,
        "rswa_phasic_pct": 100 * float(has_burst.mean()),
    }


def _no_bursts(
    envelope: Envelope, usable: BoolArray, rate_hz: float, top_hz: float
) -> Undefined | None:
    """Return why bursts cannot be separated from noise or the heart."""
    if rate_hz < LEAST_RATE_HZ:
        return Undefined(
            f"the chin EMG is sampled at {rate_hz:g} Hz; short bursts need "
            f"{LEAST_RATE_HZ:g} Hz"
        )
    if top_hz < LEAST_TOP_HZ:
        return Undefined(
            f"the chin EMG reaches {top_hz:g} Hz; short bursts need {LEAST_TOP_HZ:g} Hz"
        )
    return _BEATING if recurs_as_beats(_windows(envelope, usable), STEPS) else None


def _windows(envelope: Envelope, usable: BoolArray) -> FloatArray:
    """Return the envelope of whole usable half minutes, one per row."""
    starts = [
        first
        for start, stop in true_runs(usable).tolist()
        for first in range(start, stop - WINDOW_S + 1, WINDOW_S)
    ]
    seconds = np.array(starts, dtype=int)[:, np.newaxis] + np.arange(WINDOW_S)
    return envelope.rms_uv[seconds].reshape(len(starts), WINDOW_S * STEPS)


def _raised(envelope: Envelope, threshold_uv: float) -> BoolArray:
    """Mark the steps of activity, with short interruptions."""
    raised = (envelope.rms_uv >= threshold_uv).ravel()
    reach = np.ones(INTERRUPTION_STEPS + 1, dtype=bool)
    # Closing joins runs with at most so many steps between them.
    padded = np.pad(raised, INTERRUPTION_STEPS + 1)
    closed = ndimage.binary_closing(padded, reach)
    inside = closed[INTERRUPTION_STEPS + 1 : -(INTERRUPTION_STEPS + 1)]
    return np.asarray(inside.reshape(envelope.rms_uv.shape))


def _by_length(raised: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Mark the steps of bursts of up to 5 s, and the steps of longer activity."""
    bursts, longer = np.zeros_like(raised), np.zeros_like(raised)
    for start, stop in true_runs(raised).tolist():
        is_burst = stop - start <= MAX_BURST_S * STEPS
        (bursts if is_burst else longer)[start:stop] = True
    return bursts, longer


def _in_mini_epochs(marked: BoolArray, starts_s: FloatArray) -> BoolArray:
    """Return which mini-epochs hold a marked step."""
    size = round(MINI_EPOCH_S * STEPS)
    steps = np.round(starts_s * STEPS).astype(int)[:, np.newaxis] + np.arange(size)
    return np.asarray(marked[np.minimum(steps, len(marked) - 1)].any(axis=1))


def _tonic_epochs(
    loud: BoolArray, timeline: Timeline, usable: BoolArray
) -> tuple[np.ndarray, BoolArray]:
    """Return the REM epochs with clean time, and whether over half of it is loud."""
    number = np.searchsorted(
        timeline.epoch_starts_s, np.flatnonzero(usable) + 0.5, "right"
    )
    epochs, inverse = np.unique(number - 1, return_inverse=True)
    share = np.bincount(inverse, loud[usable].mean(axis=1)) / np.bincount(inverse)
    return epochs, share > TONIC_SHARE

"""The rise of heart rate at an arousal, against the same at moments without one."""

import numpy as np
import numpy.typing as npt

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.signals.usable_time import BoolArray, FloatArray, Timeline

BEFORE_S = 10.0
AFTER_S = 15.0
CALM_S = 60.0
FEWEST_AROUSALS = 5
FEWEST_MOMENTS = 20

_BEATS = 3
_STEP_S = 5.0


def arousal_rise(
    beats: Beats,
    timeline: Timeline,
    stages: tuple[Stage, ...],
    onsets_s: FloatArray,
    all_spans_s: tuple[FloatArray, FloatArray],
) -> Value:
    """Return the median rise of heart rate at arousals, less that at calm moments.

    A rise is the highest rate of three beats within 15 s after a moment, less the mean
    of the 10 s before it. That is positive anywhere, so calm moments of the same stage,
    at least 60 s from any arousal, are its zero.

    Parameters
    ----------
    beats : Beats
    timeline : Timeline
    stages : tuple of Stage
    onsets_s : numpy.ndarray of float64
        Of the arousals of these stages.
    all_spans_s : tuple of numpy.ndarray of float64
        Onsets and ends of all arousals, in order of onset.
    """
    at_arousals = _rises(beats, onsets_s)
    if len(at_arousals) < FEWEST_AROUSALS:
        return Undefined(
            f"{len(at_arousals)} arousals with clean beats; {FEWEST_AROUSALS} are needed"
        )
    calm = _rises(beats, _calm_moments(timeline, stages, all_spans_s))
    if len(calm) < FEWEST_MOMENTS:
        return Undefined(
            f"{len(calm)} moments without an arousal within 60 s; {FEWEST_MOMENTS} are "
            "needed"
        )
    return float(np.median(at_arousals) - np.median(calm))


def _rises(beats: Beats, moments_s: FloatArray) -> FloatArray:
    """Return the rise at each moment that has beats without a gap around it."""
    times = beats.times_s
    if len(times) <= _BEATS:
        return np.zeros(0)
    rates = 60 / beats.intervals_s
    triples = 60 * _BEATS / (times[_BEATS:] - times[:-_BEATS])
    begins = np.searchsorted(times, moments_s - BEFORE_S)
    middles = np.searchsorted(times, moments_s)
    ends = np.searchsorted(times, moments_s + AFTER_S, side="right")
    enough = (middles - begins >= 3) & (ends - middles > _BEATS)
    spans = np.stack((begins, middles, ends))[:, enough]
    gaps = np.concatenate(([0], np.cumsum(np.isnan(rates))))
    begins, middles, ends = spans[:, gaps[spans[2] - 1] == gaps[spans[0]]]
    before = _of_spans(np.add, rates, begins, middles - 1) / (middles - 1 - begins)
    highest = _of_spans(np.maximum, triples, middles, ends - _BEATS)
    return np.asarray(highest - before)


def _of_spans(
    reduction: np.ufunc,
    values: FloatArray,
    first: npt.NDArray[np.intp],
    last: npt.NDArray[np.intp],
) -> FloatArray:
    """Reduce the values of each span of one value or more; the last is excluded."""
    if len(first) == 0:
        return np.zeros(0)
    edges = np.stack((first, last), axis=1).ravel()
    return np.asarray(reduction.reduceat(np.append(values, np.nan), edges)[::2])


def _calm_moments(
    timeline: Timeline,
    stages: tuple[Stage, ...],
    all_spans_s: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return moments of the stages, 5 s apart, that are far from every arousal."""
    inside = np.isin(timeline.stages, stages)
    counted = np.concatenate(([0], np.cumsum(inside)))
    width = int(BEFORE_S + AFTER_S)
    seconds = np.arange(int(BEFORE_S), len(inside) - int(AFTER_S), int(_STEP_S))
    if len(seconds) == 0:
        return np.zeros(0)
    first = seconds - int(BEFORE_S)
    in_stage = counted[first + width] - counted[first] == width
    moments = seconds[in_stage].astype(np.float64)
    return np.asarray(moments[_is_far(moments, *all_spans_s)])


def _is_far(moments: FloatArray, onsets_s: FloatArray, ends_s: FloatArray) -> BoolArray:
    if len(onsets_s) == 0:
        return np.ones(len(moments), dtype=bool)
    after = np.searchsorted(onsets_s, moments)
    latest_end = np.concatenate(([-np.inf], np.maximum.accumulate(ends_s)))
    next_onset = np.append(onsets_s, np.inf)
    return np.asarray(
        (moments - latest_end[after] >= CALM_S)
        & (next_onset[after] - moments >= CALM_S)
    )

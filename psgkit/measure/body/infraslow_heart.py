"""Infraslow fluctuation of heart rate in N2, as that of sigma power is measured.

In mice it is locked to noradrenaline (eLife reviewed preprint 110252). In a person it is
a heart rate, and no level of any transmitter.
"""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.signals.usable_time import FloatArray, Timeline, find_stretches
from psgkit.measure.spectra.infraslow import (
    MEASURE,
    STEP_S,
    infraslow_peak,
    split_at_losses,
)

NAMES = ("isf_hr_relpeak", "isf_hr_p", "isf_hr_peak_hz")


def heart_rate_bouts(beats: Beats, timeline: Timeline) -> list[FloatArray]:
    """Return heart rate in steps of 4 s, for every N2 bout of at least 120 s.

    Parameters
    ----------
    beats : Beats
    timeline : Timeline
        Of the analysed window.

    Returns
    -------
    list of numpy.ndarray of float64
        Beats a minute. Up to two windows without beats are interpolated, longer losses
        part a bout.
    """
    bouts: list[FloatArray] = []
    if len(beats) < 2:
        return bouts
    for first, last in find_stretches(np.isin(timeline.epoch_stages, MEASURE.stages)):
        n_windows = int((last - first) * timeline.epoch_s / STEP_S)
        edges_s = timeline.epoch_starts_s[first] + STEP_S * np.arange(n_windows + 1)
        rate, is_bad = _rate_between(beats, edges_s)
        if n_windows < MEASURE.min_windows or is_bad.all():
            continue
        bouts += split_at_losses(rate, is_bad, MEASURE.min_windows)
    return bouts


def infraslow_heart_values(beats: Beats, timeline: Timeline) -> dict[str, Value]:
    """Return the infraslow peak of heart rate, by column."""
    peak = infraslow_peak(heart_rate_bouts(beats, timeline), MEASURE)
    if isinstance(peak, Undefined):
        return dict.fromkeys(NAMES, peak)
    not_found = Undefined(f"no infraslow peak: p = {peak.p:.2f}")
    return {
        "isf_hr_relpeak": peak.relpeak,
        "isf_hr_p": peak.p,
        "isf_hr_peak_hz": peak.peak_hz if peak.is_significant else not_found,
    }


def _rate_between(beats: Beats, edges_s: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Return the mean rate between times, and where a gap in the beats is."""
    turns = np.interp(edges_s, beats.times_s, np.arange(len(beats)))
    gaps = np.concatenate(([0], np.cumsum(np.isnan(beats.intervals_s))))
    before = np.searchsorted(beats.times_s, edges_s, side="right") - 1
    at = np.clip(before, 0, len(beats) - 2)
    # Whether the interval that holds an edge, or one between two edges, is a gap.
    is_bad = gaps[at[1:] + 1] > gaps[at[:-1]]
    outside = (edges_s < beats.times_s[0]) | (edges_s > beats.times_s[-1])
    is_bad |= outside[1:] | outside[:-1]
    return np.diff(turns) * 60 / STEP_S, is_bad

"""REM sleep broken by arousals: METRICS section B, where arousals are known."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.events.events_in_window import Marks
from psgkit.measure.stages.continuity import per_rem_hour
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import find_bouts
from psgkit.measure.values import NO_REM, share

CONSOLIDATED_S = 300.0


def rem_segments_s(night: Evidence, arousals: Marks) -> list[tuple[float, float]]:
    """Return the stretches of R without an arousal or another stage.

    Returns
    -------
    list of (start_s, stop_s)
        Seconds after the window's start.
    """
    segments = []
    bouts = night.rem_bouts["raw"]
    for first, stop in zip(bouts.starts, bouts.stops, strict=True):
        left, right = first * night.epoch_s, stop * night.epoch_s
        touches = (arousals.ends_s >= left) & (arousals.onsets_s < right)
        for onset, end in zip(
            arousals.onsets_s[touches], arousals.ends_s[touches], strict=True
        ):
            if onset > left:
                segments.append((float(left), float(onset)))
            left = max(left, end)
        if left < right:
            segments.append((float(left), float(right)))
    return segments


def rem_consol_min(night: Evidence) -> Value:
    """Return the R minutes in segments of at least 5 min."""
    arousals = night.timed_arousals_of(Stage.R)
    if isinstance(arousals, Undefined):
        return arousals
    rem_until_s = np.concatenate(([0], np.cumsum(night.stages == Stage.R)))
    rem_until_s = rem_until_s * night.epoch_s
    borders_s = np.arange(len(rem_until_s)) * night.epoch_s
    total_s = 0.0
    for start_s, stop_s in rem_segments_s(night, arousals):
        if stop_s - start_s >= CONSOLIDATED_S - 1e-6:
            ends = np.interp([start_s, stop_s], borders_s, rem_until_s)
            total_s += float(ends[1] - ends[0])
    return total_s / 60


def rem_consol_pct(night: Evidence) -> Value:
    """Return the share of R in segments of at least 5 min."""
    minutes = rem_consol_min(night)
    if isinstance(minutes, Undefined):
        return minutes
    return share(minutes, night.minutes(Stage.R), NO_REM, of=100)


def rem_instab_per_h(night: Evidence) -> Value:
    """Return arousals in R and awakenings from R per hour of R.

    An awakening is not counted where an arousal in R ends in it.
    """
    arousals = night.timed_arousals_of(Stage.R)
    if isinstance(arousals, Undefined):
        return arousals
    in_rem = arousals.ends_s[arousals.stages == Stage.R]
    wakes = find_bouts(night.bridged, Stage.W)
    awakenings = 0
    for start, stop in zip(wakes.starts, wakes.stops, strict=True):
        if start == 0 or night.bridged[start - 1] != Stage.R:
            continue
        ends_here = (in_rem >= start * night.epoch_s - 1e-6) & (
            in_rem <= stop * night.epoch_s + 1e-6
        )
        awakenings += not ends_here.any()
    return per_rem_hour(night, len(in_rem) + awakenings)

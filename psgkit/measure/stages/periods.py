"""REM periods and sleep cycles after Feinberg and Floyd (1979).

The six steps follow METRICS section A. All functions work on the stages of one
analysis window, an integer an epoch, unscored runs bridged by `bridge_unscored`.
"""

from dataclasses import dataclass

import numpy as np

from psgkit.domain.scoring import Stage
from psgkit.measure.stages.runs import (
    IntArray,
    bridge_unscored,
    epochs_at_least,
    find_bouts,
    find_runs,
)

MERGE_GAP_MIN = 15.0
MIN_REM_MIN = 5.0
MIN_NREM_MIN = 15.0
CYCLE_END_WAKE_MIN = 15.0
MIN_SLEEP_AFTER_MIN = 5.0
LONG_NREM_MIN = 120.0
SPLIT_WITHOUT_N3_MIN = 12.0

# Codes of the alphabet for the search of a long wake.
_WAKE_OR_N1 = 0
_ELSE = 1


@dataclass(frozen=True, slots=True)
class RemPeriod:
    """A stretch of REM sleep with its interruptions.

    Attributes
    ----------
    start, stop : int
        First epoch, and the epoch after the last; both ends are R.
    rem_epochs : int
        How many of its epochs are scored R.
    is_censored : bool
        Whether the end of the scored window cuts it.
    """

    start: int
    stop: int
    rem_epochs: int
    is_censored: bool


@dataclass(frozen=True, slots=True)
class Cycle:
    """A NREM period and the REM period that closes it, if one does.

    Attributes
    ----------
    start, stop : int
        First epoch of the NREM period; the epoch after the last of the cycle.
    nrem_stop : int
        The epoch after the last of the NREM period.
    has_rem : bool
        Whether a REM period closes it.
    is_complete : bool
        Whether one does, and at least 5 min of sleep follow.
    """

    start: int
    stop: int
    nrem_stop: int
    has_rem: bool
    is_complete: bool


def find_rem_periods(
    stages: IntArray, bridged: IntArray, epoch_s: float
) -> tuple[RemPeriod, ...]:
    """Return the REM periods of a window (steps 1 and 2).

    REM bouts less than 15 min apart are one candidate. A candidate with less than
    5 min of R is dropped, unless it is the first, or the last and cut by the end of
    the window.
    """
    rem = np.flatnonzero(bridged == Stage.R)
    if len(rem) == 0:
        return ()
    last_scored = np.flatnonzero(stages >= 0)[-1]
    far_apart = np.diff(rem) - 1 >= epochs_at_least(MERGE_GAP_MIN, epoch_s)
    groups = np.split(rem, np.flatnonzero(far_apart) + 1)
    candidates = [
        RemPeriod(
            start=int(group[0]),
            stop=int(group[-1]) + 1,
            rem_epochs=int((stages[group] == Stage.R).sum()),
            is_censored=bool(group[-1] == last_scored),
        )
        for group in groups
    ]
    minimum = epochs_at_least(MIN_REM_MIN, epoch_s)
    return tuple(
        period
        for number, period in enumerate(candidates)
        if number == 0 or period.is_censored or period.rem_epochs >= minimum
    )


def find_cycles(
    stages: IntArray,
    rem_periods: tuple[RemPeriod, ...],
    epoch_s: float,
) -> tuple[Cycle, ...]:
    """Return the sleep cycles of a window, incomplete ones included (steps 3 to 6).

    A night without REM has no cycle. A REM period without 15 min of NREM before it,
    as at sleep onset, does not close a cycle.
    """
    if not rem_periods:
        return ()
    asleep = np.flatnonzero(stages > 0)
    spans = _merge_periods(stages, rem_periods, epoch_s)
    cycles = []
    start = int(asleep[0])
    for rem_start, rem_stop in spans:
        cycles += _cycles_of_stretch(stages, start, rem_start, rem_stop, epoch_s)
        start = rem_stop
    cycles += _cycles_of_stretch(stages, start, int(asleep[-1]) + 1, None, epoch_s)
    return tuple(cycles)


def hides_rem_period(stages: IntArray, cycle: Cycle, epoch_s: float) -> bool:
    """Return whether a NREM period may hide a skipped REM period (step 5).

    So it may where it holds over 120 min of NREM sleep and N3 comes again after more
    than 12 min without any.
    """
    nrem = stages[cycle.start : cycle.nrem_stop]
    is_long = _count_nrem(nrem) * epoch_s > LONG_NREM_MIN * 60
    gaps_s = (np.diff(np.flatnonzero(nrem == Stage.N3)) - 1) * epoch_s
    return bool(is_long and (gaps_s > SPLIT_WITHOUT_N3_MIN * 60).any())


def _count_nrem(stages: IntArray) -> int:
    return int(((stages >= Stage.N1) & (stages <= Stage.N3)).sum())


def _merge_periods(
    stages: IntArray, periods: tuple[RemPeriod, ...], epoch_s: float
) -> list[tuple[int, int]]:
    """Join REM periods with less than 15 min of NREM sleep between them (step 3)."""
    minimum = epochs_at_least(MIN_NREM_MIN, epoch_s)
    spans = [(periods[0].start, periods[0].stop)]
    for period in periods[1:]:
        start, stop = spans[-1]
        if _count_nrem(stages[stop : period.start]) < minimum:
            spans[-1] = (start, period.stop)
        else:
            spans.append((period.start, period.stop))
    return spans


def _cycles_of_stretch(
    stages: IntArray, start: int, nrem_stop: int, rem_stop: int | None, epoch_s: float
) -> list[Cycle]:
    """Cut the stretch before a REM period at long wakes; its last part gets the REM.

    Parts with less than 15 min of NREM sleep are left out: they are not NREM periods.
    """
    minimum = epochs_at_least(MIN_NREM_MIN, epoch_s)
    sleep_after = 0 if rem_stop is None else int((stages[rem_stop:] > 0).sum())
    is_followed = sleep_after >= epochs_at_least(MIN_SLEEP_AFTER_MIN, epoch_s)
    parts = _split_at_long_wakes(stages, start, nrem_stop, epoch_s)
    cycles = []
    for part_start, part_stop in parts:
        if _count_nrem(stages[part_start:part_stop]) < minimum:
            continue
        has_rem = rem_stop is not None and part_stop == nrem_stop
        cycles.append(
            Cycle(
                start=part_start,
                stop=rem_stop if rem_stop is not None and has_rem else part_stop,
                nrem_stop=part_stop,
                has_rem=has_rem,
                is_complete=has_rem and is_followed,
            )
        )
    return cycles


def _split_at_long_wakes(
    stages: IntArray, start: int, stop: int, epoch_s: float
) -> list[tuple[int, int]]:
    """Cut where W and N1 last 15 min; the next part starts at N2 or N3 (step 4).

    The first part is empty if the stretch is empty or begins with this wake.
    """
    inside = stages[start:stop]
    alphabet = np.where(inside < 0, inside, np.where(inside <= 1, _WAKE_OR_N1, _ELSE))
    bouts = find_bouts(bridge_unscored(alphabet), _WAKE_OR_N1)
    minimum = epochs_at_least(CYCLE_END_WAKE_MIN, epoch_s)
    deep = np.flatnonzero((inside == Stage.N2) | (inside == Stage.N3))
    parts = []
    part_start: int | None = 0
    for bout_start, bout_stop, length in zip(
        bouts.starts, bouts.stops, bouts.lengths, strict=True
    ):
        if length < minimum:
            continue
        if part_start is not None:
            parts.append((start + part_start, start + int(bout_start)))
        later = deep[deep >= bout_stop]
        part_start = int(later[0]) if len(later) else None
    if part_start is not None:
        parts.append((start + part_start, stop))
    return parts


def find_interruptions(
    bridged: IntArray, period: RemPeriod
) -> tuple[tuple[int, int, bool], ...]:
    """Return the interruptions of a REM period: start, stop, and whether W is in it.

    A run of epochs other than R is one interruption. A run without any scored epoch
    is not an interruption: its stage is unknown.
    """
    inside = bridged[period.start : period.stop]
    runs = find_runs((inside == Stage.R).astype(np.int64))
    found = []
    for start, length in zip(
        runs.starts[runs.codes == 0], runs.lengths[runs.codes == 0], strict=True
    ):
        run = inside[start : start + length]
        if (run >= 0).any():
            first = period.start + int(start)
            has_wake = bool((run == Stage.W).any())
            found.append((first, first + int(length), has_wake))
    return tuple(found)

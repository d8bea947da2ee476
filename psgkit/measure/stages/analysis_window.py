"""Which part of a scoring is analysed.

From lights-off to lights-on where they are known, else the whole scoring. A scoring
longer than 24 h without lights may have several sleeps; the main one is taken.
"""

import math
from dataclasses import dataclass

import numpy as np

from psgkit.domain.clock import span_in_words
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.measure.stages.runs import IntArray

MAX_GAP_H = 2.0
LONG_RECORDING_H = 24.0
BOUT_S = 600.0
# Half of the gap between two sleeps, so that their windows never overlap.
MARGIN_H = MAX_GAP_H / 2


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a scoring.

    Attributes
    ----------
    start, stop : int
        First epoch, and the epoch after the last, counted on the scoring's own grid;
        they may be outside the scoring.
    sleep_start, sleep_stop : int
        First epoch of sleep, and the epoch after the last.
    """

    start: int
    stop: int
    sleep_start: int
    sleep_stop: int


def find_windows(scoring: Scoring) -> tuple[Window, ...]:
    """Find the sleeps of a scoring: stretches with at most 2 h between bouts of sleep.

    Single epochs of sleep in a day of wakefulness, as a classifier makes them, are no
    bout: within 10 min around it, half of a bout is sleep. Each window reaches up to an hour of the scoring beyond its sleep on both sides.

    Parameters
    ----------
    scoring : Scoring

    Returns
    -------
    tuple of Window
        In order of time; empty without sleep.
    """
    asleep = _bouts(scoring)
    if len(asleep) == 0:
        return ()
    epochs_per_h = 3600 / scoring.epoch_s
    parted = np.flatnonzero(np.diff(asleep) - 1 > MAX_GAP_H * epochs_per_h)
    margin = math.floor(MARGIN_H * epochs_per_h)
    return tuple(
        Window(
            start=max(int(sleep[0]) - margin, 0),
            stop=min(int(sleep[-1]) + 1 + margin, scoring.n_epochs),
            sleep_start=int(sleep[0]),
            sleep_stop=int(sleep[-1]) + 1,
        )
        for sleep in np.split(asleep, parted + 1)
    )


def _bouts(scoring: Scoring) -> IntArray:
    """Return the epochs of bouts of sleep; without a bout, all sleep."""
    is_asleep = scoring.stages > 0
    around = 2 * round(BOUT_S / 2 / scoring.epoch_s) + 1
    share = np.convolve(is_asleep, np.ones(around), mode="same") / around
    bouts = np.flatnonzero(is_asleep & (share >= 0.5))
    return bouts if len(bouts) else np.flatnonzero(is_asleep)


def _main_sleep(windows: tuple[Window, ...]) -> Window:
    return max(windows, key=lambda window: window.sleep_stop - window.sleep_start)


def analysis_window(scoring: Scoring) -> tuple[int, int, bool]:
    """Choose the window of a scoring.

    Returns
    -------
    start, stop : int
        Epochs, rounded to the nearest boundary; outside the scoring where the lights
        went off before it began or on after it ended.
    is_main_sleep : bool
        Whether other sleeps were left aside.

    Raises
    ------
    InputError
        If lights-on does not follow lights-off by an epoch.
    """
    off, on = scoring.lights_off_s, scoring.lights_on_s
    is_long = scoring.n_epochs * scoring.epoch_s > LONG_RECORDING_H * 3600
    if off is None and on is None and is_long:
        windows = find_windows(scoring)
        if len(windows) > 1:
            main = _main_sleep(windows)
            return main.start, main.stop, True
    start = 0 if off is None else _nearest_epoch(scoring, off)
    stop = scoring.n_epochs if on is None else _nearest_epoch(scoring, on)
    if stop <= start:
        raise InputError(
            "The time in bed holds no epoch: it starts "
            f"{scoring.onset_s + start * scoring.epoch_s:g} s and ends "
            f"{scoring.onset_s + stop * scoring.epoch_s:g} s after the start of the "
            "recording; give lights-off before lights-on, both within the scoring."
        )
    return start, stop, False


def find_window_issues(scoring: Scoring) -> tuple[Issue, ...]:
    """Say which sleep of several was measured, and how to have the others.

    Returns
    -------
    tuple of Issue
        Empty where the whole scoring was measured.
    """
    if not analysis_window(scoring)[2]:
        return ()
    windows = find_windows(scoring)
    main = _main_sleep(windows)
    others = "; ".join(
        f"--lights-off {_second(scoring, w.start)}s --lights-on "
        f"{_second(scoring, w.stop)}s"
        for w in windows
        if w != main
    )
    span = span_in_words(
        scoring.start, _second(scoring, main.start), _second(scoring, main.stop)
    )
    issue = Issue(
        Severity.WARNING,
        "main_sleep_only",
        "The scoring is longer than 24 h and holds several sleeps; only the longest, "
        f"from {span}, was measured.",
        f"For another night, give its window and another --id: {others}.",
    )
    return (issue,)


def _second(scoring: Scoring, epoch: int) -> int:
    return round(scoring.onset_s + epoch * scoring.epoch_s)


def cut_stages(scoring: Scoring, start: int, stop: int) -> IntArray:
    """Return the stages of a window; epochs outside the scoring are unscored."""
    inside = scoring.stages[max(start, 0) : max(stop, 0)].astype(np.int64)
    before = min(max(-start, 0), stop - start)
    after = stop - start - before - len(inside)
    return np.pad(inside, (before, after), constant_values=-2)


def _nearest_epoch(scoring: Scoring, moment_s: float) -> int:
    return math.floor((moment_s - scoring.onset_s) / scoring.epoch_s + 0.5)

"""Stage of each second of the night, and seconds that must not be used.

Signals have their own rates, artefacts are marked every 5 s and epochs last 20 or 30 s.
One value a second is the grid on which they meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.recording import Gap
from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.domain.signals.trace import Samples
from psgkit.domain.small_gaps import SMALL_GAP_S
from psgkit.measure.signals.centring import centred

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

Found = TypeVar("Found")

ARTEFACT_S = 5.0
LEAST_GAP_SHARE = 0.01  # of a stage; fewer gaps do not explain it
# From one beat of the heart to the next: 30 beats a minute.
LONGEST_BEAT_S = 2.0

_SECONDS_AT_A_TIME = 600


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Stage and usability of each second of a recording.

    Attributes
    ----------
    stages : numpy.ndarray of int8, shape (n_seconds,)
        Codes of `Stage`; ``UNS`` outside the scoring and outside the analysed window.
    is_bad : numpy.ndarray of bool, shape (n_seconds,)
        Artefact, gap or, where a metric leaves them out, arousal.
    epoch_starts_s : numpy.ndarray of float64, shape (n_epochs,)
        Where each epoch of the scoring starts.
    epoch_stages : numpy.ndarray of int8, shape (n_epochs,)
        Its stage; ``UNS`` outside the analysed window.
    epoch_s : float
        Length of an epoch.
    in_gap : numpy.ndarray of bool, shape (n_seconds,)
        Stretches of 5 s that a gap in the recording spoils.
    """

    stages: npt.NDArray[np.int8]
    is_bad: BoolArray
    epoch_starts_s: FloatArray
    epoch_stages: npt.NDArray[np.int8]
    epoch_s: float
    in_gap: BoolArray

    @classmethod
    def from_scoring(
        cls,
        scoring: Scoring,
        duration_s: float,
        window: tuple[int, int],
        gaps: Iterable[Gap] = (),
    ) -> "Timeline":
        """Lay a scoring on the seconds of a recording, without bad seconds.

        Parameters
        ----------
        scoring : Scoring
        duration_s : float
            Length of the recording.
        window : tuple of int
            First epoch of the analysed window, and the epoch after its last.
        gaps : iterable of Gap
            Of the recording.
        """
        epochs = np.arange(scoring.n_epochs)
        inside = (epochs >= window[0]) & (epochs < window[1])
        epoch_stages = np.where(inside, scoring.stages, Stage.UNS).astype(np.int8)
        middles = np.arange(int(np.ceil(duration_s))) + 0.5
        number = np.floor((middles - scoring.onset_s) / scoring.epoch_s).astype(int)
        is_scored = (number >= 0) & (number < scoring.n_epochs)
        stages = np.full(len(middles), Stage.UNS, dtype=np.int8)
        stages[is_scored] = epoch_stages[number[is_scored]]
        return cls(
            stages=stages,
            is_bad=np.zeros(len(stages), dtype=bool),
            epoch_starts_s=np.asarray(
                scoring.onset_s + epochs * scoring.epoch_s, dtype=np.float64
            ),
            epoch_stages=epoch_stages,
            epoch_s=scoring.epoch_s,
            in_gap=np.isin(middles // ARTEFACT_S, list(gap_windows(gaps))),
        )

    def without(self, is_bad: BoolArray) -> "Timeline":
        """Return the timeline with more seconds marked as bad."""
        return replace(self, is_bad=self.is_bad | is_bad)

    def usable(self, stages: tuple[Stage, ...]) -> BoolArray:
        """Return which seconds are of some stages and not bad."""
        return np.isin(self.stages, stages) & ~self.is_bad

    def clean_min(self, stages: tuple[Stage, ...]) -> float:
        """Return the artefact-free minutes of some stages."""
        return float(self.usable(stages).sum()) / 60

    def too_little(
        self, stages: tuple[Stage, ...], minutes: float, least: float
    ) -> Undefined:
        """Return the reason that some stages have too few clean minutes."""
        names = _named(stages)
        few = Undefined(
            f"{minutes:.1f} clean min of {names}, at least {least:g} are needed"
        )
        return self.naming_gaps(few, stages)

    def naming_gaps(self, found: Found, stages: tuple[Stage, ...]) -> Found | Undefined:
        """Return a result; if it is undefined and gaps had a part, name them."""
        inside = np.isin(self.stages, stages)
        share = float(self.in_gap[inside].mean()) if inside.any() else 0.0
        if not isinstance(found, Undefined) or share < LEAST_GAP_SHARE:
            return found
        names = _named(stages)
        return Undefined(
            f"{found.reason}; gaps in the recording take {100 * share:.0f} % of {names}"
        )

    def touches_bad(self, starts_s: FloatArray, length_s: float) -> BoolArray:
        """Return which stretches hold a bad second or leave the recording.

        Parameters
        ----------
        starts_s : numpy.ndarray of float64, any shape
        length_s : float
            Of every stretch.
        """
        n_seconds = len(self.is_bad)
        counted = np.concatenate(([0], np.cumsum(self.is_bad)))
        first = np.floor(starts_s + 1e-6).astype(int)
        last = np.ceil(starts_s + length_s - 1e-6).astype(int)
        outside = (first < 0) | (last > n_seconds)
        first, last = np.clip(first, 0, n_seconds), np.clip(last, 0, n_seconds)
        return np.asarray((counted[last] > counted[first]) | outside)


def _named(stages: tuple[Stage, ...]) -> str:
    return "+".join("REM" if stage is Stage.R else stage.name for stage in stages)


def gap_windows(gaps: Iterable[Gap]) -> frozenset[int]:
    """Return the numbers of the stretches of 5 s that gaps spoil."""
    return frozenset(
        number
        for gap in gaps
        if gap.duration_s >= SMALL_GAP_S
        for number in range(
            int(gap.onset_s // ARTEFACT_S),
            int(np.ceil((gap.onset_s + gap.duration_s) / ARTEFACT_S)),
        )
    )


def usable_pct(timeline: Timeline, is_bad: BoolArray) -> Value:
    """Return the share of sleep in which a channel is not bad.

    Parameters
    ----------
    timeline : Timeline
        Of the night; its own bad seconds do not count.
    is_bad : numpy.ndarray of bool, shape (n_seconds,)
        Of the channel.
    """
    is_asleep = np.isin(timeline.stages, SLEEP_STAGES)
    if not is_asleep.any():
        return Undefined("no sleep")
    return 100 * float((is_asleep & ~is_bad).sum() / is_asleep.sum())


def seconds_without_beats(beats_s: FloatArray, n_seconds: int) -> BoolArray:
    """Mark the seconds in which the heart is not seen to beat.

    Parameters
    ----------
    beats_s : numpy.ndarray of float64, shape (n_beats,)
        When beats were found, in order.
    n_seconds : int
        Of the recording.
    """
    middles = np.arange(n_seconds) + 0.5
    after = np.searchsorted(beats_s, middles)
    known = np.concatenate(([-np.inf], beats_s, [np.inf]))
    return np.asarray(known[after + 1] - known[after] > LONGEST_BEAT_S)


def artefact_seconds(mask: BoolArray, n_seconds: int) -> BoolArray:
    """Spread a mask of 5-s stretches over seconds; the rest is unmarked."""
    spread = np.repeat(mask, int(ARTEFACT_S))[:n_seconds]
    return np.pad(spread, (0, n_seconds - len(spread)))


def event_seconds(events: pd.DataFrame, n_seconds: int) -> BoolArray:
    """Mark the seconds that events touch; one of unknown length touches its onset."""
    marked = np.zeros(n_seconds, dtype=bool)
    onsets = events["onset_s"].to_numpy(float)
    ends = onsets + np.nan_to_num(events["duration_s"].to_numpy(float))
    for onset, end in zip(onsets, ends, strict=True):
        marked[max(int(np.floor(onset)), 0) : max(int(np.ceil(end)), 0)] = True
    return marked


def missing_seconds(is_missing: BoolArray, rate_hz: float, n_seconds: int) -> BoolArray:
    """Mark the seconds with a missing sample or without any sample.

    Parameters
    ----------
    is_missing : numpy.ndarray of bool, shape (n_samples,)
    rate_hz : float
    n_seconds : int
        Of the recording.
    """
    marked = np.zeros(n_seconds, dtype=bool)
    seconds = (np.flatnonzero(is_missing) / rate_hz).astype(int)
    marked[seconds[seconds < n_seconds]] = True
    marked[int(np.ceil(len(is_missing) / rate_hz - 1e-6)) :] = True
    return marked


def still_seconds(
    signal: Samples,
    rate_hz: float,
    n_seconds: int,
    centre: float = 0.0,
) -> BoolArray:
    """Mark the seconds with a constant signal, as without an electrode.

    Parameters
    ----------
    signal : numpy.ndarray of float or Trace, shape (n_samples,)
        Compared in single precision, in which a filter's rounding of a constant is
        constant too.
    rate_hz : float
    n_seconds : int
        Of the recording.
    centre : float
        Mean of the signal.
    """
    marked = np.zeros(n_seconds, dtype=bool)
    whole = min(int(len(signal) / rate_hz), n_seconds)
    if whole == 0 or rate_hz < 2:
        return marked
    edges = np.ceil(np.arange(whole + 1) * rate_hz - 1e-6).astype(int)
    for first in range(0, whole, _SECONDS_AT_A_TIME):
        starts = edges[first : first + _SECONDS_AT_A_TIME + 1]
        part = centred(signal[starts[0] : starts[-1]], centre)
        starts = starts - starts[0]
        changes = np.append(part[1:] != part[:-1], False)
        # The step from one second into the next belongs to neither.
        changes[starts[1:-1] - 1] = False
        marked[first : first + len(starts) - 1] = ~np.logical_or.reduceat(
            changes, starts[:-1]
        )
    return marked

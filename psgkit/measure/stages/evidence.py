"""Intermediate results that the metrics of a night share, each computed once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import (
    AROUSAL_KINDS,
    AROUSALS_UNSEEN,
    NREM_AROUSALS,
    SCORED_STAGES,
    SLEEP_STAGES,
    Scoring,
    Stage,
)
from psgkit.measure.events.events_in_window import Marks, locate_events, look_back
from psgkit.measure.stages.analysis_window import analysis_window, cut_stages
from psgkit.measure.stages.periods import (
    Cycle,
    RemPeriod,
    find_cycles,
    find_interruptions,
    find_rem_periods,
)
from psgkit.measure.stages.runs import (
    Bouts,
    FloatArray,
    IntArray,
    bridge_unscored,
    count_transitions,
    epochs_at_most,
    fill_interruptions,
    find_bouts,
)

N_STAGES = len(SCORED_STAGES)
REM_BRIDGES_MIN = {"b2m": 2.0, "b6m": 6.0}
MAX_HOLES = 0.05
MOST_UNSEEN = 0.1

NO_AROUSALS_SCORED = Undefined("arousals were not scored")
NO_REM_AROUSALS = Undefined(
    "arousals in REM need a chin EMG that shows muscle activity"
)
AROUSALS_NOT_SEEN = Undefined(
    "a channel of the arousal detector is lost in over a tenth of this sleep"
)
AROUSALS_IN_GAPS = Undefined(
    "gaps in the recording hide arousals in over a tenth of this sleep"
)
NO_AROUSAL_LENGTHS = Undefined("how long arousals last was not scored")


@dataclass(frozen=True, eq=False)
class Evidence:
    """The analysis window of a scoring.

    Attributes
    ----------
    scoring : Scoring
        The whole scoring, before the cut.
    stages : numpy.ndarray of int64, shape (n_epochs,)
        Codes of `Stage` from lights-off to lights-on, unscored where the scoring does
        not reach.
    start_s : float
        Where the window starts, in the scoring's seconds.
    is_main_sleep : bool
        Whether other sleeps of a long recording were left aside.
    """

    scoring: Scoring
    stages: IntArray
    start_s: float
    is_main_sleep: bool

    @classmethod
    def of(cls, scoring: Scoring) -> "Evidence":
        """Cut the window out of a scoring.

        Raises
        ------
        InputError
            If lights-on does not follow lights-off by an epoch.
        """
        start, stop, is_main_sleep = analysis_window(scoring)
        return cls(
            scoring=scoring,
            stages=cut_stages(scoring, start, stop),
            start_s=scoring.onset_s + start * scoring.epoch_s,
            is_main_sleep=is_main_sleep,
        )

    # Facts of the window

    @property
    def epoch_s(self) -> float:
        """Length of an epoch in seconds."""
        return self.scoring.epoch_s

    @property
    def epoch_min(self) -> float:
        """Length of an epoch in minutes."""
        return self.scoring.epoch_s / 60

    @property
    def lights_off_known(self) -> bool:
        """Whether the window starts when the lights went off."""
        return self.scoring.lights_off_s is not None

    @property
    def lights_on_known(self) -> bool:
        """Whether the window ends when the lights went on."""
        return self.scoring.lights_on_s is not None

    @property
    def lights_known(self) -> bool:
        """Whether the window is the time in bed."""
        return self.lights_off_known and self.lights_on_known

    @cached_property
    def scored(self) -> IntArray:
        """Indices of the scored epochs."""
        return np.flatnonzero(self.stages >= 0)

    @cached_property
    def has_holes(self) -> bool:
        """Whether more than 5 % of the window is unscored."""
        unscored = len(self.stages) - len(self.scored)
        return unscored > MAX_HOLES * len(self.stages)

    # Sleep

    @cached_property
    def asleep(self) -> IntArray:
        """Indices of the epochs of sleep."""
        return np.flatnonzero(self.stages > 0)

    @property
    def onset(self) -> int | None:
        """First epoch of sleep."""
        return int(self.asleep[0]) if len(self.asleep) else None

    @property
    def offset(self) -> int | None:
        """Last epoch of sleep."""
        return int(self.asleep[-1]) if len(self.asleep) else None

    @cached_property
    def sleep_period(self) -> slice:
        """Epochs from onset to offset; empty without sleep."""
        if self.onset is None or self.offset is None:
            return slice(0, 0)
        return slice(self.onset, self.offset + 1)

    @property
    def starts_asleep(self) -> bool:
        """Whether the first scored epoch is sleep."""
        return len(self.scored) > 0 and bool(self.stages[self.scored[0]] > 0)

    @property
    def ends_asleep(self) -> bool:
        """Whether the last scored epoch is sleep."""
        return len(self.scored) > 0 and bool(self.stages[self.scored[-1]] > 0)

    @cached_property
    def epochs_of(self) -> IntArray:
        """Number of epochs of W, N1, N2, N3, R, shape (5,)."""
        return np.bincount(self.stages[self.scored], minlength=N_STAGES)

    def minutes(self, *stages: Stage) -> float:
        """Minutes scored as some stages."""
        epochs = self.epochs_of[list(stages)].sum()
        return float(epochs) * self.epoch_min

    @property
    def sleep_min(self) -> float:
        """Total sleep time in minutes."""
        return len(self.asleep) * self.epoch_min

    @property
    def sleep_period_min(self) -> float:
        """Minutes from onset to offset."""
        epochs = int(self.sleep_period.stop - self.sleep_period.start)
        return epochs * self.epoch_min

    def first(self, stage: Stage) -> int | None:
        """First epoch of a stage."""
        found = np.flatnonzero(self.stages == stage)
        return int(found[0]) if len(found) else None

    @cached_property
    def proba(self) -> FloatArray | None:
        """Probability of W, N1, N2, N3, R, shape (n_epochs, 5); None where not given.

        Epochs that the scoring does not reach have NaN.
        """
        given = self.scoring.proba
        if given is None:
            return None
        first = round((self.start_s - self.scoring.onset_s) / self.epoch_s)
        epochs = first + np.arange(len(self.stages))
        inside = (epochs >= 0) & (epochs < len(given))
        proba = np.full((len(self.stages), N_STAGES), np.nan)
        proba[inside] = given[epochs[inside]]
        return proba

    # Bouts and transitions; unscored runs bridged or censoring

    @cached_property
    def bridged(self) -> IntArray:
        """Stages with short unscored runs bridged; other unscored epochs are -1."""
        return bridge_unscored(self.stages)

    @cached_property
    def bouts(self) -> dict[str, Bouts]:
        """Bouts by name: w (in the sleep period), n1, n2, n3, rem, nrem, sleep."""
        named = {
            name: find_bouts(self.bridged, stage)
            for name, stage in (
                ("n1", Stage.N1),
                ("n2", Stage.N2),
                ("n3", Stage.N3),
                ("rem", Stage.R),
            )
        }
        wake = find_bouts(self.bridged, Stage.W)
        period = self.sleep_period
        inside = (wake.starts >= period.start) & (wake.stops <= period.stop)
        is_nrem = np.array([0, 1, 1, 1, 0])
        is_sleep = np.array([0, 1, 1, 1, 1])
        return {
            "w": wake.select(inside),
            **named,
            "nrem": find_bouts(self._bridged_in(is_nrem), 1),
            "sleep": find_bouts(self._bridged_in(is_sleep), 1),
        }

    def _bridged_in(self, alphabet: IntArray) -> IntArray:
        """Bridge after stages were joined: ART between N2 and N3 parts no NREM."""
        joined = np.where(self.stages < 0, -1, alphabet[np.maximum(self.stages, 0)])
        return bridge_unscored(joined)

    @cached_property
    def rem_bouts(self) -> dict[str, Bouts]:
        """REM bouts: ``raw``, and with interruptions of up to 2 or 6 min filled."""
        forms = {"raw": self.bouts["rem"]}
        for form, minutes in REM_BRIDGES_MIN.items():
            at_most = epochs_at_most(minutes, self.epoch_s)
            filled = fill_interruptions(self.bridged, Stage.R, at_most)
            forms[form] = find_bouts(filled, Stage.R)
        return forms

    def lengths_min(self, bouts: Bouts) -> FloatArray:
        """Return the length of each bout in minutes, shape (n_bouts,)."""
        return np.multiply(bouts.lengths, self.epoch_min, dtype=np.float64)

    def rem_epochs_in(self, bouts: Bouts) -> IntArray:
        """Count the epochs scored R in each bout, shape (n_bouts,)."""
        total = np.concatenate(([0], np.cumsum(self.stages == Stage.R)))
        return total[bouts.stops] - total[bouts.starts]

    @cached_property
    def transitions(self) -> IntArray:
        """Steps from epoch to epoch in the window, shape (5, 5), from row to column."""
        return count_transitions(self.bridged, N_STAGES)

    @cached_property
    def transitions_in_sleep_period(self) -> IntArray:
        """The same from sleep onset to offset, so without the final awakening."""
        return count_transitions(self.bridged[self.sleep_period], N_STAGES)

    # REM periods and cycles

    @cached_property
    def rem_periods(self) -> tuple[RemPeriod, ...]:
        """REM periods of steps 1 and 2 of the cycle rules."""
        return find_rem_periods(self.stages, self.bridged, self.epoch_s)

    @cached_property
    def rem_interruptions(self) -> tuple[tuple[int, int, bool], ...]:
        """Interruptions of all REM periods: start, stop, whether W is in them."""
        return tuple(
            found
            for period in self.rem_periods
            for found in find_interruptions(self.bridged, period)
        )

    @cached_property
    def cycles(self) -> tuple[Cycle, ...]:
        """Sleep cycles, incomplete ones included."""
        return find_cycles(self.stages, self.rem_periods, self.epoch_s)

    # Events

    def has_events(self, kinds: tuple[str, ...]) -> bool:
        """Whether events of any of these kinds were looked for."""
        return self.scoring.looked_for(kinds)

    def marks(self, kinds: tuple[str, ...]) -> Marks:
        """Return the events of some kinds that begin within the window."""
        table = self.scoring.events_of(kinds)
        return locate_events(table, self.stages, self.start_s, self.epoch_s)

    @cached_property
    def all_arousals(self) -> Marks:
        """All arousals that are marked, with the stage each belongs to.

        The stage is the stage of the epoch at the onset. If this is W, the stage 10 s
        earlier is taken.
        """
        return look_back(self.marks(AROUSAL_KINDS), self.stages, self.epoch_s)

    def arousals_of(self, *stages: Stage) -> Marks | Undefined:
        """Return all arousals, if they are known in some stages."""
        if self.scoring.arousals is None:
            return NO_AROUSALS_SCORED
        lacks_rem = NREM_AROUSALS in self.scoring.kinds_scored
        if Stage.R in stages and lacks_rem and self.minutes(Stage.R) > 0:
            return NO_REM_AROUSALS
        most_min = MOST_UNSEEN * self.minutes(*stages)
        if self.unseen_min(*stages) > most_min:
            in_gaps_min = self._unseen_by_stage_min["gap"][list(stages)].sum()
            return AROUSALS_IN_GAPS if in_gaps_min > most_min else AROUSALS_NOT_SEEN
        return self.all_arousals

    @property
    def arousals(self) -> Marks | Undefined:
        """The arousals, if they are known in all sleep."""
        return self.arousals_of(*SLEEP_STAGES)

    def timed_arousals_of(self, *stages: Stage) -> Marks | Undefined:
        """Return the same as `arousals_of`, where it is known how long each lasts."""
        arousals = self.arousals_of(*stages)
        if isinstance(arousals, Undefined) or arousals.lengths_known:
            return arousals
        return NO_AROUSAL_LENGTHS

    @property
    def timed_arousals(self) -> Marks | Undefined:
        """The arousals of all sleep, where it is known how long each lasts."""
        return self.timed_arousals_of(*SLEEP_STAGES)

    def unseen_min(self, *stages: Stage) -> float:
        """Minutes of some stages in which a detector could see no arousal."""
        return float(self._unseen_by_stage_min["any"][list(stages)].sum())

    @cached_property
    def _unseen_by_stage_min(self) -> dict[str, FloatArray]:
        """The same of W, N1, N2, N3, R, shape (5,), of any cause and of gaps alone."""
        table = self.scoring.events_of((AROUSALS_UNSEEN,))
        in_gaps = table[table["cause"] == "gap"]
        return {"any": self._by_stage_min(table), "gap": self._by_stage_min(in_gaps)}

    def _by_stage_min(self, table: pd.DataFrame) -> FloatArray:
        """Return the minutes of each stage that events cover, shape (5,)."""
        unseen_s = np.zeros(len(self.stages))
        starts_s = np.arange(len(self.stages)) * self.epoch_s
        onsets_s = table["onset_s"].to_numpy(dtype=np.float64) - self.start_s
        ends_s = onsets_s + table["duration_s"].to_numpy(dtype=np.float64)
        for onset_s, end_s in zip(onsets_s, ends_s, strict=True):
            inside_s = np.minimum(starts_s + self.epoch_s, end_s)
            inside_s -= np.maximum(starts_s, onset_s)
            unseen_s += np.maximum(inside_s, 0.0)
        by_stage = np.bincount(
            self.stages[self.scored], unseen_s[self.scored], minlength=N_STAGES
        )
        return np.asarray(by_stage / 60)

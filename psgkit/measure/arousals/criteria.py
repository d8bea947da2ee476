"""Criteria that accept or reject a shift as arousal: steps 6 to 10.

Each rule looks at a candidate and at the last disturbance of sleep before it. It returns
the reason against the candidate, or an empty text. The first reason counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.domain.sleep.stages import stages_at
from psgkit.measure.arousals.bands import BoolArray
from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.thresholds import HOP_S, ArousalRules


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shift with its surroundings, and the verdict on it.

    Attributes
    ----------
    shift : Shift
        Its place and features; cut at the longest duration that counts.
    stage : Stage
        Of the epoch with its onset.
    is_central : bool
        Whether a central channel shows it.
    emg : bool
        Whether the chin EMG rises with it.
    to_wake : bool
        Whether it ends in an epoch scored as wake: an awakening.
    reason : str
        Why it is not an arousal; empty if it is.
    """

    shift: Shift
    stage: Stage
    is_central: bool
    emg: bool
    to_wake: bool = False
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether it is an arousal."""
        return not self.reason


@dataclass(frozen=True, slots=True, eq=False)
class Night:
    """Facts of the night that the criteria need.

    Attributes
    ----------
    scoring : Scoring
        The stages.
    tone_rises : numpy.ndarray of bool, shape (n_bins,), or None
        Bins of 0.25 s in which the chin's tone is up; None without a chin EMG.
    """

    scoring: Scoring
    tone_rises: BoolArray | None

    def stage_at(self, second: float) -> Stage:
        """Return the stage of the epoch at a second."""
        return Stage(int(stages_at(self.scoring, np.array([second]))[0]))

    def stages_within(self, onset_s: float, end_s: float) -> set[Stage]:
        """Return the stages of all epochs that a time touches."""
        step = self.scoring.epoch_s
        return {
            self.stage_at(second)
            for second in (*np.arange(onset_s, end_s, step), end_s - 1e-6)
        }


# A rule is given the candidate, the end of the last disturbance before it, the night
# and the thresholds.
Rule = Callable[[Candidate, float, Night, ArousalRules], str]


def is_asleep(
    candidate: Candidate, _disturbed_s: float, night: Night, _: ArousalRules
) -> str:
    """Reject a start in unscored time, or in wake well after sleep ended."""
    if candidate.stage in SLEEP_STAGES:
        return ""
    just_before = night.stage_at(candidate.shift.onset_s - 1.0)
    return "" if just_before in SLEEP_STAGES else "not_asleep"


def is_long_enough(
    candidate: Candidate, _disturbed_s: float, _: Night, rules: ArousalRules
) -> str:
    """Reject a shift shorter than an arousal."""
    return "" if candidate.shift.duration_s >= rules.shortest_s else "too_short"


def is_no_spindle(
    candidate: Candidate, _disturbed_s: float, _: Night, rules: ArousalRules
) -> str:
    """Reject a shift that is too short without its spindles."""
    rest_s = candidate.shift.duration_s - candidate.shift.spindle_s
    return "" if rest_s >= rules.shortest_s else "spindle"


def is_seen_where_it_counts(
    candidate: Candidate, _disturbed_s: float, _: Night, _rules: ArousalRules
) -> str:
    """Reject a shift in occipital channels alone, unless the chin agrees."""
    return "" if candidate.is_central or candidate.emg else "occipital_without_emg"


def is_clear_without_muscle(
    candidate: Candidate, _disturbed_s: float, _: Night, rules: ArousalRules
) -> str:
    """Reject a weak shift that the chin does not confirm."""
    shift = candidate.shift
    is_clear = (
        shift.peak_ratio >= rules.alone_seed
        and shift.sustained >= rules.alone_sustained
    )
    return "" if candidate.emg or is_clear else "weak_without_emg"


def stands_out_of_own_alpha(
    candidate: Candidate, _disturbed_s: float, _: Night, rules: ArousalRules
) -> str:
    """Reject alpha of NREM sleep without muscle or beta that the night has anyway."""
    shift = candidate.shift
    is_bare = (
        candidate.stage in (Stage.N1, Stage.N2, Stage.N3)
        and shift.band == "alpha"
        and shift.beta_ratio < rules.alone_beta
        and not candidate.emg
    )
    is_own = shift.alpha_excess < rules.alone_alpha
    return "background_alpha" if is_bare and is_own else ""


def has_muscle_in_rem(
    candidate: Candidate, _disturbed_s: float, _: Night, _rules: ArousalRules
) -> str:
    """Reject a shift in REM sleep without a rise of the chin EMG."""
    if candidate.stage is not Stage.R or candidate.emg:
        return ""
    return "rem_without_emg"


def is_signal(
    candidate: Candidate, _disturbed_s: float, _: Night, rules: ArousalRules
) -> str:
    """Reject artefact, unless the chin EMG makes a movement of it."""
    if candidate.shift.artefact <= rules.artefact_share or candidate.emg:
        return ""
    return "artefact"


def is_out_of_stable_sleep(
    candidate: Candidate, disturbed_s: float, night: Night, rules: ArousalRules
) -> str:
    """Reject a shift without ten seconds of undisturbed sleep before it."""
    onset_s = candidate.shift.onset_s
    if not night.stages_within(onset_s - rules.stable_s, onset_s) <= set(SLEEP_STAGES):
        return "no10s"
    return "no10s" if onset_s - disturbed_s < rules.stable_s else ""


RULES: tuple[Rule, ...] = (
    is_asleep,
    is_long_enough,
    is_no_spindle,
    is_seen_where_it_counts,
    has_muscle_in_rem,
    is_clear_without_muscle,
    stands_out_of_own_alpha,
    is_signal,
    is_out_of_stable_sleep,
)


def judge(
    shifts: Sequence[Shift], night: Night, central: frozenset[str], rules: ArousalRules
) -> list[Candidate]:
    """Give every shift its verdict, in order of onset.

    Parameters
    ----------
    shifts : sequence of Shift
        In order, without overlap.
    night : Night
        Stages and chin.
    central : frozenset of str
        Roles of the central channels.
    rules : ArousalRules
    """
    judged: list[Candidate] = []
    last: int | None = None  # the arousal that a close follower continues
    disturbed_s = -np.inf
    for shift in shifts:
        candidate = _describe(shift, night, central, rules)
        if last is not None and _belongs_to(candidate, judged[last], rules):
            whole = _prolonged(judged[last].shift, shift)
            judged[last] = _describe(whole, night, central, rules)
            reason = "joined"
        else:
            reasons = (rule(candidate, disturbed_s, night, rules) for rule in RULES)
            reason = next(filter(None, reasons), "")
        judged.append(replace(candidate, reason=reason))
        if not reason:
            last = len(judged) - 1
        if reason in _DISTURBING:
            disturbed_s = candidate.shift.end_s
    return judged


# A candidate that only comes too soon after an arousal disturbs sleep as much.
_DISTURBING = ("", "joined", "no10s")


def _belongs_to(candidate: Candidate, before: Candidate, rules: ArousalRules) -> bool:
    """Return whether a shift follows an arousal so closely that it continues it."""
    gap_s = candidate.shift.onset_s - before.shift.end_s
    whole_s = candidate.shift.end_s - before.shift.onset_s
    return gap_s < rules.join_s and whole_s <= rules.longest_s


def _prolonged(shift: Shift, by: Shift) -> Shift:
    return replace(shift, end_s=by.end_s, spindle_s=shift.spindle_s + by.spindle_s)


def _describe(
    shift: Shift, night: Night, central: frozenset[str], rules: ArousalRules
) -> Candidate:
    cut = replace(shift, end_s=min(shift.end_s, shift.onset_s + rules.longest_s))
    return Candidate(
        shift=cut,
        stage=night.stage_at(cut.onset_s),
        is_central=not central.isdisjoint(cut.channels),
        emg=_has_muscle(cut, night.tone_rises, rules),
        to_wake=night.stage_at(cut.end_s) is Stage.W,
    )


def _has_muscle(shift: Shift, rises: BoolArray | None, rules: ArousalRules) -> bool:
    if rises is None:
        return False
    first = max(round((shift.onset_s - rules.emg_margin_s) / HOP_S), 0)
    last = max(round((shift.end_s + rules.emg_margin_s) / HOP_S), 0)
    return bool(rises[first:last].sum() * HOP_S >= rules.emg_least_s)

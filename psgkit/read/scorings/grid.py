"""Place a file's stages on a grid of epochs."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from psgkit.domain.clock import USUAL_EPOCHS_S
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.scoring_faults import (
    MAX_EPOCH_S,
    MAX_EPOCHS,
    MIN_EPOCH_S,
    is_epoch,
)
from psgkit.errors import UnreadableScoring
from psgkit.read.scorings.listed import DraftBuilder, ScoringFile, StageMark

ASSUMED_S = 30.0
# Longer than any night or multiple sleep latency test with a day before it.
_MAX_NIGHT_S = 36 * 3600.0
_LONG_NIGHT_S = 12 * 3600.0
# Exports write clock times in whole seconds.
TOLERANCE_S = 0.5
# Times in hours or minutes of few decimals are off by this share of an epoch.
_ROUNDED = 0.002
# Above this share of epochs scored twice, a file has two scorings.
MAX_TWICE = 0.1


@dataclass(frozen=True, slots=True)
class Grid:
    """Stages on a grid.

    Attributes
    ----------
    stages : numpy.ndarray of int8, shape (n_epochs,)
        Codes of `Stage`.
    onset_s, epoch_s : float
        Where the first epoch starts, and how long each is.
    issues : tuple of Issue
        Epochs that are missing or were scored twice.
    """

    stages: npt.NDArray[np.int8]
    onset_s: float
    epoch_s: float
    issues: tuple[Issue, ...]


def lay_grid(marks: Sequence[StageMark], epoch_s: float | None, name: str) -> Grid:
    """Lay stages on a grid that starts with the earliest of them.

    Parameters
    ----------
    marks : sequence of StageMark
        In any order; several epochs of one stage may be one mark.
    epoch_s : float or None
        Length of an epoch; None to take it from the marks.
    name : str
        Of the file, for messages.

    Raises
    ------
    UnreadableScoring
        If there is no stage, a stage starts or ends between epoch boundaries, or the file
        has two scorings of the same time; the place is named.
    """
    if not marks:
        raise UnreadableScoring(
            f"{name} holds no sleep stage. If its events belong to another scoring, give "
            "both: --scoring STAGES --scoring EVENTS."
        )
    _check_numbers(marks, name)
    ordered = sorted(marks, key=lambda mark: mark.onset_s)
    epoch_s = guess_epoch(ordered) if epoch_s is None else epoch_s
    if not is_epoch(epoch_s):
        raise UnreadableScoring(
            f"{name}: an epoch of {epoch_s:g} s cannot be; an epoch lasts {MIN_EPOCH_S:g} "
            f"to {MAX_EPOCH_S:g} s."
        )
    onset_s = ordered[0].onset_s
    spans = _to_spans(ordered, onset_s, epoch_s, name)
    n_epochs = max(first + length for first, length in spans)
    if n_epochs == 0:
        raise UnreadableScoring(f"{name} holds no whole epoch of {epoch_s:g} s.")
    stages = np.full(n_epochs, Stage.UNS.value, dtype=np.int8)
    times_scored = np.zeros(n_epochs, dtype=np.int64)
    for mark, (first, length) in zip(ordered, spans, strict=True):
        stages[first : first + length] = mark.stage.value
        times_scored[first : first + length] += 1
    issues = _find_issues(times_scored, ordered, spans, name)
    return Grid(stages, onset_s, epoch_s, issues)


def guess_epoch(marks: Sequence[StageMark]) -> float:
    """Guess the epoch length from stages that may span several epochs.

    The length counts that all stages have, or the most frequent one where it is at most
    30 s and divides all. Else neighbouring epochs were written as one, and the longest
    usual length that divides every stage is taken.
    """
    lengths = [mark.duration_s for mark in marks if mark.duration_s]
    onsets = [mark.onset_s - marks[0].onset_s for mark in marks]
    if not lengths:
        lengths = [step for a, b in pairwise(onsets) if (step := b - a) > 0]
    if not lengths:
        return ASSUMED_S
    usual = Counter(round(length, 3) for length in lengths).most_common(1)[0][0]
    usual = _nearest_usual(usual)
    is_uniform = len(lengths) > 2 and max(lengths) - min(lengths) < TOLERANCE_S
    # the last stage may end with the recording, within an epoch
    spans = np.array([*lengths[: max(1, len(lengths) - 1)], *onsets])
    if (is_uniform and usual <= 2 * ASSUMED_S) or (
        usual <= ASSUMED_S and _are_multiples(spans, usual).all()
    ):
        return float(usual)
    for epoch_s in USUAL_EPOCHS_S:
        if _are_multiples(spans, epoch_s).all():
            return epoch_s
    if usual <= ASSUMED_S or is_uniform:
        return float(usual)  # a stage off the grid is named by its place
    return float(math.gcd(*(round(length) for length in lengths)) or ASSUMED_S)


def _nearest_usual(length_s: float) -> float:
    """Return the usual length that a rounded one means: 29.999 s are 30 s."""
    near = [s for s in USUAL_EPOCHS_S if abs(s - length_s) <= _ROUNDED * s]
    return float(near[0]) if near else length_s


def _are_multiples(
    spans: npt.NDArray[np.float64], epoch_s: float
) -> npt.NDArray[np.bool_]:
    off = np.abs(spans - np.round(spans / epoch_s) * epoch_s)
    return np.asarray(off <= min(TOLERANCE_S, epoch_s / 4))


def _check_numbers(marks: Sequence[StageMark], name: str) -> None:
    for mark in marks:
        if not math.isfinite(mark.onset_s) or not (
            mark.duration_s is None
            or (math.isfinite(mark.duration_s) and mark.duration_s >= 0)
        ):
            raise UnreadableScoring(
                f"{name}: {mark.where} has a stage of no possible time or length."
            )


def _to_spans(
    marks: Sequence[StageMark], onset_s: float, epoch_s: float, name: str
) -> list[tuple[int, int]]:
    from_first_s = np.array([mark.onset_s for mark in marks]) - onset_s
    lengths_s = np.array(
        [epoch_s if m.duration_s is None else m.duration_s for m in marks]
    )
    last_end_s = (from_first_s + np.where(lengths_s == 0, epoch_s, lengths_s)).max()
    if last_end_s / epoch_s > MAX_EPOCHS:
        raise UnreadableScoring(
            f"{name}: its stages span {last_end_s / 3600:.0f} h, "
            "which is too long for a night; look for a wrong time."
        )
    # a file's last stage may end with the recording, within an epoch
    is_last = from_first_s + lengths_s >= last_end_s - TOLERANCE_S
    fits = _are_multiples(from_first_s, epoch_s)
    fits &= _are_multiples(lengths_s, epoch_s) | is_last
    if not fits.all():
        off = int(np.argmin(fits))
        raise UnreadableScoring(
            f"{name}: {marks[off].where} has a stage at no epoch boundary "
            f"({from_first_s[off]:g} s after the first, {lengths_s[off]:g} s long, "
            f"with epochs of {epoch_s:g} s). If an epoch is shorter or longer, give "
            "--epoch SECONDS."
        )
    firsts = np.round(from_first_s / epoch_s).astype(int)
    whole = np.floor((lengths_s + TOLERANCE_S) / epoch_s).astype(int)
    return list(zip(firsts.tolist(), whole.tolist(), strict=True))


def _find_issues(
    times_scored: npt.NDArray[np.int64],
    marks: Sequence[StageMark],
    spans: Sequence[tuple[int, int]],
    name: str,
) -> tuple[Issue, ...]:
    issues = []
    missing = int(np.count_nonzero(times_scored == 0))
    if missing:
        first = int(np.flatnonzero(times_scored == 0)[0]) + 1
        issues.append(
            Issue(
                Severity.WARNING,
                "epochs_missing",
                f"{missing} epochs within the scoring have no stage, the first of "
                f"them epoch {first}; they count as unscored.",
            )
        )
    twice = int(np.count_nonzero(times_scored > 1))
    if twice:
        where = _first_twice(marks, spans)
        if twice > max(1, MAX_TWICE * len(times_scored)):
            raise UnreadableScoring(
                f"{name}: {twice} of {len(times_scored)} epochs are scored twice, from "
                f"{where} on; give one scoring a file."
            )
        issues.append(
            Issue(
                Severity.WARNING,
                "epochs_scored_twice",
                f"{twice} epochs are scored twice, the first at {where}; the later "
                "entry counts.",
                "Look at these epochs in the scoring software.",
            )
        )
    return tuple(issues)


def _first_twice(marks: Sequence[StageMark], spans: Sequence[tuple[int, int]]) -> str:
    end = 0
    for mark, (first, length) in zip(marks, spans, strict=True):
        if first < end:
            return mark.where
        end = max(end, first + length)
    return marks[-1].where


def epoch_assumed(builder: DraftBuilder, n_epochs: int, file: ScoringFile) -> float:
    """Return the 30 s that are assumed where a file gives no length, and note it.

    Raises
    ------
    UnreadableScoring
        If the night would then be longer than 36 h.
    """
    if n_epochs * ASSUMED_S > _MAX_NIGHT_S:
        likely = next(
            (s for s in USUAL_EPOCHS_S if n_epochs * s <= _LONG_NIGHT_S),
            USUAL_EPOCHS_S[-1],
        )
        raise file.fault(
            f"its {n_epochs} epochs would last {n_epochs * ASSUMED_S / 3600:.0f} h at "
            "30 s each. Say how long an epoch is with --epoch SECONDS; at "
            f"--epoch {likely:g} they last {n_epochs * likely / 3600:.1f} h."
        )
    builder.issues.append(
        Issue(
            Severity.NOTE,
            "epoch_length_assumed",
            f"The file does not say how long an epoch is. 30 s were assumed, which "
            f"makes {n_epochs * ASSUMED_S / 3600:.1f} h.",
            "If an epoch is shorter or longer, give --epoch SECONDS.",
        )
    )
    return ASSUMED_S

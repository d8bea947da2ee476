"""Corrections by a person of an automatic scoring, and the agreement of the two."""

import numpy as np
import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import AROUSAL_KINDS, Scoring, Stage

CORRECTION_COLUMNS = (
    *("onset_s", "duration_s", "correction", "stage_before", "stage_after"),
    *("onset_before_s", "duration_before_s"),
)
REJECTED, ADDED, MOVED = "arousal_rejected", "arousal_added", "arousal_moved"
_SAME_S = 1e-6

Edges = tuple[float, float]


def corrections_table(scoring: Scoring) -> pd.DataFrame:
    """Return one row per correction, from which the original scoring can be restored.

    Parameters
    ----------
    scoring : Scoring
        With its ``original``.

    Returns
    -------
    pandas.DataFrame
        ``correction``: stage, arousal_rejected, arousal_added or arousal_moved;
        ``onset_s`` and ``duration_s`` of the epoch or arousal, those before where it
        was rejected; stages, onset and duration before.
    """
    rows = [*_stage_rows(scoring), *_arousal_rows(scoring)]
    table = pd.DataFrame(rows, columns=list(CORRECTION_COLUMNS))
    words = ("correction", "stage_before", "stage_after")
    numbers = set(CORRECTION_COLUMNS) - set(words)
    return table.astype(
        dict.fromkeys(numbers, float) | dict.fromkeys(words, object)
    ).sort_values(["onset_s", "correction"], kind="stable", ignore_index=True)


def corrections_issue(scoring: Scoring) -> Issue:
    """Return the issue on a person's corrections and the agreement."""
    table = corrections_table(scoring)
    count = table["correction"].value_counts().to_dict()
    before, after = _paired_stages(scoring)
    both = (before >= 0) & (after >= 0)
    stages = int(count.get("stage", 0))
    told = f"{_scorer(scoring)} scored the stages, and a person changed"
    sentences = [f"{told} {stages} of {scoring.n_epochs} epochs."]
    original = scoring.original
    arousals = None if original is None else original.arousals
    if arousals is not None:
        sentences.append(
            f"Of {len(arousals)} arousals, {count.get(REJECTED, 0)} were rejected and "
            f"{count.get(MOVED, 0)} moved; {count.get(ADDED, 0)} were added."
        )
    if both.any():
        same = float((before == after)[both].mean())
        kappa = cohens_kappa(before[both], after[both])
        words = "" if np.isnan(kappa) else f", kappa {kappa:.2f}"
        sentences.append(
            f"Agreement of the two scorings: {100 * same:.1f} % of the epochs{words}."
        )
    return Issue(
        Severity.NOTE,
        "scoring_corrected",
        " ".join(sentences),
        "The table of corrections lists each change.",
    )


def cohens_kappa(first: np.ndarray, second: np.ndarray) -> float:
    """Return Cohen's kappa of two scorings; NaN if both have one stage alone."""
    codes = np.union1d(first, second)
    agreed = float((first == second).mean())
    chance = sum(
        float((first == code).mean() * (second == code).mean()) for code in codes
    )
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")


def _scorer(scoring: Scoring) -> str:
    original = scoring.original
    if original is None or not original.is_automatic:
        return "A scorer"
    return f"A program ({original.scorer})"


def _paired_stages(scoring: Scoring) -> tuple[np.ndarray, np.ndarray]:
    """Return the stages before and after, on the corrected scoring's epochs."""
    after = scoring.stages.astype(np.int64)
    original = scoring.original
    if original is None:
        return after, after
    shift = round((scoring.onset_s - original.onset_s) / scoring.epoch_s)
    epochs = np.arange(len(after)) + shift
    inside = (epochs >= 0) & (epochs < original.n_epochs)
    before = after.copy()
    before[inside] = original.stages[epochs[inside]]
    return before, after


def _stage_rows(scoring: Scoring) -> list[tuple[object, ...]]:
    before, after = _paired_stages(scoring)
    onsets = scoring.onset_s + np.arange(len(after)) * scoring.epoch_s
    return [
        (
            *(onsets[epoch], scoring.epoch_s, "stage"),
            *(Stage(before[epoch]).name, Stage(after[epoch]).name, np.nan, np.nan),
        )
        for epoch in np.flatnonzero(before != after).tolist()
    ]


def _arousal_rows(scoring: Scoring) -> list[tuple[object, ...]]:
    original = scoring.original
    before = [] if original is None else _edges(original)
    after = _edges(scoring)
    gone = [one for one in before if not any(_is_same(one, two) for two in after)]
    new = [one for one in after if not any(_is_same(one, two) for two in before)]
    rows: list[tuple[object, ...]] = []
    for edges in gone:
        moved = next((one for one in new if _overlap(edges, one)), None)
        if moved is None:
            rows.append((*edges, REJECTED, "", "", *edges))
        else:
            new.remove(moved)
            rows.append((*moved, MOVED, "", "", *edges))
    return [*rows, *((*edges, ADDED, "", "", np.nan, np.nan) for edges in new)]


def _edges(scoring: Scoring) -> list[Edges]:
    table = scoring.events_of(AROUSAL_KINDS)
    return list(
        zip(table["onset_s"].tolist(), table["duration_s"].tolist(), strict=True)
    )


def _is_same(one: Edges, two: Edges) -> bool:
    return abs(one[0] - two[0]) < _SAME_S and (
        abs(one[1] - two[1]) < _SAME_S or bool(np.isnan(one[1]) and np.isnan(two[1]))
    )


def _overlap(one: Edges, two: Edges) -> bool:
    return one[0] < two[0] + two[1] and two[0] < one[0] + one[1]

"""A scoring after its annotations were edited in a viewer."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.annotation_texts import STAGE_TEXTS
from psgkit.errors import InputError
from psgkit.read.objects import annotations_table, scoring_of_table
from psgkit.read.scorings.vocabulary import stage_of

if TYPE_CHECKING:
    import mne

SCORER = "manual"


def edited_scoring(before: Scoring, annotations: "mne.Annotations") -> Scoring:
    """Return a scoring with the changes of its annotations.

    A newly drawn stage replaces the stages of epochs that it covers by half or
    more. An epoch whose annotation was removed is not scored.

    Parameters
    ----------
    before : Scoring
        As it was shown, aligned with its recording.
    annotations : mne.Annotations
        Those of `Scoring.to_annotations` after they were edited, in seconds after the
        recording's start.

    Returns
    -------
    Scoring
        By the scorer ``manual`` where a stage changed. `before` itself where nothing
        did.
    """
    shown = _rows(annotations_table(before.to_annotations()))
    table = annotations_table(annotations)
    rows = _rows(table)
    if sorted(rows) == sorted(shown):
        return before
    marks = [(row, stage_of(row[2])) for row in rows]
    stages = np.full(before.n_epochs, Stage.UNS.value, dtype=np.int8)
    is_new = [row not in set(shown) for row, _ in marks]
    # New ones replace the old ones below them.
    for wanted in (False, True):
        for (row, stage), new in zip(marks, is_new, strict=True):
            if stage is not None and new is wanted:
                stages[_covered(before, row[0], row[1])] = stage.value
    if not (stages > Stage.UNS.value).any():
        raise InputError("No epoch has a stage any more, so there is nothing to save.")
    others = table[[stage is None for _, stage in marks]]
    epochs = pd.DataFrame(
        {
            "onset_s": before.onset_s + before.epoch_s * np.arange(before.n_epochs),
            "duration_s": before.epoch_s,
            "text": [STAGE_TEXTS[Stage(code)] for code in stages.tolist()],
        }
    )
    scoring = scoring_of_table(
        pd.concat([others, epochs], ignore_index=True),
        start=before.start,
        epoch_s=before.epoch_s,
    )
    if np.array_equal(stages, before.stages):
        return replace(scoring, proba=before.proba)
    return replace(scoring, scorer=SCORER, is_automatic=False)


def _rows(table: pd.DataFrame) -> list[tuple[float, float, str]]:
    """Return onset, duration and text, rounded as a viewer keeps them."""
    return [
        (round(float(onset), 3), round(float(length), 3), str(text))
        for onset, length, text in table.itertuples(index=False, name=None)
    ]


def _covered(
    scoring: Scoring, onset_s: float, duration_s: float
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return for each epoch whether half or more of it is in a span."""
    starts = scoring.onset_s + scoring.epoch_s * np.arange(scoring.n_epochs)
    begin = np.maximum(starts, onset_s)
    end = np.minimum(starts + scoring.epoch_s, onset_s + duration_s)
    covered: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
        end - begin >= scoring.epoch_s / 2 - 1e-6
    )
    return covered

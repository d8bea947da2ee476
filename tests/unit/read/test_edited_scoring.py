"""A scoring after annotations were edited: what was drawn, removed or left."""

import mne
import numpy as np
import pytest

from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import InputError
from psgkit.read.edited_scoring import edited_scoring

BEFORE = Scoring.from_stages(
    ["W", "N1", "N2", "N2", "R"],
    arousals=[(65.0, 4.0)],
    scorer="yasa 0.8.1 (eeg)",
    proba=np.tile([0.2] * 5, (5, 1)),
)


def _edited(**drawn: float) -> mne.Annotations:
    marks = BEFORE.to_annotations()
    for text, onset_s in drawn.items():
        marks.append(onset_s, 30.0, text.replace("_", " "))
    return marks


def test_what_was_left_as_it_was_is_the_same_scoring() -> None:
    assert edited_scoring(BEFORE, BEFORE.to_annotations()) is BEFORE


def test_a_stage_drawn_over_an_epoch_replaces_it() -> None:
    # From 58 s to 88 s: 28 s of the third epoch, none of the others by half.
    after = edited_scoring(BEFORE, _edited(Sleep_stage_N3=58.0))
    assert after.stage_names == ["W", "N1", "N3", "N2", "R"]
    assert (after.scorer, after.is_automatic, after.proba) == ("manual", False, None)


def test_a_stage_that_was_removed_is_not_scored() -> None:
    marks = BEFORE.to_annotations()
    marks.delete(next(n for n, one in enumerate(marks) if one["onset"] == 120.0))
    assert edited_scoring(BEFORE, marks).stages[4] == Stage.UNS


def test_an_arousal_that_was_drawn_joins_the_others_and_stages_stay_automatic() -> None:
    after = edited_scoring(BEFORE, _edited(Arousal=95.0))
    assert after.arousals is not None
    assert after.arousals["onset_s"].tolist() == [65.0, 95.0]
    assert after.is_automatic
    np.testing.assert_array_equal(after.proba, BEFORE.proba)


def test_nothing_left_is_not_saved() -> None:
    with pytest.raises(InputError, match="No epoch has a stage any more"):
        edited_scoring(BEFORE, mne.Annotations([], [], []))

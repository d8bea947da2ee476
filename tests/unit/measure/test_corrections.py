"""What a person changed in a scoring, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring
from psgkit.measure.corrections import (
    cohens_kappa,
    corrections_issue,
    corrections_table,
)


def corrected() -> Scoring:
    before = replace(
        make_scoring("WW2222RR", arousals=[(70.0, 4.0), (100.0, 5.0), (150.0, 3.0)]),
        scorer="yasa-fast",
        is_automatic=True,
    )
    # The second arousal is longer, the third is rejected, one at 200 s is added.
    after = make_scoring("WW2223RR", arousals=[(70.0, 4.0), (100.0, 8.0), (200.0, 3.0)])
    return replace(after, original=before)


def test_each_correction_is_a_row():
    table = corrections_table(corrected()).set_index("correction")
    assert sorted(table.index) == [
        "arousal_added",
        "arousal_moved",
        "arousal_rejected",
        "stage",
    ]
    stage = table.loc["stage"]
    assert (stage.onset_s, stage.stage_before, stage.stage_after) == (150.0, "N2", "N3")
    moved = table.loc["arousal_moved"]
    assert (moved.duration_before_s, moved.duration_s) == (5.0, 8.0)
    assert table.loc["arousal_rejected"].onset_s == 150.0
    assert table.loc["arousal_added"].onset_s == 200.0


def test_the_issue_says_who_did_what_and_how_far_they_agree():
    message = corrections_issue(corrected()).message
    assert "A program (yasa-fast) scored the stages" in message
    assert "changed 1 of 8 epochs" in message
    assert "Of 3 arousals, 1 were rejected and 1 moved; 1 were added." in message
    # 7 of 8 agree; by chance 2/8*2/8 + 4/8*3/8 + 2/8*2/8 = 20/64: (56 - 20)/(64 - 20).
    assert "87.5 % of the epochs, kappa 0.82" in message


def test_kappa_of_one_stage_alone_is_unknown():
    assert np.isnan(cohens_kappa(np.array([2, 2]), np.array([2, 2])))
    assert cohens_kappa(np.array([0, 2]), np.array([0, 2])) == pytest.approx(1.0)

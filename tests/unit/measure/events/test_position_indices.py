"""Breathing and limb indices by body position, counted by hand."""

import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring, make_events
from psgkit.measure.events.position_indices import position_table
from psgkit.measure.stages.evidence import Evidence

# 2 min awake, 20 min N2, 10 min REM, 10 min N2.
STAGES = "W" * 4 + "2" * 40 + "R" * 20 + "2" * 20
BACK_S, LEFT_S = 60.0, 120.0 + 600.0  # on the left from the middle of the first N2


def scored(*rows: tuple[float, float, str]) -> Scoring:
    events = make_events((*row, "scorer") for row in rows)
    groups = {"respiratory"}
    return make_scoring(STAGES).with_events(events, groups)


def table_of(scoring: Scoring):
    table = position_table(Evidence.of(scoring))
    return table.set_index(["position", "stage"])


POSITIONS = ((BACK_S, 0.0, "position_supine"), (LEFT_S, 0.0, "position_left"))


def test_minutes_and_events_belong_to_the_position_that_holds():
    table = table_of(
        scored(
            *POSITIONS,
            (150.0, 15.0, "apnea_obstructive"),
            (300.0, 15.0, "hypopnea"),
            (LEFT_S + 60, 15.0, "hypopnea"),
            (120.0 + 1200 + 60, 20.0, "hypopnea"),  # in REM sleep
        )
    )
    assert table.loc[("supine", "sleep"), "stage_min"] == 10
    assert table.loc[("left", "NREM"), "stage_min"] == 20
    assert table.loc[("left", "R"), "stage_min"] == 10
    assert table.loc[("supine", "sleep"), "ahi_per_h"] == pytest.approx(2 / (10 / 60))
    assert table.loc[("left", "NREM"), "ahi_per_h"] == pytest.approx(1 / (20 / 60))
    assert table.loc[("left", "R"), "ahi_per_h"] == pytest.approx(1 / (10 / 60))
    assert ("supine", "R") not in table.index


def test_what_was_not_scored_is_missing_and_not_zero():
    table = table_of(scored(*POSITIONS, (150.0, 15.0, "hypopnea")))
    assert table["rdi_per_h"].isna().all()  # no RERA
    assert table["odi_per_h"].isna().all()
    assert table["plmi_per_h"].isna().all()
    assert table.loc[("left", "sleep"), "ahi_per_h"] == 0


def test_before_the_first_position_it_is_unknown():
    table = table_of(scored((720.0, 0.0, "position_right"), (150.0, 15.0, "hypopnea")))
    assert table.loc[("unknown", "sleep"), "stage_min"] == 10
    assert table.loc[("unknown", "sleep"), "ahi_per_h"] == pytest.approx(6)


def test_a_scoring_without_positions_has_no_table():
    assert position_table(Evidence.of(scored((150.0, 15.0, "hypopnea")))) is None

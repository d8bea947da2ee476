"""Breathing, desaturations and limb movements: METRICS section H."""

import math

import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring, make_events
from psgkit.measure import measure_scoring

# W 0-19, N2 20-379, R 380-499: 3 h of N2 and 1 h of R
STAGES = "W" * 20 + "2" * 360 + "R" * 120


def scored(rows: list[tuple[float, float, str]], *groups: str) -> Scoring:
    events = make_events((on, lasts, kind, "lab") for on, lasts, kind in rows)
    return make_scoring(STAGES).with_events(events, groups)


def test_breathing_events_count_by_the_stage_of_their_onset():
    rows = [
        (590, 30, "hypopnea"),  # begins in W, reaches into N2
        (700, 20, "apnea_central"),
        (1700, 20, "hypopnea"),
        (11390, 30, "apnea_obstructive"),  # begins in N2, reaches into R
        (12000, 20, "apnea"),
        (12100, 20, "apnea_mixed"),
    ]
    found = measure_scoring(scored(rows, "respiratory"))
    assert found["ahi_per_h"] == pytest.approx(5 / 4)
    assert found["ahi_nrem_per_h"] == pytest.approx(3 / 3)
    assert found["ahi_rem_per_h"] == pytest.approx(2 / 1)


def test_desaturations():
    rows = [(700, 20, "desaturation"), (12000, 20, "desaturation")]
    found = measure_scoring(scored(rows, "desaturation"))
    assert found["odi_per_h"] == pytest.approx(2 / 4)
    assert found["odi_rem_per_h"] == pytest.approx(1)


def test_not_scored_is_not_none():
    found = measure_scoring(scored([], "respiratory"))
    assert found["ahi_per_h"] == 0
    assert math.isnan(found["odi_per_h"])
    assert math.isnan(found["plmi_per_h"])


def limb(*onsets: float, lasts: float = 2.0) -> float:
    rows = [(onset, lasts, "limb_movement") for onset in onsets]
    return measure_scoring(scored(rows, "limb_movement"))["plmi_per_h"] * 4


def test_four_movements_5_to_90_s_apart_are_a_series():
    assert limb(1000, 1005, 1095, 1185) == pytest.approx(4)


def test_three_are_none():
    assert limb(1000, 1020, 1040) == 0


def test_over_90_s_apart_they_are_two_series():
    assert limb(1000, 1020, 1040, 1131, 1150, 1170) == 0
    assert limb(1000, 1020, 1040, 1130, 1150, 1170) == pytest.approx(6)


def test_under_5_s_apart_they_are_one_movement():
    assert limb(1000, 1004, 1020, 1040) == 0
    assert limb(1000, 1004, 1020, 1040, 1060) == pytest.approx(4)


@pytest.mark.parametrize(("lasts", "count"), [(0.4, 0), (0.5, 4), (10, 4), (10.1, 0)])
def test_movements_last_half_a_second_to_ten(lasts, count):
    assert limb(1000, 1020, 1040, 1060, lasts=lasts) == pytest.approx(count)


def test_movements_without_a_length_tell_no_series():
    assert math.isnan(limb(1000, 1020, 1040, 1060, lasts=math.nan))


def test_movements_awake_do_not_count():
    assert limb(520, 540, 560, 580, 620) == 0

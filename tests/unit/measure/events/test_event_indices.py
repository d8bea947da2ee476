"""Breathing, desaturations and limb movements: METRICS section H."""

import math

import pytest
from makers import make_scoring

from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.event_tables import make_events
from psgkit.measure import measure_all, measure_scoring

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


def test_indices_of_a_stage_need_ten_minutes_of_it():
    events = make_events([(700.0, 20.0, "hypopnea", "lab")])
    scoring = make_scoring("W" * 20 + "2" * 360 + "R" * 19)
    found = measure_scoring(scoring.with_events(events, ["respiratory"]))
    assert found["ahi_per_h"] == pytest.approx(1 / (379 / 120))
    assert math.isnan(found["ahi_rem_per_h"])


def test_a_movement_too_long_or_short_neither_counts_nor_parts_a_series():
    def limbs(*rows: tuple[float, float]) -> float:
        events = [(onset, lasts, "limb_movement") for onset, lasts in rows]
        return measure_scoring(scored(events, "limb_movement"))["plmi_per_h"] * 4

    long = (1050.0, 12.0)
    assert limbs((1000, 2), (1020, 2), (1040, 2), long) == 0
    assert limbs((1000, 2), (1020, 2), (1040, 2), long, (1060, 2)) == pytest.approx(4)


def test_series_count_by_the_stage_of_each_movement():
    # two in N2 and two in R, which begins at 11400 s
    rows = [(onset, 2.0, "limb_movement") for onset in (11360, 11380, 11400, 11420)]
    found = measure_scoring(scored(rows, "limb_movement"))
    assert found["plmi_rem_per_h"] == pytest.approx(2)
    assert found["plmi_nrem_per_h"] == pytest.approx(2 / 3)


def test_seconds_that_floats_put_a_nanosecond_off_are_what_they_were():
    assert limb(1000.1, 1005.1 - 1e-9, 1095.1, 1185.1) == pytest.approx(4)
    assert limb(1000.1, 1090.1 + 1e-9, 1180.1, 1270.1) == pytest.approx(4)
    assert limb(1000, 1020, 1040, 1060, lasts=10 + 1e-9) == pytest.approx(4)
    assert limb(1000, 1020, 1040, 1060, lasts=0.5 - 1e-9) == pytest.approx(4)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ahi_per_h", "apnoeas and hypopnoeas were not scored"),
        ("odi_rem_per_h", "desaturations were not scored"),
        ("plmi_nrem_per_h", "limb movements were not scored"),
    ],
)
def test_what_was_not_scored_is_the_reason(name, reason):
    measures, _ = measure_all(make_scoring(STAGES))
    assert {m.name: m.reason for m in measures}[name] == reason


def test_the_disturbance_index_counts_reras_and_needs_one():
    rows = [(700, 20, "hypopnea"), (1700, 15, "rera"), (12000, 20, "rera")]
    found = measure_scoring(scored(rows, "respiratory"))
    assert found["ahi_per_h"] == pytest.approx(1 / 4)
    assert found["rdi_per_h"] == pytest.approx(3 / 4)
    assert found["rdi_nrem_per_h"] == pytest.approx(2 / 3)
    assert found["rdi_rem_per_h"] == pytest.approx(1)
    without = measure_scoring(scored(rows[:1], "respiratory"))
    assert math.isnan(without["rdi_per_h"])


def with_arousals(*onsets_s: float) -> float:
    """Six periodic movements of 2 s from 1,000 s on, 30 s apart, and arousals of 5 s."""
    rows = [(1000.0 + 30 * i, 2.0, "limb_movement") for i in range(6)]
    rows += [(onset, 5.0, "arousal") for onset in onsets_s]
    return measure_scoring(scored(rows, "limb_movement", "arousal"))["plmai_per_h"]


@pytest.mark.parametrize(
    ("onset_s", "counts"),
    [
        (1001.0, 1),  # overlaps
        (1002.4, 1),  # 0.4 s after the movement's end
        (1002.6, 0),  # 0.6 s after it
        (994.6, 1),  # ends 0.4 s before the movement
        (994.3, 0),  # ends 0.7 s before it
    ],
)
def test_a_movement_has_its_arousal_within_half_a_second(onset_s, counts):
    assert with_arousals(onset_s) == pytest.approx(counts / 4)


def test_two_movements_with_an_arousal_each_are_two_and_without_arousals_it_is_unknown():
    assert with_arousals(1001.0, 1061.0) == pytest.approx(2 / 4)
    rows = [(1000.0 + 30 * i, 2.0, "limb_movement") for i in range(6)]
    found = measure_scoring(scored(rows, "limb_movement"))
    assert found["plmi_per_h"] == pytest.approx(6 / 4)
    assert math.isnan(found["plmai_per_h"])

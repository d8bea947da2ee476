"""Durations and latencies of METRICS section A, and the nights of section K."""

import math
from dataclasses import replace

import pytest
from makers import make_scoring

from psgkit.measure import measure_all, measure_scoring


def reasons(stages: str, **options: object) -> dict[str, str]:
    measures, _ = measure_all(make_scoring(stages, **options))
    return {measure.name: measure.reason for measure in measures if measure.reason}


def test_a_night_of_all_stages():
    # W 0-9, N1 10-13, N2 14-53, W 54-57, N3 58-77, R 78-107, W 108, N2 109-128, W 129-148
    stages = (
        "W" * 10 + "1" * 4 + "2" * 40 + "W" * 4 + "3" * 20 + "R" * 30 + "W" + "2" * 20
    ) + "W" * 20
    measures = measure_scoring(make_scoring(stages))
    expected = {
        "tib_min": 74.5,  # 149 epochs
        "spt_min": 59.5,  # 10 to 128: 119 epochs
        "tst_min": 57,  # 4 + 40 + 20 + 30 + 20 = 114 epochs
        "se_pct": 100 * 57 / 74.5,
        "sme_pct": 100 * 57 / 59.5,
        "waso_min": 2.5,  # 4 + 1 epochs
        "waso_aasm_min": 12.5,  # and 20 more
        "fwt_min": 10,
        "sol_min": 5,
        # N1 and N2 from epoch 10: 44 epochs without wake
        "sol10_min": 5,
        "n2_lat_min": 2,
        "n3_lat_min": 24,
        "rem_lat_min": 34,  # 78 - 10 = 68 epochs
        "rem_lat_nowake_min": 32,  # 4 of them W
        "rem_lat_lo_min": 39,
        "remp1_lat_min": 34,
        "soremp": 0,
        "n1_pct": 100 * 4 / 114,
        "n2_pct": 100 * 60 / 114,
        "n3_pct": 100 * 20 / 114,
        "rem_pct": 100 * 30 / 114,
        "awak_n": 2,
        "awak_ge2ep_n": 1,
        "awak_ge5min_n": 0,
        "w_bout_mean_min": 1.25,
        "w_bout_max_min": 2,
        "qc_unscored_pct": 0,
    }
    found = {name: measures[name] for name in expected}
    assert found == pytest.approx(expected)


def test_unknown_lights_leave_what_needs_them_undefined():
    why = reasons("W" * 10 + "2" * 400 + "R" * 40 + "W" * 10, lights=False)
    assert why["tib_min"] == "lights-off and lights-on are not known"
    assert why["se_pct"] == "lights-off and lights-on are not known"
    assert why["waso_aasm_min"] == "lights-on is not known"
    for name in ("sol_min", "sol10_min", "rem_lat_lo_min"):
        assert why[name] == "lights-off is not known"
    assert why["fwt_min"] == "lights-on is not known"
    assert "rem_lat_min" not in why
    assert "waso_min" not in why


def test_asleep_from_the_start_with_unknown_lights_no_latency_is_known():
    why = reasons("2" * 400 + "3" * 20 + "R" * 40 + "W", lights=False)
    for name in ("rem_lat_min", "rem_lat_nowake_min", "n3_lat_min", "remp1_lat_min"):
        assert why[name].startswith("sleep began before the scoring")


def test_asleep_from_the_start_with_known_lights_the_latency_is_zero():
    measures = measure_scoring(make_scoring("2" * 400 + "R" * 40 + "W"))
    assert measures["starts_asleep"] == 1
    assert measures["sol_min"] == 0
    assert measures["rem_lat_min"] == 200


def test_unscored_before_sleep_is_no_wake():
    # ten unscored epochs, then sleep: the first scored epoch is sleep
    measures = measure_scoring(make_scoring("?" * 10 + "2" * 400 + "W" * 4))
    assert measures["starts_asleep"] == 1
    assert measures["sol_min"] == 0
    assert measures["waso_aasm_min"] == 2
    assert measures["unscored_min"] == 5


def test_unscored_before_onset_is_not_taken_off_twice():
    # W 0-4, unscored 5-9, sleep 10-409, W 410-413: after onset 4 epochs of W
    measures = measure_scoring(make_scoring("W" * 5 + "?" * 5 + "2" * 400 + "W" * 4))
    assert measures["sol_min"] == 5
    assert measures["waso_aasm_min"] == 2


def test_over_5_percent_unscored_leaves_what_spans_the_window_undefined():
    why = reasons("W" * 4 + "2" * 186 + "?" * 10)  # 10 of 200: 5 %, and not more
    assert "se_pct" not in why
    why = reasons("W" * 4 + "2" * 185 + "?" * 11)
    assert why["se_pct"] == "over 5 % of the time in bed is unscored"
    assert why["waso_aasm_min"] == "over 5 % of the time in bed is unscored"
    assert "tst_min" not in why


def test_artefact_is_neither_sleep_nor_wake():
    measures = measure_scoring(make_scoring("W" * 4 + "2" * 50 + "A" * 6 + "2" * 44))
    assert measures["tst_min"] == 47
    assert measures["waso_min"] == 0
    assert measures["spt_min"] == 50
    assert measures["qc_unscored_pct"] == 6


def test_no_rem():
    measures = measure_scoring(make_scoring("W" * 4 + "2" * 400 + "W"))
    assert measures["no_rem"] == 1
    assert measures["rem_min"] == 0
    assert measures["rem_pct"] == 0
    assert measures["soremp"] == 0
    assert math.isnan(measures["rem_lat_min"])


def test_no_n3():
    measures = measure_scoring(make_scoring("W" * 4 + "2" * 400 + "W"))
    assert measures["no_n3"] == 1
    assert measures["n3_min"] == 0
    assert measures["n3_bout_n"] == 0
    assert math.isnan(measures["n3_lat_min"])
    assert math.isnan(measures["n3_bout_mean_min"])


def test_a_night_awake_has_minutes_of_wake_and_no_ratio():
    measures = measure_scoring(make_scoring("W" * 100))
    assert measures["tst_min"] == 0
    assert measures["w_min"] == 50
    assert measures["awak_n"] == 0
    for name in ("se_pct", "sme_pct", "rem_pct", "sol_min", "waso_min", "spt_min"):
        assert math.isnan(measures[name]), name


def test_a_night_unscored_has_no_number_but_its_length():
    why = reasons("?" * 100)
    assert why["tst_min"] == "no epoch of the window is scored"
    measures = measure_scoring(make_scoring("?" * 100))
    assert measures["tib_min"] == 50
    assert measures["unscored_min"] == 50


def test_rem_in_the_first_epoch():
    measures = measure_scoring(make_scoring("R" * 20 + "2" * 400))
    assert measures["rem_lat_min"] == 0
    assert measures["soremp"] == 1


def test_rem_15_min_after_onset_is_early_and_a_moment_later_is_not():
    for epochs, early in ((30, 1), (31, 0)):
        measures = measure_scoring(make_scoring("W" + "2" * epochs + "R" * 20 + "2"))
        assert measures["soremp"] == early


def test_early_rem_is_not_told_from_automatic_staging():
    scoring = replace(make_scoring("R" * 20 + "2" * 400), is_automatic=True)
    assert math.isnan(measure_scoring(scoring)["soremp"])


def test_persistent_sleep_is_ten_minutes_without_wake():
    # 19 epochs of sleep, W, then 20: the second run begins at epoch 22
    stages = "WW" + "1" * 19 + "W" + "2" * 20 + "W"
    assert measure_scoring(make_scoring(stages))["sol10_min"] == 11


def test_persistent_sleep_may_hold_an_artefact_epoch():
    stages = "WW" + "1" * 10 + "A" + "2" * 9 + "W"
    assert measure_scoring(make_scoring(stages))["sol10_min"] == 1


def test_no_persistent_sleep():
    why = reasons("W" + "2" * 19 + "W")
    assert why["sol10_min"] == "no 10 min of unbroken sleep"


def test_thirds_hold_all_n3():
    # sleep period of 10 epochs: thirds of 3, 4 and 3 by the middles of epochs
    measures = measure_scoring(make_scoring("W" + "3333333333" + "W"))
    thirds = ["n3_first3_min", "n3_mid3_min", "n3_last3_min"]
    assert measures[thirds].to_list() == [1.5, 2, 1.5]


def test_too_little_sleep_for_nightly_indices():
    why = reasons("W" + "2" * 359 + "W")
    assert why["awak_per_h"] == "under 180 min of sleep"
    assert "awak_per_h" not in reasons("W" + "2" * 360 + "W")

"""Reasons and edges of METRICS section B that the drawn nights do not have."""

import pytest
from makers import make_scoring

from psgkit.measure import measure_all, measure_scoring


def reasons(stages: str) -> dict[str, str]:
    measures, _ = measure_all(make_scoring(stages))
    return {measure.name: measure.reason for measure in measures}


@pytest.mark.parametrize(
    "name",
    [
        "rem_wmean_min_raw",
        "rem_wmean_min_b6m",
        "rem_bout_mean_min_b2m",
        "rem_ge5_pct_raw",
        "remp_mean_min",
        "rem_cont_frac",
        "rem_exit_per_h",
        "rem_frag_per_h",
        "rem_to_wake_frac",
        "rem_eff_pct",
        "rem_km_med_min",
        "rem_s5_frac",
    ],
)
def test_without_rem_the_reason_is_that(name):
    assert reasons("W" * 4 + "2" * 400)[name] == "no REM"


def test_a_little_rem_is_too_little_for_rates():
    # 19 epochs, of which 9 and 10 lie apart; then 20
    why = reasons("2" * 60 + "R" * 9 + "2" * 40 + "R" * 10 + "2")
    assert why["rem_exit_per_h"] == "under 10 min of REM"
    why = reasons("2" * 60 + "R" * 10 + "2" * 40 + "R" * 10 + "2")
    assert why["rem_exit_per_h"] == ""


def test_a_period_of_exactly_5_min_counts():
    measures = measure_scoring(make_scoring("2" * 60 + "R" * 10 + "2" * 60))
    assert measures["remp_n"] == 1
    assert measures["remp_mean_min"] == 5


def test_a_first_period_under_5_min_is_none_to_count_or_average():
    measures = measure_scoring(make_scoring("2" * 60 + "R" * 9 + "2" * 60))
    assert measures["remp_n"] == 0
    assert reasons("2" * 60 + "R" * 9 + "2" * 60)["remp_mean_min"] == (
        "no REM period of 5 min"
    )


def test_rem_whose_end_nobody_saw_has_no_step_and_no_exit():
    # a single epoch of R before artefact: no step from it was seen
    why = reasons("2" * 60 + "R" + "AAA" + "2" * 60)
    assert why["rem_cont_frac"] == "no step from R was seen"
    why = reasons("2" * 60 + "R" * 20)
    assert why["rem_to_wake_frac"] == "no exit from R was seen"


def test_bouts_of_exactly_5_and_10_min_are_that_long():
    measures = measure_scoring(make_scoring("2" * 60 + "R" * 10 + "2" * 6 + "R" * 20))
    assert measures["rem_ge5_pct_raw"] == 100
    assert measures["rem_ge10_pct_raw"] == pytest.approx(200 / 3)
    measures = measure_scoring(make_scoring("2" * 60 + "R" * 9 + "2" * 6 + "R" * 19))
    assert measures["rem_ge5_pct_raw"] == pytest.approx(1900 / 28)
    assert measures["rem_ge10_pct_raw"] == 0

"""Latencies at their edges. Epochs last 30 s."""

from dataclasses import replace

import pytest
from makers import make_scoring

from psgkit.measure import measure_all, measure_scoring


def reason(name: str, stages: str, **options: object) -> str:
    measures, _ = measure_all(make_scoring(stages, **options))
    return {measure.name: measure.reason for measure in measures}[name]


def test_persistent_sleep_from_the_first_scored_epoch_on_has_no_latency():
    measures = measure_scoring(make_scoring("?" * 6 + "2" * 40 + "W"))
    assert (measures["sol_min"], measures["sol10_min"]) == (0, 0)


def test_persistent_sleep_may_come_later_though_the_night_starts_asleep():
    measures = measure_scoring(make_scoring("2" * 5 + "W" + "2" * 20 + "W"))
    assert (measures["sol_min"], measures["sol10_min"]) == (0, 3)


def test_of_two_stretches_of_persistent_sleep_the_first_counts():
    measures = measure_scoring(make_scoring("WW" + "2" * 20 + "W" + "2" * 30 + "W"))
    assert measures["sol10_min"] == 1


def test_latencies_from_lights_off_count_every_epoch():
    measures = measure_scoring(make_scoring("WW?" + "1" * 3 + "WR" + "2" * 30))
    assert measures["sol_min"] == 1.5
    assert measures["rem_lat_lo_min"] == 3.5
    assert measures["rem_lat_min"] == 2
    assert measures["rem_lat_nowake_min"] == 1.5
    assert measures["n2_lat_min"] == 2.5


def test_the_first_period_with_5_min_of_rem_need_not_be_the_first():
    # R 60, 9 epochs; R 109, 10 epochs
    stages = "2" * 60 + "R" * 9 + "2" * 40 + "R" * 10 + "2" * 60
    measures = measure_scoring(make_scoring("W" + stages))
    assert measures["remp1_lat_min"] == 54.5
    assert measures["rem_lat_min"] == 30
    stages = "2" * 60 + "R" * 9 + "2" * 60
    assert reason("remp1_lat_min", stages) == "no REM period of 5 min"
    assert reason("remp1_lat_min", "2" * 60) == "no REM"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sol_min", "no sleep"),
        ("sol10_min", "no sleep"),
        ("n2_lat_min", "no sleep"),
        ("rem_lat_min", "no sleep"),
        ("rem_lat_nowake_min", "no sleep"),
        ("rem_lat_lo_min", "no sleep"),
        ("soremp", "no sleep"),
    ],
)
def test_a_night_awake_has_no_latency(name, why):
    assert reason(name, "W" * 20) == why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("n2_lat_min", "no N2"),
        ("n3_lat_min", "no N3"),
        ("rem_lat_min", "no REM"),
        ("rem_lat_lo_min", "no REM"),
    ],
)
def test_a_stage_that_never_came_has_no_latency(name, why):
    assert reason(name, "W" + "1" * 30) == why


def test_a_stage_that_never_came_is_the_reason_whatever_is_known_of_the_lights():
    assert reason("rem_lat_min", "2" * 30, lights=False) == "no REM"
    unseen = "sleep began before the scoring and lights-off is not known"
    # R may have come before the scoring: that there was none is not known
    assert reason("soremp", "2" * 30, lights=False) == unseen
    assert measure_scoring(make_scoring("W" + "2" * 30, lights=False))["soremp"] == 0
    assert measure_scoring(make_scoring("2" * 30, lights=True))["soremp"] == 0
    assert reason("soremp", "2" * 30 + "R" * 10, lights=False) == unseen
    # a first epoch of wake is enough to see sleep begin
    assert reason("rem_lat_min", "W" + "2" * 30 + "R" * 10, lights=False) == ""


def test_a_night_awake_is_not_without_wake():
    why = "no W within the sleep period"
    assert reason("w_bout_mean_min", "W" * 20) == why
    assert reason("wake_bout_max_min", "W" + "2" * 20) == why


def test_early_rem_after_15_min_of_epochs_of_20_s():
    for epochs, early in ((45, 1), (46, 0)):
        stages = "W" + "2" * epochs + "R" * 30 + "2"
        assert measure_scoring(make_scoring(stages, epoch_s=20))["soremp"] == early


def test_lights_off_alone_is_enough_for_latencies():
    scoring = replace(make_scoring("WW" + "2" * 30, lights=False), lights_off_s=0.0)
    measures = measure_scoring(scoring)
    assert measures["sol_min"] == 1
    assert measures.isna()["fwt_min"]

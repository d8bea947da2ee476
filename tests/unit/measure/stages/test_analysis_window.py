"""Which epochs are measured."""

import datetime as dt
from dataclasses import replace

import pytest
from makers import make_scoring

from psgkit.errors import InputError
from psgkit.measure import find_windows, measure_scoring
from psgkit.measure.stages.analysis_window import cut_stages, find_window_issues
from psgkit.measure.stages.evidence import Evidence

HOUR = 120


def test_the_window_reaches_from_lights_off_to_lights_on():
    scoring = replace(
        make_scoring("W" * 10 + "2" * 20 + "W" * 10), lights_off_s=60, lights_on_s=1050
    )
    night = Evidence.of(scoring)
    # 2 epochs cut before, 5 after
    assert len(night.stages) == 33
    assert measure_scoring(scoring)["sol_min"] == 4


def test_lights_are_rounded_to_the_nearest_boundary():
    scoring = make_scoring("W" * 10 + "2" * 20)
    for lights_off_s, epochs in ((44.9, 29), (45.0, 28)):
        moved = replace(scoring, lights_off_s=lights_off_s)
        assert len(Evidence.of(moved).stages) == epochs


def test_seconds_count_from_the_recording_s_start():
    scoring = replace(
        make_scoring("W" * 10 + "2" * 20),
        onset_s=600,
        lights_off_s=660,
        lights_on_s=1500,
    )
    assert len(Evidence.of(scoring).stages) == 28


def test_time_in_bed_without_scoring_is_unscored():
    # lights off 5 epochs before the scoring, on 3 after it
    scoring = replace(
        make_scoring("W" * 10 + "2" * 200), lights_off_s=-150, lights_on_s=6390
    )
    measures = measure_scoring(scoring)
    assert measures["tib_min"] == 109
    assert measures["unscored_min"] == 4
    assert measures["sol_min"] == 7.5


def test_a_window_apart_from_the_scoring_holds_no_number():
    scoring = replace(make_scoring("2" * 20), lights_off_s=6000, lights_on_s=7200)
    measures = measure_scoring(scoring)
    assert measures["tib_min"] == 20
    assert measures["unscored_min"] == 20
    assert measures.isna()["tst_min"]


def test_lights_on_before_lights_off_is_refused():
    scoring = replace(make_scoring("2" * 20), lights_off_s=300, lights_on_s=300)
    with pytest.raises(InputError, match="holds no epoch"):
        measure_scoring(scoring)


def test_sleeps_two_hours_apart_are_windows_of_their_own():
    stages = "W" * HOUR + "2" * HOUR + "W" * (2 * HOUR + 1) + "2" * 60 + "W" * 30
    first, second = find_windows(make_scoring(stages))
    assert (first.sleep_start, first.sleep_stop) == (120, 240)
    assert (second.sleep_start, second.sleep_stop) == (481, 541)
    # an hour around each, as far as the scoring goes; they do not overlap
    assert (first.start, first.stop) == (0, 360)
    assert (second.start, second.stop) == (361, 571)


def test_single_epochs_of_sleep_in_a_day_of_wake_do_not_join_two_sleeps():
    # As a classifier stages a day: an epoch of N1 every half hour, for 14 h.
    day = ("W" * 59 + "1") * 28
    stages = "2" * 7 * HOUR + day + "2" * 6 * HOUR
    first, second = find_windows(make_scoring(stages))
    assert (first.sleep_start, first.sleep_stop) == (0, 840)
    # The last single epoch touches the second sleep.
    assert second.sleep_stop == len(stages)
    assert second.sleep_start in (839 + len(day), 840 + len(day))
    assert measure_scoring(make_scoring(stages, lights=False))["tst_min"] >= 420


def test_the_windows_day_and_start_are_numbers_of_the_night():
    """A recording from 20:00: the second sleep begins 26 h later, on the third day."""
    stages = "2" * 2 * HOUR + "W" * 24 * HOUR + "2" * 7 * HOUR
    start = dt.datetime(1985, 1, 1, 20, 0)
    scoring = replace(make_scoring(stages, lights=False), start=start)
    measures = measure_scoring(scoring)
    # 20:00 and 25 h (an hour before the sleep): 21:00 on day 2
    assert measures["window_start_min"] == 25 * 60
    assert measures["window_day"] == 2
    by_lights = replace(scoring, lights_off_s=28.5 * 3600, lights_on_s=33 * 3600.0)
    # 20:00 and 28.5 h: half past midnight, day 3
    assert measure_scoring(by_lights)["window_day"] == 3


def test_two_hours_of_wake_do_not_part_a_sleep():
    stages = "2" * HOUR + "W" * 2 * HOUR + "2" * 60
    assert len(find_windows(make_scoring(stages))) == 1


def test_without_sleep_there_is_no_window():
    assert find_windows(make_scoring("W" * 100)) == ()


def test_of_more_than_a_day_the_longest_sleep_is_measured():
    # 2 h of sleep, 15 h awake, 7 h asleep, 1 h awake: 25 h
    stages = "2" * 2 * HOUR + "W" * 15 * HOUR + "2" * 7 * HOUR + "W" * HOUR
    measures = measure_scoring(make_scoring(stages, lights=False))
    assert measures["main_sleep_only"] == 1
    assert measures["tst_min"] == 420
    assert measures["rec_min"] == 1500


def test_of_a_day_with_lights_known_the_window_is_what_was_given():
    stages = "2" * 2 * HOUR + "W" * 15 * HOUR + "2" * 7 * HOUR + "W" * HOUR
    measures = measure_scoring(make_scoring(stages))
    assert measures["main_sleep_only"] == 0
    assert measures["tst_min"] == 540


def test_the_sentence_says_which_sleep_was_taken_and_how_to_have_the_other():
    """Windows reach an hour beyond the sleep: 0 to 3 h, and 16 to 25 h."""
    stages = "2" * 2 * HOUR + "W" * 15 * HOUR + "2" * 7 * HOUR + "W" * HOUR
    scoring = make_scoring(stages, lights=False)
    (issue,) = find_window_issues(scoring)
    assert "16:00 to 25:00 after the start" in issue.message
    assert "--lights-off 0s --lights-on 10800s" in issue.remedy
    nap = replace(scoring, lights_off_s=0.0, lights_on_s=10800.0)
    assert measure_scoring(nap)["tst_min"] == 120
    assert find_window_issues(nap) == ()


def test_exactly_a_day_is_no_longer_than_a_day():
    # 2 h of sleep, 14 h awake, 7 h asleep, 1 h awake: 24 h; and an epoch more
    stages = "2" * 2 * HOUR + "W" * 14 * HOUR + "2" * 7 * HOUR + "W" * HOUR
    measures = measure_scoring(make_scoring(stages, lights=False))
    assert (measures["main_sleep_only"], measures["tst_min"]) == (0, 540)
    measures = measure_scoring(make_scoring(stages + "W", lights=False))
    assert (measures["main_sleep_only"], measures["tst_min"]) == (1, 420)


def test_a_long_recording_with_one_sleep_is_measured_whole():
    stages = "W" * 20 * HOUR + "2" * 4 * HOUR + "W" * HOUR
    measures = measure_scoring(make_scoring(stages, lights=False))
    assert measures["main_sleep_only"] == 0
    assert measures["w_min"] == 21 * 60


def test_of_two_sleeps_the_longest_counts_from_its_first_to_its_last_epoch():
    # 4 h of which an hour and a half is wake, against 3 h of sleep alone
    stages = "2" * HOUR + "W" * 180 + "2" * 180 + "W" * 20 * HOUR + "2" * 3 * HOUR
    measures = measure_scoring(make_scoring(stages, lights=False))
    assert measures["tst_min"] == 150


def test_with_one_of_the_lights_known_nothing_is_left_aside():
    stages = "2" * 2 * HOUR + "W" * 15 * HOUR + "2" * 7 * HOUR + "W" * HOUR
    for lights in ({"lights_off_s": 3600.0}, {"lights_on_s": 86400.0}):
        scoring = replace(make_scoring(stages, lights=False), **lights)
        assert measure_scoring(scoring)["main_sleep_only"] == 0


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (0, 3, [0, 2, 4]),
        (1, 2, [2]),
        (-2, 2, [-2, -2, 0, 2]),
        (2, 5, [4, -2, -2]),
        (-1, 4, [-2, 0, 2, 4, -2]),
        # apart from the scoring, before and after it
        (-5, -2, [-2, -2, -2]),
        (-2, 0, [-2, -2]),
        (3, 5, [-2, -2]),
        (7, 9, [-2, -2]),
    ],
)
def test_what_the_scoring_does_not_reach_is_unscored(start, stop, expected):
    assert cut_stages(make_scoring("W2R"), start, stop).tolist() == expected


def test_windows_of_epochs_that_do_not_fill_an_hour():
    """Of 7 s there are 514.3 in an hour: 514 around the sleep."""
    scoring = make_scoring("W" * 1000 + "2" * 10 + "W" * 1000, epoch_s=7.0)
    (window,) = find_windows(scoring)
    assert (window.start, window.stop) == (1000 - 514, 1010 + 514)


def test_the_refusal_tells_both_seconds():
    scoring = replace(
        make_scoring("2" * 20), onset_s=600.0, lights_off_s=900.0, lights_on_s=660.0
    )
    with pytest.raises(InputError, match="starts 900 s and ends 660 s after"):
        measure_scoring(scoring)


def test_n1_is_sleep_around_which_a_window_reaches():
    (window,) = find_windows(make_scoring("W" * 200 + "1" * 4 + "W" * 200))
    assert (window.sleep_start, window.sleep_stop) == (200, 204)
    assert (window.start, window.stop) == (80, 324)


@pytest.mark.parametrize(("seconds", "number"), [(7200, 1), (7201, 2)])
def test_the_gap_that_parts_sleeps_is_over_two_hours_to_the_second(seconds, number):
    scoring = make_scoring("2" * 60 + "W" * seconds + "2" * 60, epoch_s=1.0)
    assert len(find_windows(scoring)) == number


def test_a_long_recording_without_sleep_is_measured_whole():
    measures = measure_scoring(make_scoring("W" * 25 * HOUR, lights=False))
    assert (measures["main_sleep_only"], measures["w_min"]) == (0, 25 * 60)

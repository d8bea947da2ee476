"""Cycles, step by step as METRICS section A numbers them. Epochs last 30 s."""

import numpy as np
import pytest
from makers import make_scoring

from psgkit.measure import measure_scoring
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import Cycle, hides_rem_period

NREM_HOUR = "2" * 120


def night(stages: str) -> Evidence:
    return Evidence.of(make_scoring(stages))


def spans(stages: str) -> list[tuple[int, int, int]]:
    """Return REM periods as first epoch, epoch after the last, epochs of R."""
    return [(p.start, p.stop, p.rem_epochs) for p in night(stages).rem_periods]


def cycles(stages: str) -> list[tuple[int, int, bool]]:
    """Return cycles as first epoch, epoch after the last, whether complete."""
    return [(c.start, c.stop, c.is_complete) for c in night(stages).cycles]


def test_step_1_bouts_14_5_min_apart_are_one_period():
    # R 120-139, 29 epochs of N2, R 169-188
    stages = NREM_HOUR + "R" * 20 + "2" * 29 + "R" * 20 + NREM_HOUR
    assert spans(stages) == [(120, 189, 40)]


def test_step_1_bouts_15_min_apart_are_two():
    stages = NREM_HOUR + "R" * 20 + "2" * 30 + "R" * 20 + NREM_HOUR
    assert spans(stages) == [(120, 140, 20), (170, 190, 20)]


def test_step_2_a_first_period_may_be_short():
    assert spans(NREM_HOUR + "R" + NREM_HOUR) == [(120, 121, 1)]


def test_step_2_a_later_one_under_5_min_is_dropped():
    stages = NREM_HOUR + "R" * 20 + NREM_HOUR + "R" * 9 + NREM_HOUR
    assert spans(stages) == [(120, 140, 20)]
    stages = NREM_HOUR + "R" * 20 + NREM_HOUR + "R" * 10 + NREM_HOUR
    assert spans(stages) == [(120, 140, 20), (260, 270, 10)]


def test_step_2_a_last_one_that_the_window_cuts_may_be_short():
    stages = NREM_HOUR + "R" * 20 + NREM_HOUR + "R" * 3
    found = night(stages).rem_periods
    assert [(p.start, p.stop, p.is_censored) for p in found] == [
        (120, 140, False),
        (260, 263, True),
    ]
    assert measure_scoring(make_scoring(stages))["last_remp_censored"] == 1


def test_step_3_less_than_15_min_of_nrem_between_joins_two_periods():
    # 20 min apart, of which 14.5 min are NREM sleep
    stages = "2" * 60 + "R" * 20 + "W" * 11 + "2" * 29 + "R" * 20 + "2" * 60
    assert len(spans(stages)) == 2
    assert cycles(stages) == [(0, 140, True), (140, 200, False)]


def test_step_3_sleep_onset_rem_closes_no_cycle():
    stages = "1" * 5 + "R" * 20 + "2" * 100 + "R" * 20 + "2" * 60
    assert cycles(stages) == [(25, 145, True), (145, 205, False)]


def test_step_3_a_nrem_period_may_begin_with_n1():
    stages = "W" * 5 + "1" * 10 + "2" * 60 + "R" * 20 + "2" * 60
    assert cycles(stages)[0] == (5, 95, True)


def test_step_4_a_quarter_of_an_hour_of_w_and_n1_ends_a_cycle():
    # N2 0-59, then 10 of W and 20 of N1, then N2 90-149
    stages = "2" * 60 + "W" * 10 + "1" * 20 + "2" * 60 + "R" * 20 + "2" * 60
    assert cycles(stages) == [(0, 60, False), (90, 170, True), (170, 230, False)]


def test_step_4_an_epoch_less_does_not():
    stages = "2" * 60 + "W" * 10 + "1" * 19 + "2" * 60 + "R" * 20 + "2" * 60
    assert cycles(stages) == [(0, 169, True), (169, 229, False)]


def test_step_4_the_next_cycle_starts_at_n2_or_deeper():
    stages = "2" * 60 + "W" * 30 + "1" * 5 + "3" * 60 + "R" * 20 + "2" * 60
    assert cycles(stages)[1] == (95, 175, True)


def test_step_5_a_long_first_nrem_period_with_n3_again_is_flagged():
    def flag(first: str) -> float:
        return measure_scoring(make_scoring(first + "R" * 20 + NREM_HOUR))[
            "c1_split_candidate"
        ]

    # 241 epochs are 120.5 min; N3 again after 25 epochs without, 12.5 min
    assert flag("2" * 20 + "3" * 40 + "2" * 25 + "3" * 40 + "2" * 116) == 1
    # after 24 epochs, 12 min, and not more
    assert flag("2" * 20 + "3" * 40 + "2" * 24 + "3" * 40 + "2" * 117) == 0
    # 240 epochs are 120 min, and not more; wake does not count
    assert flag("2" * 20 + "3" * 40 + "2" * 25 + "3" * 40 + "2" * 115 + "W" * 9) == 0


def test_step_6_a_cycle_is_complete_if_5_min_of_sleep_follow():
    for epochs, complete in ((9, False), (10, True)):
        stages = NREM_HOUR + "R" * 20 + "W" * 3 + "2" * epochs + "W" * 10
        assert cycles(stages)[0] == (0, 140, complete)


def test_no_rem_is_no_cycle():
    measures = measure_scoring(make_scoring(NREM_HOUR * 4))
    assert measures["cycle_n"] == 0
    assert measures.isna()["cycle_mean_min"]


def test_cycle_columns_are_of_complete_cycles():
    # 0-139 and 140-299 are complete, 70 and 80 min; 300-419 is not
    stages = NREM_HOUR + "R" * 20 + NREM_HOUR + "R" * 40 + NREM_HOUR
    measures = measure_scoring(make_scoring(stages))
    assert measures["cycle_n"] == 2
    assert measures["cycle_mean_min"] == pytest.approx(75)


@pytest.mark.parametrize(("epoch_s", "gap", "number"), [(20, 44, 1), (20, 45, 2)])
def test_minutes_become_epochs_of_any_length(epoch_s, gap, number):
    stages = "2" * 180 + "R" * 30 + "2" * gap + "R" * 30 + "2" * 180
    found = Evidence.of(make_scoring(stages, epoch_s=epoch_s)).rem_periods
    assert len(found) == number


def test_a_cut_period_is_one_that_ends_with_the_last_scored_epoch():
    found = night(NREM_HOUR + "R" * 20 + "??").rem_periods
    assert [(p.start, p.stop, p.is_censored) for p in found] == [(120, 140, True)]


def test_bridged_epochs_are_no_rem():
    assert spans(NREM_HOUR + "R" * 6 + "A" + "R" * 6 + NREM_HOUR) == [(120, 133, 12)]


def test_artefact_and_wake_are_no_nrem_of_a_cycle():
    # 29 epochs of NREM sleep among wake and artefact are no NREM period, 30 are
    for nrem, number in ((29, 0), (30, 1)):
        stages = "1" * 10 + "W" * 5 + "AAA" + "3" * (nrem - 10) + "R" * 20 + "2" * 20
        assert len(cycles(stages)) == number


def test_a_long_wake_at_the_start_of_a_stretch_makes_no_empty_part():
    # the cycle's NREM period starts at onset, N1 0-34 is light for over 15 min
    stages = "1" * 35 + "2" * 60 + "R" * 20 + "2" * 60
    assert cycles(stages) == [(35, 115, True), (115, 175, False)]


def test_a_long_wake_before_rem_ends_the_stretch():
    # N2 60, W 30, then R without N2 or N3 in between: no cycle closes with it
    stages = "2" * 60 + "W" * 30 + "R" * 20 + "2" * 60
    assert cycles(stages) == [(0, 60, False), (110, 170, False)]


def test_two_long_wakes_make_three_parts():
    stages = "2" * 40 + "W" * 30 + "2" * 40 + "1" * 30 + "2" * 40 + "R" * 20 + "2" * 20
    assert cycles(stages) == [(0, 40, False), (70, 110, False), (140, 200, True)]


def test_unscored_epochs_within_a_long_wake_are_bridged():
    stages = "2" * 40 + "W" * 15 + "?" + "W" * 14 + "2" * 40 + "R" * 20 + "2" * 20
    assert cycles(stages)[:2] == [(0, 40, False), (70, 130, True)]


def test_a_night_that_ends_in_wake_ends_its_last_cycle_with_sleep():
    stages = "W" * 4 + NREM_HOUR + "R" * 20 + NREM_HOUR + "W" * 40
    assert cycles(stages) == [(4, 144, True), (144, 264, False)]


def test_three_periods_close_together_are_one_in_a_cycle():
    # 31 epochs apart, of which 29 are NREM sleep
    gap = "WW" + "2" * 29
    stages = "2" * 60 + "R" * 20 + gap + "R" * 20 + gap + "R" * 20 + "2" * 60
    assert len(spans(stages)) == 3
    assert cycles(stages) == [(0, 60 + 60 + 62, True), (182, 242, False)]


def test_interruptions_with_and_without_wake():
    # R 120-129, N2 130-131, R 132-136, N1 W 137-138, R 139-143, A A A, R 147-151
    stages = NREM_HOUR + "R" * 10 + "22" + "R" * 5 + "1W" + "R" * 5 + "AAA" + "R" * 5
    assert night(stages + "2" * 20).rem_interruptions == (
        (130, 132, False),
        (137, 139, True),
    )


def test_artefact_beside_a_scored_epoch_is_part_of_the_interruption():
    stages = NREM_HOUR + "R" * 10 + "AA2A" + "R" * 10 + "2" * 20
    assert night(stages).rem_interruptions == ((130, 134, False),)


def test_step_3_fifteen_minutes_of_nrem_between_keep_two_periods_apart():
    stages = "2" * 60 + "R" * 20 + "W" * 11 + "2" * 30 + "R" * 20 + "2" * 60
    assert cycles(stages)[:2] == [(0, 80, True), (80, 141, True)]


def test_step_4_shorter_wakes_before_a_long_one_end_nothing():
    stages = "2" * 30 + "W" * 5 + "2" * 10 + "W" * 30 + "2" * 40 + "R" * 20 + "2" * 20
    assert cycles(stages)[:2] == [(0, 45, False), (75, 135, True)]


def test_step_4_a_part_that_is_too_short_hides_no_later_one():
    stages = "2" * 20 + "W" * 30 + "2" * 40 + "R" * 20 + "2" * 20
    assert cycles(stages) == [(50, 110, True)]


def test_step_4_after_a_last_long_wake_without_deep_sleep_nothing_begins():
    # wake, artefact, and wake that ends in an epoch of N1: two bouts of 15 min
    ending = "W" * 30 + "AAA" + "W" * 29 + "1"
    stages = "2" * 60 + "R" * 20 + "2" * 40 + ending
    assert cycles(stages) == [(0, 80, True), (80, 120, False)]


def test_step_6_n1_is_sleep_that_follows():
    stages = NREM_HOUR + "R" * 20 + "1" * 10
    assert cycles(stages)[0] == (0, 140, True)


def test_step_5_is_in_seconds_whatever_an_epoch_is():
    """Epochs of 5 s: 1,441 of NREM sleep are 7,205 s, 145 without N3 are 725 s."""

    def hides(n_nrem: int, gap: int) -> bool:
        stages = np.array([3] + [2] * gap + [3] + [2] * (n_nrem - gap - 2))
        whole = Cycle(0, n_nrem, n_nrem, has_rem=True, is_complete=True)
        return hides_rem_period(stages, whole, 5.0)

    assert hides(1441, 145)
    assert not hides(1440, 145)
    assert not hides(1441, 144)

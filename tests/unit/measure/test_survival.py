"""Survival of bouts whose ends were seen, or not. Epochs last 30 s."""

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.metrics import Undefined
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts
from psgkit.measure.survival import survival_median_min, survival_share

NIGHT = Evidence.of(make_scoring("R"))


def bouts(*lengths_min: float, unseen: tuple[int, ...] = ()) -> Bouts:
    """Make bouts of some minutes; of those in ``unseen``, by place, no end was seen."""
    lengths = np.array([round(2 * minutes) for minutes in lengths_min])
    is_censored = np.isin(np.arange(len(lengths)), unseen)
    return Bouts(np.zeros_like(lengths), lengths, is_censored)


def test_the_median_is_the_length_by_which_half_have_ended():
    # 4/5, 3/5, 2/5 at 4 min
    assert survival_median_min(NIGHT, bouts(2, 3, 4, 5, 6), "bouts") == 4
    # 5/6, 4/6, 3/6: half at 4 min
    assert survival_median_min(NIGHT, bouts(2, 3, 4, 5, 6, 7), "bouts") == 4


def test_one_length_at_which_more_than_half_end_is_the_median():
    given = bouts(2, 2, 2, 2, 5, unseen=(4,))
    assert survival_median_min(NIGHT, given, "bouts") == 2


def test_where_under_half_were_seen_to_end_there_is_no_median():
    given = bouts(2, 3, 4, 5, 6, unseen=(2, 3, 4))
    reason = Undefined("the ends of too many bouts were not seen")
    assert survival_median_min(NIGHT, given, "bouts") == reason


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(1, 1.0), (2, 0.8), (2.5, 0.8), (5, 0.2), (6, 0.0), (10, 0.0)],
)
def test_the_share_that_lasts_longer(minutes, expected):
    found = survival_share(NIGHT, bouts(2, 3, 4, 5, 6), minutes, "bouts")
    assert found == pytest.approx(expected)


def test_bouts_as_long_as_was_asked_are_no_longer_than_that():
    """Five of 10 min, one of them censored there: of 4/5 the end was seen."""
    given = bouts(10, 10, 10, 10, 10, unseen=(4,))
    assert survival_share(NIGHT, given, 10, "bouts") == pytest.approx(0.2)


def test_how_many_last_10_min_is_unknown_where_the_longest_was_cut_before():
    reason = Undefined("no one saw bouts of 10 min end")
    given = bouts(2, 3, 4, 5, 9.5, unseen=(4,))
    assert survival_share(NIGHT, given, 10, "bouts") == reason
    # and known where it was cut then
    given = bouts(2, 3, 4, 5, 10, unseen=(4,))
    assert survival_share(NIGHT, given, 10, "bouts") == pytest.approx(0.2)


def test_where_no_end_was_seen_all_last_longer_than_what_was_seen_of_them():
    given = bouts(2, 3, 4, 5, 6, unseen=(0, 1, 2, 3, 4))
    assert survival_share(NIGHT, given, 1, "bouts") == 1
    reason = Undefined("no one saw bouts of 10 min end")
    assert survival_share(NIGHT, given, 10, "bouts") == reason


def test_four_bouts_are_too_few():
    reason = Undefined("under 5 bouts")
    assert survival_share(NIGHT, bouts(1, 2, 3, 4), 2, "bouts") == reason
    assert survival_median_min(NIGHT, bouts(1, 2, 3, 4), "bouts") == reason


def test_a_reason_is_handed_on():
    none = Undefined("no REM")
    assert survival_share(NIGHT, none, 2, "bouts") == none
    assert survival_median_min(NIGHT, none, "bouts") == none

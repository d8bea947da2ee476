"""Segments of REM sleep between arousals, second by second. Epochs last 30 s."""

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.metrics import Undefined
from psgkit.measure import measure_all, measure_scoring
from psgkit.measure.events.rem_arousals import rem_segments_s
from psgkit.measure.stages.evidence import Evidence


def segments(stages: str, *arousals: tuple[float, float]) -> list[tuple[float, float]]:
    night = Evidence.of(make_scoring(stages, arousals=arousals))
    return rem_segments_s(night, night.timed_arousals)


# N2 0 to 30 s, R 30 to 150 s, N2 150 to 180 s
BOUT = "2RRRR2"


@pytest.mark.parametrize(
    ("arousals", "expected"),
    [
        ([], [(30, 150)]),
        ([(60, 10)], [(30, 60), (70, 150)]),
        # from the stage before into R, and from R into the stage behind
        ([(25, 10), (145, 10)], [(35, 145)]),
        # at the very start, and until the very end
        ([(30, 10)], [(40, 150)]),
        ([(140, 10)], [(30, 140)]),
        # outside of it
        ([(5, 10), (150, 10)], [(30, 150)]),
        # one within another, and one that overlaps the next
        ([(60, 40), (70, 5)], [(30, 60), (100, 150)]),
        ([(60, 20), (70, 20)], [(30, 60), (90, 150)]),
        # over the whole of it
        ([(10, 150)], []),
    ],
)
def test_arousals_cut_a_bout(arousals, expected):
    assert segments(BOUT, *arousals) == expected


def test_segments_of_exactly_5_min_are_consolidated():
    # R 300 to 960 s; an arousal from 600 to 660 s leaves twice 5 min
    stages = "2" * 10 + "R" * 22 + "2" * 10
    night = make_scoring(stages, arousals=[(600, 60)])
    measures = measure_scoring(night)
    assert measures["rem_consol_min"] == 10
    assert measures["rem_consol_pct"] == pytest.approx(100 * 10 / 11)
    # a tenth of a second more of arousal, and the second is too short
    measures = measure_scoring(make_scoring(stages, arousals=[(600, 60.1)]))
    assert measures["rem_consol_min"] == 5


def test_bridged_epochs_within_a_segment_are_no_rem():
    # R 0 to 390 s of which 60 s were not scored
    measures = measure_scoring(
        make_scoring("R" * 6 + "??" + "R" * 5 + "2" * 9, arousals=[])
    )
    assert measures["rem_consol_min"] == 5.5


def instability(stages: str, *arousals: tuple[float, float]) -> float:
    """Return what is counted, on a night with 30 min of R."""
    per_h = measure_scoring(make_scoring(stages, arousals=arousals))["rem_instab_per_h"]
    return float(per_h) / 2


# R 0 to 900 s, W 900 to 960 s, R 960 to 1860 s, N2
WOKEN = "R" * 30 + "WW" + "R" * 30 + "2" * 10


@pytest.mark.parametrize(
    ("arousals", "count"),
    [
        ([], 1),
        ([(500, 5)], 2),
        # it ends in the awakening, at its start, at its end: one and the same
        ([(890, 15)], 1),
        ([(890, 10)], 1),
        ([(890, 70)], 1),
        # it ended before, or goes on into the R behind
        ([(890, 9)], 2),
        ([(890, 71)], 2),
        # one ends in it and one does not
        ([(300, 5), (890, 15)], 2),
    ],
)
def test_an_awakening_counts_unless_an_arousal_in_rem_ends_in_it(arousals, count):
    assert instability(WOKEN, *arousals) == pytest.approx(count)


def test_wake_that_follows_no_rem_is_no_awakening_from_rem():
    assert instability("WW" + "R" * 60 + "2" * 4 + "W" * 4 + "2" * 4) == 0
    # nobody saw what came before the second W
    assert instability("2" + "R" * 60 + "???" + "W" * 4 + "2" * 4) == 0


def test_wake_from_the_night_s_start_is_no_awakening_though_the_last_epoch_is_rem():
    assert instability("WW" + "2" * 40 + "R" * 60) == 0


def test_an_arousal_in_nrem_takes_no_awakening_away():
    # 1795 s in N2, ends in the W from 1860 s
    stages = "R" * 58 + "22" + "RR" + "W" * 4 + "2" * 4
    assert instability(stages, (1795, 70)) == pytest.approx(1)


def test_without_rem_there_is_no_share_of_it():
    measures, _ = measure_all(make_scoring("2" * 40, arousals=[]))
    by_name = {measure.name: measure for measure in measures}
    assert by_name["rem_consol_min"].value == 0
    assert by_name["rem_consol_pct"].reason == "no REM"
    assert np.isnan(by_name["rem_instab_per_h"].value)


def test_arousals_not_scored_are_the_reason():
    measures, _ = measure_all(make_scoring("R" * 60))
    reasons = {m.name: m.reason for m in measures}
    for name in ("rem_instab_per_h", "rem_consol_min", "rem_consol_pct"):
        assert Undefined(reasons[name]) == Undefined("arousals were not scored")


def test_the_epoch_just_before_says_what_one_awoke_from():
    assert instability("R" * 60 + "2" + "W" + "2") == 0
    assert instability("R" * 59 + "2" + "R" + "W" + "2") == 1

"""AASM's arousal rule, part by part: what is one, and why the others are not."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.criteria import Candidate, Night, judge
from psgkit.measure.arousals.thresholds import ArousalRules

CENTRAL = frozenset({"C4_M1"})


def _shift(
    onset_s: float, end_s: float, channel: str = "C4_M1", **facts: float
) -> Shift:
    values = {"peak_ratio": 5.0, "sustained": 3.0, "alpha_excess": 9.0} | facts
    return Shift(onset_s, end_s, "alpha", channels=(channel,), **values)  # type: ignore[arg-type]


def _judge(
    *shifts: Shift,
    stages: str = "2" * 20,
    tone_s: tuple[float, float] | None = None,
) -> list[Candidate]:
    rises = np.zeros(4 * 600, dtype=bool)
    if tone_s is not None:
        rises[round(4 * tone_s[0]) : round(4 * tone_s[1])] = True
    return judge(shifts, Night(make_scoring(stages), rises), CENTRAL, ArousalRules())


def _reasons(*shifts: Shift, **facts: object) -> list[str]:
    return [one.reason for one in _judge(*shifts, **facts)]  # type: ignore[arg-type]


def test_five_seconds_of_alpha_out_of_stable_n2_is_an_arousal() -> None:
    (found,) = _judge(_shift(100.0, 105.0))
    assert found.is_taken
    assert found.stage.name == "N2"


@pytest.mark.parametrize(("seconds", "reason"), [(2.75, "too_short"), (3.0, "")])
def test_an_arousal_lasts_three_seconds(seconds: float, reason: str) -> None:
    assert _reasons(_shift(100.0, 100.0 + seconds)) == [reason]


@pytest.mark.parametrize(
    ("onset_s", "reason"), [(66.0, "no10s"), (71.0, ""), (63.0, "no10s")]
)
def test_ten_seconds_of_sleep_come_before(onset_s: float, reason: str) -> None:
    assert _reasons(_shift(onset_s, onset_s + 5), stages="WW" + "2" * 10) == [reason]


def test_the_ten_seconds_may_lie_in_the_epoch_before() -> None:
    assert _reasons(_shift(91.0, 96.0), stages="2212222") == [""]


def test_wake_has_no_arousals() -> None:
    assert _reasons(_shift(100.0, 105.0), stages="W" * 10) == ["not_asleep"]
    assert _reasons(_shift(100.0, 105.0), stages="22??????") == ["not_asleep"]


def test_in_rem_the_chin_must_rise() -> None:
    assert _reasons(_shift(100.0, 105.0), stages="R" * 10) == ["rem_without_emg"]
    assert _reasons(_shift(100.0, 105.0), stages="R" * 10, tone_s=(101, 102)) == [""]


def test_a_rise_of_the_chin_under_a_second_is_none() -> None:
    found = _reasons(_shift(100.0, 105.0), stages="R" * 10, tone_s=(101.0, 101.75))
    assert found == ["rem_without_emg"]


def test_the_chin_may_rise_half_a_second_after_the_end() -> None:
    found = _reasons(_shift(100.0, 105.0), stages="R" * 10, tone_s=(104.5, 105.5))
    assert found == [""]


def test_without_a_chin_there_is_no_arousal_in_rem() -> None:
    night = Night(make_scoring("R" * 10), None)
    (found,) = judge([_shift(100.0, 105.0)], night, CENTRAL, ArousalRules())
    assert found.reason == "rem_without_emg"


def test_what_only_the_occiput_shows_needs_the_chin() -> None:
    occipital = _shift(100.0, 105.0, "O2_M1")
    assert _reasons(occipital) == ["occipital_without_emg"]
    assert _reasons(occipital, tone_s=(100, 103)) == [""]


@pytest.mark.parametrize("facts", [{"peak_ratio": 2.9}, {"sustained": 2.2}])
def test_a_weak_shift_needs_the_chin(facts: dict[str, float]) -> None:
    assert _reasons(_shift(100.0, 105.0, **facts)) == ["weak_without_emg"]
    assert _reasons(_shift(100.0, 105.0, **facts), tone_s=(100, 103)) == [""]


def test_what_remains_without_its_spindles_must_last_three_seconds() -> None:
    assert _reasons(_shift(100.0, 105.0, spindle_s=2.5)) == ["spindle"]
    assert _reasons(_shift(100.0, 105.0, spindle_s=2.0)) == [""]


def test_artefact_is_rejected_unless_the_chin_makes_it_a_movement() -> None:
    assert _reasons(_shift(100.0, 105.0, artefact=0.3)) == ["artefact"]
    assert _reasons(_shift(100.0, 105.0, artefact=0.3), tone_s=(100, 103)) == [""]


def test_a_follower_within_three_seconds_belongs_to_the_one_before() -> None:
    first, second = _judge(_shift(100.0, 105.0), _shift(107.5, 112.0))
    assert (first.shift.onset_s, first.shift.end_s) == (100.0, 112.0)
    assert second.reason == "joined"


def test_a_follower_within_ten_seconds_is_no_arousal_of_its_own() -> None:
    shifts = (_shift(100.0, 105.0), _shift(110.0, 114.0), _shift(120.0, 124.0))
    assert _reasons(*shifts) == ["", "no10s", "no10s"]


def test_a_rejected_spindle_does_not_disturb_sleep() -> None:
    shifts = (_shift(100.0, 104.0, spindle_s=3.0), _shift(110.0, 114.0))
    assert _reasons(*shifts) == ["spindle", ""]


def test_an_arousal_is_cut_at_thirty_seconds_and_wake_after_it_is_noted() -> None:
    (found,) = _judge(_shift(80.0, 140.0), stages="222WWWWW")
    assert found.shift.duration_s == 30.0
    assert found.to_wake
    (found,) = _judge(_shift(80.0, 140.0))
    assert not found.to_wake


def test_the_stage_is_that_of_the_epoch_that_holds_a_second() -> None:
    scoring = replace(make_scoring("W2R"), onset_s=10.0)
    night = Night(scoring, None)
    seconds = (9.9, 10.0, 39.9, 40.0, 99.9, 100.0)
    assert [night.stage_at(s).name for s in seconds] == [
        "UNS",
        "W",
        "W",
        "N2",
        "R",
        "UNS",
    ]
    assert {s.name for s in night.stages_within(35.0, 75.0)} == {"W", "N2", "R"}
    # the end itself is not within
    assert {s.name for s in night.stages_within(10.0, 40.0)} == {"W"}


def test_what_begins_within_a_second_of_wake_is_out_of_sleep() -> None:
    # N2 until 150 s; then W
    stages = "22222WWWWW"
    assert _reasons(_shift(150.9, 156.0), stages=stages) == ["no10s"]
    assert _reasons(_shift(151.1, 156.0), stages=stages) == ["not_asleep"]


def test_thresholds_without_the_chin_are_themselves_enough() -> None:
    clear = _shift(100.0, 105.0, peak_ratio=3.25, sustained=2.5, artefact=0.25)
    assert _reasons(clear) == [""]


def test_a_follower_three_seconds_behind_is_one_of_its_own() -> None:
    found = _judge(_shift(100.0, 105.0), _shift(108.0, 112.0))
    assert [one.reason for one in found] == ["", "no10s"]
    assert found[0].shift.end_s == 105.0


def test_ten_seconds_behind_another_is_far_enough() -> None:
    assert _reasons(_shift(100.0, 105.0), _shift(115.0, 120.0)) == ["", ""]


def test_joined_ones_last_thirty_seconds_at_most() -> None:
    first, second = _judge(_shift(100.0, 120.0), _shift(122.0, 130.0))
    assert first.shift.duration_s == 30.0
    assert second.reason == "joined"
    first, second = _judge(_shift(100.0, 120.0), _shift(122.0, 130.1))
    assert first.shift.duration_s == 20.0
    assert second.reason == "no10s"


def test_a_joined_one_brings_its_spindles_and_its_disturbance() -> None:
    first, _, third = _judge(
        _shift(100.0, 105.0, spindle_s=1.0),
        _shift(107.0, 112.0, spindle_s=0.5),
        _shift(121.9, 126.0),
    )
    assert first.shift.spindle_s == 1.5
    assert third.reason == "no10s"


def test_what_follows_a_follower_is_joined_to_the_whole() -> None:
    found = _judge(_shift(100.0, 104.0), _shift(106.0, 108.0), _shift(110.0, 114.0))
    assert [one.reason for one in found] == ["", "joined", "joined"]
    assert found[0].shift.end_s == 114.0


def test_the_chin_may_rise_half_a_second_before_the_start() -> None:
    rem = "R" * 10
    assert _reasons(_shift(100.0, 105.0), stages=rem, tone_s=(99.5, 100.5)) == [""]
    assert _reasons(_shift(100.0, 105.0), stages=rem, tone_s=(99.25, 100.25)) == [
        "rem_without_emg"
    ]
    assert _reasons(_shift(100.0, 105.0), stages=rem, tone_s=(104.75, 105.75)) == [
        "rem_without_emg"
    ]


def test_a_chin_that_rises_sets_emg_and_only_central_ones_count_as_central() -> None:
    (found,) = _judge(_shift(100.0, 105.0, "O2_M1"), tone_s=(100, 103))
    assert (found.emg, found.is_central, found.to_wake) == (True, False, False)
    (found,) = _judge(_shift(100.0, 105.0))
    assert (found.emg, found.is_central) == (False, True)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"alpha_excess": 3.9}, "background_alpha"),
        ({"alpha_excess": 4.0}, ""),
        ({"alpha_excess": 1.0, "beta_ratio": 2.4}, "background_alpha"),
        ({"alpha_excess": 1.0, "beta_ratio": 2.5}, ""),
        ({"alpha_excess": 1.0, "band": "theta"}, ""),
    ],
)
def test_alpha_alone_must_stand_out_of_the_nights_own(facts, reason) -> None:
    shift = replace(_shift(100.0, 105.0), **facts)
    assert _reasons(shift) == [reason]
    # The chin has its say before, and REM sleep is a matter of the chin alone.
    assert _reasons(shift, tone_s=(100.0, 102.0)) == [""]
    assert _reasons(shift, stages="R" * 20) == ["rem_without_emg"]

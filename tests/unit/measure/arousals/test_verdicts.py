"""AASM's arousal rule, part by part: what is one, and why the others are not."""

import numpy as np
import pytest
from makers import make_scoring

from psgkit.measure.arousals.candidates import Shift
from psgkit.measure.arousals.rules import ArousalRules
from psgkit.measure.arousals.verdicts import Candidate, Night, judge

CENTRAL = frozenset({"C4_M1"})


def _shift(
    onset_s: float, end_s: float, channel: str = "C4_M1", **facts: float
) -> Shift:
    values = {"peak_ratio": 5.0, "sustained": 3.0} | facts
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

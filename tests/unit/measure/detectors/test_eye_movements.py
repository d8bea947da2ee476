"""Rapid eye movements: YASA's own events, and movements that were put in."""

import numpy as np
import pandas as pd
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.eye_movements import (
    density_by_period,
    detect_eye_movements,
    eye_movement_values,
    eyes_usable,
    mini_epochs,
)
from psgkit.measure.signals.excerpts import Excerpt

RATE_HZ = 100.0


def make_eyes(seconds, onsets_s, *, opposite=True):
    """Return both eyes: steps of 120 µV that decay, in opposite directions."""
    left = 3 * make_noise(seconds, RATE_HZ, exponent=1.0)
    right = 3 * make_noise(seconds, RATE_HZ, exponent=1.0, seed=1)
    decay = np.exp(-np.arange(100) / 40) * np.minimum(np.arange(100) / 6, 1)
    step = (160 * decay).astype(np.float32)
    for onset_s in onsets_s:
        start = int(onset_s * RATE_HZ)
        left[start : start + 100] += step
        right[start : start + 100] += -step if opposite else step
    return left, right


def detect(left, right, timeline):
    excerpt = Excerpt.of(timeline, (Stage.R,), RATE_HZ, len(left))
    return detect_eye_movements(excerpt.cut(left), excerpt.cut(right), excerpt)


def test_the_events_are_yasas():
    import yasa

    left, right = make_eyes(900, np.arange(20, 880, 5.3))
    timeline = make_timeline("R" * 30)
    ours = detect(left, right, timeline)
    codes = np.full(len(left), 4)
    theirs = yasa.rem_detect(
        left, right, RATE_HZ, hypno=codes, verbose="ERROR"
    ).summary()
    assert len(ours) == len(theirs) > 100
    for own, name in (
        ("onset_s", "Start"),
        ("peak_s", "Peak"),
        ("duration_s", "Duration"),
        ("left_uv", "LOCAbsValPeak"),
        ("right_uv", "ROCAbsValPeak"),
    ):
        assert ours[own].to_numpy() == pytest.approx(theirs[name], abs=1e-3)


def test_movements_are_found_where_they_were_put():
    onsets = np.arange(20, 1180, 6.0)
    timeline = make_timeline("R" * 40)
    events = detect(*make_eyes(1200, onsets), timeline)
    assert len(events) == pytest.approx(len(onsets), rel=0.03)
    numbers = eye_movement_values(events, timeline)
    assert numbers["rem_density_per_min"] == len(events) / 20
    # One movement every 6 s: every other mini-epoch of 3 s, from 20 s to 1176 s
    assert numbers["rem_density_3s_pct"] == pytest.approx(
        100 * len(events) / 400, abs=1
    )


def test_eyes_that_move_together_show_slow_activity_not_eye_movements():
    events = detect(*make_eyes(1200, np.arange(20, 1180, 6.0), opposite=False),
                    make_timeline("R" * 40))  # fmt: skip
    assert len(events) == 0


def test_movements_outside_rem_or_in_artefact_do_not_count():
    left, right = make_eyes(1200, [100.0, 400.0, 700.0])
    timeline = make_timeline("W" * 10 + "R" * 30, bad_s=tuple(range(398, 404)))
    assert detect(left, right, timeline)["peak_s"].round().tolist() == [700]


def test_ten_clean_minutes_of_rem_are_needed():
    timeline = make_timeline("R" * 19)
    events = pd.DataFrame({"peak_s": [5.0]})
    few = Undefined("9.5 clean min of REM, at least 10 are needed")
    assert set(eye_movement_values(events, timeline).values()) == {few}


def test_density_is_given_for_each_rem_period():
    timeline = make_timeline("RRRR" + "2222" + "RRRR")
    events = pd.DataFrame({"peak_s": [10.0, 50.0, 130.0, 250.0]})
    table = density_by_period(events, timeline, ((0, 4), (8, 12)))
    assert table["eye_movement_n"].tolist() == [2, 1]
    assert table["density_per_min"].tolist() == [1.0, 0.5]


def test_a_mini_epoch_that_touches_a_bad_second_is_left_out():
    timeline = make_timeline("WR", bad_s=(37,))
    assert mini_epochs(timeline).tolist() == [30, 33, 39, 42, 45, 48, 51, 54, 57]


def test_one_signal_twice_is_no_pair_of_eyes():
    noise = make_noise(60, RATE_HZ)
    assert eyes_usable(noise, -noise).reason.startswith("the two eye channels are one")
    assert eyes_usable(noise, np.zeros_like(noise)).reason.endswith("flat in REM")
    assert eyes_usable(noise, make_noise(60, RATE_HZ, seed=2)) is None


def test_ten_minutes_are_enough():
    timeline = make_timeline("R" * 20)
    events = pd.DataFrame({"peak_s": [5.0, 4.0, 59.0]})
    numbers = eye_movement_values(events, timeline)
    # three in ten minutes; two of 200 mini-epochs, 3 to 6 s and 57 to 60 s
    assert numbers == {"rem_density_per_min": 0.3, "rem_density_3s_pct": 1.0}


def test_a_movement_on_the_border_is_of_the_mini_epoch_that_it_begins():
    timeline = make_timeline("R" * 20)
    numbers = eye_movement_values(pd.DataFrame({"peak_s": [3.0, 5.9]}), timeline)
    assert numbers["rem_density_3s_pct"] == 0.5
    numbers = eye_movement_values(pd.DataFrame({"peak_s": [3.0, 6.0]}), timeline)
    assert numbers["rem_density_3s_pct"] == 1.0


def test_periods_hold_what_begins_in_them_and_their_clean_minutes():
    timeline = make_timeline("WW" + "RRRR" + "22" + "RR" + "W", bad_s=(60, 61, 62))
    # 60 s is the first moment of the first period, 180 s the first after it; from 240 s
    events = pd.DataFrame({"peak_s": [59.9, 60.0, 179.9, 180.0, 240.0]})
    table = density_by_period(events, timeline, ((2, 6), (8, 10)))
    assert table["period"].tolist() == [1, 2]
    assert table["onset_s"].tolist() == [60, 240]
    assert table["eye_movement_n"].tolist() == [2, 1]
    assert table["clean_min"].tolist() == [117 / 60, 1]
    assert table["density_per_min"].tolist() == pytest.approx([120 / 117, 1])


def test_a_period_without_a_clean_minute_has_no_density():
    timeline = make_timeline("RR", bad_s=(5,))
    table = density_by_period(pd.DataFrame({"peak_s": [1.0]}), timeline, ((0, 2),))
    assert table["eye_movement_n"].tolist() == [1]
    assert np.isnan(table["density_per_min"][0])


def test_eyes_of_any_lead_over_the_same_signal_are_no_pair_and_alike_ones_are():
    noise = make_noise(60, RATE_HZ)
    other = make_noise(60, RATE_HZ, seed=2)
    # correlations of 1 / sqrt(1 + x^2): 0.9806 and 0.9706
    assert eyes_usable(noise, noise + 0.19 * other) is not None
    assert eyes_usable(noise, noise + 0.26 * other) is None
    assert eyes_usable(np.zeros_like(noise), noise).reason.endswith("flat in REM")

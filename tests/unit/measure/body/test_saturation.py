"""Saturation drawn by hand: falls, time under 90 %, and probes that are off."""

import numpy as np
import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Scoring
from psgkit.measure.body.desaturations import fall_values, find_falls
from psgkit.measure.body.saturation import saturation_of, saturation_values
from psgkit.measure.signals.usable_time import Timeline

HOURS = 4
N = HOURS * 3600
STAGES = ["N2"] * 360 + ["R"] * 120  # three hours and one


def timeline() -> Timeline:
    scoring = Scoring.from_stages(STAGES)
    return Timeline.from_scoring(scoring, float(N), (0, len(STAGES)))


def channel(**more: object) -> Channel:
    return Channel(Role.SPO2, "SpO2", 0, 1.0, unit="%", to_uv=None, **more)


def quiet() -> np.ndarray:
    """96 and 97 in turns of a minute: a probe that lives."""
    return 96.0 + (np.arange(N) // 60) % 2


def fall(values: np.ndarray, onset: int, points: float, down: int = 20) -> None:
    """From the value at the onset down in some seconds, up in 10."""
    top = values[onset]
    values[onset : onset + down] = top - points * np.arange(down) / down
    values[onset + down : onset + down + 11] = top - points * (1 - np.arange(11) / 10)


def numbers(values: np.ndarray, **more: object) -> dict[str, object]:
    saturation = saturation_of(values, channel(**more), N)
    return (
        saturation_values(saturation, timeline())
        | fall_values(saturation, timeline())[0]
    )


def test_each_fall_counts_by_its_depth_and_stage():
    values = quiet()
    for onset in (1030, 2010, 3070):
        fall(values, onset, 3.0)
    for onset in (4030, 11030, 12070):
        fall(values, onset, 5.0)
    found = numbers(values)
    # All begin in a minute at 97. 6 of 3 points in 4 h, 3 of 4 points; in R (from 10800 s) two, in one hour.
    assert found["odi3_auto_per_h"] == pytest.approx(6 / 4)
    assert found["odi4_auto_per_h"] == pytest.approx(3 / 4)
    assert found["odi3_auto_rem_per_h"] == pytest.approx(2.0)
    assert found["odi3_auto_nrem_per_h"] == pytest.approx(4 / 3)


def test_a_fall_has_its_onset_end_and_depth():
    values = np.full(600, 96.0)
    fall(values, 200, 6.0)
    found = find_falls(values, 3.0)
    # Maximum last seen at 200; nadir at 220; half recovered 5 s later.
    assert found.to_numpy().tolist() == [[200.0, 25.0, 6.0, 90.0]]


@pytest.mark.parametrize(
    "values",
    [
        np.linspace(97, 90, 600),  # too slow
        np.repeat([97.0, 94.0, 97.0], [200, 5, 200]),  # under 10 s
        np.repeat([97.0, 94.5, 97.0], [200, 30, 200]),  # 2.5 points
        np.repeat([97.0, 93.0], [200, 400]),  # never recovered
    ],
)
def test_what_is_not_a_fall(values):
    assert find_falls(values, 3.0).empty


def test_a_plateau_that_stays_low_hides_no_later_fall():
    values = np.repeat([97.0, 93.0], [300, 700])
    fall(values, 800, 4.0)
    assert find_falls(values, 3.0)["onset_s"].to_list() == [800.0]


def test_dropouts_are_not_falls_and_do_not_count_as_low():
    values = quiet()
    for onset in range(500, N, 500):
        values[onset : onset + 20] = 0.0
        values[onset + 100 : onset + 110] = 127.0
        values[onset + 200 : onset + 205] = 70.0  # 26 points in a second
    found = numbers(values)
    assert found["odi3_auto_per_h"] == 0
    assert found["spo2_min_pct"] == 96
    assert found["t90_min"] == 0


def test_time_under_90_is_counted_in_seconds():
    values = quiet()
    # Down and up by one point a second, so that nothing is too fast.
    values[5000:5060] = 88.0
    values[4992:5000] = np.arange(96, 88, -1)
    values[5060:5069] = np.arange(88, 97)
    found = numbers(values)
    # 60 s at 88; 89 once on the way down, 88 and 89 on the way up.
    assert found["t90_min"] == pytest.approx(63 / 60)
    assert found["t90_pct"] == pytest.approx(100 * 63 / N)
    assert found["spo2_min_pct"] == 88


def test_a_healthy_person_at_100_percent_is_valid():
    values = 99.0 + (np.arange(N) // 60) % 2
    found = numbers(values, limits=(0.0, 100.0))
    assert found["spo2_mean_pct"] == pytest.approx(99.5)
    assert found["spo2_min_pct"] == 99


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        (np.full(N, 100.0), (0.0, 100.0)),  # stuck at full scale
        (np.zeros(N), None),  # unplugged
        (np.full(N, np.nan), None),
        (np.full(N, 97.0), None),  # frozen
        (quiet() / 100, None),  # a fraction, not percent
        (np.where(np.arange(N) % 120 < 60, 95.0, 96.5), (0.0, 96.5)),  # clipped
    ],
)
def test_a_clipped_or_unplugged_probe_has_no_numbers(values, limits):
    found = numbers(values, limits=limits)
    for name, value in found.items():
        assert isinstance(value, Undefined), name


def test_under_80_percent_of_sleep_valid_has_none():
    values = quiet()
    values[: N // 4] = np.nan
    assert numbers(values)["spo2_mean_pct"] == Undefined(
        "saturation is valid in 75 % of sleep; 80 % are needed"
    )
    values = quiet()
    values[: N // 6] = np.nan
    assert numbers(values)["spo2_mean_pct"] == pytest.approx(96.5, abs=0.01)


def test_any_rate_gives_the_same_numbers():
    values = quiet()
    fall(values, 3000, 6.0)
    expected = numbers(values)
    fast = saturation_of(
        np.repeat(values, 16), Channel(Role.SPO2, "SpO2", 0, 16.0, to_uv=None), N
    )
    assert (
        saturation_values(fast, timeline())["spo2_mean_pct"]
        == (expected["spo2_mean_pct"])
    )
    assert (
        fall_values(fast, timeline())[0]["odi4_auto_per_h"]
        == (expected["odi4_auto_per_h"])
    )

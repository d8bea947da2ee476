"""A7: its criteria by hand, and spindles where they were put."""

import numpy as np
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.detectors import a7_spindles
from psgkit.measure.detectors.a7_spindles import find_spindles_a7
from psgkit.measure.detectors.spindles import spindle_table
from psgkit.measure.signals.excerpts import Excerpt

RATE_HZ = 100.0
SECONDS = 300


def burst(amplitude: float, seconds: float, freq_hz: float = 13.0) -> np.ndarray:
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rise = np.minimum(np.minimum(times_s, times_s[::-1]) / 0.1, 1.0)
    return amplitude * rise * np.sin(2 * np.pi * freq_hz * times_s)


def night(onsets_s: np.ndarray, shape: np.ndarray) -> np.ndarray:
    values = 5.0 * make_noise(SECONDS, RATE_HZ, exponent=1.0).astype(float)
    for onset_s in onsets_s:
        first = round(onset_s * RATE_HZ)
        values[first : first + len(shape)] += shape
    return values


ONSETS_S = np.arange(10.0, 290.0, 14.0)
ALL = np.ones(round(SECONDS * RATE_HZ), dtype=bool)


def test_spindles_are_found_where_they_were_put() -> None:
    found = find_spindles_a7(night(ONSETS_S, burst(25.0, 1.0)), RATE_HZ, ALL)
    middles_s = found["onset_s"].to_numpy() + found["duration_s"].to_numpy() / 2
    off_s = np.abs(middles_s[:, np.newaxis] - (ONSETS_S + 0.5))
    assert (off_s.min(axis=0) <= 0.5).mean() >= 0.9
    assert (off_s.min(axis=1) <= 0.5).mean() >= 0.9
    assert found["duration_s"].median() == pytest.approx(1.0, abs=0.3)
    assert found["frequency_hz"].median() == pytest.approx(13.0, abs=0.2)


@pytest.mark.parametrize(
    ("amplitude", "seconds", "freq_hz"),
    [
        (25.0, 4.0, 13.0),  # longer than 2.5 s
        (25.0, 1.0, 8.5),  # alpha
        (4.0, 1.0, 13.0),  # 10 log 8 is 0.9: a sine of 4 µV has 8 µV², 1.25 are needed
    ],
)
def test_what_is_no_spindle_by_one_criterion_is_not_found(
    amplitude: float, seconds: float, freq_hz: float
) -> None:
    values = 0.2 * night(ONSETS_S, burst(5 * amplitude, seconds, freq_hz))
    found = find_spindles_a7(values, RATE_HZ, ALL)
    distances = np.abs(found["onset_s"].to_numpy()[:, np.newaxis] - ONSETS_S)
    assert (distances.min(axis=1, initial=np.inf) <= 0.5).sum() <= 1


def test_the_power_that_is_needed_is_that_of_a_sine_of_6_uv() -> None:
    # Mean square of a sine is half its amplitude squared: 1.25 = log10(A**2 / 2) for
    # A = 5.96 µV. A window of 0.3 s holds 3.9 periods of 13 Hz: within 3 %.
    times_s = np.arange(1000) / RATE_HZ
    for amplitude, is_enough in ((5.7, False), (6.2, True)):
        sine = amplitude * np.sin(2 * np.pi * 13.0 * times_s)
        starts = np.array([300, 400, 500])
        power, covariance, correlation = a7_spindles._moments(
            sine, sine, starts, RATE_HZ
        )
        assert (np.log10(power) > a7_spindles.MIN_LOG_POWER).all() == is_enough
        assert correlation == pytest.approx(1.0)
        # Covariance of a signal with itself is its variance, over 29 instead of 30.
        parts = np.stack([sine[first : first + 30] for first in starts])
        assert covariance == pytest.approx(parts.var(axis=1, ddof=1))


def test_a_value_is_compared_with_the_half_minute_around_it() -> None:
    # 700 windows, all wanted: 0 1 0 1 ... and one of 5. Percentiles 10 and 90 are 0 and
    # 1, so the 5 is in no baseline. Of 300 zeros and ones in equal parts the mean is 0.5
    # and the variance 300 * 0.25 / 299; (5 - 0.5) / 0.5008 is 8.985. With one of them
    # replaced by the 5 (an odd place: a one), 150 zeros and 149 ones are left: mean
    # 149 / 299, so 4.50167 / 0.50084 = 8.9883.
    values = np.tile([0.0, 1.0], 350)
    values[351] = 5.0
    found = a7_spindles._deviation(values, np.ones(700, dtype=bool))
    assert found[351] == pytest.approx(8.9883, abs=2e-4)
    assert found[0] == pytest.approx(-0.5 / np.sqrt(300 * 0.25 / 299))


def test_the_baseline_holds_wanted_windows_alone() -> None:
    values = np.concatenate([np.full(200, 9.0), np.tile([0.0, 1.0], 200)])
    wanted = np.arange(600) >= 200
    found = a7_spindles._deviation(values, wanted)
    assert found[0] == pytest.approx(8.5 / np.sqrt(300 * 0.25 / 299))
    assert np.isnan(a7_spindles._deviation(values, np.arange(600) >= 301)).all()


def test_a_step_has_the_mean_of_the_windows_that_hold_it() -> None:
    # Windows of three steps, begun at each: the first step is in one, the third in three.
    assert a7_spindles._by_step(np.array([3.0, 6.0, 9.0])).tolist() == [
        *(3.0, 4.5, 6.0, 7.5, 9.0),
    ]


def test_too_little_sleep_has_no_baseline_and_no_spindle() -> None:
    values = night(ONSETS_S, burst(25.0, 1.0))
    wanted = np.arange(len(values)) < 29 * RATE_HZ
    assert find_spindles_a7(values, RATE_HZ, wanted).empty


def test_it_is_selectable_and_its_spindles_lie_in_nrem_sleep() -> None:
    excerpt = Excerpt.of(
        make_timeline("22222WW333"), (Stage.N2, Stage.N3), RATE_HZ, len(ALL)
    )
    cut = excerpt.cut(night(ONSETS_S, burst(25.0, 1.0)).astype(np.float32))
    table = spindle_table(cut, excerpt, "a7")
    assert len(table) >= 10
    assert set(table["stage"]) <= {"N2", "N3"}
    assert not table["onset_s"].between(150.0, 209.9).any()

"""Band powers and baselines of the arousal rules, against sines of known power."""

import numpy as np
import pytest

from psgkit.measure.arousals.bands import band_powers, contrast, moving_baseline, smooth
from psgkit.measure.arousals.rules import BANDS_HZ, ArousalRules

RULES = ArousalRules()
NAMES = list(BANDS_HZ)


def _sine(hz: float, seconds: float = 20.0, rate_hz: float = 128.0) -> np.ndarray:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return 10.0 * np.sin(2 * np.pi * hz * times)


@pytest.mark.parametrize(
    ("hz", "band"),
    [(2, "delta"), (6, "theta"), (10, "alpha"), (14, "sigma"), (23, "beta")],
)
def test_a_sine_has_its_power_in_its_own_band(hz: float, band: str) -> None:
    powers = band_powers(_sine(hz), 128.0).mean(axis=1)
    assert NAMES[int(powers.argmax())] == band
    assert powers.max() > 0.99 * powers.sum()


def test_power_is_the_mean_square_as_the_taper_sees_it() -> None:
    # A sine of 10 µV has a mean square of 50 µV². The Hann window spreads it over three
    # bins as 1 + 2 / 4, which is its noise bandwidth of 1.5 bins.
    powers = band_powers(_sine(23), 128.0)
    np.testing.assert_allclose(powers[NAMES.index("beta")], 75.0, rtol=1e-3)


def test_a_window_starts_every_quarter_of_a_second() -> None:
    assert band_powers(np.zeros(1280), 128.0).shape == (5, 37)
    assert band_powers(np.zeros(1370), 137.0).shape == (5, 37)
    assert band_powers(np.zeros(100), 128.0).shape == (5, 0)


def test_nothing_is_seen_above_what_the_amplifier_passes() -> None:
    assert band_powers(_sine(28), 128.0, highest_hz=24.0).max() < 1e-3


def test_an_offset_has_no_power() -> None:
    assert band_powers(np.full(1280, 300.0), 128.0).max() < 1e-3


def test_smoothing_averages_two_seconds() -> None:
    powers = np.zeros((1, 40))
    powers[0, 20] = 8.0
    smoothed = smooth(powers, 2.0)
    assert np.flatnonzero(smoothed[0] > 1e-9).size == 8
    assert smoothed.max() == pytest.approx(1.0)


def test_a_baseline_is_the_median_of_the_half_minute_before() -> None:
    rising = np.arange(400.0)[np.newaxis]
    baseline = moving_baseline(rising, np.ones(400, dtype=bool), RULES)
    # At hop 300 the 60 values stand at 292, 290, … 174: their median is 233.
    assert baseline[0, 300] == 233.0


def test_what_is_not_usable_does_not_enter_a_baseline() -> None:
    values = np.ones((1, 400))
    usable = np.ones(400, dtype=bool)
    values[0, 200:260] = 50.0
    usable[200:260] = False
    baseline = moving_baseline(values, usable, RULES)
    assert np.nanmax(baseline) == 1.0


def test_with_less_than_ten_seconds_there_is_no_baseline() -> None:
    baseline = moving_baseline(np.ones((1, 400)), np.ones(400, dtype=bool), RULES)
    first = np.flatnonzero(np.isfinite(baseline[0]))[0]
    # Twenty values half a second apart and the lag of two seconds: 11.5 s, up to 12.
    assert first == 48


def test_a_rise_of_alpha_leads_and_raises_the_fast_share() -> None:
    signal = _sine(2, 120.0) + np.concatenate([_sine(10, 60.0) / 20, _sine(10, 60.0)])
    powers = smooth(band_powers(signal, 128.0), 2.0)
    found = contrast(powers, np.ones(powers.shape[1], dtype=bool), RULES)
    after = 4 * 62
    assert found.fast[after] > 50
    assert found.leader[after] == 1  # alpha, of theta, alpha, beta
    assert found.share_rise[after] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("hz", "band"),
    [(4, "theta"), (8, "alpha"), (12, "sigma"), (16, "beta"), (29, "beta")],
)
def test_a_band_begins_with_its_lower_end(hz: float, band: str) -> None:
    # A Hann window spreads a sine over three bins, of which the middle has two thirds
    # and each neighbour a sixth: the band that holds hz has at least two of them.
    powers = band_powers(_sine(hz), 128.0).mean(axis=1)
    assert NAMES[int(powers.argmax())] == band
    assert powers.max() / powers.sum() > 0.8


def test_the_highest_frequency_is_itself_looked_at() -> None:
    assert band_powers(_sine(24), 128.0, highest_hz=24.0).max() > 45.0


def test_a_long_signal_has_the_power_of_each_of_its_windows() -> None:
    """Three quarters of an hour at 50 Hz: 10,797 windows, 8,192 at a time."""
    times = np.arange(2700 * 50) / 50
    values = (
        np.where(times < 2400, 1.0, 10.0) * np.sqrt(2) * np.sin(2 * np.pi * 10 * times)
    )
    alpha = band_powers(values, 50.0)[NAMES.index("alpha")]
    assert len(alpha) == 10797
    assert alpha[: 4 * 2399] == pytest.approx(1.5, rel=1e-3)
    assert alpha[4 * 2400 :] == pytest.approx(150.0, rel=1e-3)


def test_smoothing_averages_less_at_the_ends() -> None:
    powers = np.arange(1.0, 13.0)[np.newaxis]
    smoothed = smooth(powers, 2.0)[0]
    # four before and four from the hop on: 1 to 4 at the first; 1 to 8 at the fifth
    assert smoothed[[0, 1, 4]].tolist() == [2.5, 3.0, 4.5]
    # 5 to 12, 7 to 12 and 8 to 12
    assert smoothed[[8, 10, 11]].tolist() == [8.5, 9.5, 10.0]


def test_a_baseline_of_an_odd_number_is_the_one_in_the_middle() -> None:
    values = np.arange(400.0)[np.newaxis] ** 2
    usable = np.ones(400, dtype=bool)
    usable[292] = False
    baseline = moving_baseline(values, usable, RULES)
    # of 59 values at 290, 288, ... 174 the 30th, at 232
    assert baseline[0, 300] == 232**2
    # the same for the four hops of a second
    assert baseline[0, 300:304].tolist() == [232**2] * 4


def test_ten_usable_seconds_are_enough() -> None:
    usable = np.zeros(400, dtype=bool)
    usable[254:293] = True  # at 292, 290, ... 254: twenty values
    assert np.isfinite(moving_baseline(np.ones((1, 400)), usable, RULES)[0, 300])
    usable[254] = False
    assert np.isnan(moving_baseline(np.ones((1, 400)), usable, RULES)[0, 300])


def test_theta_counts_for_less_and_what_has_no_baseline_for_nothing() -> None:
    smoothed = np.ones((5, 400))
    smoothed[NAMES.index("theta"), 200:] = 5.0
    found = contrast(smoothed, np.ones(400, dtype=bool), RULES)
    assert found.fast[200] == pytest.approx(5.0 / 1.25)
    assert found.leader[200] == 0
    assert found.ratios[NAMES.index("theta"), 200] == pytest.approx(5.0)
    # theta, alpha and beta: 3 of 5 before, 7 of 9 now
    assert found.share_rise[200] == pytest.approx(7 / 9 - 3 / 5)
    assert found.fast[0] == 0.0
    assert found.share_rise[0] == -1.0
    assert np.isnan(found.ratios[:, 0]).all()


def test_silence_has_no_ratio_and_no_share() -> None:
    found = contrast(np.zeros((5, 400)), np.ones(400, dtype=bool), RULES)
    assert np.isnan(found.ratios).all()
    assert found.fast.max() == 0.0
    assert found.share_rise[300] == 0.0

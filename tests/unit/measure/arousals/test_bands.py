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

"""Band powers and baselines of the arousal rules, against sines of known power."""

import numpy as np
import pytest
from scipy import signal

from psgkit.measure.arousals.bands import band_powers, contrast, moving_baseline, smooth
from psgkit.measure.arousals.thresholds import BANDS_HZ, ArousalRules

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


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 500.0])
@pytest.mark.parametrize("highest_hz", [22.0, 30.0])
def test_powers_are_those_of_scipys_spectrogram(
    rate_hz: float, highest_hz: float
) -> None:
    noise = np.random.default_rng(2).normal(0.0, 20.0, round(9.9 * rate_hz))
    values = (noise.cumsum() / 4 + 150.0).astype(np.float32)
    powers = band_powers(values, rate_hz, highest_hz)
    freqs_hz, _, spectra = signal.spectrogram(
        values.astype(float),
        rate_hz,
        window="hann",
        nperseg=round(rate_hz),
        noverlap=round(0.75 * rate_hz),
        detrend="constant",
        scaling="spectrum",
    )
    for (low_hz, high_hz), row in zip(BANDS_HZ.values(), powers, strict=True):
        inside = (freqs_hz >= low_hz) & (freqs_hz < high_hz) & (freqs_hz <= highest_hz)
        np.testing.assert_allclose(row, spectra[inside].sum(axis=0), rtol=1e-3)


def test_at_a_rate_that_is_no_whole_number_windows_follow_the_clock() -> None:
    """At 130.7 Hz windows have 131 samples and begin 32.675 apart, rounded."""
    rate_hz = 130.7
    values = np.random.default_rng(3).normal(0.0, 20.0, round(30 * rate_hz))
    powers = band_powers(values, rate_hz)
    assert powers.shape == (5, 117)
    taper = signal.get_window("hann", 131)
    freqs_hz = np.fft.rfftfreq(131, 1 / rate_hz)
    for hop, start in ((1, 33), (2, 65), (3, 98), (115, 3758), (116, 3790)):
        window = values[start : start + 131]
        spectrum = np.abs(np.fft.rfft((window - window.mean()) * taper)) ** 2
        alpha = 2 * spectrum[(freqs_hz >= 8) & (freqs_hz < 12)].sum()
        assert powers[2, hop] == pytest.approx(alpha / taper.sum() ** 2, rel=1e-3)


@pytest.mark.parametrize("changed", [{}, {"baseline_s": 12.0}, {"baseline_lag_s": 5.0}])
def test_a_baseline_is_numpys_median_of_what_is_usable(changed: dict) -> None:
    rules = ArousalRules(**changed)
    rng = np.random.default_rng(4)
    rows, usable = rng.lognormal(size=(3, 501)), rng.random(501) > 0.3
    usable[180:290] = False
    expected = np.full(rows.shape, np.nan)
    for hop in range(501):
        end = hop // 4 * 4 - round(4 * rules.baseline_lag_s)
        every = end - 2 * np.arange(round(2 * rules.baseline_s))
        kept = [at for at in every if at >= 0 and usable[at]]
        if len(kept) >= 20:
            expected[:, hop] = np.median(rows[:, kept], axis=1)
    assert np.isnan(expected).any()
    assert np.isfinite(expected).any()
    np.testing.assert_allclose(
        moving_baseline(rows, usable, rules), expected, rtol=1e-6
    )


def test_a_second_is_one_window() -> None:
    powers = band_powers(_sine(10, 1.0), 128.0)
    assert powers.shape == (5, 1)
    assert powers[NAMES.index("alpha"), 0] == pytest.approx(75.0, rel=1e-3)


def test_a_window_that_would_end_after_the_signal_is_moved_back() -> None:
    """At 131.5 Hz a window has 132 samples; the fifth would begin at 132 of 263."""
    values = _sine(10, 3.0, 131.5)[:263]
    powers = band_powers(values, 131.5)
    assert powers.shape == (5, 5)
    assert powers[NAMES.index("alpha")] == pytest.approx(np.full(5, 75.0), rel=0.01)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_each_band_is_held_against_its_own_baseline_in_any_unit(unit: float) -> None:
    smoothed = unit * np.repeat(np.arange(1.0, 6.0)[:, np.newaxis], 400, axis=1)
    smoothed[NAMES.index("alpha"), 200:] *= 3
    found = contrast(smoothed, np.ones(400, dtype=bool), RULES)
    assert found.ratios[:, 200] == pytest.approx([1, 1, 3, 1, 1])
    assert found.fast[200] == pytest.approx(3.0)
    assert found.leader[200] == 1
    # theta, alpha and beta: 2 + 3 + 5 of 15 before, 2 + 9 + 5 of 21 now
    assert found.share_rise[200] == pytest.approx(16 / 21 - 10 / 15)


def test_what_comes_after_silence_has_no_ratio() -> None:
    smoothed = np.zeros((5, 400))
    smoothed[:, 200:] = 2.0
    found = contrast(smoothed, np.ones(400, dtype=bool), RULES)
    assert np.isnan(found.ratios[:, 200]).all()
    assert found.fast[200] == 0.0
    assert found.share_rise[200] == pytest.approx(0.6)


def test_a_band_that_was_silent_alone_has_no_ratio() -> None:
    smoothed = np.ones((5, 400))
    smoothed[NAMES.index("beta"), :200] = 0.0
    found = contrast(smoothed, np.ones(400, dtype=bool), RULES)
    assert found.ratios[:, 200] == pytest.approx([1, 1, 1, 1, np.nan], nan_ok=True)
    assert found.fast[200] == 1.0


def test_smoothing_over_a_window_of_one_changes_nothing() -> None:
    powers = np.arange(1.0, 13.0).reshape(2, 6)
    assert np.array_equal(smooth(powers, 0.25), powers)

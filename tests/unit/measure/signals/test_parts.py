"""A long signal is worked on part by part: the result is that of the whole."""

import numpy as np
import pytest
from scipy import ndimage, signal
from signal_makers import make_noise

from psgkit.measure.arousals import bands
from psgkit.measure.arousals.thresholds import ArousalRules
from psgkit.measure.detectors import heart_beats, slow_wave_detector
from psgkit.measure.signals import filters

RATE_HZ = 100.0


def test_a_filter_in_parts_is_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_AT_A_TIME", 700)
    values = 20 * make_noise(60, RATE_HZ, exponent=1.5).astype(float)
    taps = filters._taps(RATE_HZ, 0.3, 1.5, 0.2)
    reach = len(taps) // 2
    longer = np.pad(values, reach, mode="reflect", reflect_type="odd")
    expected = signal.oaconvolve(longer, taps, mode="valid")
    found = filters.band_pass(values, RATE_HZ, (0.3, 1.5), transition_hz=0.2)
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("length", [1, 7, 50, 400])
def test_a_signal_goes_on_mirrored(length: int) -> None:
    """Also where it is shorter than what is put beside it."""
    values = make_noise(4, RATE_HZ, exponent=1.0)[:length].astype(float)
    longer = np.pad(values, 90, mode="reflect", reflect_type="odd")
    for first, last in ((0, length), (0, (length + 1) // 2), (length // 2, length)):
        found = filters.with_surroundings(values, first, last, 90)
        np.testing.assert_allclose(found, longer[first : last + 180], atol=1e-9)


@pytest.mark.parametrize(
    ("filter_", "size"),
    [(ndimage.uniform_filter1d, 32), (ndimage.gaussian_filter1d, 1.28)],
)
def test_an_ecg_is_smoothed_in_parts(
    filter_: object, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heart_beats, "_FILTERED_AT_ONCE", 333)
    values = 100 * make_noise(20, RATE_HZ, exponent=1.0)
    found = heart_beats._filtered(filter_, values, size)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, filter_(values, size), atol=1e-3)  # type: ignore[operator]


def test_phases_in_parts_are_those_of_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But for the first and the last minute: a transform takes the end to the start."""
    values = 20 * make_noise(900, RATE_HZ, exponent=1.5)
    slow = slow_wave_detector.slow_signal(values, RATE_HZ)
    troughs_s = np.arange(60.5, 840.0, 3.7)
    whole = slow_wave_detector.sigma_in_waves(slow, values, RATE_HZ, troughs_s)
    monkeypatch.setattr(slow_wave_detector, "_AT_A_TIME", 20_000)
    monkeypatch.setattr(slow_wave_detector, "_MARGIN", 20_000)
    parts = slow_wave_detector.sigma_in_waves(slow, values, RATE_HZ, troughs_s)
    np.testing.assert_allclose(parts[1], whole[1], atol=1e-3)
    turn = np.abs(np.angle(np.exp(1j * (parts[2] - whole[2]))))
    assert np.quantile(turn, 0.99) < 0.01  # without a wave, any phase is right


def test_baselines_in_parts_are_those_of_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(5)
    rows, is_usable = rng.gamma(2.0, 9.0, (3, 2000)), rng.random(2000) < 0.9
    whole = bands.moving_baseline(rows, is_usable, ArousalRules())
    monkeypatch.setattr(bands, "WINDOWS_AT_A_TIME", 37)
    parts = bands.moving_baseline(rows, is_usable, ArousalRules())
    np.testing.assert_array_equal(parts, whole)

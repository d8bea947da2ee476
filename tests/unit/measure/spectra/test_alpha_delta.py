import numpy as np
import pytest
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.measure.spectra.alpha_delta import (
    alpha_delta_correlation,
    alpha_delta_ratio,
    log_ratio,
)
from psgkit.measure.spectra.power import window_spectra

FREQS = np.arange(0, 30.25, 0.25)
RATE_HZ = 128.0


def test_a_ratio_of_bands_is_the_log_ratio_of_their_widths_in_white_noise():
    flat = np.ones(len(FREQS))
    assert alpha_delta_ratio(FREQS, flat) == pytest.approx(np.log(3 / 3.5))
    assert log_ratio(FREQS, flat, "delta", "beta") == pytest.approx(np.log(3.5 / 14))


@pytest.mark.parametrize(
    ("together", "low", "high"), [(True, 0.8, 1), (False, -1, -0.8)]
)
def test_alpha_that_rides_on_delta_correlates_with_it(together, low, high):
    # Amplitude steps every 30 s, so that each epoch is of one kind
    wave = np.tile([10.0, 20.0, 40.0, 80.0], 10)
    depth = np.repeat(wave, int(30 * RATE_HZ)).astype(np.float32)
    alpha = make_sine(1200, RATE_HZ, 9.5, 1.0) * (depth if together else 800 / depth)
    delta = make_sine(1200, RATE_HZ, 1.5, 1.0) * depth
    timeline = make_timeline("3" * 40)
    windows = window_spectra(
        alpha + delta + make_noise(1200, RATE_HZ), RATE_HZ, timeline
    )
    assert low <= alpha_delta_correlation(windows, timeline) <= high


def test_ten_minutes_of_windows_are_needed():
    timeline = make_timeline("3" * 10)
    windows = window_spectra(make_noise(300, RATE_HZ), RATE_HZ, timeline)
    assert alpha_delta_correlation(windows, timeline) == Undefined(
        "70 clean windows of 4 s in N3, 150 are needed"
    )

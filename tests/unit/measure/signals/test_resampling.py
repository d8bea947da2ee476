"""Resampling, against scipy's."""

import numpy as np
import pytest
from scipy import signal

from psgkit.measure.signals.resampling import resample


@pytest.mark.parametrize(
    ("up", "down"), [(1, 2), (1, 4), (25, 32), (25, 64), (3, 5), (5, 3)]
)
@pytest.mark.parametrize("n_samples", [1, 7, 129, 40_003])
def test_resampling_is_that_of_scipy(up: int, down: int, n_samples: int) -> None:
    noise = np.random.default_rng(n_samples).normal(0.0, 20.0, n_samples)
    values = (noise.cumsum() / 10).astype(np.float32)
    expected = signal.resample_poly(values.astype(float), up, down)
    resampled = resample(values, up, down)
    assert resampled.dtype == np.float32
    largest = np.abs(values).max()
    np.testing.assert_allclose(resampled, expected, rtol=0, atol=2e-6 * largest)


def test_a_long_signal_is_resampled_to_its_end() -> None:
    """600,000 samples are 4,688 pieces, 2,048 at a time."""
    values = np.random.default_rng(1).normal(0.0, 20.0, 600_000).astype(np.float32)
    expected = signal.resample_poly(values, 1, 2)
    np.testing.assert_allclose(resample(values, 1, 2), expected, rtol=0, atol=2e-4)


def test_nothing_resampled_is_nothing() -> None:
    assert resample(np.empty(0, np.float32), 1, 2).size == 0

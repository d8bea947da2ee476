"""Resampling, against scipy's."""

import tracemalloc

import numpy as np
import pytest
from scipy import signal

from psgkit.measure.signals import resampling
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


@pytest.mark.parametrize(("up", "down"), [(1, 2), (25, 64), (2, 1)])
@pytest.mark.parametrize("frames", [1, 2, 7])
def test_pieces_equal_the_whole(
    up: int, down: int, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(2).normal(0.0, 20.0, 20_011).astype(np.float32)
    whole = resample(values, up, down)
    monkeypatch.setattr(resampling, "_FRAMES_AT_A_TIME", frames)
    pieces = resample(values, up, down)
    np.testing.assert_allclose(pieces, whole, rtol=0, atol=2e-5)


def test_the_centre_is_subtracted_and_gaps_count_as_it() -> None:
    values = np.random.default_rng(3).normal(2000.0, 20.0, 5_000)
    filled = values - 2000.0
    values[1_000:1_300], filled[1_000:1_300] = np.nan, 0.0
    expected = signal.resample_poly(filled, 1, 2)
    np.testing.assert_allclose(
        resample(values, 1, 2, 2000.0), expected, rtol=0, atol=3e-4
    )


def test_memory_holds_no_copy_of_a_night() -> None:
    """Two hours at 256 Hz are 15 MB in double precision, 4 MB at half the rate."""
    values = np.random.default_rng(4).normal(0.0, 20.0, 2 * 3600 * 256)
    resample(values[:5_000], 1, 2)
    tracemalloc.start()
    result = resample(values, 1, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - result.nbytes < 6e6


def test_nothing_resampled_is_nothing() -> None:
    assert resample(np.empty(0, np.float32), 1, 2).size == 0

"""Fourier transforms in parts, against scipy's of the whole in double precision."""

import numpy as np
import pytest
from scipy import fft

from psgkit.domain.signals import fourier
from psgkit.domain.signals.fourier import from_frequencies, lowest_frequencies


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fourier, "LONGEST", 1000)
    monkeypatch.setattr(fourier, "_AT_A_TIME", 64)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("size", [4096, 6000, 3003, 997])
@pytest.mark.parametrize("share", [1.0, 0.39, 0.9])
def test_the_lowest_frequencies_are_those_of_one_transform(
    size: int, share: float
) -> None:
    values = np.random.default_rng(1).normal(5, 20, size).astype(np.float32)
    n_wanted = int(share * (size // 2 + 1))
    expected = fft.rfft(values.astype(float))[:n_wanted]
    found = lowest_frequencies(values, n_wanted)
    assert found.dtype == np.complex64
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("size", [4096, 6000, 3003, 997])
@pytest.mark.parametrize("share", [1.0, 0.7])
def test_the_signal_is_that_of_one_transform(size: int, share: float) -> None:
    rng = np.random.default_rng(2)
    spectrum = fft.rfft(rng.normal(5, 20, size))[: int(share * (size // 2 + 1))]
    spectrum = spectrum.astype(np.complex64)
    spectrum[-1] *= 2 + 1j  # at half of the rate, only the real part counts
    expected = fft.irfft(spectrum.astype(complex), size)
    found = from_frequencies(spectrum, size)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_a_night_is_one_transform() -> None:
    """So that its numbers are those of former versions, digit by digit."""
    assert fourier._n_parts(1 << 23) == 1  # 9 h at 256 Hz
    assert fourier._n_parts(1 << 26) == 16  # 60 h

"""A signal on its way to the features, against MNE, which YASA uses for it."""

import mne
import numpy as np
import pytest

from psgkit.stage.waveform import Padded, bandpass, bandpass_taps, to_epochs


def _noise(n_samples: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0.0, 20.0, n_samples).cumsum() / 10.0


def test_the_filter_is_the_one_that_mne_designs() -> None:
    taps = mne.filter.create_filter(None, 100.0, 0.4, 30.0, verbose="error")
    np.testing.assert_allclose(bandpass_taps(), taps, rtol=0, atol=1e-15)


@pytest.mark.parametrize("n_samples", [3000, 12_345, 30_000])
def test_a_signal_is_filtered_as_by_mne(n_samples: int) -> None:
    values = _noise(n_samples)
    expected = mne.filter.filter_data(values, 100.0, 0.4, 30.0, verbose="error")
    np.testing.assert_allclose(bandpass(values), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "rate_hz", [50.0, 64.0, 87.0, 125.0, 137.5, 200.0, 256.0, 512.0]
)
@pytest.mark.parametrize("seconds", [30.0, 61.7])
def test_a_signal_is_resampled_as_by_mne(rate_hz: float, seconds: float) -> None:
    values = _noise(round(seconds * rate_hz))
    raw = mne.io.RawArray(
        values[np.newaxis], mne.create_info(1, rate_hz, "misc"), verbose="error"
    )
    expected = raw.resample(100.0, npad="auto").get_data()[0]
    resampled = Padded.from_signal(values, rate_hz).at_100_hz()
    assert len(resampled) == len(expected)
    # Single precision: six digits of the largest sample, far below a recorder's step.
    largest = np.abs(values).max()
    np.testing.assert_allclose(resampled, expected, rtol=0, atol=1e-6 * largest)


def test_a_tail_shorter_than_an_epoch_is_dropped() -> None:
    assert to_epochs(np.zeros(8999)).shape == (2, 3000)

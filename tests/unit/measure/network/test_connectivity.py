"""The debiased squared weighted phase-lag index, and mne-connectivity's."""

import mne_connectivity
import numpy as np
import pytest

from psgkit.measure.network.connectivity import NETWORK_BANDS, wpli_by_band


def coupled(n_epochs: int, rate_hz: float, seed: int = 0) -> np.ndarray:
    """Six channels of noise, of which the second follows the first, 3 samples late."""
    rng = np.random.default_rng(seed)
    size = round(n_epochs * 30 * rate_hz)
    values = rng.standard_normal((6, size)) + 50.0
    values[1, 3:] += values[0, :-3]
    return values.astype(np.float32)


@pytest.mark.parametrize("rate_hz", [64.0, 100.0])
def test_it_is_that_of_mne_connectivity(rate_hz):
    values = coupled(3, rate_hz)
    ours = wpli_by_band(values, rate_hz)
    assert ours.shape == (4, 3, 15)
    one, other = np.triu_indices(6, k=1)
    length = round(2 * rate_hz)
    for epoch in range(3):
        part = values[:, epoch * 15 * length : (epoch + 1) * 15 * length]
        windows = part.reshape(6, 15, length).transpose(1, 0, 2).astype(float)
        for band, (low, high) in enumerate(NETWORK_BANDS.values()):
            theirs = mne_connectivity.spectral_connectivity_epochs(
                windows,
                method="wpli2_debiased",
                mode="fourier",
                sfreq=rate_hz,
                fmin=low,
                fmax=high - 0.1,  # they count the last frequency, we do not
                faverage=True,
                verbose="error",
            ).get_data("dense")[:, :, 0]
            assert ours[band, epoch] == pytest.approx(theirs[other, one], abs=2e-6)


def test_coupling_with_a_lag_is_seen_and_without_one_is_not():
    late = wpli_by_band(coupled(10, 64.0), 64.0).mean(axis=1)
    # The first pair is channels 1 and 2; 3 samples are 47 ms.
    assert (late[:, 0] > 0.2).all()
    # The average of ten epochs without coupling is within 0.1 of zero.
    assert np.abs(late[:, 1:]).max() < 0.1
    rng = np.random.default_rng(1)
    source = rng.standard_normal(64 * 300)
    spread = source * np.arange(1, 7)[:, np.newaxis] + rng.standard_normal(
        (6, 64 * 300)
    )
    found = wpli_by_band(spread.astype(np.float32), 64.0).mean(axis=1)
    assert np.abs(found).max() < 0.1


def test_a_rate_whose_windows_are_no_whole_samples_and_a_part_of_an_epoch():
    rate_hz = 66.6
    found = wpli_by_band(coupled(4, rate_hz)[:, :-100], rate_hz)
    assert found.shape == (4, 3, 15)
    assert found[:, :, 0].mean() > 0.2

"""Features: by hand where a hand can, and column by column against YASA's own."""

import warnings

import numpy as np
import pytest
import scipy.integrate
import scipy.signal

from psgkit.stage.features import (
    channel_features,
    higuchi_dimension,
    median_welch,
    night_features,
    permutation_entropy,
    petrosian_dimension,
    simpson_weights,
)
from psgkit.stage.waveform import bandpass, to_epochs


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    """Return eight minutes of noise that changes halfway, at 100 Hz."""
    rng = np.random.default_rng(4)
    white = rng.normal(0.0, 10.0, 48_000)
    white[24_000:] = 3.0 * np.convolve(white[24_000:], np.ones(9) / 9.0, "same")
    return white


def test_a_rising_line_has_no_permutation_entropy() -> None:
    np.testing.assert_array_equal(
        permutation_entropy(np.arange(20.0)[np.newaxis]), [0.0]
    )


def test_permutation_entropy_of_six_different_triples_is_one() -> None:
    series = np.array([[0.0, 1.0, 5.0, 4.0, 3.0, 7.0, 2.0, 6.0]])
    orders = {tuple(np.argsort(series[0, i : i + 3])) for i in range(6)}
    assert len(orders) == 6
    np.testing.assert_allclose(permutation_entropy(series), [1.0])


def test_petrosian_dimension_counts_turns() -> None:
    # Ten samples, slope changes sign eight times: log 10 / (log 10 + log(10/13.2))
    series = np.array([[0.0, 1.0] * 5])
    expected = 1.0 / (1.0 + np.log10(10 / 13.2))
    np.testing.assert_allclose(petrosian_dimension(series), [expected])


def test_higuchi_dimension_of_a_line_is_one_and_of_noise_two() -> None:
    line = np.arange(3000.0)
    noise = np.random.default_rng(0).normal(size=3000)
    found = higuchi_dimension(np.stack([line, noise]))
    np.testing.assert_allclose(found, [1.0, 2.0], atol=0.02)


def test_the_spectrum_is_scipys(noise: np.ndarray) -> None:
    _, expected = scipy.signal.welch(
        to_epochs(noise), 100.0, window="hamming", nperseg=500, average="median"
    )
    np.testing.assert_allclose(median_welch(to_epochs(noise)), expected, rtol=1e-10)


@pytest.mark.parametrize("n_points", [3, 4, 16, 21, 149])
def test_the_integral_is_scipys(n_points: int) -> None:
    values = np.random.default_rng(2).uniform(size=n_points)
    expected = scipy.integrate.simpson(values, dx=0.2)
    np.testing.assert_allclose(values @ simpson_weights(n_points), expected)


def test_a_flat_epoch_has_undefined_features_but_no_infinite_ones() -> None:
    features = channel_features(np.zeros((1, 3000)), "eeg")
    assert features["std"] == 0.0
    assert np.isnan(features["skew"])
    assert not any(np.isinf(values).any() for values in features.values())


def test_an_unusable_epoch_does_not_change_those_around_it() -> None:
    features = {"std": np.arange(40.0)}
    usable = np.ones(40, dtype=bool)
    usable[20] = False
    spoilt = {"std": np.where(usable, features["std"], 1e9)}
    clean = night_features({"eeg": features}, usable)
    dirty = night_features({"eeg": spoilt}, usable)
    for name, values in clean.items():
        np.testing.assert_array_equal(dirty[name], values)
    assert np.isnan(clean["eeg_std"][20])


def test_averages_look_back_two_minutes_and_around_seven_and_a_half() -> None:
    impulse = np.zeros(101)
    impulse[50] = 1.0
    columns = night_features({"eeg": {"x": impulse}}, np.ones(101, dtype=bool))
    past, centred = columns["eeg_x_p2min_norm"], columns["eeg_x_c7min_norm"]
    assert np.flatnonzero(past).tolist() == [50, 51, 52, 53]
    assert np.flatnonzero(centred).tolist() == list(range(43, 58))
    assert centred.argmax() == 50


@pytest.mark.slow
def test_every_column_is_the_one_that_yasa_computes(noise: np.ndarray) -> None:
    import mne

    with warnings.catch_warnings():  # what these packages say of each other
        warnings.simplefilter("ignore")
        import yasa

        volts = np.stack([noise, noise[::-1], np.roll(noise, 1000)]) * 1e-6
        raw = mne.io.RawArray(
            volts, mne.create_info(["a", "b", "c"], 100.0, "eeg"), verbose="error"
        )
        expected = yasa.SleepStaging(
            raw, eeg_name="a", eog_name="b", emg_name="c"
        ).get_features()
    by_channel = {
        kind: channel_features(to_epochs(bandpass(values * 1e6)), kind)
        for kind, values in zip(("eeg", "eog", "emg"), volts, strict=True)
    }
    columns = night_features(by_channel, np.ones(16, dtype=bool))
    assert set(columns) == set(expected.columns)
    for name, values in columns.items():
        # The mirrored padding makes the first and last filtered sample zero but for
        # rounding, so that the sign of those two, one crossing each, is anyone's.
        loose = 0.02 * expected[name].abs().max() if "_nzc" in name else 0.0
        np.testing.assert_allclose(
            values, expected[name], rtol=1e-5, atol=1e-5 + loose, err_msg=name
        )

import numpy as np
import pytest
from scipy import optimize

from psgkit.measure.red_noise import background, fit_backgrounds

FREQS = np.linspace(0.006, 0.12, 58)


def test_a_background_without_noise_is_found_again():
    shapes = np.log([[5.0, 0.02, 0.5], [100.0, 0.05, 0.1]])
    log_psd = np.log(background(FREQS, shapes))
    fitted = fit_backgrounds(FREQS, log_psd, np.ones(log_psd.shape))
    assert background(FREQS, fitted) == pytest.approx(
        background(FREQS, shapes), rel=0.01
    )


def test_the_fit_is_scipys_with_the_same_loss():
    rng = np.random.default_rng(4)
    truth = background(FREQS, np.log([[5.0, 0.02, 0.5]]))
    log_psd = np.log(truth) + 0.3 * rng.standard_normal((20, len(FREQS)))
    log_psd[:, 8] += 2  # a peak that should pull little

    def residual(shape, row):
        return np.log(background(FREQS, shape[np.newaxis])[0]) - row

    fitted = fit_backgrounds(FREQS, log_psd, np.ones(log_psd.shape))
    for shape, row in zip(fitted, log_psd, strict=True):
        expected = optimize.least_squares(
            residual, np.log([4.0, 0.03, 0.4]), loss="soft_l1", args=(row,)
        )
        ours = np.sum(np.sqrt(1 + residual(shape, row) ** 2) - 1)
        assert ours <= expected.cost * 1.02


def test_what_is_left_out_does_not_matter():
    log_psd = np.log(background(FREQS, np.log([[5.0, 0.02, 0.5]])))
    weights = np.ones(log_psd.shape)
    weights[:, 5:10] = 0
    spoilt = log_psd.copy()
    spoilt[:, 5:10] += 5
    assert fit_backgrounds(FREQS, spoilt, weights) == pytest.approx(
        fit_backgrounds(FREQS, log_psd, weights)
    )

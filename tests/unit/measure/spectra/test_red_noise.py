import numpy as np
import pytest
from scipy import optimize

from psgkit.measure.spectra.red_noise import background, fit_backgrounds

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


SHAPES = np.log([[5.0, 0.02, 0.5], [100.0, 0.05, 9.0], [3.0, 0.01, 1.0], [9, 0.04, 2]])


def spread_spectra() -> tuple[np.ndarray, np.ndarray]:
    """Make twenty spectra with some values far off, and a fifth of all left out."""
    rng = np.random.default_rng(7)
    log_psd = np.repeat(np.log(background(FREQS, SHAPES)), 5, axis=0)
    log_psd += 0.2 * rng.standard_t(2, size=log_psd.shape)
    return log_psd, (rng.random(log_psd.shape) > 0.2).astype(float)


def loss(shape: np.ndarray, row: np.ndarray, weights: np.ndarray) -> float:
    """Return half of scipy's soft-L1 loss."""
    residual = np.log(background(FREQS, shape[np.newaxis])[0]) - row
    return float(np.sum(weights * (np.sqrt(1 + residual**2) - 1)))


def test_the_fit_ends_where_scipys_does_with_values_far_off_and_left_out():
    log_psd, weights = spread_spectra()
    fitted = fit_backgrounds(FREQS, log_psd, weights)
    for number, (shape, row, of_row) in enumerate(
        zip(fitted, log_psd, weights, strict=True)
    ):
        counted = of_row == 1

        def residual(shape, row=row, counted=counted):
            model = background(FREQS[counted], shape[np.newaxis])[0]
            return np.log(model) - row[counted]

        expected = optimize.least_squares(
            residual, SHAPES[number // 5], loss="soft_l1", ftol=1e-12, xtol=1e-12
        )
        assert loss(shape, row, of_row) <= expected.cost * (1 + 2e-5)
        ours, theirs = (background(FREQS, s[np.newaxis]) for s in (shape, expected.x))
        assert ours == pytest.approx(theirs, rel=0.01)


def test_a_spectrum_is_fitted_alike_alone_and_among_others():
    log_psd, weights = spread_spectra()
    together = fit_backgrounds(FREQS, log_psd, weights)
    for number in (0, 7, 19):
        row = slice(number, number + 1)
        alone = fit_backgrounds(FREQS, log_psd[row], weights[row])
        assert alone == pytest.approx(together[row], abs=1e-9)


def test_power_in_another_unit_moves_level_and_floor_alone():
    log_psd, weights = spread_spectra()
    one = fit_backgrounds(FREQS, log_psd, weights)
    other = fit_backgrounds(FREQS, log_psd + np.log(1e6), weights)
    assert other - one == pytest.approx(
        np.tile(np.log([1e6, 1.0, 1e6]), (20, 1)), abs=1e-6
    )


@pytest.mark.parametrize("corner_hz", [0.008, 0.015, 0.03, 0.06])
@pytest.mark.parametrize("floor", [0.003, 0.03, 0.3])
def test_corners_and_floors_of_any_size_are_found(corner_hz, floor):
    shape = np.log([[1.0, corner_hz, floor]])
    log_psd = np.log(background(FREQS, shape))
    fitted = fit_backgrounds(FREQS, log_psd, np.ones(log_psd.shape))
    assert background(FREQS, fitted) == pytest.approx(np.exp(log_psd), rel=2e-3)


def test_a_background_worked_out_at_its_corner():
    """At the corner a Lorentzian has half its level, at three times it a tenth."""
    found = background(np.array([0.0, 0.02, 0.06]), np.log([[8.0, 0.02, 0.5]]))
    assert found == pytest.approx(np.array([[8.5, 4.5, 1.3]]))

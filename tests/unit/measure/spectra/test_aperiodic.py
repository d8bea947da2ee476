import numpy as np
import pytest
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.spectra.aperiodic import (
    PowerLaw,
    fit_power_law,
    irasa,
    low_exponent,
)

RATE_HZ = 128.0


@pytest.mark.parametrize("exponent", [0.5, 1.5, 2.5])
def test_the_exponent_of_noise_is_found_under_an_oscillation(exponent):
    noise = make_noise(600, RATE_HZ, exponent=exponent)
    level = np.sqrt(10.0**-exponent)  # of the noise at 10 Hz
    values = noise + make_sine(600, RATE_HZ, 10.0, 3 * level)
    law = low_exponent(values, RATE_HZ, make_timeline("2" * 20), Stage.N2)
    assert isinstance(law, PowerLaw)
    assert law.exponent == pytest.approx(exponent, abs=0.08)
    assert law.r2 > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_the_aperiodic_spectrum_is_yasas(exponent):
    import yasa

    values = make_noise(300, 256.0, exponent=exponent)
    values = values + make_sine(300, 256.0, 11.0, 0.3)
    freqs, expected, _, fit = yasa.irasa(values, sf=256.0, band=(2, 18))
    ours_freqs, ours = irasa(values[np.newaxis], 256.0)
    assert ours_freqs == pytest.approx(freqs)
    assert np.median(ours / expected[0]) == pytest.approx(1, abs=0.02)
    slope = -fit_power_law(ours_freqs, ours).exponent
    assert slope == pytest.approx(fit["Slope"][0], abs=0.02)


def test_an_exact_power_law_is_fitted_exactly():
    freqs = np.arange(30, 45.25, 0.25)
    law = fit_power_law(freqs, 7 * freqs**-2.4)
    assert (law.exponent, law.r2) == pytest.approx((2.4, 1.0))


def test_only_the_stage_asked_for_counts():
    flat, steep = make_noise(300, RATE_HZ), make_noise(300, RATE_HZ, exponent=2.0)
    values = np.concatenate([flat, steep])
    timeline = make_timeline("2" * 10 + "R" * 10)
    found = [low_exponent(values, RATE_HZ, timeline, s) for s in (Stage.N2, Stage.R)]
    assert [law.exponent for law in found] == pytest.approx([0.0, 2.0], abs=0.15)


def test_under_two_clean_minutes_there_is_no_exponent():
    values = make_noise(120, RATE_HZ)
    timeline = make_timeline("2222", bad_s=(40,))
    law = low_exponent(values, RATE_HZ, timeline, Stage.N2)
    assert law == Undefined("1.5 clean min of N2, at least 2 are needed")


def test_two_clean_minutes_are_enough():
    timeline = make_timeline("22222", bad_s=(40,))
    law = low_exponent(make_noise(150, RATE_HZ), RATE_HZ, timeline, Stage.N2)
    assert isinstance(law, PowerLaw)


def test_white_noise_of_density_one_has_an_aperiodic_density_of_one():
    freqs, psd = irasa(make_noise(120, RATE_HZ).reshape(4, -1), RATE_HZ)
    assert (freqs[0], freqs[-1], len(freqs)) == (2, 18, 65)
    assert psd.mean() == pytest.approx(1, rel=0.05)


def test_of_a_long_stage_epochs_spread_over_all_of_it_count():
    """Ten of twenty epochs, 0, 2, ... 17, 19: of the steep second half five."""
    flat, steep = make_noise(300, RATE_HZ), make_noise(300, RATE_HZ, exponent=2.0)
    timeline = make_timeline("2" * 20)
    mixed = low_exponent(np.concatenate([flat, steep]), RATE_HZ, timeline, Stage.N2)
    assert 0.2 < mixed.exponent < 1.8


def test_an_epoch_that_the_signal_does_not_reach_does_not_count():
    values = make_noise(149, RATE_HZ)
    law = low_exponent(values, RATE_HZ, make_timeline("22222"), Stage.N2)
    assert isinstance(law, PowerLaw)
    law = low_exponent(
        values[: int(119 * RATE_HZ)], RATE_HZ, make_timeline("2222"), Stage.N2
    )
    assert law == Undefined("1.5 clean min of N2, at least 2 are needed")


def test_the_line_through_scattered_points_is_that_of_least_squares():
    # ln f = 0, 1, 2 and ln P = 1, 1, -2: slope -1.5, of a variance of 6 it takes 4.5
    law = fit_power_law(np.exp([0.0, 1.0, 2.0]), np.exp([1.0, 1.0, -2.0]))
    assert (law.exponent, law.r2) == pytest.approx((1.5, 0.75))

import numpy as np
import pytest
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.measures import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.aperiodic import PowerLaw, fit_power_law, irasa, low_exponent

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

"""The infraslow peak in sigma power made with and without a rhythm."""

import numpy as np
import pytest
from scipy import signal
from scipy.signal import lfilter

from psgkit.domain.metrics import Undefined
from psgkit.measure.spectra import infraslow
from psgkit.measure.spectra.infraslow import (
    InfraslowPeak,
    infraslow_peak,
    infraslow_values,
)
from psgkit.measure.spectra.red_noise import background


def make_bouts(seed: int, *, depth: float, freq_hz: float = 0.02) -> list[np.ndarray]:
    """Make four hours of sigma power in steps of 4 s, cut into bouts of 2 to 10 min.

    Log-normal red noise with a correlation of 0.9 after 1 s, chi-square noise as spectra
    of 4 s have it, and a rhythm of some depth.
    """
    rng = np.random.default_rng([seed, 11])
    size = 3600
    slow = lfilter([np.sqrt(0.19)], [1, -0.9], rng.standard_normal(4 * size))
    power = np.exp(0.4 * slow).reshape(size, 4).mean(axis=1)
    power *= rng.gamma(6.5, 1 / 6.5, size)
    phase = 2 * np.pi * (freq_hz * 4 * np.arange(size) + rng.uniform())
    power *= 1 + depth * np.cos(phase)
    bouts, start = [], 0
    while (stop := start + int(rng.integers(30, 150))) <= size:
        bouts.append(power[start:stop])
        start = stop + int(rng.integers(2, 20))
    return bouts


def peaks_of(n_nights: int, **options) -> list[InfraslowPeak]:
    # Half as many surrogates as a night has, for the sake of time
    found = [
        infraslow_peak(make_bouts(s, **options), seed=s, n_surrogates=100)
        for s in range(n_nights)
    ]
    assert all(isinstance(peak, InfraslowPeak) for peak in found)
    return found


def test_a_strong_rhythm_is_found_where_it_is():
    peaks = peaks_of(5, depth=0.4, freq_hz=0.025)
    assert all(peak.is_significant for peak in peaks)
    assert np.median([p.peak_hz for p in peaks]) == pytest.approx(0.025, abs=0.002)


@pytest.mark.slow
def test_without_a_rhythm_at_most_8_percent_of_200_nights_are_significant():
    called = np.mean([peak.is_significant for peak in peaks_of(200, depth=0.0)])
    assert called <= 0.08


@pytest.mark.slow
def test_30_percent_modulation_is_found_in_80_percent_within_3_millihertz():
    peaks = peaks_of(40, depth=0.3)
    found = [p.is_significant and abs(p.peak_hz - 0.02) <= 0.003 for p in peaks]
    assert np.mean(found) >= 0.8


def test_the_same_night_has_the_same_numbers_twice():
    bouts = make_bouts(1, depth=0.2)
    assert infraslow_peak(bouts, n_surrogates=20) == infraslow_peak(
        bouts, n_surrogates=20
    )


def test_a_pure_rhythm_has_its_own_depth():
    # One bout of 60 min: its spectral line is narrower than the 0.005 Hz looked at
    time_s = 4.0 * np.arange(900)
    rng = np.random.default_rng(0)
    rhythm = 1 + 0.3 * np.cos(2 * np.pi * 0.02 * time_s)
    bouts = [rhythm * (1 + 0.01 * rng.standard_normal(900)) for _ in range(3)]
    peak = infraslow_peak(bouts, n_surrogates=20)
    assert peak.mod_frac == pytest.approx(0.3, rel=0.03)


def test_too_few_bouts_say_how_many():
    peak = infraslow_peak([np.ones(200)] * 2)
    assert isinstance(peak, Undefined)
    assert peak.reason.startswith("2 undisturbed N2 bouts of at least 120 s, 26.7 min")


def test_the_variants_of_a_night_are_told_beside_the_measure():
    rhythm, none = make_bouts(1, depth=0.5), make_bouts(2, depth=0.0)
    values = infraslow_values({"isf": rhythm, "isf_fast": none, "isf_nrem": rhythm[:2]})
    assert values["isf_peak_hz"] == pytest.approx(0.02, abs=0.003)
    assert values["isf_bout_n"] == len(rhythm)
    assert values["isf_fast_p"] > 0.05
    assert values["isf_fast_peak_hz"].reason.startswith("no infraslow peak: p = ")
    assert values["isf_nrem_p"].reason.startswith(
        "2 undisturbed N2+N3 bouts of at least 300 s, "
    )
    assert "isf_nrem_bout_n" not in values


# One-sided, as a bout's spectrum has them: 513 from 0 to 0.125 Hz.
FREQS = np.fft.rfftfreq(1024, 4.0)


def test_the_spectrum_of_bouts_is_scipys_weighed_by_their_lengths():
    rng = np.random.default_rng(1)
    bouts = [
        np.exp(rng.normal(size=(2, n)) + 0.01 * np.arange(n)) for n in (40, 91, 300)
    ]
    expected = np.zeros((2, 513))
    for bout in bouts:
        relative = bout / bout.mean(axis=1, keepdims=True)
        _, psd = signal.periodogram(
            relative, 0.25, window="hann", nfft=1024, detrend="linear"
        )
        expected += psd * bout.shape[1] / 431
    found = infraslow._bouts_spectrum(bouts)
    # Zero and the highest frequency, which nothing reads, have no mirror image.
    np.testing.assert_allclose(found[:, 1:-1], expected[:, 1:-1], rtol=1e-9, atol=1e-12)


def spectrum_with_peak(peak_hz, height, *, shape=(5.0, 0.02, 0.5), width_hz=0.0015):
    """Return a background and the same with a Gaussian peak so many times as high."""
    truth = background(FREQS, np.log([shape]))
    bump = np.exp(-(((FREQS - peak_hz) / width_hz) ** 2) / 2)
    return truth, truth * (1 + (height - 1) * bump)


@pytest.mark.parametrize("at", [41, 60, 82, 120, 163])
def test_a_peak_stands_over_its_background_by_its_height(at):
    """From 0.0100 to 0.0398 Hz, the first and the last frequency looked at."""
    truth, spectrum = spectrum_with_peak(FREQS[at], 4.0)
    ratios, peaks, shapes = infraslow._peak_ratios(FREQS, spectrum)
    assert peaks == pytest.approx([FREQS[at]])
    assert ratios == pytest.approx([4.0], rel=0.01)
    inside = (FREQS >= 0.006) & (FREQS <= 0.12)
    fitted = background(FREQS[inside], shapes)
    assert fitted == pytest.approx(truth[:, inside], rel=0.02)


@pytest.mark.parametrize("at", [36, 170])
def test_a_peak_outside_of_the_band_is_not_the_one(at):
    _, spectrum = spectrum_with_peak(FREQS[at], 4.0, width_hz=0.0002)
    ratios, _, _ = infraslow._peak_ratios(FREQS, spectrum)
    assert ratios == pytest.approx([1.0], abs=0.1)


def test_what_lies_outside_of_the_fit_does_not_matter():
    _, spectrum = spectrum_with_peak(0.02, 4.0)
    spoilt = spectrum.copy()
    spoilt[:, (FREQS < 0.006) | (FREQS > 0.12)] *= 1e3
    for one, other in zip(
        infraslow._peak_ratios(FREQS, spectrum),
        infraslow._peak_ratios(FREQS, spoilt),
        strict=True,
    ):
        assert np.array_equal(one, other)


def test_surrogates_are_log_normal_noise_with_the_spectrum_they_are_given():
    """A density S(f) to 0.125 Hz: the logarithm has the variance of its integral."""
    psd = background(FREQS, np.log([[2.0, 0.02, 0.3]]))[0]
    lengths = np.array([60, 200, 140])
    bouts = infraslow._surrogate_bouts(psd, lengths, 300, 5)
    assert [bout.shape for bout in bouts] == [(300, 60), (300, 200), (300, 140)]
    logs = np.log(np.concatenate(bouts, axis=1))
    assert logs.mean() == pytest.approx(0.0, abs=0.02)
    assert logs.var() == pytest.approx(np.trapezoid(psd, FREQS), rel=0.05)
    freqs, found = signal.welch(logs, 0.25, nperseg=200, axis=1)
    expected = np.interp(freqs, FREQS, psd)
    middle = (freqs > 0.01) & (freqs < 0.12)
    assert found.mean(axis=0)[middle] == pytest.approx(expected[middle], rel=0.2)
    assert found.mean(axis=0)[middle].sum() == pytest.approx(
        expected[middle].sum(), rel=0.05
    )


def test_each_surrogate_is_another_and_a_seed_gives_them_again():
    psd, lengths = np.full(513, 1.0), np.array([100, 100])
    one, again, other = (
        np.concatenate(infraslow._surrogate_bouts(psd, lengths, 20, seed), axis=1)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    mixed = np.corrcoef(np.log(np.vstack([one, other])))
    assert np.abs(mixed - np.eye(40)).max() < 0.4


def test_a_straight_line_is_taken_off_as_scipy_takes_it():
    series = np.random.default_rng(1).normal(5.0, 1.0, (3, 41)) + 0.2 * np.arange(41)
    series *= np.array([[1.0], [10.0], [100.0]])
    np.testing.assert_allclose(
        infraslow._without_trend(series), signal.detrend(series), atol=1e-10
    )


def test_the_depth_is_that_of_the_rhythm_at_the_peak_alone():
    """A third of a rhythm at 0.02 Hz, and as much at 0.06 Hz, which is left out."""
    time_s = 4.0 * np.arange(900)
    rng = np.random.default_rng(0)
    slow, fast = (np.cos(2 * np.pi * hz * time_s) for hz in (0.02, 0.06))
    bouts = [
        1 + 0.3 * (slow + fast) + 0.01 * rng.standard_normal(900) for _ in range(3)
    ]
    peak = infraslow_peak(bouts)
    assert peak.mod_frac == pytest.approx(0.3, rel=0.03)
    # higher than all of two hundred surrogates
    assert peak.p == 1 / 201


def test_z_and_p_of_four_surrogates_by_hand(monkeypatch):
    """3 against 1, 2, 3 and 4: mean 2.5, deviation √(5/3); two reach it."""
    answers = iter(
        [
            (np.array([3.0]), np.array([0.02]), np.log([[1.0, 0.02, 0.1]])),
            (np.array([1.0, 2.0, 3.0, 4.0]), None, None),
        ]
    )
    monkeypatch.setattr(infraslow, "_peak_ratios", lambda *_: next(answers))
    rng = np.random.default_rng(0)
    peak = infraslow_peak([rng.lognormal(size=100) for _ in range(3)], n_surrogates=4)
    assert peak.relpeak == 3.0
    assert peak.peak_hz == 0.02
    assert peak.z == pytest.approx(0.5 / np.sqrt(5 / 3))
    assert peak.p == pytest.approx(3 / 5)
    assert (peak.bout_n, peak.minutes) == (3, 20.0)


def test_twenty_minutes_in_three_bouts_are_enough_and_less_is_not():
    rng = np.random.default_rng(0)
    bouts = [rng.lognormal(size=100) for _ in range(3)]
    assert isinstance(infraslow_peak(bouts, n_surrogates=3), InfraslowPeak)
    short = infraslow_peak([*bouts[:2], bouts[2][:99]], n_surrogates=3)
    assert isinstance(short, Undefined)
    assert short.reason.endswith("120 s, 19.9 min; 3 and 20 min are needed")


@pytest.mark.parametrize(("p", "is_significant"), [(0.049, True), (0.05, False)])
def test_a_peak_is_significant_below_five_percent(p, is_significant):
    peak = InfraslowPeak(2.0, 0.02, 0.3, 3.0, p, 5, 40.0)
    assert peak.is_significant is is_significant


def test_the_names_are_those_of_the_columns(monkeypatch):
    found = InfraslowPeak(2.0, 0.02, 0.3, 3.0, 0.01, 5, 40.0)
    monkeypatch.setattr(infraslow, "infraslow_peak", lambda *_: found)
    assert infraslow_values({"isf": [], "isf_fast": [], "isf_nrem": []}) == {
        "isf_relpeak": 2.0,
        "isf_z": 3.0,
        "isf_p": 0.01,
        "isf_peak_hz": 0.02,
        "isf_mod_frac": 0.3,
        "isf_bout_n": 5.0,
        "isf_min": 40.0,
        "isf_fast_relpeak": 2.0,
        "isf_fast_p": 0.01,
        "isf_fast_peak_hz": 0.02,
        "isf_nrem_relpeak": 2.0,
        "isf_nrem_p": 0.01,
        "isf_nrem_peak_hz": 0.02,
    }

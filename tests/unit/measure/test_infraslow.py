"""The infraslow peak in sigma power made with and without a rhythm."""

import numpy as np
import pytest
from scipy.signal import lfilter
from signal_makers import make_noise, make_timeline

from psgkit.domain.measures import Undefined
from psgkit.measure.infraslow import (
    SERIES,
    InfraslowPeak,
    infraslow_peak,
    infraslow_values,
    sigma_bouts,
    split_at_losses,
)


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
    assert peak.reason.startswith("2 undisturbed N2 bouts of at least 120 s, 27 min")


def test_up_to_two_lost_windows_are_filled_and_more_part_a_bout():
    power = np.arange(100.0)
    is_bad = np.zeros(100, dtype=bool)
    is_bad[[20, 21, 50, 51, 52]] = True
    power[is_bad] = 999
    parts = split_at_losses(power, is_bad, 30)
    assert [part[0] for part in parts] == [0, 53]
    assert [part[-1] for part in parts] == [49, 99]
    assert parts[0][20:22].tolist() == [20, 21]


def test_pieces_under_two_minutes_are_dropped():
    is_bad = np.zeros(62, dtype=bool)
    is_bad[29:33] = True
    assert split_at_losses(np.ones(62), is_bad, 30) == []


def test_sigma_power_is_taken_in_bouts_of_n2_alone():
    timeline = make_timeline("22222" + "3" + "222" + "W" + "2222")
    noise = make_noise(14 * 30, 128.0)
    bouts = sigma_bouts(noise, 128.0, timeline)
    assert [len(bout) for bout in bouts] == [37, 30]  # 150 s and 120 s; 90 s is short
    assert np.mean(bouts[0]) == pytest.approx(5.0, rel=0.15)  # 5 Hz of density 1


def test_a_variant_has_its_own_band_stages_and_shortest_bout():
    # 11 min of N2 and N3 in one, then 4.5 min of N2: too short where 300 s are asked for
    timeline = make_timeline("2" * 12 + "3" * 10 + "W" + "2" * 9)
    noise = make_noise(32 * 30, 128.0)
    lengths, powers = {}, {}
    for name, series in SERIES.items():
        bouts = sigma_bouts(noise, 128.0, timeline, series)
        lengths[name] = [len(bout) for bout in bouts]
        powers[name] = np.mean(np.concatenate(bouts))
    assert lengths == {"isf": [90, 67], "isf_fast": [90, 67], "isf_nrem": [165]}
    # White noise of density 1: as much power as the band is wide
    assert powers["isf"] == pytest.approx(5.0, rel=0.15)
    assert powers["isf_fast"] == pytest.approx(2.0, rel=0.15)
    assert powers["isf_nrem"] == pytest.approx(5.0, rel=0.15)


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

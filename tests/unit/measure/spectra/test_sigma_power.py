"""Sigma power of 4-s windows: in undisturbed bouts, and over the night."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.sigma_power import (
    SERIES,
    Bout,
    SigmaSeries,
    sigma_bouts,
    sigma_course,
    split_at_losses,
)


def series_of(bouts: list[Bout]) -> list[np.ndarray]:
    return [bout.series for bout in bouts]


def test_up_to_two_lost_windows_are_filled_and_more_part_a_bout():
    power = np.arange(100.0)
    is_bad = np.zeros(100, dtype=bool)
    is_bad[[20, 21, 50, 51, 52]] = True
    power[is_bad] = 999
    parts = split_at_losses(1000.0, power, is_bad, 30)
    assert [part.series[0] for part in parts] == [0, 53]
    assert [part.onset_s for part in parts] == [1000.0, 1000.0 + 53 * 4]
    assert [part.series[-1] for part in parts] == [49, 99]
    assert parts[0].series[20:22].tolist() == [20, 21]


def test_pieces_under_two_minutes_are_dropped():
    is_bad = np.zeros(62, dtype=bool)
    is_bad[29:33] = True
    assert split_at_losses(0.0, np.ones(62), is_bad, 30) == []


def test_sigma_power_is_taken_in_bouts_of_n2_alone():
    timeline = make_timeline("22222" + "3" + "222" + "W" + "2222")
    noise = make_noise(14 * 30, 128.0)
    bouts = sigma_bouts(noise, 128.0, timeline)
    assert [len(bout) for bout in bouts] == [37, 30]  # 150 s and 120 s; 90 s is short
    assert np.mean(bouts[0].series) == pytest.approx(5.0, rel=0.15)  # 5 Hz of density 1


def test_a_variant_has_its_own_band_stages_and_shortest_bout():
    # 11 min of N2 and N3 in one, then 4.5 min of N2: too short where 300 s are asked for
    timeline = make_timeline("2" * 12 + "3" * 10 + "W" + "2" * 9)
    noise = make_noise(32 * 30, 128.0)
    lengths, powers = {}, {}
    for name, series in SERIES.items():
        bouts = sigma_bouts(noise, 128.0, timeline, series)
        lengths[name] = [len(bout) for bout in bouts]
        powers[name] = np.mean(np.concatenate([bout.series for bout in bouts]))
    assert lengths == {"isf": [90, 67], "isf_fast": [90, 67], "isf_nrem": [165]}
    # White noise of density 1: as much power as the band is wide
    assert powers["isf"] == pytest.approx(5.0, rel=0.15)
    assert powers["isf_fast"] == pytest.approx(2.0, rel=0.15)
    assert powers["isf_nrem"] == pytest.approx(5.0, rel=0.15)


@pytest.mark.parametrize("rate_hz", [64.0, 99.9])
def test_the_power_of_a_sine_is_half_its_squared_amplitude(rate_hz):
    """Windows of 4 s from 100 s on: 6 µV, and 9 µV from 220 s on."""
    scoring = replace(make_scoring("W22222222W"), onset_s=70.0)
    late = Timeline.from_scoring(scoring, 370.0, (0, 10))
    values = make_sine(370.0, rate_hz, 12.5, 6.0)
    values[round(220 * rate_hz) :] *= 1.5
    (power,) = series_of(sigma_bouts(values, rate_hz, late))
    assert len(power) == 60
    assert power[:30] == pytest.approx(np.full(30, 18.0), rel=2e-3)
    assert power[30:] == pytest.approx(np.full(30, 40.5), rel=2e-3)


def test_a_bout_ends_with_the_signal_and_with_artefact_at_its_edges():
    noise = make_noise(300, 64.0)
    whole = make_timeline("2" * 10)
    (power,) = series_of(sigma_bouts(noise, 64.0, whole))
    assert len(power) == 75
    # 2 s less than 300: the last window of 4 s is not whole
    (cut,) = series_of(sigma_bouts(noise[: 298 * 64], 64.0, whole))
    assert np.array_equal(cut, power[:74])
    (exact,) = series_of(sigma_bouts(noise[: 296 * 64], 64.0, whole))
    assert len(exact) == 74
    # bad seconds 3, 4 and 9 lie in the first three windows
    (rest,) = series_of(
        sigma_bouts(noise, 64.0, make_timeline("2" * 10, bad_s=(3, 4, 9)))
    )
    assert np.array_equal(rest, power[3:])


def test_lost_windows_are_filled_from_their_neighbours():
    noise = make_noise(300, 64.0)
    noise[100 * 64 : 108 * 64] = 1e4
    (power,) = series_of(
        sigma_bouts(noise, 64.0, make_timeline("2" * 10, bad_s=(101, 105)))
    )
    assert len(power) == 75
    # windows 25 and 26 of the 75 on the line from 24 to 27
    assert np.diff(power[24:28]) == pytest.approx(np.full(3, np.diff(power[24:28])[0]))
    assert power.max() < 50


def test_a_bout_that_is_all_artefact_is_none():
    timeline = make_timeline("2" * 10, bad_s=tuple(range(300)))
    assert sigma_bouts(make_noise(300, 64.0), 64.0, timeline) == []
    but_one = make_timeline("2" * 10, bad_s=tuple(range(296)))
    assert sigma_bouts(make_noise(300, 64.0), 64.0, but_one) == []


def test_a_bout_of_exactly_the_shortest_length_counts():
    noise = make_noise(180, 64.0)
    assert len(sigma_bouts(noise, 64.0, make_timeline("2222W3"))) == 1
    assert sigma_bouts(noise, 64.0, make_timeline("222W33")) == []
    series = SigmaSeries((10.0, 15.0), (Stage.N2, Stage.N3), 124.0)
    assert series.min_windows == 31
    assert sigma_bouts(noise, 64.0, make_timeline("2222WW"), series) == []


def test_long_bouts_are_parted_into_equal_ones_that_the_spectrum_holds():
    is_bad = np.zeros(2100, dtype=bool)
    parts = split_at_losses(0.0, np.arange(2100.0), is_bad, 30)
    assert [len(part) for part in parts] == [700, 700, 700]
    assert np.array_equal(np.concatenate(series_of(parts)), np.arange(2100.0))
    one = split_at_losses(0.0, np.arange(1024.0), is_bad[:1024], 30)
    assert [len(part) for part in one] == [1024]
    is_bad[:600] = True
    late = split_at_losses(0.0, np.arange(1200.0), is_bad[:1200], 30)
    assert [len(part) for part in late] == [600]


def test_losses_at_an_edge_are_cut_off_however_short():
    is_bad = np.zeros(80, dtype=bool)
    is_bad[[0, 79]] = True
    (part,) = series_of(split_at_losses(0.0, np.arange(80.0), is_bad, 30))
    assert np.array_equal(part, np.arange(1.0, 79.0))


def test_the_course_of_a_night_is_the_power_of_every_window_and_nan_in_artefact():
    """6 µV at 12.5 Hz have a power of 18 µV²; second 41 is in the window from 40 s."""
    values = make_sine(300.0, 64.0, 12.5, 6.0)
    course = sigma_course(values, 64.0, make_timeline("W2222RRRRW", bad_s=(41,)))
    assert len(course) == 75
    assert np.flatnonzero(np.isnan(course)).tolist() == [10]
    assert np.delete(course, 10) == pytest.approx(np.full(74, 18.0), rel=2e-3)

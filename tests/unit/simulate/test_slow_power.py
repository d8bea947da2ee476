"""The true slow-wave activity is the power of what was put in."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.signal import welch

from psgkit.simulate import simulate_night
from psgkit.simulate.sleep_state import Timeline
from psgkit.simulate.slow_power import (
    power_of_source,
    power_of_spectra,
    second_means,
)


def make_timeline(n_epochs: int = 4, rate_hz: float = 100.0) -> Timeline:
    stages = np.full(n_epochs, 2, dtype=np.int8)
    return Timeline(stages, 30.0, 30.0 * n_epochs, rate_hz, seed=1)


@pytest.mark.parametrize(("hz", "share"), [(0.4, 0.0), (0.6, 1.0), (3.8, 1.0), (5, 0)])
def test_a_sine_has_half_its_squared_amplitude_if_it_lies_in_the_band(hz, share):
    time_s = np.arange(12000) / 100.0
    source = (20.0 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
    power = power_of_source(source, make_timeline())
    assert power.shape == (120,)
    assert power == pytest.approx(np.full(120, 200.0 * share), abs=0.1)


def test_a_wave_counts_in_its_own_epoch():
    source = np.zeros(12000, dtype=np.float32)
    source[3500:3600] = 100.0 * np.sin(2 * np.pi * np.arange(100) / 100.0)
    power = power_of_source(source, make_timeline())
    assert power[:30].max() == power[60:].max() == 0.0
    # Its whole energy, 5000 µV² over one of 30 s, less what lies outside of the band
    assert 0.75 * 5000 / 30 < power[45] < 5000 / 30


def test_a_flat_spectrum_has_the_width_of_the_band_and_follows_time():
    freqs = np.arange(0.0, 50.25, 0.25)
    # One every 2 s: density 1 to begin with, 3 after a minute
    psd = np.ones((61, len(freqs)), dtype=np.float32)
    psd[31:] = 3.0
    power = power_of_spectra(freqs, psd, 2.0, make_timeline())
    assert power[[0, 59, 62, 119]] == pytest.approx([3.5, 3.5, 10.5, 10.5])


def test_means_over_the_samples_of_each_second():
    values = np.repeat(np.arange(120, dtype=np.float32), 100)
    assert second_means(values, make_timeline()).tolist() == list(range(120))


@pytest.mark.parametrize("stage", ["N2", "N3"])
def test_the_course_is_the_power_that_welch_s_method_finds(stage_blocks, stage):
    # Welch's method sees these spectra smoothed over 0.4 Hz and adds the leak of the
    # heart; within a tenth the two must be the same.
    first = ("W", "N1", "N2", "N3", "R").index(stage) * 1200.0
    swa = stage_blocks.truth.swa
    inside = swa["onset_s"].between(first + 30.0, first + 1140.0)
    for label in ("F3-M2", "C4-M1"):
        channel = stage_blocks.recording.channel(label)
        signal = stage_blocks.recording.signal(channel, first + 30.0, first + 1170.0)
        freqs, psd = welch(signal, 128.0, nperseg=1024)
        band = (freqs >= 0.5) & (freqs <= 4.0)
        found = np.trapezoid(psd[band], freqs[band])
        assert swa.loc[inside, label].mean() == pytest.approx(found, rel=0.1)


def test_the_course_has_an_epoch_a_row_and_the_eeg_channels(nap):
    swa = nap.truth.swa
    assert list(swa.columns) == [
        *("onset_s", "F3-M2", "F4-M1", "C3-M2", "C4-M1", "O1-M2", "O2-M1")
    ]
    assert len(swa) == nap.truth.scoring.n_epochs


@pytest.mark.slow
def test_arousals_quieten_it():
    calm, torn = (
        simulate_night(
            hypnogram=["N2"] * 240, montage="minimal", rate_hz=100, arousals_per_h=rate
        ).truth
        for rate in (0.0, 60.0)
    )
    assert len(torn.scoring.arousals) > 40
    assert torn.swa["C4-M1"].mean() < 0.97 * calm.swa["C4-M1"].mean()


@pytest.mark.slow
def test_it_falls_with_time_asleep():
    night = simulate_night(hypnogram=["N3"] * 480, montage="minimal", rate_hz=100)
    course = night.truth.swa["C4-M1"].to_numpy()
    # Pressure after 4 h is 0.5 + 0.5 exp(-4/3) = 0.63: that is by how much each wave's
    # power falls; the background's goes with its square, 0.40.
    assert 0.63 * 0.40 < course[-60:].mean() / course[:60].mean() < 0.70


def test_it_is_written_with_the_truth(tmp_path):
    night = simulate_night(0.1, seed=2, montage="minimal", rate_hz=100)
    night.write(tmp_path / "n.edf")
    told = json.loads((tmp_path / "n_truth.json").read_text())["swa_uv2"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(told), night.truth.swa.drop(columns="onset_s")
    )

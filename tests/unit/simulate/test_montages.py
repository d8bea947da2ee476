"""Channels are differences of electrodes that see the same sources."""

import numpy as np
import pytest

from psgkit.domain.channels.roles import Kind
from psgkit.simulate import MontageName, simulate_night
from psgkit.simulate.montages import MONTAGES, spread

STAGES = ["W", "N2", "N2", "N3", "N3", "R", "R"]


def test_rereferencing_electrodes_gives_the_derivation():
    apart = simulate_night(hypnogram=STAGES, montage="electrodes", rate_hz=128, seed=6)
    derived = simulate_night(hypnogram=STAGES, montage="aasm", rate_hz=128, seed=6)
    one, other = apart.recording, derived.recording
    subtracted = one.signal(one.channel("C4")) - one.signal(one.channel("M1"))
    # Three roundings of half a step, of ranges up to ±2000 µV.
    assert subtracted == pytest.approx(other.signal(other.channel("C4-M1")), abs=0.2)


def test_neighbours_are_more_alike_than_distant_electrodes():
    recording = simulate_night(hypnogram=["N2"] * 20, rate_hz=128, seed=6).recording
    signals = {c.label: recording.signal(c) for c in recording.of_kind(Kind.EEG)}

    def alike(a: str, b: str) -> float:
        return np.corrcoef(signals[a], signals[b])[0, 1]

    assert 0.95 > alike("F4-M1", "C4-M1") > alike("F4-M1", "O2-M1")


@pytest.mark.parametrize(
    ("name", "count"), [("aasm", 10), ("minimal", 4), ("wide", 25)]
)
def test_a_montage_has_its_channels(name, count):
    leads = MONTAGES[MontageName(name)]
    assert len(leads) == len({lead.label for lead in leads}) == count


def test_the_wide_montage_has_mixed_rates_and_what_a_polysomnograph_records():
    recording = simulate_night(0.1, montage="wide", rate_hz=256).recording
    rates = {channel.label: channel.rate_hz for channel in recording.channels}
    assert rates["C4-M1"] == 256.0
    assert rates["Leg/L"] == 128.0
    assert rates["Thorax"] == 32.0
    assert rates["SpO2"] == 1.0
    for channel in recording.channels:
        values = recording.signal(channel)
        assert len(values) == 360 * channel.rate_hz
        assert np.isfinite(values).all()
    saturation = recording.signal(recording.channel("SpO2"))
    assert ((saturation >= 85) & (saturation <= 100)).all()


def test_chest_and_belly_breathe_together_at_a_resting_rate():
    recording = simulate_night(
        hypnogram=["N2"] * 20, montage="wide", rate_hz=100
    ).recording
    chest, belly = (
        recording.signal(recording.channel(name)) for name in ("Thorax", "Abdomen")
    )
    assert np.corrcoef(chest, belly)[0, 1] > 0.9
    breaths = np.sum((chest[1:] > 60.0) & (chest[:-1] <= 60.0)) / 10.0
    # Adults at rest breathe 12 to 20 times a minute; noise may add crossings.
    spectrum = np.abs(np.fft.rfft(chest))
    assert 12.0 <= np.argmax(spectrum[1:]) / 600.0 * 60.0 <= 20.0
    assert breaths >= 12.0


def test_a_source_is_seen_best_right_above_it():
    gains = spread(0.45, 0.0, 0.4)
    assert gains["C4"] == 1.0
    assert gains["C4"] > gains["F4"] > gains["F3"] > gains["M1"]

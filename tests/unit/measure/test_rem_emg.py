"""Chin tone made to be known: silence, steady noise, bursts, raised tone."""

import numpy as np
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.measures import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.rem_emg import (
    atonia_index,
    chin_tone,
    emg_top_hz,
    rswa_values,
)

RATE_HZ = 256.0
SECONDS = 1200
NIGHT = "2" * 4 + "R" * 32 + "2" * 4


def noise_of(mean_uv: float, seed: int = 0) -> np.ndarray:
    """Return noise with some mean |x| from 10 to 100 Hz, two notches taken off."""
    density = (mean_uv / np.sqrt(2 / np.pi)) ** 2 / 86
    return np.sqrt(density) * make_noise(SECONDS, RATE_HZ, seed=seed)


def measure(values, timeline=None):
    timeline = timeline or make_timeline(NIGHT)
    tone = chin_tone(values.astype(np.float32), RATE_HZ, timeline, top_hz=100.0)
    return tone, timeline


def with_bursts(every_s: float, seconds: float, gain: float) -> np.ndarray:
    values = noise_of(0.5)
    for onset_s in np.arange(121, 1079, every_s):
        part = slice(int(onset_s * RATE_HZ), int((onset_s + seconds) * RATE_HZ))
        values[part] *= gain
    return values


def test_silence_is_atonia():
    assert atonia_index(*measure(np.zeros(int(SECONDS * RATE_HZ)))) == 1.0


def test_steady_noise_of_5_microvolts_is_atonia_to_the_index():
    # Its local minimum is taken out: METRICS section G, step 3
    tone, timeline = measure(noise_of(5.0))
    assert np.nanmean(tone.seconds_uv) == pytest.approx(5.0, rel=0.1)
    assert atonia_index(tone, timeline) > 0.95
    assert rswa_values(tone, timeline)["rswa_tonic_pct"] == 0


def test_bursts_in_a_third_of_the_seconds_take_a_third_off():
    # 1 s at ten times the tone, every 3 s: 4.5 µV above the minimum
    assert atonia_index(*measure(with_bursts(3.0, 1.0, 10.0))) == pytest.approx(
        2 / 3, abs=0.02
    )


def test_the_index_falls_with_the_number_of_bursts():
    found = [atonia_index(*measure(with_bursts(e, 1.0, 10.0))) for e in (20, 10, 5)]
    assert found == sorted(found, reverse=True)


def test_doubled_amplitudes_find_more_tone():
    tone, timeline = measure(with_bursts(5.0, 1.0, 3.0))  # 1 µV above the minimum
    assert atonia_index(tone, timeline, scale=2.0) < atonia_index(tone, timeline)


def test_bursts_are_phasic_and_not_tonic():
    tone, timeline = measure(with_bursts(9.0, 0.5, 10.0))
    numbers = rswa_values(tone, timeline)
    assert numbers["rswa_phasic_pct"] == pytest.approx(100 / 3, abs=3)
    assert numbers["rswa_tonic_pct"] == 0
    assert numbers["rswa_any_pct"] == numbers["rswa_phasic_pct"]


def test_raised_tone_is_tonic_and_not_phasic():
    values = noise_of(0.5)
    values[int(330 * RATE_HZ) : int(570 * RATE_HZ)] *= 4  # 8 of 32 epochs of R
    numbers = rswa_values(*measure(values))
    assert numbers["rswa_tonic_pct"] == pytest.approx(25, abs=0.1)
    assert numbers["rswa_phasic_pct"] < 3
    assert numbers["rswa_any_pct"] == pytest.approx(25, abs=3)


def test_tone_of_10_microvolts_all_night_is_tonic():
    numbers = rswa_values(*measure(noise_of(14.0)))
    assert numbers["rswa_tonic_pct"] == 100


def test_arousals_and_artefacts_do_not_count():
    values = noise_of(0.5)
    values[int(300 * RATE_HZ) : int(310 * RATE_HZ)] *= 50
    timeline = make_timeline(NIGHT, bad_s=tuple(range(299, 312)))
    tone, _ = measure(values, timeline)
    assert atonia_index(tone, timeline) == 1.0
    assert rswa_values(tone, timeline)["rswa_any_pct"] < 1


def test_mains_is_taken_out():
    time_s = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    hum = 20 * np.sin(2 * np.pi * 50 * time_s) * (1 + 0.5 * np.sin(time_s))
    assert atonia_index(*measure(noise_of(0.3) + hum)) > 0.95


def test_five_minutes_of_rem_are_needed():
    timeline = make_timeline("2" * 20 + "R" * 9 + "2" * 11)
    tone, _ = measure(noise_of(0.5), timeline)
    few = Undefined("270 clean seconds of REM, 300 are needed")
    assert atonia_index(tone, timeline) == few
    assert set(rswa_values(tone, timeline).values()) == {few}


@pytest.mark.parametrize(
    ("rate_hz", "lowpass_hz", "top_hz"),
    [
        (256.0, None, 100.0),
        (200.0, None, 90.0),
        (256.0, 70.0, 70.0),
        (100.0, None, 45.0),
    ],
)
def test_the_band_ends_with_the_rate_or_the_recorded_filter(
    rate_hz, lowpass_hz, top_hz
):
    assert emg_top_hz(rate_hz, lowpass_hz) == top_hz


def test_amplitude_is_known_about_rem_alone():
    tone, timeline = measure(
        noise_of(1.0), make_timeline("2" * 16 + "R" * 16 + "2" * 8)
    )
    known = np.flatnonzero(~np.isnan(tone.local_uv))
    rem = np.flatnonzero(timeline.stages == Stage.R)
    assert (known[0], known[-1]) == (rem[0] - 40, rem[-1] + 40)

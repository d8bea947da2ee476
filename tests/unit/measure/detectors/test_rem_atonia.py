"""The atonia index of chins made to be known: silence, steady noise, bursts."""

import numpy as np
import pytest
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.rem_atonia import (
    ChinTone,
    atonia_index,
    chin_tone,
    emg_top_hz,
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


def test_arousals_and_artefacts_do_not_count():
    values = noise_of(0.5)
    values[int(300 * RATE_HZ) : int(310 * RATE_HZ)] *= 50
    timeline = make_timeline(NIGHT, bad_s=tuple(range(299, 312)))
    tone, _ = measure(values, timeline)
    assert atonia_index(tone, timeline) == 1.0


def test_mains_is_taken_out():
    time_s = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    hum = 20 * np.sin(2 * np.pi * 50 * time_s) * (1 + 0.5 * np.sin(time_s))
    assert atonia_index(*measure(noise_of(0.3) + hum)) > 0.95


def test_five_minutes_of_rem_are_needed():
    timeline = make_timeline("2" * 20 + "R" * 9 + "2" * 11)
    tone, _ = measure(noise_of(0.5), timeline)
    few = Undefined("270 clean seconds of REM, 300 are needed")
    assert atonia_index(tone, timeline) == few


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


REM_400_S = "2" + "R" * 14 + "2"


def tone_of(seconds_uv, *, local=0.0) -> ChinTone:
    """Return the tone of seconds each of one amplitude, from the recording's start."""
    seconds = np.asarray(seconds_uv, dtype=float)
    return ChinTone(seconds, np.full(len(seconds), local))


def quiet(level_uv: float = 0.5) -> np.ndarray:
    """Return 480 s of one amplitude; R lies from 30 to 450 s, 140 mini-epochs."""
    return np.full(480, level_uv)


def test_the_index_leaves_out_what_lies_between_1_and_2_microvolts():
    timeline = make_timeline(REM_400_S)
    seconds = quiet(1.0)  # 1 µV itself is atonia
    seconds[100:140] = 1.01
    seconds[140:180] = 2.0  # left out, as 1.01 is
    seconds[200:234] = 2.01  # tone
    # 420 s, 80 left out, 34 with tone
    found = atonia_index(tone_of(seconds), timeline)
    assert found == pytest.approx((420 - 80 - 34) / 340)
    # 5 µV more everywhere, and as a local minimum, change nothing
    raised = atonia_index(tone_of(seconds + 5, local=5.0), timeline)
    assert raised == pytest.approx(found)


def test_where_every_second_is_left_out_there_is_no_index():
    reason = Undefined("every second of REM lies between 1 and 2 µV")
    assert atonia_index(tone_of(quiet(1.5)), make_timeline(REM_400_S)) == reason


def test_five_minutes_are_enough_and_seconds_without_tone_do_not_count():
    timeline = make_timeline("2" * 3 + "R" * 10 + "2" * 3)
    assert atonia_index(tone_of(quiet()), timeline) == 1.0
    tone = tone_of(quiet())
    tone.local_uv[100] = np.nan
    few = Undefined("299 clean seconds of REM, 300 are needed")
    assert atonia_index(tone, timeline) == few


def test_amplitudes_are_means_of_seconds_and_minima_of_the_half_minutes_around():
    """A sine of 37 Hz, ten times as large in one second."""
    rate_hz = 200.0
    timeline = make_timeline("2" * 3 + "R" * 10 + "2" * 3)
    values = make_sine(480, rate_hz, 37.0, 10.0)
    values[200 * 200 : 201 * 200] *= 10
    tone = chin_tone(values, rate_hz, timeline, top_hz=90.0)
    # the mean of a rectified sine is 2 / pi of its amplitude
    assert tone.seconds_uv[150] == pytest.approx(20 / np.pi, rel=0.01)
    assert tone.seconds_uv[200] == pytest.approx(200 / np.pi, rel=0.05)
    assert tone.local_uv[200] == pytest.approx(20 / np.pi, rel=0.01)


def test_a_signal_that_ends_in_rem_has_tone_until_there():
    timeline = make_timeline("2" * 3 + "R" * 10 + "2" * 3)
    values = make_sine(200, 200.0, 40.0, 10.0)
    tone = chin_tone(values, 200.0, timeline, top_hz=90.0)
    known = np.flatnonzero(~np.isnan(tone.seconds_uv))
    assert (known[0], known[-1]) == (50, 199)
    assert np.isnan(
        chin_tone(values[:10100], 200.0, timeline, top_hz=90.0).local_uv
    ).all()


def test_a_rate_in_thirds_ends_with_the_signal_and_leaves_the_heart_out():
    """62 samples in 0.3 s: 18 s are 3720 samples, and times their rate a hair more."""
    rate_hz = 62 / 0.3
    assert 18.0 * rate_hz > 3720
    timeline = make_timeline("R")
    values = make_sine(18.0, rate_hz, 37.0, 10.0)
    assert len(values) == 3720
    tone = chin_tone(values, rate_hz, timeline, top_hz=90.0, beats_s=np.array([9.0]))
    assert tone.seconds_uv[17] == pytest.approx(20 / np.pi, rel=0.05)

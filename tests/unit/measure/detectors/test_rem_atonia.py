"""Chin tone made to be known: silence, steady noise, bursts, raised tone."""

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


REM_400_S = "2" + "R" * 14 + "2"


def tone_of(seconds_uv, *, local=0.0, background=1.0) -> ChinTone:
    """Return the tone of seconds each of one amplitude, from the recording's start."""
    seconds = np.asarray(seconds_uv, dtype=float)
    return ChinTone(
        np.repeat(seconds[:, np.newaxis], 10, axis=1),
        np.full(len(seconds), local),
        np.full(len(seconds), background),
    )


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
    assert rswa_values(tone_of(quiet()), timeline)["rswa_any_pct"] == 0.0
    tone = tone_of(quiet())
    tone.local_uv[100] = np.nan
    few = Undefined("299 clean seconds of REM, 300 are needed")
    assert atonia_index(tone, timeline) == few
    assert rswa_values(tone, timeline)["rswa_tonic_pct"] == few


def bursts(
    tenths: int, *, at_s: float = 60.0, level_uv: float = 2.0
) -> dict[str, float]:
    """Return the shares with one burst of some tenths, background 1 µV."""
    tone = tone_of(quiet())
    first = round(at_s * 10)
    tone.tenths_uv.ravel()[first : first + tenths] = level_uv
    return rswa_values(tone, make_timeline(REM_400_S))


@pytest.mark.parametrize(
    ("tenths", "mini_epochs"),
    # mini-epochs of 3 s begin at 60 s; 50 tenths are 5 s
    [(1, 1), (30, 1), (31, 2), (50, 2), (51, 0)],
)
def test_a_burst_lasts_a_tenth_of_a_second_to_five(tenths, mini_epochs):
    found = bursts(tenths)
    assert found["rswa_phasic_pct"] == pytest.approx(100 * mini_epochs / 140)
    assert found["rswa_any_pct"] == found["rswa_phasic_pct"]


def test_a_burst_is_twice_the_background_or_more():
    assert bursts(5, level_uv=1.99)["rswa_phasic_pct"] == 0
    assert bursts(5, level_uv=2.0)["rswa_phasic_pct"] == pytest.approx(100 / 140)


def test_a_burst_outside_of_rem_is_none_and_the_last_mini_epoch_is_looked_at():
    assert bursts(5, at_s=29.5)["rswa_phasic_pct"] == 0
    assert bursts(5, at_s=450.0)["rswa_phasic_pct"] == 0
    assert bursts(5, at_s=449.5)["rswa_phasic_pct"] == pytest.approx(100 / 140)


def tonic(
    raised_s: int, *, level_uv: float = 1.2, quiet_uv: float = 0.6, bad_s=()
) -> dict[str, float]:
    """Return the shares with an epoch raised for some seconds above the quiet ones."""
    seconds = quiet(quiet_uv)
    seconds[60 : 60 + raised_s] = level_uv
    timeline = make_timeline(REM_400_S, bad_s=bad_s)
    return rswa_values(tone_of(seconds, background=100.0), timeline)


def test_an_epoch_raised_for_over_half_of_its_clean_time_is_tonic():
    assert tonic(15)["rswa_tonic_pct"] == 0
    assert tonic(16)["rswa_tonic_pct"] == pytest.approx(100 / 14)
    # its ten mini-epochs are among those with either, and it has no burst
    assert tonic(16)["rswa_any_pct"] == pytest.approx(1000 / 140)
    assert tonic(16)["rswa_phasic_pct"] == 0
    # of 20 clean seconds 11 are over half
    bad_s = tuple(range(80, 90))
    assert tonic(10, bad_s=bad_s)["rswa_tonic_pct"] == 0
    assert tonic(11, bad_s=bad_s)["rswa_tonic_pct"] == pytest.approx(100 / 14)


def test_raised_is_twice_the_night_s_background():
    assert tonic(30, level_uv=1.19)["rswa_tonic_pct"] == 0
    assert tonic(30, level_uv=1.2)["rswa_tonic_pct"] == pytest.approx(100 / 14)


def test_up_to_1_microvolt_is_atonia_whatever_the_background():
    assert tonic(30, level_uv=1.0, quiet_uv=0.3)["rswa_tonic_pct"] == 0
    assert tonic(30, level_uv=1.01, quiet_uv=0.3)["rswa_tonic_pct"] == pytest.approx(
        100 / 14
    )


def test_raised_is_10_microvolts_too():
    timeline = make_timeline(REM_400_S)
    for level_uv, percent in ((10.0, 100.0), (9.99, 0.0)):
        tone = tone_of(quiet(level_uv), background=100.0)
        assert rswa_values(tone, timeline)["rswa_tonic_pct"] == percent


def test_amplitudes_are_means_of_tenths_and_of_the_half_minutes_around():
    """A sine of 37 Hz, ten times as large in one second."""
    rate_hz = 200.0
    timeline = make_timeline("2" * 3 + "R" * 10 + "2" * 3)
    values = make_sine(480, rate_hz, 37.0, 10.0)
    values[200 * 200 : 201 * 200] *= 10
    tone = chin_tone(values, rate_hz, timeline, top_hz=90.0)
    # the mean of a rectified sine is 2 / pi of its amplitude
    assert tone.tenths_uv[150] == pytest.approx([20 / np.pi] * 10, rel=0.1)
    assert tone.seconds_uv[150] == pytest.approx(20 / np.pi, rel=0.01)
    assert tone.seconds_uv[200] == pytest.approx(200 / np.pi, rel=0.05)
    assert tone.local_uv[200] == pytest.approx(20 / np.pi, rel=0.01)
    assert tone.background_uv[200] == pytest.approx(20 / np.pi, rel=0.01)


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


def test_an_ecg_changes_little_in_a_chin_that_has_no_heart_in_it():
    """At 100 Hz a tenth of a second holds ten samples: half of them are no mean."""
    rng = np.random.default_rng(7)
    timeline = make_timeline("R" * 40)
    values = rng.normal(0.0, 1.0, 120_000).astype(np.float32)
    beats_s = np.cumsum(rng.uniform(0.8, 1.1, 1200))
    phasic = [
        rswa_values(
            chin_tone(values, 100.0, timeline, top_hz=45.0, beats_s=beats), timeline
        )["rswa_phasic_pct"]
        for beats in (np.zeros(0), beats_s)
    ]
    assert phasic[1] == pytest.approx(phasic[0], abs=2.0)

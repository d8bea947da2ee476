"""Each stage shows the findings that the AASM manual defines it by."""

import numpy as np
import pytest
from scipy.signal import welch

from psgkit.simulate import simulate_night

BLOCK_S = 1200.0
STAGES = ("W", "N1", "N2", "N3", "R")


def part(night, label, stage):
    """Return a channel during the block of one stage, its edges left out."""
    first = STAGES.index(stage) * BLOCK_S
    channel = night.recording.channel(label)
    return night.recording.signal(channel, first + 30.0, first + BLOCK_S - 30.0)


def band(signal, low, high, rate_hz=128.0):
    freqs, psd = welch(signal, rate_hz, nperseg=min(512, len(signal)))
    return psd[(freqs >= low) & (freqs < high)].sum() * freqs[1]


def per_min(night, kind, stage):
    first = STAGES.index(stage) * BLOCK_S
    events = night.truth.events
    inside = events["onset_s"].between(first, first + BLOCK_S)
    return (inside & (events["kind"] == kind)).sum() / 20.0


def test_delta_grows_from_rem_to_n2_to_n3(stage_blocks):
    deltas = [
        band(part(stage_blocks, "F4-M1", stage), 0.5, 4) for stage in ("R", "N2", "N3")
    ]
    assert deltas[0] < deltas[1] < deltas[2]
    assert deltas[2] > 4 * deltas[0]


def test_alpha_of_relaxed_wakefulness_is_posterior(stage_blocks):
    back, front = (band(part(stage_blocks, s, "W"), 8, 12) for s in ("O2-M1", "F4-M1"))
    assert back > 1.5 * front
    assert back > 4 * band(part(stage_blocks, "O2-M1", "N2"), 8, 12)


def test_spindles_belong_to_n2_and_n3(stage_blocks):
    rates = [per_min(stage_blocks, "spindle", stage) for stage in STAGES]
    assert 3.0 < rates[2] < 7.0
    assert 0.5 < rates[3] < rates[2]
    assert rates[0] == rates[1] == rates[4] == 0.0


def test_k_complexes_belong_to_n2_and_slow_waves_to_n3(stage_blocks):
    assert 0.5 < per_min(stage_blocks, "k_complex", "N2") < 3.0
    assert per_min(stage_blocks, "k_complex", "R") == 0.0
    # At least a fifth of N3 is slow waves (AASM): of 1 s each, 12 a minute.
    assert per_min(stage_blocks, "slow_wave", "N3") > 12.0


def test_a_fifth_of_each_n3_epoch_or_more_is_slow_waves(stage_blocks):
    # AASM: 20 % of an epoch, waves of over 75 µV over the frontal regions.
    events = stage_blocks.truth.events
    waves = events[(events["kind"] == "slow_wave") & (events["onset_s"] >= 3 * BLOCK_S)]
    waves = waves[waves["onset_s"] < 4 * BLOCK_S]
    channel = stage_blocks.recording.channel("F4-M1")
    heights = [
        np.ptp(stage_blocks.recording.signal(channel, onset, onset + length))
        for onset, length in waves[["onset_s", "duration_s"]].to_numpy()
    ]
    tall = waves["duration_s"].to_numpy()[np.array(heights) > 75.0]
    assert tall.sum() / BLOCK_S > 0.20


def test_sigma_is_raised_where_spindles_were_put(stage_blocks):
    events = stage_blocks.truth.events
    spindles = events[(events["kind"] == "spindle") & (events["onset_s"] < 3 * BLOCK_S)]
    recording = stage_blocks.recording
    channel = recording.channel("C4-M1")
    during, before = [], []
    for onset in spindles["onset_s"]:
        during.append(band(recording.signal(channel, onset, onset + 1.0), 11, 16))
        before.append(band(recording.signal(channel, onset - 1.5, onset - 0.5), 11, 16))
    assert np.median(during) > 4 * np.median(before)


@pytest.mark.parametrize("stage", ["N1", "R"])
def test_eye_movements_have_opposite_sign_on_the_two_sides(stage_blocks, stage):
    left, right = (part(stage_blocks, label, stage) for label in ("E1-M2", "E2-M2"))
    assert np.corrcoef(left, right)[0, 1] < -0.5


def test_slow_waves_reach_both_eyes_with_the_same_sign(stage_blocks):
    left, right = (part(stage_blocks, label, "N3") for label in ("E1-M2", "E2-M2"))
    assert np.corrcoef(left, right)[0, 1] > 0.3


def test_rapid_eye_movements_come_in_rem_and_slow_ones_in_n1(stage_blocks):
    assert 2.0 < per_min(stage_blocks, "eye_movement", "R") < 15.0
    assert per_min(stage_blocks, "eye_movement", "N2") == 0.0
    assert per_min(stage_blocks, "slow_eye_movement", "N1") > 2.0


def test_rem_has_the_lowest_chin_tone(stage_blocks):
    tones = {
        stage: np.median(np.abs(part(stage_blocks, "Chin1-Chin2", stage)))
        for stage in STAGES
    }
    assert min(tones, key=tones.get) == "R"
    assert max(tones, key=tones.get) == "W"
    # Atonia: a rectified amplitude of at most 1 µV (Ferri et al. 2008).
    assert tones["R"] < 1.0


def test_rem_without_atonia_has_tone():
    stages = ["R"] * 40
    kept, lost = (
        simulate_night(
            hypnogram=stages, montage="minimal", rate_hz=200, atonia_loss=loss
        )
        for loss in (0.0, 1.0)
    )
    tone = [
        np.median(np.abs(n.recording.signal(n.recording.channel("Chin1-Chin2"))))
        for n in (kept, lost)
    ]
    assert tone[1] > 3 * tone[0]
    told = lost.truth.events.query("kind == 'atonia_loss'")["duration_s"].sum()
    assert told == pytest.approx(1200.0, rel=0.05)
    assert "atonia_loss" not in set(kept.truth.events["kind"])


def test_twitches_can_be_left_out():
    night = simulate_night(
        hypnogram=["R"] * 40, montage="minimal", rate_hz=100, twitches_per_min=0.0
    )
    assert "twitch" not in set(night.truth.events["kind"])


def test_the_heart_is_faster_awake_than_in_n3(stage_blocks):
    beats = {}
    for stage in ("W", "N3"):
        ecg = part(stage_blocks, "ECG", stage)
        beats[stage] = np.sum((ecg[1:] > 500.0) & (ecg[:-1] <= 500.0)) / 19.0
    assert 45.0 < beats["N3"] < beats["W"] < 90.0


def test_an_arousal_shifts_the_eeg_to_faster_frequencies(nap):
    recording, channel = nap.recording, nap.recording.channel("O2-M1")
    ratios = []
    for onset, length in nap.truth.scoring.arousals[
        ["onset_s", "duration_s"]
    ].to_numpy():
        during = recording.signal(channel, onset, onset + length)
        before = recording.signal(channel, onset - 10.0, onset)
        ratios.append(_fast_over_slow(during) / _fast_over_slow(before))
    assert np.mean(np.array(ratios) > 2.0) > 0.8


def _fast_over_slow(signal):
    freqs, psd = welch(signal, 128.0, nperseg=256)
    fast = psd[(freqs >= 4) & (freqs <= 30)].mean()
    return fast / psd[(freqs >= 0.5) & (freqs < 4)].mean()


def test_chin_tone_rises_with_every_arousal_of_rem():
    night = simulate_night(
        hypnogram=["R"] * 120, montage="minimal", rate_hz=128, arousals_per_h=20.0
    )
    recording, chin = night.recording, night.recording.channel("Chin1-Chin2")
    for onset in night.truth.scoring.arousals["onset_s"]:
        before = np.median(np.abs(recording.signal(chin, onset - 8.0, onset - 1.0)))
        during = np.median(np.abs(recording.signal(chin, onset + 0.5, onset + 1.5)))
        assert during > 2.0 * before


def test_spindles_are_paced_by_the_infraslow_oscillation_asked_for():
    night = simulate_night(
        hypnogram=["N2"] * 300,
        montage="minimal",
        rate_hz=100,
        arousals_per_h=0.0,
        infraslow_hz=0.025,
        infraslow_depth=0.6,
        seed=8,
    )
    spindles = night.truth.events.query("kind == 'spindle'")["onset_s"].to_numpy()
    counts, _ = np.histogram(spindles, bins=np.arange(0.0, 9000.1, 4.0))
    freqs, psd = welch(counts - counts.mean(), 0.25, nperseg=100)
    assert freqs[np.argmax(psd)] == pytest.approx(0.025, abs=0.003)


@pytest.mark.parametrize("phase", [-1.5, 0.0, 1.5])
def test_tied_spindles_culminate_at_the_phase_asked_for(phase):
    night = simulate_night(
        hypnogram=["N3"] * 240,
        montage="minimal",
        rate_hz=100,
        arousals_per_h=0.0,
        coupling_phase_rad=phase,
    )
    events = night.truth.events
    waves = events[events["kind"] == "slow_wave"]
    spindles = events[events["kind"] == "spindle"]
    centres = (spindles["onset_s"] + spindles["duration_s"] / 2).to_numpy()
    # A slow wave begins with its negative half: its positive peak is at three quarters.
    peaks = (waves["onset_s"] + 0.75 * waves["duration_s"]).to_numpy()
    periods = waves["duration_s"].to_numpy()
    nearest = np.abs(centres[:, None] - peaks).argmin(axis=1)
    angles = 2 * np.pi * (centres - peaks[nearest]) / periods[nearest]
    mean = np.angle(np.mean(np.exp(1j * angles[np.abs(angles) < np.pi])))
    assert mean == pytest.approx(phase, abs=0.5)


@pytest.mark.slow
def test_slow_wave_activity_falls_over_the_night():
    night = simulate_night(
        hypnogram=["N3"] * 480, montage="minimal", rate_hz=100, arousals_per_h=0.0
    )
    recording, channel = night.recording, night.recording.channel("C4-M1")
    first = band(recording.signal(channel, 0.0, 1800.0), 0.5, 4, 100.0)
    last = band(recording.signal(channel, 12600.0, 14400.0), 0.5, 4, 100.0)
    assert 1.5 < first / last < 6.0


@pytest.mark.parametrize("name", ["ART", "UNS"])
def test_artefact_and_unscored_epochs_are_artefact_and_not_silence(name):
    stages = ["N2"] * 10 + [name] * 10
    night = simulate_night(hypnogram=stages, rate_hz=128, seed=1)
    for label in ("C4-M1", "Chin1-Chin2"):
        channel = night.recording.channel(label)
        sleep = night.recording.signal(channel, 0.0, 300.0).std()
        assert night.recording.signal(channel, 300.0, 600.0).std() > 1.5 * sleep
    told = night.truth.events.query("kind == 'artefact' and onset_s >= 300")
    assert told["duration_s"].sum() == pytest.approx(300.0, abs=1.0)

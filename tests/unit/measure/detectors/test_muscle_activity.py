"""Chin activity of known length in REM sleep, against SINBAR's rules."""

import numpy as np
import pytest
from signal_makers import make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.measure.detectors.muscle_activity import (
    Envelope,
    activity_top_hz,
    background_uv,
    chin_envelope,
    rswa_values,
)

# 20 epochs of N2, 40 of R: 1200 s of REM sleep from 600 s, 400 mini-epochs.
NIGHT = "2" * 20 + "R" * 40 + "2" * 4
REM_S, SECONDS = 600, 64 * 30
N_MINI, N_EPOCHS = 400, 40


def muscle(rms_uv: float, rate_hz: float, *, seed: int = 0) -> np.ndarray:
    """Return white noise whose part from 10 to 100 Hz has some root mean square."""
    noise = np.random.default_rng(seed).standard_normal(int(SECONDS * rate_hz))
    return rms_uv * noise * np.sqrt((rate_hz / 2) / (min(100, 0.45 * rate_hz) - 10))


def measure(values, rate_hz, night=NIGHT, *, lowpass_hz=None, **options):
    timeline = make_timeline(night, **options)
    top_hz = activity_top_hz(rate_hz, lowpass_hz)
    envelope = chin_envelope(
        values.astype(np.float32), rate_hz, timeline, top_hz=top_hz
    )
    return rswa_values(envelope, timeline, rate_hz=rate_hz, top_hz=top_hz)


def with_activity(
    length_s: float, every_s: float, rate_hz: float, *, gain: float = 6.0
) -> np.ndarray:
    """Return quiet muscle with activity of one length, within mini-epochs of REM."""
    values = muscle(1.0, rate_hz)
    for onset_s in np.arange(REM_S + 1.0, REM_S + 1200 - length_s, every_s):
        part = slice(int(onset_s * rate_hz), int((onset_s + length_s) * rate_hz))
        values[part] *= gain
    return values


RATES = [200.0, 256.0, 500.0, 512.0]


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("rms_uv", [0.3, 1.0, 3.0])
def test_steady_noise_is_no_activity(rate_hz: float, rms_uv: float) -> None:
    found = measure(muscle(rms_uv, rate_hz), rate_hz)
    assert set(found.values()) == {0.0}


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(
    ("length_s", "mini_epochs", "is_phasic"),
    # From 1 s into a mini-epoch: 0.3 s touch one, 3 s two, 8 s three, 12 s five.
    [(0.3, 1, True), (3.0, 2, True), (8.0, 3, False), (12.0, 5, False)],
)
def test_activity_counts_by_its_length(
    rate_hz: float, length_s: float, mini_epochs: int, *, is_phasic: bool
) -> None:
    found = measure(with_activity(length_s, 30.0, rate_hz), rate_hz)
    share = 100 * mini_epochs * 40 / N_MINI
    assert found["rswa_any_pct"] == pytest.approx(share, abs=0.5)
    assert found["rswa_phasic_pct"] == pytest.approx(share if is_phasic else 0, abs=0.5)
    assert found["rswa_tonic_pct"] == 0


@pytest.mark.parametrize("rate_hz", RATES)
def test_rem_sleep_without_any_atonia_is_all_tonic(rate_hz: float) -> None:
    values = muscle(1.0, rate_hz)
    values[int(REM_S * rate_hz) : int((REM_S + 1200) * rate_hz)] *= 4
    found = measure(values, rate_hz)
    assert found["rswa_tonic_pct"] == 100
    assert found["rswa_any_pct"] == 100
    assert found["rswa_phasic_pct"] == pytest.approx(0, abs=1)


def test_activity_of_20_s_over_two_epochs_is_any_and_not_tonic() -> None:
    values = muscle(1.0, 256.0)
    for onset_s in np.arange(REM_S + 20.0, REM_S + 1170, 60.0):
        values[int(onset_s * 256) : int((onset_s + 20) * 256)] *= 6
    found = measure(values, 256.0)
    assert found["rswa_tonic_pct"] == 0
    assert found["rswa_phasic_pct"] == 0
    # From 20 s into the epoch: the 7th to the 10th mini-epoch, and four of the next.
    assert found["rswa_any_pct"] == pytest.approx(100 * 8 * 20 / N_MINI, abs=0.5)


def test_tone_over_10_microvolts_on_the_trace_is_tonic_all_night() -> None:
    # Peaks of noise stand at about twice its root mean square.
    assert measure(muscle(7.0, 256.0), 256.0)["rswa_tonic_pct"] == 100
    assert measure(muscle(3.5, 256.0), 256.0)["rswa_tonic_pct"] == 0


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 199.0])
def test_below_200_hz_only_tonic_activity_is_given(rate_hz: float) -> None:
    found = measure(muscle(1.0, rate_hz), rate_hz)
    reason = Undefined(
        f"the chin EMG is sampled at {rate_hz:g} Hz; short bursts need 200 Hz"
    )
    assert found["rswa_phasic_pct"] == reason
    assert found["rswa_any_pct"] == reason
    assert found["rswa_tonic_pct"] == 0


def test_a_narrow_band_gives_only_tonic_activity() -> None:
    found = measure(muscle(1.0, 256.0), 256.0, lowpass_hz=60.0)
    reason = Undefined("the chin EMG reaches 48 Hz; short bursts need 50 Hz")
    assert found["rswa_phasic_pct"] == found["rswa_any_pct"] == reason


@pytest.mark.parametrize(
    ("rate_hz", "lowpass_hz", "top_hz"),
    [(256.0, None, 100.0), (256.0, 100.0, 80.0), (200.0, None, 90.0)],
)
def test_the_band_ends_at_four_fifths_of_the_low_pass(
    rate_hz: float, lowpass_hz: float | None, top_hz: float
) -> None:
    assert activity_top_hz(rate_hz, lowpass_hz) == top_hz


def envelope_of(seconds_uv: np.ndarray) -> Envelope:
    steps = np.repeat(np.asarray(seconds_uv, float)[:, np.newaxis], 10, axis=1)
    return Envelope(steps, steps)


def test_the_background_is_that_of_the_quietest_5_minutes_of_sleep() -> None:
    seconds = np.full(SECONDS, 8.0)
    seconds[300:600] = 3.0
    timeline = make_timeline(NIGHT)
    assert background_uv(envelope_of(seconds), timeline) == 3.0
    # Silence is no background: noise of the amplifier alone would rise to twice of it.
    assert background_uv(envelope_of(seconds / 10), timeline) == 1.0
    # Half of those minutes are artefact.
    bad = make_timeline(NIGHT, bad_s=tuple(range(300, 600, 2)))
    assert background_uv(envelope_of(seconds), bad) == 8.0


def test_five_minutes_of_rem_sleep_and_of_clean_sleep_are_needed() -> None:
    few = make_timeline("2" * 20 + "R" * 9)
    found = rswa_values(envelope_of(np.ones(870)), few, rate_hz=256, top_hz=100)
    reason = Undefined("270 clean seconds of REM, 300 are needed")
    assert set(found.values()) == {reason}
    # Every third second is bad: no 5 min are clean for four fifths.
    bad = make_timeline("R" * 40, bad_s=tuple(range(0, 1200, 3)))
    found = rswa_values(envelope_of(np.ones(1200)), bad, rate_hz=256, top_hz=100)
    reason = Undefined("no 5 min of clean sleep give the chin's background")
    assert set(found.values()) == {reason}


def test_a_short_interruption_ends_no_activity() -> None:
    timeline = make_timeline(NIGHT)
    steps = np.ones((SECONDS, 10))
    steps[REM_S + 1 : REM_S + 9] = 5.0
    steps[REM_S + 5, :2] = 1.0  # 0.2 s
    found = rswa_values(Envelope(steps, steps), timeline, rate_hz=256, top_hz=100)
    assert found["rswa_phasic_pct"] == 0
    assert found["rswa_any_pct"] == 100 * 3 / N_MINI
    steps[REM_S + 5, :3] = 1.0
    found = rswa_values(Envelope(steps, steps), timeline, rate_hz=256, top_hz=100)
    assert found["rswa_phasic_pct"] == 100 * 3 / N_MINI

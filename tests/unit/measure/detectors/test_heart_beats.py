"""When the heart beats: found in the ECG, and left out of the chin."""

from datetime import datetime

import numpy as np
import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.measure.arousals.chin_rises import muscle_tone
from psgkit.measure.detectors.heart_beats import (
    NO_BEATS,
    heart_beats,
    means_without,
    near_beats,
    recurs_as_beats,
)

RATE_HZ = 256.0
SECONDS = 120.0


def _spikes(moments_s: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    """Triangles of 1 mV and 40 ms, as an R wave has them."""
    time_s = np.arange(round(SECONDS * rate_hz)) / rate_hz
    distance = np.abs(time_s[:, np.newaxis] - moments_s).min(axis=1)
    return 1000.0 * np.clip(1 - distance / 0.02, 0.0, None)


def _recording(ecg: np.ndarray, rate_hz: float = RATE_HZ, **of_channel) -> Recording:
    channel = Channel(Role.ECG, "ECG", 0, rate_hz, **of_channel)
    source = ArraySource((ecg,), (rate_hz,))
    start = datetime(2000, 1, 1, 23, 0)
    return Recording("n", start, SECONDS, (channel,), source)


def _paces() -> np.ndarray:
    """Beats 0.8 to 1.0 s apart, as breath makes them."""
    intervals_s = 0.9 + 0.1 * np.sin(np.arange(140))
    moments_s = 0.5 + np.cumsum(intervals_s)
    return moments_s[moments_s < SECONDS - 0.5]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("unit", [1.0, 1e-3, None])
def test_each_beat_is_found_where_it_is(sign: int, unit: float | None) -> None:
    moments_s = _paces()
    noise = np.random.default_rng(1).normal(0.0, 30.0, round(SECONDS * RATE_HZ))
    drift = 500.0 * np.sin(2 * np.pi * 0.25 * np.arange(len(noise)) / RATE_HZ)
    found_s = heart_beats(
        _recording(sign * _spikes(moments_s) + noise + drift, to_uv=unit)
    )
    assert len(found_s) == len(moments_s)
    assert np.abs(found_s - moments_s).max() < 0.03


def test_noise_silence_and_muscle_do_not_beat() -> None:
    size = round(SECONDS * RATE_HZ)
    noise = np.random.default_rng(2).normal(0.0, 50.0, size)
    assert heart_beats(_recording(noise)).size == 0
    assert heart_beats(_recording(np.zeros(size))).size == 0
    assert heart_beats(_recording(np.full(size, np.nan))).size == 0


def test_muscle_that_is_tense_for_a_part_of_the_night_does_not_beat() -> None:
    noise = np.random.default_rng(5).normal(0.0, 50.0, round(SECONDS * RATE_HZ))
    noise[: round(0.6 * len(noise))] *= 0.1
    assert heart_beats(_recording(noise)).size == 0


def test_beats_are_found_beside_hours_of_noise() -> None:
    moments_s = _paces()
    ecg = _spikes(moments_s)
    rng = np.random.default_rng(6)
    ecg[: round(70 * RATE_HZ)] = rng.normal(0.0, 300.0, round(70 * RATE_HZ))
    found_s = heart_beats(_recording(ecg))
    later_s = moments_s[moments_s > 80]
    assert found_s[found_s > 79.9] == pytest.approx(later_s, abs=0.03)
    assert (found_s > 60).all()


def test_a_signal_too_short_for_a_beat_has_none() -> None:
    for size in (0, 1, 2, 30):
        assert heart_beats(_recording(np.arange(float(size)))).size == 0


def test_without_an_ecg_of_50_hz_nothing_is_known() -> None:
    slow = _recording(_spikes(_paces(), 49.0), 49.0)
    assert heart_beats(slow).size == 0
    none = Recording("n", None, SECONDS, (), ArraySource((), ()))
    assert heart_beats(none).size == 0


@pytest.mark.parametrize("rate_hz", [64.0, 100.0, 200.0, 512.0])
def test_beats_are_found_at_any_rate_from_50_hz(rate_hz: float) -> None:
    moments_s = _paces()
    found_s = heart_beats(_recording(_spikes(moments_s, rate_hz), rate_hz))
    assert found_s == pytest.approx(moments_s, abs=1 / rate_hz)


def test_beats_reach_90_ms_to_both_sides() -> None:
    marked = near_beats(np.array([1.0, 1.1]), 100.0, 50, 150)
    # Samples 91 to 119 of the recording: 0.91 to 1.19 s.
    assert np.flatnonzero(marked).tolist() == list(range(41, 70))
    assert not near_beats(NO_BEATS, 100.0, 0, 100).any()
    at_the_edges = near_beats(np.array([0.0, 0.99]), 100.0, 0, 100)
    assert np.flatnonzero(at_the_edges).tolist() == [*range(10), *range(90, 100)]
    assert not near_beats(np.array([2.0]), 100.0, 0, 100).any()


def test_a_mean_leaves_out_the_heart_and_too_little_is_as_its_neighbours() -> None:
    values = np.array([1.0, 3.0, 9.0, 9.0, 2.0, 2.0, 9.0, 9.0, 9.0, 4.0, 6.0, 8.0])
    is_heart = values == 9.0
    edges = np.array([0, 3, 6, 9, 12])
    # (1 + 3) / 2; (2 + 2) / 2; between 2 and 6; (4 + 6 + 8) / 3.
    means = means_without(is_heart, values, edges, least_left=2 / 3)
    assert means.tolist() == [2.0, 2.0, 4.0, 6.0]
    # Two of three are too few: only the last is known.
    assert means_without(is_heart, values, edges, least_left=0.7).tolist() == [6.0] * 4


def test_where_the_heart_leaves_too_little_everywhere_the_rest_is_averaged() -> None:
    values = np.array([1.0, 9.0, 2.0, 9.0])
    means = means_without(values == 9.0, values, np.array([0, 2, 4]), least_left=0.7)
    assert means.tolist() == [1.0, 2.0]


def test_amplitudes_that_recur_with_a_heart_are_seen_and_twitches_are_not() -> None:
    rng = np.random.default_rng(3)
    calm = rng.gamma(20.0, 0.05, (12, 300))
    beating = calm.copy()
    beating[:, ::9] += 1.0
    twitching = calm.copy()
    for row in twitching:
        for start in rng.integers(0, 280, 6):
            row[start : start + rng.integers(2, 20)] += 3.0
    assert not recurs_as_beats(calm, 10.0)
    assert not recurs_as_beats(twitching, 10.0)
    assert recurs_as_beats(beating, 10.0)
    assert not recurs_as_beats(beating[:4], 10.0)  # two minutes are no evidence


def test_the_tone_of_a_chin_is_what_it_is_without_its_heart() -> None:
    rng = np.random.default_rng(4)
    chin = rng.normal(0.0, 1.0, round(SECONDS * RATE_HZ)).astype(np.float32)
    moments_s = _paces()
    beating = (chin + 0.02 * _spikes(moments_s)).astype(np.float32)
    quiet = muscle_tone(chin, RATE_HZ)
    without = muscle_tone(beating, RATE_HZ, moments_s)
    assert muscle_tone(beating, RATE_HZ).mean() > 1.5 * quiet.mean()
    assert without.mean() == pytest.approx(quiet.mean(), rel=0.02)
    assert without.max() < 1.2 * quiet.max()

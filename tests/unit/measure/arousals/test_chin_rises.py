"""The tone of the chin, from sines of known size."""

import numpy as np
import pytest
from scipy import signal

from psgkit.measure.arousals.chin_rises import muscle_tone, tone_rises
from psgkit.measure.arousals.thresholds import ArousalRules


def _sine(hz: float, seconds: float = 60.0, rate_hz: float = 256.0) -> np.ndarray:
    return 10.0 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def test_a_sine_of_ten_microvolts_has_its_root_mean_square() -> None:
    tone = muscle_tone(_sine(36.0), 256.0)
    assert len(tone) == 240
    assert np.median(tone) == pytest.approx(10 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("hz", [1.0, 50.0, 60.0])
def test_slow_waves_and_mains_are_no_tone(hz: float) -> None:
    assert np.median(muscle_tone(_sine(hz), 256.0)) < 0.2


def test_a_rate_that_is_no_whole_number_of_bins_keeps_its_clock() -> None:
    values = np.zeros(round(60 * 137.3))
    values[round(30 * 137.3) :] = _sine(36.0, 60.0, 137.3)[: len(values) // 2]
    tone = muscle_tone(values, 137.3)
    assert np.flatnonzero(tone > 3.0)[0] in (119, 120)


def test_tone_rises_where_it_doubles() -> None:
    tone = np.ones(400)
    tone[300:308] = 2.5
    tone[320:328] = 1.8
    rises = tone_rises(tone, np.ones(400, dtype=bool), ArousalRules())
    assert np.flatnonzero(rises).tolist() == list(range(300, 308))


def test_no_tone_is_no_rise() -> None:
    rises = tone_rises(np.zeros(400), np.ones(400, dtype=bool), ArousalRules())
    assert not rises.any()


def _scipys(values: np.ndarray, rate_hz: float, mains_hz: list[float]) -> np.ndarray:
    """Filter to and fro with scipy, the ends mirrored over 5 s; then bins of 0.25 s."""
    high_hz = min(100.0, 0.45 * rate_hz)
    sections = [signal.butter(2, (10.0, high_hz), "bandpass", fs=rate_hz, output="sos")]
    sections += [
        signal.tf2sos(*signal.iirnotch(hz, 25.0, fs=rate_hz)) for hz in mains_hz
    ]
    margin = round(5 * rate_hz)
    longer = np.pad(values.astype(float), margin, mode="reflect", reflect_type="odd")
    filtered = signal.sosfiltfilt(np.vstack(sections), longer)[margin:-margin]
    edges_s = np.arange(0, len(values) / rate_hz + 1e-9, 0.25)
    edges = np.round(edges_s * rate_hz).astype(int)
    parts = np.split(filtered, edges)[1:-1]
    return np.array([np.sqrt(np.mean(part**2)) for part in parts])


@pytest.mark.parametrize(
    ("rate_hz", "mains_hz"),
    [
        (512.0, [50, 60]),
        (200.0, [50, 60]),
        (128.0, [50]),
        (137.3, [50, 60]),
        (90.0, []),
    ],
)
def test_the_tone_is_that_of_scipys_filters_in_one_piece(
    rate_hz: float, mains_hz: list[float]
) -> None:
    """Four minutes and a quarter: three parts of a night, the last a short one."""
    rng = np.random.default_rng(5)
    values = rng.normal(0.0, 5.0, round(255.3 * rate_hz)).astype(np.float32)
    values[round(100 * rate_hz) : round(130 * rate_hz)] *= 4
    values += 40 * np.sin(np.arange(len(values)) / rate_hz, dtype=np.float32)
    tone = muscle_tone(values, rate_hz)
    expected = _scipys(values, rate_hz, mains_hz)
    assert len(tone) == len(expected) == 1021
    np.testing.assert_allclose(tone, expected, rtol=2e-4)


@pytest.mark.parametrize("seconds", [0.25, 0.6, 1.0, 3.0, 7.5, 120.0, 120.25])
def test_short_recordings_are_mirrored_over_and_over(seconds: float) -> None:
    values = np.random.default_rng(6).normal(0.0, 5.0, round(seconds * 256))
    tone = muscle_tone(values.astype(np.float32), 256.0)
    assert len(tone) == int(seconds * 4)
    np.testing.assert_allclose(tone, _scipys(values, 256.0, [50, 60]), rtol=2e-4)


def test_a_rise_begins_at_twice_the_baseline_and_needs_one() -> None:
    tone = np.ones(400)
    tone[[20, 300]] = 2.0, 2.0
    tone[310] = 1.99
    rises = tone_rises(tone, np.ones(400, dtype=bool), ArousalRules())
    # at bin 20 there are only three seconds of baseline
    assert np.flatnonzero(rises).tolist() == [300]


def test_any_tone_after_silence_is_a_rise() -> None:
    tone = np.zeros(400)
    tone[300] = 0.5
    rises = tone_rises(tone, np.ones(400, dtype=bool), ArousalRules())
    assert np.flatnonzero(rises).tolist() == [300]


def test_what_is_not_known_is_no_rise_and_in_no_baseline() -> None:
    tone = np.ones(400)
    tone[100:300] = np.nan
    tone[390] = 2.0
    with_hole = tone_rises(tone, np.ones(400, dtype=bool), ArousalRules())
    assert np.flatnonzero(with_hole).tolist() == [390]

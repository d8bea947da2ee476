"""The tone of the chin, from sines of known size."""

import numpy as np
import pytest

from psgkit.measure.arousals.muscle import muscle_tone, tone_rises
from psgkit.measure.arousals.rules import ArousalRules


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

"""Heart rate by stage from beats at known times, and from a pulse."""

import numpy as np
import pytest

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Scoring
from psgkit.measure.body.beat_correction import Beats, correct_beats
from psgkit.measure.body.heart_rate import (
    HeartRate,
    corrected_pct,
    looks_like_pulse,
    mean_rate,
    rate_range,
    rem_nrem_difference,
)
from psgkit.measure.signals.usable_time import Timeline

STAGES = ["W"] * 10 + ["N2"] * 20 + ["R"] * 10 + ["N1"]


def timeline() -> Timeline:
    scoring = Scoring.from_stages(STAGES)
    return Timeline.from_scoring(scoring, len(STAGES) * 30.0, (0, len(STAGES)))


def beats_at(*spans: tuple[float, float, float]) -> np.ndarray:
    """Beats of a rate from one second to another."""
    return np.concatenate(
        [np.arange(start, stop, 60 / bpm) for start, stop, bpm in spans]
    )


WHOLE = beats_at((0, 300, 75), (300, 900, 60), (900, 1200, 66))


def test_each_stage_has_its_rate():
    rate = HeartRate.of_beats(correct_beats(WHOLE))
    assert mean_rate(rate, timeline(), "W") == pytest.approx(75, abs=0.1)
    assert mean_rate(rate, timeline(), "N2") == pytest.approx(60, abs=0.1)
    assert mean_rate(rate, timeline(), "NREM") == pytest.approx(60, abs=0.1)
    assert mean_rate(rate, timeline(), "R") == pytest.approx(66, abs=0.1)
    assert rem_nrem_difference(rate, timeline()) == pytest.approx(6, abs=0.1)


def test_a_stage_that_is_absent_short_or_not_seen_has_none_and_a_reason():
    rate = HeartRate.of_beats(correct_beats(WHOLE[WHOLE < 500]))
    assert mean_rate(rate, timeline(), "N3") == Undefined("no N3")
    assert mean_rate(rate, timeline(), "N1") == Undefined("under 1 min of N1")
    unseen = mean_rate(rate, timeline(), "N2")
    assert unseen == Undefined("the heart was seen in 33 % of N2")


def test_lowest_and_highest_are_of_five_beats_in_sleep():
    found = beats_at(
        (0, 300, 110), (300, 601, 60), (601.5, 604.6, 40), (605.17, 640, 90)
    )
    found = np.concatenate((found, beats_at((640.6, 1200, 60))))
    rate = HeartRate.of_beats(Beats(found, np.zeros(len(found), dtype=bool)))
    lowest, highest = rate_range(rate, timeline())
    # Beats at 598, 599, 600, 601.5, 603 and 604.5: two intervals of 1 s, three of 1.5.
    assert lowest == pytest.approx(60 * 5 / 6.5)
    assert highest == pytest.approx(90, abs=0.1)


def test_corrected_beats_make_no_extreme():
    flags = np.zeros(len(WHOLE), dtype=bool)
    strange = WHOLE.copy()
    strange[400] -= 0.5
    flags[400] = True
    rate = HeartRate.of_beats(Beats(strange, flags))
    assert rate_range(rate, timeline())[1] == pytest.approx(66, abs=0.1)
    in_sleep = (WHOLE >= 300).sum()
    assert corrected_pct(rate, timeline()) == pytest.approx(100 / in_sleep)


def test_a_pulse_stands_in_and_has_no_beats():
    seconds = np.arange(1230)
    pulse = np.where(seconds < 300, 75.0, np.where(seconds < 900, 60.0, 66.0))
    pulse += seconds % 2  # an oximeter's number changes now and then
    rate = HeartRate.of_pulse(pulse, 1.0)
    assert mean_rate(rate, timeline(), "N2") == pytest.approx(60.5, abs=0.1)
    assert rate_range(rate, timeline())[1] == pytest.approx(66.6, abs=0.1)
    assert isinstance(corrected_pct(rate, timeline()), Undefined)


def test_an_unplugged_oximeter_has_no_pulse():
    for values in (np.zeros(1230), np.full(1230, 72.0), np.full(1230, np.nan)):
        rate = HeartRate.of_pulse(values, 1.0)
        assert isinstance(mean_rate(rate, timeline(), "N2"), Undefined)


def test_a_pulse_wave_is_not_a_rate():
    time_s = np.arange(1230 * 32) / 32
    wave = 80 + 40 * np.sin(2 * np.pi * 1.13 * time_s)
    assert not looks_like_pulse(wave, 32.0)
    assert looks_like_pulse(60 + np.round(5 * np.sin(time_s / 60)), 32.0)

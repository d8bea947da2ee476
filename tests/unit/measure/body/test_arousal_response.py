"""The rise of heart rate at an arousal, put in or left out."""

import numpy as np
import pytest

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.body.arousal_response import arousal_rise
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.signals.usable_time import Timeline

HOURS = 3
ONSETS_S = np.arange(200.0, HOURS * 3600 - 200, 240.0)


def timeline() -> Timeline:
    scoring = Scoring.from_stages(["N2"] * (HOURS * 120))
    return Timeline.from_scoring(scoring, HOURS * 3600.0, (0, HOURS * 120))


def beats(rise_bpm: float) -> Beats:
    """Make beats whose rate rises for 10 s from 2 s after each onset."""
    rng = np.random.default_rng(1)
    seconds = np.arange(HOURS * 3600)
    bpm = 60 + np.repeat(rng.normal(0, 1.5, len(seconds) // 10), 10)
    for onset in ONSETS_S.astype(int):
        bpm[onset + 2 : onset + 12] += rise_bpm
    turns = np.concatenate(([0.0], np.cumsum(bpm / 60)))
    times = np.interp(np.arange(int(turns[-1])), turns, np.arange(len(turns)))
    times += rng.normal(0, 0.005, len(times))
    return Beats(times, np.zeros(len(times), dtype=bool))


def rise(rise_bpm: float, onsets_s: np.ndarray = ONSETS_S) -> object:
    spans = (ONSETS_S, ONSETS_S + 5)
    return arousal_rise(beats(rise_bpm), timeline(), (Stage.N2,), onsets_s, spans)


def test_arousals_without_a_response_do_not_raise_the_heart_rate():
    assert rise(0.0) == pytest.approx(0.0, abs=0.5)


def test_the_rise_that_was_put_in_is_found():
    # The highest of noise alone is the zero, so that a rise of 8 shows almost whole.
    assert rise(8.0) == pytest.approx(8.0, abs=1.5)


def test_too_few_arousals_or_no_calm_has_a_reason():
    few = rise(8.0, ONSETS_S[:4])
    assert few == Undefined("4 arousals with clean beats; 5 are needed")
    everywhere = np.arange(0.0, HOURS * 3600, 100.0)
    none = arousal_rise(
        beats(0.0), timeline(), (Stage.N2,), ONSETS_S, (everywhere, everywhere + 5)
    )
    assert isinstance(none, Undefined)
    assert "without an arousal within 60 s" in none.reason

"""The infraslow fluctuation of heart rate, put in or not."""

import sys
from pathlib import Path

import numpy as np
import pytest

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Scoring
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.body.infraslow_heart import (
    coherence_values,
    heart_rate_bouts,
    infraslow_heart_values,
)
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.sigma_power import SigmaPower

sys.path.append(str(Path(__file__).parents[4] / "scripts"))
from judge_infraslow_heart import coherent_share, found_share, make_night

STAGES = ["W"] * 2 + ["N2"] * 20 + ["R"] * 4 + ["N2"] * 3


def timeline() -> Timeline:
    scoring = Scoring.from_stages(STAGES)
    return Timeline.from_scoring(scoring, len(STAGES) * 30.0, (0, len(STAGES)))


def beats_of_rate(bpm: float, without_s: tuple[float, float] = (0, 0)) -> Beats:
    times = np.arange(0.2, len(STAGES) * 30, 60 / bpm)
    times = times[(times < without_s[0]) | (times > without_s[1])]
    return Beats(times, np.zeros(len(times), dtype=bool))


def test_windows_of_4_s_hold_the_rate_of_each_long_bout():
    (bout,) = heart_rate_bouts(beats_of_rate(50), timeline())
    assert bout.onset_s == 60.0
    # 10 min of N2 are 150 windows; the last bout is of 90 s and too short.
    assert bout.series == pytest.approx(np.full(150, 50.0))


def test_a_gap_in_the_beats_parts_a_bout():
    parts = heart_rate_bouts(beats_of_rate(50, without_s=(300, 330)), timeline())
    # N2 lasts from 60 to 660 s. The gap is from 299 to 331 s.
    assert [len(part) for part in parts] == [59, 82]
    for part in parts:
        assert part.series == pytest.approx(np.full(len(part), 50.0))


def test_too_little_n2_has_a_reason():
    value = infraslow_heart_values(beats_of_rate(50), timeline())["isf_hr_relpeak"]
    assert "1 undisturbed N2 bouts" in value.reason


@pytest.mark.slow
def test_a_rhythm_is_found_and_noise_is_not():
    """A tenth of what the script prints for 200 nights."""
    assert found_share(20, 1, 0.0, 0.02) <= 0.15
    assert found_share(20, 1, 1.0, 0.02) >= 0.9


def test_the_coherence_is_one_where_heart_rate_is_sigma_turned_over():
    """Heart rate is 60 less sigma's own course; scipy's coherence of each bout is 1."""
    beats, sigma = make_night(3, depth_bpm=1.0, shared=True, noise=0.0)
    found = coherence_values(beats, sigma, 0.02)
    assert found["isf_sigma_hr_coh"] > 0.95
    assert found["isf_sigma_hr_p"] < 0.01


def test_there_is_no_coherence_without_a_peak_without_sigma_or_in_few_bouts():
    beats, sigma = make_night(3, depth_bpm=1.0, shared=True)
    reason = coherence_values(beats, sigma, Undefined("no peak"))["isf_sigma_hr_coh"]
    assert reason == Undefined("sigma power: no peak")
    reason = coherence_values(beats, None, 0.02)["isf_sigma_hr_p"].reason
    assert reason == "no sigma power was measured"
    few = SigmaPower({"isf": sigma.bouts["isf"][:4]}, sigma.course)
    reason = coherence_values(beats, few, 0.02)["isf_sigma_hr_coh"].reason
    assert reason.startswith("4 undisturbed N2 bouts")


@pytest.mark.slow
def test_coherence_is_found_where_both_share_a_rhythm_and_not_where_each_has_its_own():
    assert coherent_share(30, 1, shared=True) >= 0.9
    assert coherent_share(60, 1, shared=False) <= 0.15

"""Outsiders find in simulated nights what was put in.

A short form of scripts/judge_simulator.py, which prints the figures in full.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from psgkit.simulate import simulate_night

SCRIPTS = Path(__file__).parents[2] / "scripts"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judge() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SCRIPTS)
        yield importlib.import_module("judge_simulator")


def test_yasa_stages_nights_that_follow_real_hypnograms(
    judge: ModuleType, real_data: Path
) -> None:
    from sklearn.metrics import cohen_kappa_score

    nights = list(judge.real_hypnograms(real_data, each=1))
    assert len(nights) == 2
    for _, stages in nights:
        night = simulate_night(
            hypnogram=stages, seed=12, montage="minimal", rate_hz=128
        )
        guess = judge.staged_by_yasa(night)
        truth = np.array(night.truth.scoring.stage_names)[: len(guess)]
        scored = np.isin(truth, judge.STAGES)
        # Never under 0.55; experts among themselves reach 0.76 (Lee et al. 2022).
        assert cohen_kappa_score(truth[scored], guess[scored]) > 0.72
        for stage in set(truth[scored]):
            if np.sum(truth == stage) >= 10:
                assert np.mean(guess[truth == stage] == stage) > 0.3, stage


def test_yasa_finds_as_many_waves_and_movements_as_the_sources_give(
    judge: ModuleType,
) -> None:
    found = judge.findings(simulate_night(4.0, seed=24, rate_hz=128))
    outside = {
        name: found[name]
        for name, (low, high, _) in judge.RANGES.items()
        if not low <= found[name] <= high
    }
    assert outside == {}


@pytest.mark.luna
def test_luna_finds_the_arousals_and_few_others(judge: ModuleType) -> None:
    pytest.importorskip("lunapi")
    torn, calm = (
        simulate_night(
            2.5, seed=33, arousals_per_h=per_h, montage="minimal", rate_hz=128
        )
        for per_h in (20.0, 0.0)
    )
    truth = torn.truth.scoring.arousals[["onset_s", "duration_s"]].to_numpy()
    truth[:, 1] += truth[:, 0]
    found = judge.luna_arousals(torn)
    hits = judge.matches(found, truth)
    assert 2 * hits / (len(found) + len(truth)) >= 0.6
    hours = np.sum(calm.truth.scoring.stages > 0) / 120.0
    assert len(judge.luna_arousals(calm)) / hours < 5.0

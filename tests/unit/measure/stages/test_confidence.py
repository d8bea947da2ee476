"""Confidence of automatic staging: METRICS section I."""

import math
from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.measure import measure_all, measure_scoring

# W 0.9; N2 0.4 at best; R 0.6; R certain
PROBA = np.array(
    [
        [0.9, 0.1, 0, 0, 0],
        [0.2, 0.2, 0.4, 0.2, 0],
        [0.1, 0.1, 0.1, 0.1, 0.6],
        [0, 0, 0, 0, 1],
    ],
    dtype=np.float32,
)
SCORING = replace(make_scoring("W2RR"), proba=PROBA, is_automatic=True)


def entropy(*chances: float) -> float:
    return -sum(chance * math.log2(chance) for chance in chances)


def test_confidence_of_four_epochs():
    found = measure_scoring(SCORING)
    assert found["stage_conf_mean"] == pytest.approx((0.9 + 0.4 + 0.6 + 1) / 4)
    assert found["stage_conf_rem"] == pytest.approx(0.8)
    assert found["lowconf_pct"] == 25
    mean = (
        entropy(0.9, 0.1) + entropy(0.2, 0.2, 0.4, 0.2) + entropy(*[0.1] * 4, 0.6)
    ) / 4
    assert found["hypnodensity_entropy_bits"] == pytest.approx(mean)


def test_epochs_outside_of_the_window_do_not_count():
    in_bed = replace(SCORING, lights_off_s=60, lights_on_s=180)
    assert measure_scoring(in_bed)["stage_conf_mean"] == pytest.approx(0.8)


def test_an_expert_gives_no_probability():
    found = measure_scoring(make_scoring("W2RR"))
    assert math.isnan(found["stage_conf_mean"])


def test_a_window_that_begins_before_the_scoring_counts_what_was_staged():
    in_bed = replace(SCORING, lights_off_s=-60, lights_on_s=210)
    found = measure_scoring(in_bed)
    assert found["unscored_min"] == 2.5
    assert found["stage_conf_mean"] == pytest.approx((0.9 + 0.4 + 0.6 + 1) / 4)


def reason(scoring, name: str) -> str:
    measures, _ = measure_all(scoring)
    return {measure.name: measure.reason for measure in measures}[name]


def test_epochs_without_a_stage_or_without_probabilities_do_not_count():
    scoring = replace(make_scoring("W?RR"), proba=PROBA.copy(), is_automatic=True)
    assert measure_scoring(scoring)["lowconf_pct"] == 0
    gaps = PROBA.copy()
    gaps[0, 4] = np.nan
    gapped = replace(SCORING, proba=gaps)
    assert measure_scoring(gapped)["stage_conf_mean"] == pytest.approx(2 / 3)
    nothing = replace(SCORING, proba=np.full((4, 5), np.nan))
    assert reason(nothing, "lowconf_pct") == "no staged epoch has probabilities"


def test_a_half_is_not_low():
    halves = np.tile([0.5, 0.5, 0, 0, 0], (4, 1))
    found = measure_scoring(replace(SCORING, proba=halves))
    assert found["lowconf_pct"] == 0
    assert found["hypnodensity_entropy_bits"] == 1


def test_without_rem_there_is_no_confidence_in_it():
    scoring = replace(make_scoring("W222"), proba=PROBA, is_automatic=True)
    assert reason(scoring, "stage_conf_rem") == "no REM"

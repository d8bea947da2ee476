"""Confidence of automatic staging: METRICS section I."""

import math
from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.measure import measure_scoring

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

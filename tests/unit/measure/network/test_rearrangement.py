"""Coupling that switches is found, stable coupling and a common source are not."""

import sys
from pathlib import Path

import numpy as np
import pytest

from psgkit.domain.metrics import Undefined
from psgkit.measure.network.rearrangement import pattern_changes, rearrangement

sys.path.append(str(Path(__file__).parents[4] / "scripts"))
from judge_network import common_source, judge, stable, switching


def test_a_pattern_that_turns_over_changes_by_more_than_one_and_else_by_little():
    """Two epochs of one coupling, then two of another among the same channels."""
    rng = np.random.default_rng(0)
    values = stable(rng)[:, : 64 * 60]
    turned = values[[0, 3, 2, 5, 4, 1]]
    changes = pattern_changes(np.concatenate((values, turned), axis=1), 64.0)
    assert changes.shape == (4, 3)
    assert (changes[:, [0, 2]] < 0.3).all()
    assert (changes[:, 1] > 1.0).all()


def test_few_epochs_give_no_number_and_the_reason():
    bouts = [stable(np.random.default_rng(1))[:, : 64 * 300]]
    found = rearrangement(bouts, 64.0, n_surrogates=2)["theta"]
    assert found == Undefined("9 steps between clean epochs of 30 s; 20 are needed")


def test_the_same_night_has_the_same_numbers_twice():
    bouts = [switching(np.random.default_rng(1))[:, : 64 * 700]]
    one, other = (rearrangement(bouts, 64.0, n_surrogates=3) for _ in range(2))
    assert one == other


@pytest.mark.slow
def test_switching_is_found_in_every_hour():
    """A tenth of what the script prints for 20 hours."""
    found = judge(switching, range(2), 1, n_surrogates=20)
    assert found == dict.fromkeys(found, (2, 2))


@pytest.mark.slow
def test_stable_coupling_and_a_common_source_give_none():
    """Ten of the script's 200 hours, in four bands: 2 of 40 are expected by chance.

    With 20 surrogates p is under 0.05 if none reaches the value: 1 in 21. More than 7 of
    40, or than 4 of 16, come once in 1,000 such tests: scipy.stats.binom.sf(7, 40, 1 / 21).
    """
    called = sum(
        called for _, called in judge(stable, range(10), 1, n_surrogates=20).values()
    )
    assert called <= 7
    called = sum(
        called
        for _, called in judge(common_source, range(4), 1, n_surrogates=20).values()
    )
    assert called <= 4

"""Error rates of contrasts, in some of the draws of scripts/judge_contrast.py.

Each bound follows from the number of draws; ``PSGKIT_ALL_NIGHTS=1`` asks for 100.
"""

import sys
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from surveys import ALL_NIGHTS

pytest.importorskip("statsmodels")
pytest.importorskip("formulaic")

sys.path.insert(0, str(Path(__file__).parents[4] / "scripts"))
import judge_contrast

from psgkit import compare_groups

DRAWS = 100 if ALL_NIGHTS else 60

# A method at the edge of what is allowed fails a bound once in a thousand sets of seeds.
ALPHA = 0.001


@pytest.mark.slow
@pytest.mark.parametrize("case", judge_contrast.CASES, ids=lambda case: case.name)
def test_planted_effects_are_found_and_covered_as_often_as_said(case: Any) -> None:
    judged = judge_contrast.judge(case, DRAWS)
    # Type I 3 to 7 %, coverage 93 to 97 %, by exact binomial tests.
    for count, low, high in ((judged.false, 0.03, 0.07), (judged.covered, 0.93, 0.97)):
        above = stats.binomtest(count, DRAWS, high, alternative="greater")
        below = stats.binomtest(count, DRAWS, low, alternative="less")
        assert above.pvalue > ALPHA
        assert below.pvalue > ALPHA
    # At most 0.03 less power than the best standard test of the same draws.
    best = max(judged.found_standard.values()) / DRAWS
    too_few = stats.binomtest(judged.found, DRAWS, best - 0.03, alternative="less")
    assert too_few.pvalue > ALPHA


@pytest.mark.slow
def test_the_loss_of_the_worst_nights_is_said_and_bounded() -> None:
    loss = judge_contrast.judge_loss(20)
    assert (loss.said, loss.bound_holds) == (20, 20)


def test_the_script_reads_the_rows_that_compare_groups_gives() -> None:
    case = judge_contrast.CASES[16]
    rng = judge_contrast.np.random.default_rng(1)
    table = case.nights.assign(
        **{case.column: case.values(rng, case.effect, case.nights)}
    )
    study = judge_contrast.make_study(table, None, case.group, case.covariates)
    row = judge_contrast.row_of(case, study)
    found = compare_groups(
        table, group=case.group, covariates=case.covariates, columns=case.column
    ).table.iloc[0]
    shown = ["estimate", "low", "high", "p", "df"]
    assert [row[name] for name in shown] == found[shown].tolist()

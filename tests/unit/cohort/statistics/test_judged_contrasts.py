"""Error rates of contrasts, in a tenth of the draws of scripts/judge_contrast.py."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

pytest.importorskip("statsmodels")

SCRIPT: dict[str, Any] = runpy.run_path(
    str(Path(__file__).parents[4] / "scripts/judge_contrast.py")
)
DRAWS = 100

# A right method fails one of these bounds once in a thousand runs of other seeds.
ALPHA = 0.001


CASES = [
    case
    for case in SCRIPT["CASES"]
    if case.name in {"8 pairs", "20 and 20 persons, 32 % zeros", "8 and 40 persons"}
]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_planted_effects_are_found_and_covered_as_often_as_said(case: Any) -> None:
    judged = SCRIPT["judge"](case, DRAWS)
    # Type I at most 7 %, coverage at least 93 %, by exact binomial tests.
    too_often = stats.binomtest(judged.false, DRAWS, 0.07, alternative="greater")
    too_seldom = stats.binomtest(judged.covered, DRAWS, 0.93, alternative="less")
    assert too_often.pvalue > ALPHA
    assert too_seldom.pvalue > ALPHA
    # The same draws for both tests, so that few of them differ.
    assert judged.found >= judged.found_standard - 8

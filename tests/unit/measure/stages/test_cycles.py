"""Why a night has no mean cycle."""

import pytest
from makers import make_scoring

from psgkit.measure import measure_all


@pytest.mark.parametrize(
    ("stages", "why"),
    [
        ("W" * 20, "no sleep"),
        ("2" * 200, "no REM"),
        ("2" * 9 + "R" * 20, "no complete sleep cycle"),
        ("2" * 60 + "R" * 20 + "2" * 60, ""),
    ],
)
def test_the_reason_is_told(stages, why):
    measures, _ = measure_all(make_scoring(stages))
    assert {m.name: m.reason for m in measures}["cycle_mean_min"] == why

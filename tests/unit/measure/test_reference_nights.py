"""The percentiles of real nights in docs/evidence/real_nights.md, by plain counting."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PAGE = Path(__file__).parents[3] / "docs/evidence/real_nights.md"


def row_of(column: str) -> tuple[int, list[float]]:
    """Return how many nights a row of the page has, and its percentiles."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(rf"\| `{column}` \|[^|]*\| (\d+) \|([^\n]*)\|\n", text)
    assert found is not None
    return int(found[1]), [float(cell) for cell in found[2].split("|")]


@pytest.mark.parametrize(("column", "letter"), [("n3_min", "3"), ("rem_min", "R")])
def test_minutes_are_counted_letters(real_data: Path, column: str, letter: str) -> None:
    path = real_data / "cinc2018/stages.csv"
    stages = pd.read_csv(path, dtype=str, keep_default_na=False)["stages"]
    minutes = stages.str.count(letter) / 2
    nights, shown = row_of(column)
    assert nights == len(stages) == 497
    expected = np.percentile(minutes, (5, 25, 50, 75, 95))
    assert shown == pytest.approx(expected, abs=0.051)

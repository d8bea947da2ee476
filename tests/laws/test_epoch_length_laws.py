"""A scoring written in any epoch length, merged or not, measures the same.

Metrics that count steps from epoch to epoch (transitions, entropy, the continuity
index) depend on the length by definition and are left out.
"""

import tempfile
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.measure import measure_scoring
from psgkit.read import read_scoring

STAGES = ("W", "N1", "N2", "N3", "R")
SAME = (
    "rec_min", "tst_min", "spt_min", "n1_min", "n2_min", "n3_min", "n3_pct",
    "rem_min", "rem_pct", "rem_wmean_min_raw", "rem_wmean_min_b2m",
    "rem_wmean_min_b6m", "rem_bout_max_min_raw", "remp_n", "ari_per_h", "ahi_per_h",
)  # fmt: skip
runs = st.lists(
    st.tuples(st.sampled_from(STAGES), st.integers(1, 40)), min_size=6, max_size=20
)


@settings(max_examples=10, deadline=None)
@given(runs, st.sampled_from((1, 5, 10, 15, 30)), st.booleans())
def test_any_length_of_an_epoch_measures_the_same(
    parts: list[tuple[str, int]], epoch_s: int, merged: bool
) -> None:
    night = ["W", *(s for stage, n in parts for s in [stage] * n), "N2", "W"]
    want = measured(lines(night, 30, merged=False))
    found = measured(lines(night, epoch_s, merged=merged))
    for name in SAME:
        assert found[name] == pytest.approx(want[name], nan_ok=True), name


def lines(night: list[str], epoch_s: int, *, merged: bool) -> str:
    """Write stages of 30 s as runs, or as epochs of another length; two events beside."""
    rows, onset_s = ["60\t16\thypopnea", "90\t5\tarousal"], 0
    for stage, group in groupby(night):
        length_s = 30 * len(list(group))
        step_s = length_s if merged else epoch_s
        rows += [
            f"{onset_s + at}\t{step_s}\t{stage}" for at in range(0, length_s, step_s)
        ]
        onset_s += length_s
    return "\n".join(["onset\tduration\ttrial_type", *rows])


def measured(text: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.tsv"
        path.write_text(text)
        found = measure_scoring(read_scoring(path))
        return {name: float(found[name]) for name in SAME}

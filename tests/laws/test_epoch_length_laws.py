"""A scoring written in any epoch length, merged or not, measures the same."""

import math
import tempfile
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.measure import measure_scoring
from psgkit.read import read_scoring

STAGES = ("W", "N1", "N2", "N3", "R")
LENGTHS_S = (1, 4, 5, 10, 15, 20, 30)
# 4 and 20 s divide a minute and not 30 s.
RUN_S = 60
# By definition these differ with the length of an epoch. All others must not.
BY_EPOCH = {
    # shares of the steps from epoch to epoch
    *("rem_cont_frac", "trans_entropy_bits"),
    *(f"stay_{stage}_frac" for stage in ("w", "n1", "n2", "n3", "rem")),
    # an epoch belongs to the third of the sleep period that holds its middle
    *("n3_first3_min", "n3_mid3_min", "n3_last3_min", "n3_first3_pct"),
}
runs = st.lists(
    st.tuples(st.sampled_from(STAGES), st.integers(1, 20)), min_size=6, max_size=20
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(runs, st.sampled_from(LENGTHS_S), st.booleans())
def test_any_length_of_an_epoch_measures_the_same(
    parts: list[tuple[str, int]], epoch_s: int, merged: bool
) -> None:
    night = ["W", *(s for stage, n in parts for s in [stage] * n), "N2", "W"]
    want = measured(lines(night, 30, merged=False))
    found = measured(lines(night, epoch_s, merged=merged))
    assert found.keys() == want.keys()
    for name in want.keys() - BY_EPOCH:
        assert found[name] == pytest.approx(want[name], nan_ok=True), name


@pytest.mark.slow
def test_every_length_measures_the_same_in_a_night_of_five_hours() -> None:
    cycle = [("W", 4), ("N1", 3), ("N2", 24), ("N3", 17), ("N1", 2), ("R", 13)]
    night = [
        stage for _ in range(5) for stage, minutes in cycle for _ in range(minutes)
    ]
    want = measured(lines(night, 30, merged=False))
    for epoch_s in LENGTHS_S:
        found = measured(lines(night, epoch_s, merged=False))
        differing = {n for n in want if found[n] != pytest.approx(want[n], nan_ok=True)}
        assert differing <= BY_EPOCH, epoch_s
    # the night has what most metrics need, so few of them compare NaN with NaN
    assert sum(not math.isnan(v) for v in want.values()) > 0.85 * len(want)


def lines(night: list[str], epoch_s: int, *, merged: bool) -> str:
    """Write minutes of stages as runs or as epochs, with events and lights beside."""
    end_s = RUN_S * len(night)
    rows = ["0\t0\tlights off", f"{end_s}\t0\tlights on", "60\t16\thypopnea"]
    rows += ["90\t5\tarousal", "200\t20\tapnea", "210\t30\tdesaturation"]
    rows += ["250\t1\tlimb movement"]
    rows += [f"{onset_s}\t4\tarousal" for onset_s in range(607, end_s, 397)]
    onset_s = 0
    for stage, group in groupby(night):
        length_s = RUN_S * len(list(group))
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
        return {name: float(value) for name, value in found.items()}

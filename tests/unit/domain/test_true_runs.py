"""Runs of true values, against itertools.groupby."""

from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from psgkit.domain.true_runs import true_runs


@given(st.lists(st.booleans(), max_size=40))
def test_runs_are_those_of_groupby(mask: list[bool]) -> None:
    expected, at = [], 0
    for is_true, run in groupby(mask):
        length = len(list(run))
        if is_true:
            expected.append([at, at + length])
        at += length

    assert true_runs(np.array(mask, dtype=bool)).tolist() == expected

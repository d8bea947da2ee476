"""Runs, bouts and steps, on arrays that are short enough to see through."""

import numpy as np
import pytest

from psgkit.measure.stages.runs import (
    bridge_unscored,
    count_transitions,
    epochs_at_least,
    epochs_at_most,
    fill_interruptions,
    find_bouts,
    find_runs,
    survival_curve,
)

N2, R = 2, 4


def codes(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.mark.parametrize(
    ("minutes", "epoch_s", "least", "most"),
    [
        (5, 30, 10, 10),
        (5, 20, 15, 15),
        # 5 min are 7.5 epochs of 40 s
        (5, 40, 8, 7),
        (15, 1, 900, 900),
        # floats give 60.00000000000001 and 59.99999999999999
        (0.7, 0.7, 60, 60),
        (1.1, 1.1, 60, 60),
    ],
)
def test_minutes_are_whole_epochs(minutes, epoch_s, least, most):
    assert epochs_at_least(minutes, epoch_s) == least
    assert epochs_at_most(minutes, epoch_s) == most


def test_one_epoch_is_a_run():
    runs = find_runs(codes(R))
    assert (runs.codes, runs.starts, runs.lengths) == ([R], [0], [1])


def test_nothing_has_no_runs():
    runs = find_runs(codes())
    assert [len(part) for part in (runs.codes, runs.starts, runs.lengths)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((R, -1, R), (R, R, R)),
        ((R, -1, -2, R), (R, R, R, R)),
        ((R, -1, -1, -1, R), (R, -1, -1, -1, R)),
        ((R, -1, N2), (R, -1, N2)),
        # two gaps in turn
        ((R, -1, R, -1, R), (R, R, R, R, R)),
        # what comes first or last lies between nothing, though the ends are equal
        ((-1, R, N2, R), (-1, R, N2, R)),
        ((R, N2, R, -1), (R, N2, R, -1)),
        ((-2,), (-1,)),
    ],
)
def test_one_or_two_unscored_epochs_between_equals_are_bridged(given, expected):
    assert bridge_unscored(codes(*given)).tolist() == list(expected)


def test_the_array_that_is_bridged_stays_as_it_was():
    given = codes(R, -1, R)
    bridge_unscored(given)
    fill_interruptions(given, R, 1)
    assert given.tolist() == [R, -1, R]


@pytest.mark.parametrize(
    ("at_most", "expected"),
    [
        (0, (R, 0, R, -1, 1, R, N2, 0, 1, R)),
        (1, (R, R, R, -1, 1, R, N2, 0, 1, R)),
        (2, (R, R, R, R, R, R, N2, 0, 1, R)),
        (3, (R, R, R, R, R, R, R, R, R, R)),
    ],
)
def test_interruptions_of_so_many_epochs_are_filled(at_most, expected):
    given = codes(R, 0, R, -1, 1, R, N2, 0, 1, R)
    assert fill_interruptions(given, R, at_most).tolist() == list(expected)


def test_bouts_at_an_edge_or_before_unscored_epochs_are_censored():
    """R 0-1 first, R 3, R 5 before unscored, R 7 after it, R 9-10 last but unscored."""
    bouts = find_bouts(codes(R, R, N2, R, N2, R, -1, R, N2, R, R, -1), R)
    assert bouts.starts.tolist() == [0, 3, 5, 7, 9]
    assert bouts.lengths.tolist() == [2, 1, 1, 1, 2]
    assert bouts.is_censored.tolist() == [True, False, True, False, True]


def test_the_first_scored_bout_is_censored_behind_unscored_epochs():
    bouts = find_bouts(codes(-1, R, N2, R, N2), R)
    assert bouts.is_censored.tolist() == [True, False]
    assert find_bouts(codes(N2, R), R).is_censored.tolist() == [True]


def test_some_bouts_are_chosen_with_all_that_is_known_of_them():
    bouts = find_bouts(codes(R, N2, R, R, N2), R)
    chosen = bouts.select(bouts.lengths > 1)
    assert (chosen.starts, chosen.lengths, chosen.is_censored) == ([2], [2], [False])
    assert chosen.stops == [4]
    assert len(chosen) == 1


def test_steps_are_counted_from_row_to_column_and_not_over_unscored_epochs():
    counts = count_transitions(codes(0, 0, 1, -1, 1, 2, 0), 3)
    assert counts.tolist() == [[1, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_survival_by_kaplan_and_meier():
    """Of 1, 2, 2+, 3, 5+ (+ censored): 4/5, then 3/4 of it, then 1/2 of that."""
    times, survival = survival_curve(
        np.array([1.0, 2, 2, 3, 5]), np.array([False, False, True, False, True])
    )
    assert times.tolist() == [1, 2, 3]
    assert survival == pytest.approx([0.8, 0.6, 0.3])

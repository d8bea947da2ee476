"""Where a channel shifts: seeds, edges, gaps, spindles, artefact, two channels."""

import numpy as np
import pytest

from psgkit.measure.arousals.bands import Contrast
from psgkit.measure.arousals.candidates import (
    Shift,
    close_gaps,
    find_shifts,
    join_channels,
    note_artefacts,
    note_spindles,
)
from psgkit.measure.arousals.thresholds import ArousalRules

RULES = ArousalRules()


def _contrast(fast: list[float], sigma: float = 1.0, rise: float = 0.3) -> Contrast:
    n = len(fast)
    ratios = np.ones((5, n))
    ratios[3] = sigma
    return Contrast(ratios, np.array(fast), np.ones(n, dtype=int), np.full(n, rise))


def _shift(
    onset_s: float, end_s: float, channel: str = "C4_M1", **facts: float
) -> Shift:
    values = {"peak_ratio": 5.0, "sustained": 3.0} | facts
    return Shift(onset_s, end_s, "alpha", channels=(channel,), **values)  # type: ignore[arg-type]


def test_a_seed_is_extended_down_to_the_edge() -> None:
    fast = [1.0] * 8 + [1.6] * 4 + [2.6] * 8 + [1.6] * 4 + [1.0] * 8
    (shift,) = find_shifts(_contrast(fast), "C4_M1", RULES)
    # Hops 8 to 23, each standing for the quarter of a second about its middle.
    assert (shift.onset_s, shift.end_s) == (2.375, 6.375)
    assert shift.peak_ratio == 2.6


def test_without_a_seed_there_is_nothing() -> None:
    assert find_shifts(_contrast([1.0] * 8 + [2.4] * 20), "C4_M1", RULES) == []


def test_more_sigma_than_anything_fast_is_a_spindle() -> None:
    assert find_shifts(_contrast([3.0] * 20, sigma=3.1), "C4_M1", RULES) == []


def test_a_burst_of_delta_with_its_harmonics_is_none() -> None:
    assert find_shifts(_contrast([3.0] * 20, rise=0.05), "C4_M1", RULES) == []


@pytest.mark.parametrize(("gap", "pieces"), [(3, 1), (4, 2)])
def test_pieces_less_than_a_second_apart_are_one(gap: int, pieces: int) -> None:
    fast = [3.0] * 8 + [1.0] * gap + [3.0] * 8
    assert len(find_shifts(_contrast(fast), "C4_M1", RULES)) == pieces


def test_spindles_within_a_shift_are_counted() -> None:
    spindles = np.array([[9.5, 10.5], [12.0, 13.0], [50.0, 51.0]])
    (shift,) = note_spindles([_shift(10.0, 20.0)], spindles)
    assert shift.spindle_s == pytest.approx(1.5)


def test_artefact_is_a_share_of_the_shift() -> None:
    artefacts = np.zeros(10, dtype=bool)
    artefacts[3] = True  # 15 to 20 s
    shifts = note_artefacts([_shift(12.0, 22.0), _shift(30.0, 34.0)], artefacts)
    assert [shift.artefact for shift in shifts] == [0.5, 0.0]


def test_shifts_of_two_channels_that_overlap_are_one() -> None:
    joined = join_channels(
        [
            _shift(10.0, 16.0),
            _shift(14.0, 20.0, "O2_M1", peak_ratio=9.0, artefact=0.4),
            _shift(30.0, 34.0, "O2_M1"),
        ]
    )
    assert [(one.onset_s, one.end_s) for one in joined] == [(10.0, 20.0), (30.0, 34.0)]
    assert joined[0].channels == ("C4_M1", "O2_M1")
    assert joined[0].peak_ratio == 9.0
    assert joined[0].artefact == 0.0


def test_a_seed_is_at_its_thresholds_and_not_below() -> None:
    assert (
        len(find_shifts(_contrast([2.5] * 16, sigma=2.5, rise=0.10), "C4", RULES)) == 1
    )
    assert find_shifts(_contrast([2.49] * 16), "C4", RULES) == []
    assert find_shifts(_contrast([2.5] * 16, rise=0.09), "C4", RULES) == []
    assert find_shifts(_contrast([2.5] * 16, sigma=np.nan), "C4", RULES) == []


def test_the_edge_reaches_as_far_as_the_fast_share_has_not_fallen() -> None:
    fast = np.array([1.0] * 4 + [1.5] * 4 + [3.0] * 4 + [1.5] * 4 + [1.0] * 4)
    rise = np.array([0.3] * 12 + [0.0] * 2 + [-0.01] * 6)
    found = Contrast(np.ones((5, 20)), fast, np.zeros(20, dtype=int), rise)
    (shift,) = find_shifts(found, "C4_M1", RULES)
    # Hops 4 to 13: from 4 / 4 + 0.375 s to 13 / 4 + 0.625 s
    assert (shift.onset_s, shift.end_s) == (1.375, 3.875)
    assert shift.band == "theta"
    assert shift.duration_s == 2.5


def test_a_strong_shift_reaches_down_to_a_quarter_of_its_peak() -> None:
    fast = [1.6] * 8 + [5.0] * 4 + [20.0] * 4 + [4.9] * 4 + [1.6] * 8
    (shift,) = find_shifts(_contrast(fast), "C4_M1", RULES)
    # Hops 8 to 15: at 5.0, a quarter of 20, and not at 4.9
    assert (shift.onset_s, shift.end_s) == (2.375, 4.375)
    assert shift.peak_ratio == 20.0
    # the geometric mean of 5 and 20
    assert shift.sustained == pytest.approx(10.0)
    assert shift.channels == ("C4_M1",)


def test_the_band_is_that_of_the_strongest_moment() -> None:
    fast = np.array([3.0] * 8 + [4.0] * 2 + [3.0] * 8)
    leader = np.array([1] * 8 + [2] * 2 + [1] * 8)
    found = Contrast(np.ones((5, 18)), fast, leader, np.full(18, 0.3))
    assert find_shifts(found, "C4_M1", RULES)[0].band == "beta"


def test_gaps_between_stretches_are_closed_up_to_a_length() -> None:
    marks = np.array([True, False, False, True, True, False, False, False, True])
    closed = np.array([True] * 5 + [False] * 3 + [True])
    assert close_gaps(marks, 3).tolist() == closed.tolist()
    assert close_gaps(marks, 2).tolist() == marks.tolist()
    assert close_gaps(np.zeros(0, dtype=bool), 3).tolist() == []


def test_a_shift_without_spindles_or_artefact_has_none_of_them() -> None:
    shift = _shift(10.0, 20.0)
    assert note_spindles([shift], np.zeros((0, 2)))[0].spindle_s == 0.0
    assert note_artefacts([shift], np.zeros(2, dtype=bool))[0].artefact == 0.0


def test_artefact_at_the_recordings_start_and_in_several_windows() -> None:
    artefacts = np.array([True, True, False, True])
    # of 8 s: 2 s of the first, 5 s of the second, 0 of the third
    (shift,) = note_artefacts([_shift(3.0, 11.0)], artefacts)
    assert shift.artefact == pytest.approx(7 / 8)
    (shift,) = note_artefacts([_shift(-0.5, 4.5)], artefacts)
    assert shift.artefact == pytest.approx(4.5 / 5)


def test_shifts_that_touch_are_one_and_keep_what_is_most_and_least() -> None:
    one = _shift(10.0, 16.0, sustained=2.0, spindle_s=1.0, artefact=0.5)
    other = _shift(16.0, 18.0, "O2_M1", peak_ratio=4.0, sustained=3.5, artefact=0.2)
    (joined,) = join_channels([other, one])
    assert (joined.onset_s, joined.end_s) == (10.0, 18.0)
    assert (joined.peak_ratio, joined.sustained) == (5.0, 3.5)
    assert (joined.spindle_s, joined.artefact) == (1.0, 0.2)
    within = _shift(12.0, 14.0, "O2_M1")
    assert join_channels([one, within])[0].end_s == 16.0

"""Where a channel shifts: seeds, edges, gaps, spindles, artefact, two channels."""

import numpy as np
import pytest

from psgkit.measure.arousals.bands import Contrast
from psgkit.measure.arousals.candidates import (
    Shift,
    find_shifts,
    join_channels,
    note_artefacts,
    note_spindles,
)
from psgkit.measure.arousals.rules import ArousalRules

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

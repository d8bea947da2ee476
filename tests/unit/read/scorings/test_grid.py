"""Stages laid on a grid; all answers by hand."""

import pytest

from psgkit.domain.scoring import Stage
from psgkit.errors import UnreadableScoring
from psgkit.read.scorings.grid import guess_epoch, lay_grid
from psgkit.read.scorings.listed import StageMark


def marks(*spans: tuple[float, float | None]) -> list[StageMark]:
    return [StageMark(on, dur, Stage.N2, f"line {on:g}") for on, dur in spans]


@pytest.mark.parametrize(
    ("spans", "epoch_s"),
    [
        ([(0, 30), (30, 30), (60, 30)], 30),
        ([(0, 20), (20, 20), (40, 60)], 20),
        ([(0, 4), (4, 4), (8, 4)], 4),
        # epochs joined to stretches, as in Sleep-EDF
        ([(0, 30630), (30630, 120), (30750, 390)], 30),
        ([(0, 40), (40, 100), (140, 60)], 20),
        # one stretch of a minute is no epoch of a minute, three are
        ([(0, 60)], 30),
        ([(0, 60), (60, 60), (120, 60)], 60),
        # no lengths: the usual step
        ([(0, None), (20, None), (40, None), (80, None)], 20),
        ([(0, None)], 30),
    ],
)
def test_the_length_of_an_epoch_is_told_from_the_stages(
    spans: list[tuple[float, float | None]], epoch_s: float
) -> None:
    assert guess_epoch(marks(*spans)) == epoch_s


def test_a_stretch_fills_its_epochs_and_the_grid_starts_with_the_first() -> None:
    grid = lay_grid(marks((60, 90), (180, 30)), 30.0, "night")
    assert grid.onset_s == 60
    assert grid.stages.tolist() == [2, 2, 2, -2, 2]
    assert [issue.code for issue in grid.issues] == ["epochs_missing"]


def test_a_last_epoch_that_breaks_off_is_left_out() -> None:
    grid = lay_grid(marks((0, 30), (30, 30), (60, 17)), None, "night")
    assert len(grid.stages) == 2


def test_clock_times_in_whole_seconds_may_be_half_a_second_off() -> None:
    grid = lay_grid(marks((0, 30), (30.4, 30), (59.6, 30)), None, "night")
    assert len(grid.stages) == 3


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], "no sleep stage"),
        ([(0, 30), (40, 30), (70, 30)], "line 40 has a stage at no epoch boundary"),
        ([(0, 30), (30, 45), (90, 30)], "line 30 has a stage at no epoch boundary"),
        ([(float("nan"), 30)], "no possible time"),
        ([(0, 30), (1e9, 30)], "too long for a night"),
        ([(0, 10)], "no whole epoch"),
    ],
)
def test_what_lies_on_no_grid_is_refused(
    spans: list[tuple[float, float]], said: str
) -> None:
    with pytest.raises(UnreadableScoring, match=said):
        lay_grid(marks(*spans), 30.0, "night")

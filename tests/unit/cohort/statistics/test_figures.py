"""Figures of a cohort: what stands in them is what the table holds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import psgkit
from psgkit.errors import InputError

pytest.importorskip("statsmodels")


def make_visits() -> pd.DataFrame:
    """Return three persons with two nights, and one with the first alone."""
    return pd.DataFrame(
        {
            "id": [f"n{number}" for number in range(8)],
            "status": ["done"] * 7 + ["failed"],
            "person": ["p1", "p1", "p2", "p2", "p3", "p3", "p4", "p4"],
            "visit": [1, 2] * 4,
            "group": ["a"] * 4 + ["b"] * 4,
            "n3_min": [60.0, 75, 48, 66, 81, np.nan, 30, 99],
        }
    )


def points_of(figure: Figure) -> set[float]:
    """Return the heights of all points."""
    lines = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    return {float(y) for line in lines for y in line.get_ydata()}


def names_of(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_xticklabels()]


def test_a_group_shows_each_night_its_median_and_its_persons() -> None:
    figure = psgkit.plot_group(make_visits(), "n3_min", "group")
    # A failed night has no number.
    assert points_of(figure) == {60, 75, 48, 66, 81, 30}
    heights = [
        float(path.vertices[0, 1])
        for collection in figure.axes[0].collections
        for path in collection.get_paths()
        if path.vertices[0, 1] == path.vertices[1, 1]
    ]
    assert heights == [63.0, 55.5]  # medians of 48 60 66 75 and of 30 81
    assert names_of(figure) == ["a\nn = 2\n4 nights", "b\nn = 2\n1 missing"]
    assert figure.axes[0].get_ylabel() == "n3_min, minutes"


def test_the_line_of_angles_is_their_mean_direction() -> None:
    angles = [3.0, -3.0, 3.1, -3.1] * 2
    cohort = pd.DataFrame({"group": list("aaaabbbb"), "coup_phase_rad__C4_M1": angles})
    figure = psgkit.plot_group(cohort, "coup_phase_rad__C4_M1", "group")
    lines = [
        path.vertices
        for collection in figure.axes[0].collections
        for path in collection.get_paths()
    ]
    assert len(lines) == 2
    assert abs(lines[0][0, 1]) == pytest.approx(np.pi)  # the arithmetic mean is 0


def test_repeated_nights_are_a_line_a_person() -> None:
    figure = psgkit.plot_repeats(make_visits(), "n3_min", "visit")
    *people, median = figure.axes[0].lines
    assert [line.get_ydata().tolist() for line in people] == [
        [60, 75],
        [48, 66],
        [81],
        [30],
    ]
    assert median.get_ydata().tolist() == [54.0, 70.5]  # of 60 48 81 30, and 75 66
    assert names_of(figure) == ["1", "2"]
    (label,) = figure.axes[0].get_legend().get_texts()
    assert label.get_text() == "median (n = 4)"


def test_repeated_nights_are_coloured_by_group() -> None:
    figure = psgkit.plot_repeats(make_visits(), "n3_min", "visit", group="group")
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["a (n = 2)", "b (n = 2)"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"visit": 1}, "p1, p2 and p3: two nights of one visit"),
        ({"person": list("abcdefgh")}, "No column names the persons"),
    ],
)
def test_nights_that_cannot_be_lines_are_refused(change, words: str) -> None:
    cohort = make_visits().assign(status="done").assign(**change)
    with pytest.raises(InputError, match=words):
        psgkit.plot_repeats(cohort, "n3_min", "visit")


def test_a_marker_is_no_group() -> None:
    cohort = pd.DataFrame({"age": np.arange(30.0), "n3_min": np.arange(30.0)})
    with pytest.raises(InputError, match="age has 30 different values"):
        psgkit.plot_group(cohort, "n3_min", "age")
    with pytest.raises(InputError, match=r"no column 'n3_mim'; similar names: n3"):
        psgkit.plot_group(cohort, "n3_mim", "age")


def test_figures_are_drawn_where_the_caller_wants(tmp_path: Path) -> None:
    mine = Figure()
    first, second, third = mine.subplots(3)
    cohort = make_visits()
    assert psgkit.plot_group(cohort, "n3_min", "group", ax=first) is mine
    assert psgkit.plot_repeats(cohort, "n3_min", "visit", ax=second) is mine
    wide = pd.concat([cohort.assign(person=f"{n}" + cohort["person"]) for n in "123"])
    wide["swa_uv2"] = np.linspace(200, 300, len(wide))
    both = psgkit.compare_groups(wide, group="group", columns=["n3_min", "swa_uv2"])
    with pytest.raises(InputError, match="The estimates have 2 units"):
        psgkit.plot_forest(both, ax=third)
    one = psgkit.compare_groups(wide, group="group", columns="n3_min")
    assert psgkit.plot_forest(one, ax=third) is mine
    mine.savefig(tmp_path / "all.png")
    assert all(axes.has_data() for axes in (first, second, third))

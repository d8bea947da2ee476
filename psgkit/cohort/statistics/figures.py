"""Figures of a cohort: estimates, groups, and the nights of each person."""

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from psgkit.cohort.statistics.contrast import Contrast, with_results
from psgkit.cohort.statistics.design import check_columns, is_number
from psgkit.cohort.statistics.model import Model
from psgkit.cohort.statistics.persons import describe_groups, find_persons, person_codes
from psgkit.errors import InputError, listed
from psgkit.measure import metric_named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Marks in each decade of an axis that spans less than this ratio.
MARKS = (
    (2, (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)),
    (10, (1, 1.5, 2, 3, 5, 7)),
    (math.inf, (1, 2, 5)),
)


RATIO = "ratio"

# Distinct for every colour vision (Okabe and Ito).
_COLOURS = ("#1f78b4", "#d55e00", "#00795c", "#a3528b", "#6b6b00", "#555555")
_MOST_GROUPS = 12
_MOST_ROWS = 60
_SIZE_IN = (4.8, 3.6)
_LETTERS = 48  # below an axis of that width


def plot_forest(contrast: Contrast, *, ax: "Axes | None" = None) -> "Figure":
    """Draw each estimate with its interval; a dashed line marks no difference.

    Ratios share one axis. Differences have a panel for each unit.

    Parameters
    ----------
    contrast : Contrast
        Result of `compare_groups`.
    ax : matplotlib.axes.Axes, optional
        Where to draw rows of one unit; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        Its ``savefig`` writes SVG, PDF or PNG. Of more than 60 estimates, those of
        smallest p are drawn.

    Raises
    ------
    InputError
        If an axes is given and the rows need several.

    Examples
    --------
    >>> import psgkit
    >>> import pandas as pd
    >>> cohort = pd.DataFrame(
    ...     {
    ...         "diagnosis": ["control"] * 6 + ["patient"] * 6,
    ...         "n3_min": [90, 80, 85, 95, 88, 84, 60, 55, 70, 65, 62, 66],
    ...     }
    ... )
    >>> result = psgkit.compare_groups(cohort, group="diagnosis", columns="n3_min")
    >>> figure = psgkit.plot_forest(result)
    >>> figure.savefig("forest.svg")
    """
    from psgkit.report.drawing import chart  # noqa: PLC0415 - costs 0.5 s

    rows = contrast.table.dropna(subset=["estimate"])
    left_n = len(rows) - _MOST_ROWS
    rows = rows.loc[rows["p"].sort_values().index[:_MOST_ROWS].sort_values()]
    panels = (
        list(rows.groupby(rows.apply(_panel, axis=1), sort=False)) if len(rows) else []
    )
    heights = [len(part) + 1.5 for _, part in panels] or [1.5]
    if ax is not None and len(panels) > 1:
        raise InputError(
            f"The estimates have {len(panels)} units, and each needs its own axes. "
            "Compare columns of one unit, or leave out ax."
        )
    if ax is None:
        size = (7, 0.6 + 0.4 * sum(heights))
        figure = chart.NotebookFigure(figsize=size, layout="constrained")
        grid = {"height_ratios": heights}
        table = figure.subplots(len(heights), squeeze=False, gridspec_kw=grid)
        drawn = table[:, 0].tolist()
    else:
        drawn = [ax]
    for axes, (name, part) in zip(drawn, panels, strict=False):
        _draw_intervals(axes, part, str(name))
    if not panels:
        drawn[0].set_axis_off()
        words, middle = "no estimate to draw", drawn[0].transAxes
        drawn[0].text(0.5, 0.5, words, transform=middle, ha="center")
    if left_n > 0:
        words = f"The {_MOST_ROWS} rows of smallest p; {left_n} more are in the table"
        drawn[0].set_title(words, fontsize=10)
    return chart.figure_of(drawn[0])


def _panel(row: Any) -> str:
    """Return the label of an estimate's axis."""
    if Model(row["scale"]).is_ratio:
        return RATIO
    metric = metric_named(row["column"])
    unit = metric.unit if metric is not None else ""
    return f"difference, {unit}" if unit else f"difference, {row['column']}"


def _draw_intervals(axes: "Axes", rows: pd.DataFrame, name: str) -> None:
    heights = np.arange(len(rows))[::-1]
    middle = rows["estimate"].to_numpy(float)
    reach = np.stack([middle - rows["low"], rows["high"] - middle])
    axes.errorbar(middle, heights, xerr=reach, fmt="o", color="#1f4e79", capsize=3)
    is_ratio = name == RATIO
    axes.axvline(float(is_ratio), color="0.4", linewidth=1, linestyle="--")
    if is_ratio:
        axes.set_xscale("log")
        _mark_ratios(axes)
    axes.set_yticks(
        heights, [_contrast_name(row) for row in rows.itertuples(index=False)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(f"{name}, 95 % confidence interval")


def _contrast_name(row: Any) -> str:
    return f"{row.column}: {against(row.level, row.reference)}"


def against(level: str, reference: str) -> str:
    """Name the comparison of a row: a group with another, or a slope.

    Examples
    --------
    >>> against("patient", "control"), against("age_y", "per 10 years")
    ('patient vs control', 'age_y per 10 years')
    """
    if not reference:
        return level
    return f"{level} {reference if reference.startswith('per ') else f'vs {reference}'}"


def _mark_ratios(axes: "Axes") -> None:
    """Write ratios as people do, 0.8 and not 8 times a power of ten."""
    from matplotlib import ticker  # noqa: PLC0415 - costs half a second

    low, high = axes.get_xlim()
    span = high / low
    steps = next(steps for limit, steps in MARKS if span < limit)
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=steps))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    axes.xaxis.set_minor_locator(ticker.NullLocator())


def plot_group(
    cohort: pd.DataFrame,
    column: str,
    group: str,
    *,
    person: str | None = None,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw a column by group: one point per night, with median and quartiles.

    Parameters
    ----------
    cohort : pandas.DataFrame
        One row per night, as `read_cohort` gives it.
    column : str
        Column to draw.
    group : str
        Column that names the group of each night.
    person : str, optional
        Column that names the person; by default an obvious one that repeats.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        Each group's label has its persons, its nights if these are more, and
        the nights without a value. Of angles, the line is the mean direction.

    Raises
    ------
    InputError
        If a column is not there, or there are too many groups to draw.

    Examples
    --------
    >>> import psgkit
    >>> import pandas as pd
    >>> cohort = pd.DataFrame(
    ...     {
    ...         "diagnosis": ["control"] * 6 + ["patient"] * 6,
    ...         "n3_min": [90, 80, 85, 95, 88, 84, 60, 55, 70, 65, 62, 66],
    ...     }
    ... )
    >>> figure = psgkit.plot_group(cohort, "n3_min", "diagnosis")
    >>> figure.savefig("groups.svg")
    """
    nights = _checked(cohort, column, group, person)
    groups = _categories(nights[group])
    who = person_codes(nights, find_persons(nights, person).column)
    described = describe_groups(nights, [column], groups, who).set_index("group")
    axes, figure = _axes(ax)
    for place, name in enumerate(groups.cat.categories):
        values = (
            pd.to_numeric(nights.loc[groups == name, column]).dropna().sort_values()
        )
        colour = _COLOURS[place % len(_COLOURS)]
        # Neighbours in size are side by side, so that equal nights stay visible.
        beside = place + 0.3 * ((np.arange(len(values)) * 0.618) % 1 - 0.5)
        axes.plot(beside, values, "o", color=colour, alpha=0.6, markersize=4.5, mew=0)
        row = described.loc[name]
        middle = row["mean"] if math.isnan(row["median"]) else row["median"]
        axes.hlines(middle, place - 0.28, place + 0.28, color=colour, linewidth=2.5)
        if not math.isnan(row["q25"]):
            axes.vlines(place + 0.28, row["q25"], row["q75"], color=colour, linewidth=2)
    width = _LETTERS // len(described)
    names = [_counted(name, described.loc[name], width) for name in described.index]
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_ylabel(_label(column))
    return figure


def plot_repeats(
    cohort: pd.DataFrame,
    column: str,
    visit: str,
    *,
    person: str | None = None,
    group: str | None = None,
    ax: "Axes | None" = None,
) -> "Figure":
    """Draw repeated nights: one line per person, and the median of each visit.

    Parameters
    ----------
    cohort : pandas.DataFrame
        One row per night, as `read_cohort` gives it.
    column : str
        Column to draw.
    visit : str
        Column that names the visit or treatment of each night. Words are in the order
        of their alphabet, or of the categories of the column.
    person : str, optional
        Column that names the person; by default an obvious one that repeats.
    group : str, optional
        Column that colours the persons.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        A person with one night is a point.

    Raises
    ------
    InputError
        If a column is not there, no column names persons, or a person has two nights
        of one visit.

    Examples
    --------
    >>> import psgkit
    >>> import pandas as pd
    >>> cohort = pd.DataFrame(
    ...     {
    ...         "person": ["p1", "p1", "p2", "p2", "p3", "p3"],
    ...         "visit": ["1 before", "2 after"] * 3,
    ...         "n3_min": [60, 75, 48, 66, 81, 80],
    ...     }
    ... )
    >>> figure = psgkit.plot_repeats(cohort, "n3_min", "visit")
    >>> figure.savefig("repeats.svg")
    """
    nights = _checked(cohort, column, visit, person, group)
    person = find_persons(nights, person).column
    if person is None:
        raise InputError("No column names the persons; give it (person=...).")
    visits = _categories(nights[visit])
    groups = None if group is None else _categories(nights[group])
    coloured = (
        pd.Series("median", nights.index) if groups is None else groups.astype(object)
    )
    lines = pd.DataFrame(
        {
            "person": nights[person],
            "place": visits.cat.codes,
            "group": coloured,
            "value": pd.to_numeric(nights[column]),
        }
    ).loc[visits.notna() & coloured.notna()]
    twice = lines.loc[lines.duplicated(["person", "place"]), "person"]
    if len(twice):
        raise InputError(
            f"{listed([str(each) for each in twice.unique()[:3]])}: two nights of one "
            f"{visit}. Keep one night of each person and {visit}."
        )
    axes, figure = _axes(ax)
    for number, (_, part) in enumerate(
        lines.dropna().sort_values("place").groupby("group", sort=True)
    ):
        colour = _COLOURS[number % len(_COLOURS)]
        for _, own in part.groupby("person"):
            axes.plot(
                *(own["place"], own["value"]), "o-", color=colour, alpha=0.35, mew=0
            )
        middle = part.groupby("place")["value"].median()
        people = part["person"].nunique()
        label = f"{part['group'].iloc[0]} (n = {people})"
        axes.plot(middle.index, middle, "o-", color=colour, linewidth=3, label=label)
    names = [str(name) for name in visits.cat.categories]
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.4, len(names) - 0.6)
    axes.set_xlabel(visit)
    axes.set_ylabel(_label(column))
    # Above the axes: within, it would lie over lines.
    axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
    return figure


def _checked(cohort: pd.DataFrame, *names: str | None) -> pd.DataFrame:
    check_columns(cohort, [name for name in names if name is not None])
    return with_results(cohort)


def _categories(values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the groups of nights as text, in the order of numbers or words."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        order = [str(each) for each in values.cat.categories if (values == each).any()]
    else:
        known = values.dropna().unique().tolist()
        order = [
            str(each) for each in sorted(known, key=None if is_number(values) else str)
        ]
    if not 0 < len(order) <= _MOST_GROUPS:
        raise InputError(
            f"{values.name} has {len(order)} different values; from 1 to {_MOST_GROUPS} "
            "groups can be drawn."
        )
    words = values.astype(object).map(str, na_action="ignore")
    return pd.Series(pd.Categorical(words, categories=order), index=values.index)


def _counted(name: str, row: Any, width: int) -> str:
    """Return a group's name over its numbers of persons and nights."""
    words = [*textwrap.wrap(name, width), f"n = {row['persons_n']}"]
    if row["nights_n"] > row["persons_n"]:
        words.append(f"{row['nights_n']} nights")
    if row["missing_n"]:
        words.append(f"{row['missing_n']} missing")
    return "\n".join(words)


def _label(column: str) -> str:
    metric = metric_named(column)
    return column if metric is None else f"{column}, {metric.unit}"


def _axes(ax: "Axes | None") -> "tuple[Axes, Figure]":
    from psgkit.report.drawing import chart  # noqa: PLC0415 - costs 0.5 s

    return chart.axes_in(ax, _SIZE_IN)

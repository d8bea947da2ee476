"""A cohort's table in, a comparison's tables and forest plot out."""

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from psgkit.cohort.statistics.contrast import Contrast
from psgkit.cohort.statistics.model import Model
from psgkit.cohort.table.column_types import check_format
from psgkit.errors import InputError
from psgkit.measure import metric_named
from psgkit.store.files import make_folder, write_text, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What an axis is marked at that spans less than a ratio, in every decade.
MARKS = (
    (2, (1, 1.1, 1.2, 1.3, 1.5, 1.7, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)),
    (10, (1, 1.5, 2, 3, 5, 7)),
    (math.inf, (1, 2, 5)),
)


RATIO = "ratio"

# What spreadsheets, R and pandas write where there is nothing. "None" is a word: a group
# may be called so.
NOTHING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan")


def read_cohort_table(path: Path) -> pd.DataFrame:
    """Read a cohort's CSV or TSV file.

    Raises
    ------
    InputError
        If it is no table, or one that a newer psgkit wrote.
    """
    if path.is_dir():
        inside = path / "cohort.csv"
        wanted = inside if inside.is_file() else "the cohort.csv of a batch"
        raise InputError(f"{path} is a folder; give {wanted}.")
    if not path.is_file():
        raise InputError(f"No file {path.name!r}.")
    try:
        table = pd.read_csv(
            path,
            sep="\t" if path.suffix == ".tsv" else ",",
            keep_default_na=False,
            na_values=list(NOTHING),
        )
    except (OSError, ValueError) as fault:
        raise InputError(
            f"{path.name} cannot be read as a table ({type(fault).__name__}); give the "
            "cohort.csv of a batch."
        ) from None
    check_format(table, path.name)
    return table


def save_contrast(contrast: Contrast, folder: Path) -> None:
    """Write a comparison's tables, its methods sentence and its forest plot.

    The files are ``contrast.csv``, ``groups.csv``, ``left_out.csv``, ``methods.txt``
    and ``forest.svg``.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    make_folder(folder)
    tables = {
        "contrast.csv": contrast.table,
        "groups.csv": contrast.groups,
        "left_out.csv": contrast.left_out,
    }
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False))
    write_text(folder / "methods.txt", f"{contrast.methods}\n")
    write_whole(folder / "forest.svg", _svg(plot_forest(contrast)))


def _svg(figure: "Figure") -> bytes:
    """Return a figure that is the same, byte by byte, whenever it is drawn."""
    import matplotlib as mpl  # noqa: PLC0415 - costs half a second

    with mpl.rc_context({"svg.hashsalt": "psgkit"}):
        figure.savefig(buffer := io.BytesIO(), format="svg", metadata={"Date": None})
    return buffer.getvalue()


def plot_forest(contrast: Contrast) -> "Figure":
    """Draw each estimate with its interval; a dashed line marks no difference.

    Ratios share one axis. Differences have a panel for each unit.

    Parameters
    ----------
    contrast : Contrast
        Result of `compare_groups`.

    Returns
    -------
    matplotlib.figure.Figure
        Its ``savefig`` writes SVG, PDF or PNG.

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
    from psgkit.report.drawing.notebook_figure import (  # noqa: PLC0415
        NotebookFigure,  # loads matplotlib, which costs half a second
    )

    rows = contrast.table.dropna(subset=["estimate"])
    panels = (
        list(rows.groupby(rows.apply(_panel, axis=1), sort=False)) if len(rows) else []
    )
    heights = [len(part) + 1.5 for _, part in panels] or [1.5]
    figure = NotebookFigure(figsize=(7, 0.6 + 0.4 * sum(heights)), layout="constrained")
    if not panels:
        axes = figure.subplots()
        axes.text(
            0.5, 0.5, "no estimate to draw", transform=axes.transAxes, ha="center"
        )
        axes.set_axis_off()
        return figure
    drawn = figure.subplots(
        len(panels), squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for axes, (name, part) in zip(drawn[:, 0], panels, strict=True):
        _draw_intervals(axes, part, str(name))
    return figure


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

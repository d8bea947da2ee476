"""A cohort's table in, a comparison's tables and forest plot out."""

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from psgkit.cohort.statistics.contrast import PER_UNIT, Contrast
from psgkit.cohort.statistics.model import Model
from psgkit.cohort.table.column_types import check_format
from psgkit.errors import InputError
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
    """Write ``contrast.csv``, ``left_out.csv``, ``methods.txt`` and ``forest.svg``.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    make_folder(folder)
    tables = {"contrast.csv": contrast.table, "left_out.csv": contrast.left_out}
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
    """Draw each ratio with its interval; a line at 1 is no difference.

    Differences (`Model.LINEAR`) have no common axis with ratios and are left to the
    table.

    Parameters
    ----------
    contrast : Contrast
        What `compare_groups` found.

    Returns
    -------
    matplotlib.figure.Figure
        Its ``savefig`` writes SVG, PDF or PNG.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - costs half a second

    rows = contrast.table
    rows = rows[rows["scale"] != Model.LINEAR.value].dropna(subset=["estimate"])
    figure = Figure(figsize=(7, 1.2 + 0.35 * max(len(rows), 1)), layout="constrained")
    axes = figure.subplots()
    heights = np.arange(len(rows))[::-1]
    middle = rows["estimate"].to_numpy(float)
    reach = np.stack([middle - rows["low"], rows["high"] - middle])
    axes.errorbar(middle, heights, xerr=reach, fmt="o", color="#1f4e79", capsize=3)
    axes.axvline(1, color="0.4", linewidth=1, linestyle="--")
    axes.set_xscale("log")
    _mark_ratios(axes)
    axes.set_yticks(
        heights, [_contrast_name(row) for row in rows.itertuples(index=False)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel("ratio, 95 % confidence interval")
    if rows.empty:
        axes.text(0.5, 0.5, "no ratio to draw", transform=axes.transAxes, ha="center")
    return figure


def _contrast_name(row: Any) -> str:
    against = row.reference
    return f"{row.column}: {row.level} " + (
        against if against == PER_UNIT else f"vs {against}"
    )


def _mark_ratios(axes: "Axes") -> None:
    """Write ratios as people do, 0.8 and not 8 times a power of ten."""
    from matplotlib import ticker  # noqa: PLC0415 - costs half a second

    low, high = axes.get_xlim()
    span = high / low
    steps = next(steps for limit, steps in MARKS if span < limit)
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=steps))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    axes.xaxis.set_minor_locator(ticker.NullLocator())

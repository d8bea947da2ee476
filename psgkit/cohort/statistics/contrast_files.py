"""A cohort's table in, a comparison's tables and forest plot out."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from psgkit.cohort.statistics.contrast import Contrast
from psgkit.cohort.statistics.figures import plot_forest
from psgkit.cohort.table.column_types import check_format
from psgkit.errors import InputError
from psgkit.store.files import make_folder, write_text, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Empty cells of spreadsheets, R and pandas. "None" is a word: a group
# may be called so.
NOTHING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan")


def read_cohort_table(path: Path) -> pd.DataFrame:
    """Read a cohort's CSV or TSV file.

    Raises
    ------
    InputError
        If it is not a table, or a newer psgkit wrote it.
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

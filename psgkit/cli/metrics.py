"""`psgkit metrics`: the data dictionary."""

from enum import StrEnum
from typing import Annotated

import typer

from psgkit.cli import console


class Format(StrEnum):
    """How the dictionary is printed."""

    TABLE = "table"
    CSV = "csv"
    MD = "md"


def metrics(
    format: Annotated[
        Format, typer.Option(help="As a table, as CSV, or as Markdown.")
    ] = Format.TABLE,
) -> None:
    """Print the data dictionary: every column, its unit, meaning and source."""
    from psgkit.measure import data_dictionary, metrics_markdown

    match format:
        case Format.MD:
            console.out(metrics_markdown().rstrip())
        case Format.CSV:
            console.out(data_dictionary().to_csv(index=False).rstrip())
        case Format.TABLE:
            console.table(data_dictionary()[["name", "unit", "tier", "meaning"]])

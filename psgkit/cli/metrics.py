"""`psgkit metrics`: the data dictionary."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from psgkit.cli import console

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80  # characters of a line
NAME_WIDTH = 30  # of most columns' names
INDENT = "    "


Format = Literal["table", "csv", "md"]


def metrics(
    format: Annotated[
        Format, typer.Option(help="As a table, as CSV, or as Markdown.")
    ] = "table",
) -> None:
    """Print the data dictionary: every column, its unit, meaning and source."""
    from psgkit.measure import data_dictionary, metrics_markdown

    match format:
        case "md":
            console.out(metrics_markdown().rstrip())
        case "csv":
            console.out(data_dictionary().to_csv(index=False).rstrip())
        case "table":
            console.out("\n".join(_entries(data_dictionary())))


def _entries(dictionary: "pd.DataFrame") -> Iterator[str]:
    """Give each column its head and, below it, its meaning."""
    for name, unit, tier, meaning in dictionary[
        ["name", "unit", "tier", "meaning"]
    ].itertuples(index=False):
        yield f"{name:{NAME_WIDTH}}  {unit}, {tier}"
        yield textwrap.fill(
            meaning,
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
            break_on_hyphens=False,
        )

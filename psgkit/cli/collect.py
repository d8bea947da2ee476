"""`psgkit collect`: the tables of a cohort again, from its HDF5 files."""

from pathlib import Path
from typing import Annotated

import typer

from psgkit.cli import console, options


def collect(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The output folder of a batch.")
    ],
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Count nights too that the last batch did not ask for."
        ),
    ] = False,
    language: options.Language = None,
) -> None:
    """Make cohort.csv and the tables beside it again, from the nights' HDF5 files."""
    from psgkit.cohort.collect import collect as collect_nights

    table = collect_nights(
        folder, every=every, language="en" if language is None else language.value
    )
    counts = table["status"].value_counts()
    console.out(", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    console.out(f"Table: {folder / 'cohort.csv'}")

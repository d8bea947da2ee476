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
        typer.Option("--all", help="Add nights of earlier batches in the folder."),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Read every night's file and check its seal. Otherwise rows of files "
            "with the same size, time and seal are kept.",
        ),
    ] = False,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Write cohort.parquet too.")
    ] = False,
    language: options.Language = None,
) -> None:
    """Make cohort.csv and the tables beside it again, from the nights' HDF5 files."""
    from psgkit.cohort.table.collect import collect as collect_nights
    from psgkit.report.pages.cohort_html import NOT_BEGUN, UNDER_WAY

    table = collect_nights(
        folder,
        every=every,
        language=language or "en",
        verify=verify,
        parquet=parquet,
    )
    if (under_way := table.attrs["under_way"]) is not None:
        console.error(
            "a batch is at work in this folder, and makes these tables again when it "
            "ends."
        )
        is_waiting = table["status"] == "skipped"
        is_under_way = is_waiting & table["id"].isin(under_way)
        table.loc[is_waiting, "status"] = NOT_BEGUN
        table.loc[is_under_way, "status"] = UNDER_WAY
    statuses = ("done", "failed", UNDER_WAY, NOT_BEGUN, "skipped")
    counts = table["status"].value_counts()
    console.say(
        ", ".join(f"{counts[word]} {word}" for word in statuses if word in counts)
    )
    console.say(f"Table: {folder / 'cohort.csv'}")

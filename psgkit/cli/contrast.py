"""`psgkit contrast`: groups of a cohort, held against each other."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from psgkit.cli import console

SHOWN = (
    "column",
    "level",
    "reference",
    "estimate",
    "low",
    "high",
    "p",
    "q",
    "nights_n",
)


def contrast(
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT.csv", help="A row a night, from batch.")
    ],
    group: Annotated[
        str,
        typer.Option(help="Column to compare by: words are groups, numbers a slope."),
    ],
    covariates: Annotated[
        str, typer.Option(help="Columns to adjust for, with commas between.")
    ] = "",
    columns: Annotated[
        str,
        typer.Option(help="Columns to compare; the primary endpoints by default."),
    ] = "",
    person: Annotated[
        str | None, typer.Option(help="Column that names a person with several nights.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="The group that the others are held against.")
    ] = None,
    allow_mixed: Annotated[
        bool,
        typer.Option("--allow-mixed", help="Compare nights that were measured unlike."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for the tables, the forest plot and the methods."),
    ] = None,
) -> None:
    """Compare groups, treatments or a marker, column by column."""
    from psgkit.cohort.contrast import compare_groups
    from psgkit.cohort.contrast_files import read_cohort_table, save_contrast

    found = compare_groups(
        read_cohort_table(cohort),
        group=group,
        covariates=_names(covariates),
        columns=_names(columns) or None,
        person=person,
        reference=reference,
        allow_mixed=allow_mixed,
    )
    console.table(found.table[list(SHOWN)], decimals=3)
    for column, note in found.table[["column", "note"]].itertuples(index=False):
        if note:
            console.out(f"{column}: {note}")
    left_out = Counter(
        zip(found.left_out["column"], found.left_out["reason"], strict=True)
    )
    for (column, reason), count in left_out.items():
        console.out(f"{column}: {count} nights left out, {reason}")
    console.out(f"\n{found.methods}")
    if out is not None:
        save_contrast(found, out)
        console.out(f"Files: {out}")


def _names(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]

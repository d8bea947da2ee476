"""`psgkit contrast`: groups of a cohort, held against each other."""

import math
import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from psgkit.cli import console

if TYPE_CHECKING:
    import pandas as pd

LINE = 80

# What a person is called in tables of nights.
PERSON_COLUMNS = ("person", "subject", "subject_id", "participant", "participant_id")


def contrast(
    cohort: Annotated[
        Path, typer.Argument(metavar="COHORT.csv", help="A row a night, from batch.")
    ],
    group: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Column to compare by: words are groups, numbers a slope.",
        ),
    ],
    covariates: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Columns to adjust for, with commas between."
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Columns to compare, with commas between; the primary endpoints by "
            "default.",
        ),
    ] = "",
    person: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Column that names a person with several nights."
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP",
            help="The group that the others are held against; the first by alphabet "
            "where not given.",
        ),
    ] = None,
    allow_mixed: Annotated[
        bool,
        typer.Option("--allow-mixed", help="Compare nights that were measured unlike."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder for the tables, the forest plot and the methods.",
        ),
    ] = None,
) -> None:
    """Compare groups, treatments or a marker, column by column."""
    from psgkit.cohort.statistics.contrast import PER_UNIT, compare_groups
    from psgkit.cohort.statistics.contrast_files import read_cohort_table, save_contrast

    table = read_cohort_table(cohort)
    if person is None:
        _tell_of_persons(table)
    found = compare_groups(
        table,
        group=group,
        covariates=_names(covariates),
        columns=_names(columns) or None,
        person=person,
        reference=reference,
        allow_mixed=allow_mixed,
    )
    for (level, against), rows in found.table.groupby(
        ["level", "reference"], sort=False
    ):
        console.out(f"{level} {against if against == PER_UNIT else f'vs {against}'}")
        console.table(_shown(rows))
    told: list[str] = []
    notes = found.table.loc[found.table["note"] != "", ["column", "note"]]
    for column, note in notes.drop_duplicates().itertuples(index=False):
        told.append(f"{column}: {note}")
    # Of a column without any value, its note says so.
    empty = set(found.table.loc[found.table["nights_n"] == 0, "column"])
    left_out = Counter(
        (column, reason)
        for column, reason in zip(
            found.left_out["column"], found.left_out["reason"], strict=True
        )
        if column not in empty
    )
    for (column, reason), count in left_out.items():
        nights = f"{count} night{'' if count == 1 else 's'}"
        told.append(f"{column}: {nights} left out, {reason}")
    told += found.doubts
    if told:
        console.out("\n" + "\n".join(told))
    console.out(f"\n{textwrap.fill(found.methods, LINE, break_on_hyphens=False)}")
    if out is not None:
        save_contrast(found, out)
        console.out(f"Files: {out}")


def _tell_of_persons(table: "pd.DataFrame") -> None:
    """Say that nights of one person count as those of several, where it seems so."""
    for name in PERSON_COLUMNS:
        if name in table and table[name].dropna().duplicated().any():
            console.error(
                f"the column {name!r} repeats; where it names persons, --person {name} "
                "keeps the nights of one from counting as those of several."
            )


def _shown(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a row a column, which 80 characters hold."""
    import pandas as pd

    # What stubs know of a row of unknown columns serves nothing here.
    found: Any = table.itertuples(index=False)
    rows = [
        {
            "column": row.column,
            "estimate (95 % interval)": _interval(row),
            "p": _p(row.p),
            "q": _p(row.q),
            "nights": row.nights_n,
        }
        for row in found
    ]
    return pd.DataFrame(rows)


def _interval(row: Any) -> str:
    if math.isnan(row.estimate):
        return ""
    kind = row.scale.partition(" (")[0]
    return f"{kind} {row.estimate:#.3g} ({row.low:#.3g} to {row.high:#.3g})"


def _p(value: float) -> str:
    if math.isnan(value):
        return ""
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _names(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]

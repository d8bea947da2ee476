"""`psgkit contrast`: compare groups of a cohort."""

import math
import re
import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from psgkit.cli import console

if TYPE_CHECKING:
    import pandas as pd

    from psgkit.cohort.statistics.contrast import Contrast


ScaleChoice = Literal["difference", "ratio", "two-part"]
LINE = 80


def contrast(
    cohort: Annotated[
        Path,
        typer.Argument(metavar="COHORT.csv", help="One row per night, from batch."),
    ],
    group: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Column to compare by: words are groups, numbers a slope; C(site) "
            "makes numbers groups.",
        ),
    ] = None,
    covariates: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Columns or terms to adjust for, with commas between: "
            "age_y,sex,C(site).",
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Columns to compare, with commas between; the primary endpoints by "
            "default. Write a name that holds a comma in backticks.",
        ),
    ] = "",
    formula: Annotated[
        str | None,
        typer.Option(
            metavar="FORMULA",
            help="In place of the three above: 'n3_min ~ group * sex + age_y'.",
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Column that names the person, for several nights of one; by default an obvious column that repeats.",
        ),
    ] = None,
    scale: Annotated[
        ScaleChoice | None,
        typer.Option(help="In place of each metric's own scale."),
    ] = None,
    per: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Units of a slope: 10 for age, else 1 by default."
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP",
            help="The reference group; by default the first by alphabet.",
        ),
    ] = None,
    allow_mixed: Annotated[
        bool,
        typer.Option(
            "--allow-mixed", help="Compare nights that were measured differently."
        ),
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
    from psgkit.cohort.statistics.contrast import compare_groups
    from psgkit.cohort.statistics.contrast_files import read_cohort_table, save_contrast

    found = compare_groups(
        read_cohort_table(cohort),
        group=group,
        covariates=_names(covariates),
        columns=_names(columns) or None,
        formula=formula,
        person=person,
        reference=reference,
        scale=scale,
        per=per,
        allow_mixed=allow_mixed,
    )
    _show(found)
    if out is not None:
        save_contrast(found, out)
        console.out(f"Files: {out}")


def _show(found: "Contrast") -> None:
    from psgkit.cohort.statistics.figures import against

    pairs = found.table.groupby(["level", "reference"], sort=False)
    for (level, reference), rows in pairs:
        console.out(against(str(level), str(reference)))
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
        filled = (textwrap.fill(line, LINE, subsequent_indent="  ") for line in told)
        console.out("\n" + "\n".join(filled))
    console.out(f"\n{textwrap.fill(found.methods, LINE, break_on_hyphens=False)}")


def _shown(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return one row per column, up to 80 characters wide."""
    import pandas as pd

    # The stubs of a row of unknown columns are of no use here.
    found: Any = table.itertuples(index=False)
    rows = [
        {
            "column": row.column,
            "estimate (95 % interval)": _interval(row),
            "p": _p(row.p),
            "q": _p(row.q),
            "n": _counts(row),
        }
        for row in found
    ]
    return pd.DataFrame(rows)


def _counts(row: Any) -> str:
    """Return persons in the group and the reference, else nights."""
    if row.level_n is None or math.isnan(row.level_n):
        return f"{row.nights_n}"
    return f"{row.level_n:.0f} vs {row.reference_n:.0f}"


def _interval(row: Any) -> str:
    """Return an estimate with its interval, with digits enough to separate its ends."""
    if math.isnan(row.estimate):
        return ""
    kind = row.scale.partition(" (")[0]
    ends = (row.estimate, row.low, row.high)
    if not all(map(math.isfinite, ends)):
        return f"{kind} {row.estimate:.3g} ({row.low:.3g} to {row.high:.3g})"
    digits = max(_digits(row.estimate, 3), _digits(row.high - row.low, 2))
    middle, low, high = (f"{end:.{digits}f}" for end in ends)
    return f"{kind} {middle} ({low} to {high})"


def _digits(number: float, significant: int) -> int:
    """Return the decimals that show so many significant digits; at most 6.

    Examples
    --------
    >>> _digits(0.715, 3), _digits(0.013, 2), _digits(214.0, 3)
    (3, 3, 0)
    """
    if number == 0:
        return 0
    return min(6, max(0, significant - 1 - math.floor(math.log10(abs(number)))))


def _p(value: float) -> str:
    if math.isnan(value):
        return ""
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _names(words: str) -> list[str]:
    """Split at commas outside of parentheses and backticks: "age_y, bs(bmi, df=4)"."""
    parts = re.findall(r"(?:`[^`]*`|\([^)]*\)|[^,(`]|[(`])+", words)
    return [re.sub("^`([^`]*)`$", r"\1", p.strip()) for p in parts if p.strip()]

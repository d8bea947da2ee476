"""`psgkit power`: how many nights a study would need."""

from typing import Annotated

import typer

from psgkit.cli import console

# Names that fit into 80 characters.
SHORT = {
    "experts_rho": "rho experts",
    "experts_n": "n experts",
    "automatic_rho": "rho program",
    "automatic_n": "n program",
}


def power(
    difference: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            help="Between the groups, in standard deviations of people.",
        ),
    ] = 0.5,
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Columns, with commas between; else the endpoints."
        ),
    ] = "",
    power: Annotated[
        float, typer.Option(metavar="SHARE", help="Wanted chance of finding it.")
    ] = 0.8,
    alpha: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Accepted chance of a false finding."),
    ] = 0.05,
) -> None:
    """Say how many nights each of two groups needs for a difference to be seen."""
    from psgkit.cohort.statistics.power import power_table

    names = [word.strip() for word in columns.split(",") if word.strip()]
    table = power_table(difference, columns=names or None, power=power, alpha=alpha)
    console.table(table.rename(columns=SHORT))
    console.out(
        f"\nNights in each of two equal groups (one night per person) to find a difference"
        f"\nof {difference:g} SD with a probability of {power:g} (t test, alpha "
        f"{alpha:g}).\nEmpty: no reliability was measured. Assumptions: docs/power.md."
    )

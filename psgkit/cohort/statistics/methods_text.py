"""The sentence for the methods section of a paper."""

from collections.abc import Sequence
from importlib import metadata

import pandas as pd

from psgkit.cohort.statistics.comparable_nights import plain
from psgkit.cohort.statistics.model import INDEPENDENT

# Columns that say how the nights were measured, and their names.
MEASURED_BY = {"scorer": "Stages:", "metric_version": "metric version"}


def methods_sentence(
    nights: pd.DataFrame,
    table: pd.DataFrame,
    compared_by: str,
    *,
    covariates: Sequence[str],
    person: str | None,
    mixed: Sequence[str],
) -> str:
    """Return the sentence, with versions and settings.

    Parameters
    ----------
    nights : pandas.DataFrame
        Those that have results.
    table : pandas.DataFrame
        The fits: ``column, estimate, nights_n, persons_n, note``.
    compared_by : str
        Group or marker, and its reference.
    covariates : sequence of str
        Covariates of the models.
    person : str or None
        Column that names the person of several nights.
    mixed : sequence of str
        Allowed differences between the nights.
    """
    if table["estimate"].isna().all():
        return "No column could be compared; the notes of the table say why."
    adjusted = f", adjusted for {', '.join(covariates)}," if covariates else ""
    fitted = table[table["estimate"].notna()]
    repeated = f", nights clustered by {person}{_correlation(fitted)}" if person else ""
    mixture = f" Nights were mixed: {'; '.join(mixed)}." if mixed else ""
    people = f" of {_range(fitted['persons_n'])} persons" if person else ""
    by_column = " (by column)" if len(set(fitted["nights_n"])) > 1 else ""
    return (
        f"{_range(fitted['nights_n'])} nights{people}{by_column} were compared by "
        f"{compared_by}{adjusted} with generalised estimating equations{repeated} "
        f"({_scales(fitted)}), standard errors and degrees of freedom for small samples "
        "(CR2, Satterthwaite; Pustejovsky and Tipton 2018), 95 % intervals from "
        "Student's t, false discovery rate after Benjamini and Hochberg within the "
        f"table ({_versions()}).{_measured_by(nights)}{mixture}"
    )


def _versions() -> str:
    names = ("psgkit", "statsmodels", "formulaic")
    return ", ".join(f"{name} {metadata.version(name)}" for name in names)


def _scales(fitted: pd.DataFrame) -> str:
    """Name the columns of each scale."""
    by_scale = fitted.groupby("scale", sort=False)["column"]
    return "; ".join(
        f"{', '.join(dict.fromkeys(columns))}: {scale}" for scale, columns in by_scale
    )


def _correlation(fitted: pd.DataFrame) -> str:
    """Name the correlation of a person's nights; empty without repeated nights."""
    repeated = fitted[fitted["nights_n"] > fitted["persons_n"]]
    if repeated.empty:
        return ""
    alone = repeated["note"].str.contains(INDEPENDENT, regex=False)
    if alone.all():
        return f" with {INDEPENDENT}"
    but = f" (independence for {', '.join(dict.fromkeys(repeated['column'][alone]))})"
    return f" with exchangeable working correlation{but if alone.any() else ''}"


def _range(counts: "pd.Series[int]") -> str:
    """Return how many it were, from the fewest to the most."""
    if counts.empty:
        return "0"
    fewest, most = counts.min(), counts.max()
    return f"{fewest}" if fewest == most else f"{fewest} to {most}"


def _measured_by(nights: pd.DataFrame) -> str:
    """Say who scored the nights and how their numbers are defined, where known."""
    parts = [
        f"{words} {' and '.join(sorted(nights[name].dropna().map(plain).unique()))}"
        for name, words in MEASURED_BY.items()
        if name in nights and nights[name].notna().any()
    ]
    return f" {', '.join(parts)}." if parts else ""

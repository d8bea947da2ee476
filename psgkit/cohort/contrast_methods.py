"""What the methods section of a paper says of a comparison."""

from collections.abc import Sequence
from importlib import metadata

import pandas as pd

# What tells how the nights were measured, and its words.
MEASURED_BY = {"scorer": "Scorer:", "metric_version": "metric version"}


def methods_sentence(
    nights: pd.DataFrame,
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
    compared_by : str
        Group or marker, and what it is held against.
    covariates : sequence of str
        What the models were adjusted for.
    person : str or None
        Column that names the person of several nights.
    mixed : sequence of str
        In what the nights differ that were allowed to.
    """
    adjusted = f", adjusted for {', '.join(covariates)}," if covariates else ""
    repeated = f", nights clustered by {person}" if person else ""
    mixture = f" Nights were mixed: {'; '.join(mixed)}." if mixed else ""
    people = f" of {nights[person].nunique()} persons" if person else ""
    return (
        f"{len(nights)} nights{people} were compared by {compared_by}{adjusted} with "
        f"generalised estimating equations{repeated} (counts: Poisson with log hours "
        "as offset; times, powers and their ratios: logarithms, contrasts are ratios of "
        "geometric means; fractions: logits), standard errors "
        "after Mancl and DeRouen, 95 % intervals from Student's t, false discovery "
        "rate after Benjamini and Hochberg within the table (psgkit "
        f"{metadata.version('psgkit')}, statsmodels {metadata.version('statsmodels')})."
        f"{_measured_by(nights)}{mixture}"
    )


def _measured_by(nights: pd.DataFrame) -> str:
    """Say who scored the nights and how their numbers are defined, where known."""
    parts = [
        f"{words} {' and '.join(sorted(nights[name].dropna().astype(str).unique()))}"
        for name, words in MEASURED_BY.items()
        if name in nights and nights[name].notna().any()
    ]
    return f" {', '.join(parts)}." if parts else ""

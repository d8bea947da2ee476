"""Who is in a comparison: persons with several nights, groups and missing values."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from psgkit.cohort.statistics.comparable_nights import ids_of
from psgkit.cohort.statistics.model import FloatArray
from psgkit.domain.metrics import Scale
from psgkit.errors import listed
from psgkit.measure import metric_named

# Columns that usually name persons.
PERSON_COLUMNS = (
    *("person", "person_id", "subject", "subject_id", "participant"),
    *("participant_id", "patient_id", "pid", "sub"),
)

# Fewer persons than this make a group whose interval says little.
FEW = 5

# Ends of ids that number the nights of a person: P01_2, sub-01_ses-2, p1n2, A7-pre.
_NIGHT = re.compile(
    r"(?i)^(.*\w)(?:[_\-. ]+(?:ses|session|visit|night|n|v|t)?[_\-]?(?:\d|0\d|pre|post|"
    r"before|after|baseline|followup)|(?<=\d)(?:n|v|t)\d)$"
)
_MOST_NIGHTS = 9

ALL = "all"


@dataclass(frozen=True, slots=True)
class Persons:
    """Which nights are one person's.

    Attributes
    ----------
    column : str or None
        The column that names persons; None where each night counts as a person.
    doubts : tuple of str
        Warnings about persons and groups.
    """

    column: str | None
    doubts: tuple[str, ...] = ()


def find_persons(nights: pd.DataFrame, given: str | None) -> Persons:
    """Return the column of persons: the one given, or an obvious one that repeats."""
    if given is not None:
        return Persons(given)
    for name in PERSON_COLUMNS:
        if name in nights and nights[name].dropna().duplicated().any():
            said = (
                f"the column {name!r} repeats and was taken to name persons; name "
                "another column of persons (--person) where that is wrong"
            )
            return Persons(name, (said,))
    if "id" in nights and (again := nights["id"][nights["id"].duplicated()]).any():
        said = (
            f"several rows have the id {listed([str(each) for each in again.unique()[:3]])}"
            ", so that id was taken to name persons; remove rows that are copies"
        )
        return Persons("id", (said,))
    names = [match[1] for each in ids_of(nights) if (match := _NIGHT.match(each))]
    counts = Counter(names)
    repeated = [name for name, count in counts.items() if 1 < count <= _MOST_NIGHTS]
    if len(counts) >= 3 and 2 * len(repeated) >= len(counts):
        said = (
            f"{len(repeated)} persons seem to have several nights, by ids such as "
            f"{repeated[0]!r} with an ending; each night was counted as a person. Name "
            "the column of persons (--person)"
        )
        return Persons(None, (said,))
    return Persons(None)


def person_codes(nights: pd.DataFrame, column: str | None) -> FloatArray:
    """Return a number for the person of each night; NaN without a name."""
    if column is None:
        return np.arange(len(nights), dtype=float)
    codes, _ = pd.factorize(nights[column].astype(object))
    return np.where(codes < 0, np.nan, codes.astype(float))


def describe_groups(
    nights: pd.DataFrame,
    columns: Sequence[str],
    group: "pd.Series[Any] | None",
    persons: Any,
) -> pd.DataFrame:
    """Describe each column by group.

    Returns
    -------
    pandas.DataFrame
        ``column, group, persons_n, nights_n, missing_n, zeros_n, mean, sd, median,
        q25, q75``. ``nights_n`` have a value, ``missing_n`` are missing. Of angles,
        ``mean`` and ``sd`` are circular and quartiles are missing.
    """
    groups = pd.Series(ALL, index=nights.index) if group is None else group
    rows = []
    for column in columns:
        values = pd.to_numeric(nights[column], errors="coerce").astype(float)
        metric = metric_named(column)
        is_angle = metric is not None and metric.scale is Scale.ANGLE
        for name, rows_of in values.groupby(groups, observed=True):
            known = rows_of.dropna()
            rows.append(
                {
                    "column": column,
                    "group": str(name),
                    "persons_n": len(set(persons[known.index])),
                    "nights_n": len(known),
                    "missing_n": int(rows_of.isna().sum()),
                    "zeros_n": int((known == 0).sum()),
                    **(_of_angles(known) if is_angle else _of_numbers(known)),
                }
            )
    return pd.DataFrame(rows)


def _of_numbers(known: "pd.Series[float]") -> dict[str, float]:
    if known.empty:
        return dict.fromkeys(("mean", "sd", "median", "q25", "q75"), np.nan)
    q25, median, q75 = known.quantile([0.25, 0.5, 0.75])
    spread = known.std() if len(known) > 1 else np.nan
    return {
        "mean": known.mean(),
        "sd": spread,
        "median": median,
        "q25": q25,
        "q75": q75,
    }


def _of_angles(known: "pd.Series[float]") -> dict[str, float]:
    numbers = dict.fromkeys(("mean", "sd", "median", "q25", "q75"), np.nan)
    if not known.empty:
        angles = known.to_numpy(float)
        numbers["mean"] = float(stats.circmean(angles, high=np.pi, low=-np.pi))
        numbers["sd"] = float(stats.circstd(angles, high=np.pi, low=-np.pi))
    return numbers


def _rows(table: pd.DataFrame) -> Any:
    # Stubs do not know the columns of a row.
    return table.itertuples(index=False)


def group_doubts(described: pd.DataFrame) -> list[str]:
    """Say which groups are small, and where missing values or zeros differ by group."""
    if described.empty or set(described["group"]) == {ALL}:
        return []
    said: dict[str, None] = {}
    for column, rows in described.groupby("column", sort=False):
        if not rows["nights_n"].any():
            continue
        for row in _rows(rows):
            if row.persons_n < FEW:
                said[
                    f"{column}: the group {row.group!r} has {row.persons_n} "
                    f"person{'' if row.persons_n == 1 else 's'} with a value; fewer than "
                    f"{FEW} say little"
                ] = None
        if (words := _missing(str(column), rows)) is not None:
            said[words] = None
    return _shortened(list(said), described["column"].nunique())


def _shortened(said: list[str], columns_n: int) -> list[str]:
    """Join doubts that are equal for all columns into one sentence."""
    tails = Counter(words.partition(": ")[2] for words in said)
    joined = [
        tail for tail, count in tails.items() if count == columns_n and columns_n > 1
    ]
    rest = [words for words in said if words.partition(": ")[2] not in joined]
    return [*joined, *rest]


def _missing(column: str, rows: pd.DataFrame) -> str | None:
    counts = rows[["missing_n", "nights_n"]].to_numpy()
    if not counts[:, 0].any() or not counts[:, 1].any() or len(counts) < 2:
        return None
    if differs(counts):
        shares = ", ".join(
            f"{row.missing_n} of {row.missing_n + row.nights_n} nights of {row.group}"
            for row in _rows(rows)
        )
        return (
            f"{column} is missing unevenly: {shares}. If it is missing where it is "
            "worst, the estimate is too good"
        )
    return None


def differs(counts: Any) -> bool:
    """Return whether the share of missing values differs between groups (p < 0.05)."""
    if len(counts) == 2:
        return bool(stats.fisher_exact(counts).pvalue < 0.05)
    return bool(stats.chi2_contingency(counts).pvalue < 0.05)


def zeros_note(rows: pd.DataFrame) -> str:
    """Say how many nights of each group hold a zero; empty without a zero."""
    if not rows["zeros_n"].any():
        return ""
    counts = ", ".join(
        f"{row.zeros_n} of {row.nights_n}"
        + ("" if row.group == ALL else f" {row.group}")
        for row in _rows(rows)
    )
    return f"zeros: {counts} nights"

"""Reliability of each column, as measured by ``scripts/reliability.py``.

The script writes ``reliability.csv`` beside this module: Spearman's rho between experts
and between an automatic scoring and experts, and for some columns how far the errors of
automatic staging move the value.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from psgkit.domain.metrics import Reliability

SQUARE_ROOT = "sqrt"
PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class StagingError:
    """Distance of an expert's value from an automatic one, in nine nights of ten.

    Attributes
    ----------
    scale : {"plain", "sqrt"}
        Whether the offsets are added to the value or to its square root.
    low, high : float
        Offsets of the interval's ends.
    """

    scale: str
    low: float
    high: float

    def around(self, value: float) -> tuple[float, float]:
        """Return the interval's ends; no column that has one can be negative."""
        if math.isnan(value):
            return math.nan, math.nan
        if self.scale == SQUARE_ROOT:
            root = math.sqrt(value)
            return max(root + self.low, 0.0) ** 2, max(root + self.high, 0.0) ** 2
        return max(value + self.low, 0.0), max(value + self.high, 0.0)


@dataclass(frozen=True, slots=True)
class Rating:
    """Reliability measured for one column."""

    reliability: Reliability
    staging_error: StagingError | None


UNRATED = Rating(Reliability(), None)


@cache
def load_ratings() -> Mapping[str, Rating]:
    """Read the measured reliabilities, by the column's name."""
    text = resources.files(__package__).joinpath("reliability.csv").read_text("utf-8")
    return {row["name"]: _rating(row) for row in csv.DictReader(text.splitlines())}


def rating_of(name: str) -> Rating:
    """Return the measured reliability of a column; empty if not measured."""
    return load_ratings().get(name, UNRATED)


def staging_interval(name: str, unit: str, value: float) -> tuple[float, float]:
    """Return how far staging error alone may move the value of a column.

    The errors were measured on automatic scoring of the BOAS nights against experts'
    consensus; see docs/reliability.md for the coverage on people left out.

    Parameters
    ----------
    name, unit : str
        Of the column; percent ends at 100.
    value : float
        The number with automatic staging.

    Returns
    -------
    low, high : float
        NaN where no interval was measured or the value is NaN.
    """
    error = rating_of(name).staging_error
    if error is None:
        return math.nan, math.nan
    low, high = error.around(value)
    return (min(low, 100.0), min(high, 100.0)) if unit == "percent" else (low, high)


def _rating(row: dict[str, str]) -> Rating:
    experts, automatic, low, high = (
        float(row[column]) if row[column] else None
        for column in ("experts", "automatic", "low", "high")
    )
    error = None
    if low is not None and high is not None:
        error = StagingError(row["scale"], low, high)
    return Rating(Reliability(experts, automatic), error)

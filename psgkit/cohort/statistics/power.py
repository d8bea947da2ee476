"""Compute how many nights show a difference between two groups.

Scoring error blurs a person's true value. With reliability r, a true difference of d
standard deviations becomes d·√r in the scored values (Spearman 1904, 10.2307/1412159).
The nights needed follow from the power of the two-sided t test.
"""

import math
from collections.abc import Sequence

import pandas as pd

from psgkit.cohort.statistics.contrast import PRIMARY_ENDPOINTS
from psgkit.errors import InputError, MissingExtra
from psgkit.measure import METRICS
from psgkit.measure.catalogue.reliability import rating_of

MAX_NIGHTS = 1_000_000
MIN_NIGHTS = 2


def nights_needed(
    difference: float,
    *,
    reliability: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int:
    """Return how many people each of two equal groups needs, one night per person.

    Parameters
    ----------
    difference : float
        Between the groups' means, in standard deviations of the true values.
    reliability : float
        Share of the scored values' variance that is true, 0 to 1.
    power : float
        Wanted chance of finding the difference.
    alpha : float
        Accepted chance of a false finding, two-sided.

    Returns
    -------
    int
        In each group; at least 2.

    Raises
    ------
    InputError
        If a value is outside its range, each named, or more than a million nights
        would be needed.
    MissingExtra
        If statsmodels is not installed.

    Examples
    --------
    >>> nights_needed(0.5)
    64
    >>> nights_needed(0.5, reliability=0.5)
    127
    """
    faults = []
    if not (math.isfinite(difference) and difference != 0):
        faults.append(f"a difference of {difference}")
    faults += [
        f"a {name} of {value}, which must be between 0 and 1"
        for name, value in (("power", power), ("alpha", alpha))
        if not 0 < value < 1
    ]
    if not 0 < reliability <= 1:
        faults.append(f"a reliability of {reliability}")
    if faults:
        raise InputError(f"No number of nights can be found for {'; '.join(faults)}.")
    seen = abs(difference) * math.sqrt(reliability)
    try:
        from statsmodels.stats.power import TTestIndPower  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(
            "Power needs statsmodels: pip install 'psgkit[stats]'."
        ) from None
    t_test = TTestIndPower()
    if t_test.power(seen, MAX_NIGHTS, alpha) < power:
        raise InputError(
            f"A difference of {difference:g} would need over {MAX_NIGHTS:,} nights."
        )
    if t_test.power(seen, MIN_NIGHTS, alpha) >= power:
        return MIN_NIGHTS
    return math.ceil(float(t_test.solve_power(seen, alpha=alpha, power=power)))


def power_table(
    difference: float,
    *,
    columns: Sequence[str] | None = None,
    power: float = 0.8,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Return the nights that each column needs, scored by an expert or a program.

    Parameters
    ----------
    difference, power, alpha : float
        See `nights_needed`.
    columns : sequence of str, optional
        The primary endpoints with a measured reliability by default.

    Returns
    -------
    pandas.DataFrame
        ``column, tier, experts_rho, experts_n, automatic_rho, automatic_n``; ``_n``
        is the number in each group, missing where no reliability was measured.

    Raises
    ------
    InputError
        If the column does not exist, or a value is outside its range.
    """
    known = {metric.name for metric in METRICS}
    if columns is None:
        columns = [name for name in PRIMARY_ENDPOINTS if name in known]
    if missing := [name for name in columns if name not in known]:
        raise InputError(
            f"There is no column {', '.join(missing)} that a scoring alone gives; "
            "`psgkit metrics` lists them."
        )
    rows = []
    for name in columns:
        rated = rating_of(name).reliability
        rows.append(
            {
                "column": name,
                "tier": rated.tier.value,
                "experts_rho": rated.experts,
                "experts_n": _needed(difference, rated.experts, power, alpha),
                "automatic_rho": rated.automatic,
                "automatic_n": _needed(difference, rated.automatic, power, alpha),
            }
        )
    table = pd.DataFrame(rows)
    whole = {"experts_n": "Int64", "automatic_n": "Int64"}
    rho = {"experts_rho": float, "automatic_rho": float}
    return table.astype({**whole, **rho})


def _needed(
    difference: float, rho: float | None, power: float, alpha: float
) -> int | None:
    """Return None if the reliability is unknown or no better than chance."""
    if rho is None or rho <= 0:
        return None
    return nights_needed(difference, reliability=rho, power=power, alpha=alpha)

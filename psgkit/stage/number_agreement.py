"""How far the numbers of two scorings agree, over many nights.

A good kappa can hide a wrong REM continuity, so every number is compared as well: bias
and limits of agreement (Bland & Altman 1986), the intraclass correlation of single
ratings and absolute agreement, ICC(2,1) (Shrout & Fleiss 1979), and Spearman's rho.
"""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.errors import InputError

# Fewer nights give no useful correlation.
MIN_NIGHTS = 5

Numbers = npt.NDArray[np.float64]


def compare_measures(test: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Compare every number of two scorings over many nights.

    Parameters
    ----------
    test, reference : pandas.DataFrame
        One row per night, one column per number, with the same rows and columns.

    Returns
    -------
    pandas.DataFrame
        One row per number: ``nights_n`` (in which both have it), ``test_median``,
        ``reference_median``, ``bias`` (mean of test minus reference), ``loa_low`` and
        ``loa_high`` (bias and 1.96 standard deviations of the differences), ``icc``
        and ``spearman`` (NaN below five nights, or where no night differs from
        another).

    Raises
    ------
    InputError
        If rows or columns differ.
    """
    if not (
        test.index.equals(reference.index) and test.columns.equals(reference.columns)
    ):
        raise InputError("The two tables of numbers differ in their nights or columns.")
    rows = {
        name: _compare(
            test[name].to_numpy(dtype=float), reference[name].to_numpy(dtype=float)
        )
        for name in test.columns
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis("column").astype({"nights_n": int})


def icc_2_1(ratings: Numbers) -> float:
    """Return the intraclass correlation ICC(2,1) of Shrout & Fleiss (1979).

    Parameters
    ----------
    ratings : numpy.ndarray of float64, shape (n_subjects, n_raters)
        Without NaN.

    Returns
    -------
    float
        NaN where all ratings are one number, or there are less than two of either.
    """
    n, k = ratings.shape
    if n < 2 or k < 2:
        return math.nan
    mean = ratings.mean()
    rows = k * np.sum((ratings.mean(axis=1) - mean) ** 2)
    columns = n * np.sum((ratings.mean(axis=0) - mean) ** 2)
    rest = np.sum((ratings - mean) ** 2) - rows - columns
    between = rows / (n - 1)
    raters = columns / (k - 1)
    error = rest / ((n - 1) * (k - 1))
    whole = between + (k - 1) * error + k * (raters - error) / n
    return float((between - error) / whole) if whole > 0 else math.nan


def _compare(test: Numbers, reference: Numbers) -> dict[str, float]:
    held = np.isfinite(test) & np.isfinite(reference)
    test, reference = test[held], reference[held]
    n = len(test)
    difference = test - reference
    bias = float(difference.mean()) if n else math.nan
    spread = 1.96 * float(difference.std(ddof=1)) if n > 1 else math.nan
    return {
        "nights_n": n,
        "test_median": float(np.median(test)) if n else math.nan,
        "reference_median": float(np.median(reference)) if n else math.nan,
        "bias": bias,
        "loa_low": bias - spread,
        "loa_high": bias + spread,
        "icc": icc_2_1(np.column_stack([test, reference]))
        if n >= MIN_NIGHTS
        else math.nan,
        "spearman": _spearman(test, reference),
    }


def _spearman(test: Numbers, reference: Numbers) -> float:
    if len(test) < MIN_NIGHTS or np.ptp(test) == 0 or np.ptp(reference) == 0:
        return math.nan
    from scipy.stats import spearmanr  # noqa: PLC0415 - costs half a second

    return float(spearmanr(test, reference).statistic)

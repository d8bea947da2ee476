"""The model of one column: its scale, what stands on its left, and the fit."""

import warnings
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from psgkit.domain.metrics import Scale
from psgkit.errors import InputError, MissingExtra
from psgkit.measure import metric_of

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_estimating_equations import GEEResults

FloatArray = npt.NDArray[np.float64]

MIN_PERSONS_BEYOND_PARAMETERS = 3

# What is noted where no correlation between the nights of a person could be estimated.
INDEPENDENT = "working independence of nights"

# What statsmodels calls it where a fit has found no end.
NOT_CONVERGED = ("ConvergenceWarning", "IterationLimitWarning")


class Model(StrEnum):
    """How a column is modelled, and what its estimate therefore is.

    A ratio from logarithms is one of geometric means.
    """

    COUNT = "rate ratio (Poisson, hours as offset)"
    LOG = "ratio (logarithms)"
    LOGIT = "odds ratio (logits)"
    LINEAR = "difference"


# Minutes that can be zero are still modelled on logarithms, and angles on a line.
_MODELS = {
    Scale.COUNT: Model.COUNT,
    Scale.LOG: Model.LOG,
    Scale.LOG_ALREADY: Model.LOG,
    Scale.MINUTES: Model.LOG,
    Scale.LOGIT: Model.LOGIT,
    Scale.ANGLE: Model.LINEAR,
    Scale.PLAIN: Model.LINEAR,
    Scale.NONE: Model.LINEAR,
}


def model_of(column: str) -> Model:
    """Return how a column is modelled; one that no metric declares, as it is."""
    metric = metric_of(column)
    return Model.LINEAR if metric is None else _MODELS[metric.scale]


def hours_of(column: str, nights: pd.DataFrame) -> FloatArray:
    """Return the hours in which the events of a rate were counted.

    Raises
    ------
    InputError
        If the table does not have the minutes that the rate was divided by.
    """
    metric = metric_of(column)
    parts = [] if metric is None else list(metric.denominator)
    if missing := [part for part in parts if part not in nights]:
        raise InputError(
            f"To compare {column}, the table must have the column {missing[0]}: the "
            "hours in which its events were counted."
        )
    return nights[parts].sum(axis=1, min_count=len(parts)).to_numpy(float) / 60


def response(
    nights: pd.DataFrame, column: str, model: Model
) -> tuple[FloatArray, FloatArray | None, str]:
    """Return a column on its model's scale, the offset, and what was done to zeros."""
    values = pd.to_numeric(nights[column], errors="coerce").to_numpy(float)
    metric = metric_of(column)
    match model:
        case Model.COUNT:
            hours = hours_of(column, nights)
            counted = np.where(hours > 0, values * hours, np.nan)
            return counted, np.log(np.where(hours > 0, hours, np.nan)), ""
        case Model.LOG if metric and metric.scale is Scale.LOG_ALREADY:
            return values, None, ""
        case Model.LOG:
            logarithms, note = _logarithms(values)
            return logarithms, None, note
        case Model.LOGIT:
            share = values / (100 if metric and metric.unit == "percent" else 1)
            known = np.isfinite(share)
            note = ""
            if np.any((share[known] <= 0) | (share[known] >= 1)):
                # Smithson & Verkuilen 2006, 10.1037/1082-989X.11.1.54
                share = (share * (known.sum() - 1) + 0.5) / known.sum()
                note = "shares of 0 or 1 moved inwards before logits"
            return np.log(share / (1 - share)), None, note
        case Model.LINEAR:
            return values, None, ""


def _logarithms(values: FloatArray) -> tuple[FloatArray, str]:
    """Return logarithms, and what was added to all values where there are zeros."""
    positive = values[values > 0]
    if len(positive) == 0:
        return np.full(len(values), np.nan), ""
    if np.all(values[np.isfinite(values)] > 0):
        return np.log(np.where(values > 0, values, np.nan)), ""
    step = float(positive.min()) / 2
    shifted = np.where(values >= 0, values + step, np.nan)
    return np.log(shifted), f"{step:g} added before logarithms (zeros)"


def why_not(
    values: FloatArray,
    matrix: pd.DataFrame,
    freedom: int,
    model: Model,
    levels: Sequence[str],
) -> str:
    """Say why a column cannot be modelled; empty where it can."""
    if not values.size:
        return "no value in any night"
    if freedom < MIN_PERSONS_BEYOND_PARAMETERS:
        return "too few persons for this model"
    if np.ptp(values) == 0:
        return "the same value in all nights"
    if np.linalg.matrix_rank(matrix.to_numpy()) < matrix.shape[1]:
        return "groups and covariates cannot be told apart"
    groups = _groups(matrix[list(levels)].to_numpy())
    if model is Model.COUNT and not all(values[group].any() for group in groups):
        return "no event in any night of a group"
    return ""


def _groups(terms: FloatArray) -> list[npt.NDArray[np.bool_]]:
    """Return each group's nights, the reference's last; none where there is a slope."""
    if not np.isin(terms, (0.0, 1.0)).all():
        return []
    return [*(term == 1 for term in terms.T), (terms == 0).all(axis=1)]


def fit_model(
    values: FloatArray,
    matrix: pd.DataFrame,
    clusters: npt.NDArray[Any],
    offset: FloatArray | None,
) -> tuple["GEEResults | None", str]:
    """Fit one column; the offset tells that it holds counts.

    Where too few persons have several nights for the correlation of these to be
    estimated, the nights of a person are fitted as independent; the standard errors,
    clustered by person, hold for that too (Liang & Zeger 1986, 10.1093/biomet/73.1.13).

    Returns
    -------
    fit : GEEResults or None
        None where the model has no solution.
    note : str
        What did not go as it should.

    Raises
    ------
    MissingExtra
        If statsmodels is not installed.
    """
    try:
        import statsmodels.api as sm  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(
            "Comparing groups needs statsmodels: pip install 'psgkit[stats]'."
        ) from None
    codes, _ = pd.factorize(clusters)
    order = np.argsort(codes, kind="stable")
    repeated = len(set(codes)) < len(codes)
    independent = sm.cov_struct.Independence, INDEPENDENT
    structures = [(sm.cov_struct.Exchangeable, "")] if repeated else []
    for structure, note in (*structures, independent):
        gee = sm.GEE(
            values[order],
            matrix.to_numpy()[order],
            groups=codes[order],
            offset=None if offset is None else offset[order],
            family=sm.families.Gaussian() if offset is None else sm.families.Poisson(),
            cov_struct=structure(),
        )
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            fit = gee.fit(cov_type="bias_reduced")
        converged = not any(w.category.__name__ in NOT_CONVERGED for w in told)
        if converged and np.isfinite([*fit.params, *fit.bse]).all():
            return fit, note if repeated else ""
    return None, "the model found no solution"


def estimates(
    fit: "GEEResults", matrix: pd.DataFrame, name: str, model: Model, freedom: int
) -> dict[str, float]:
    """Return the estimate of one term with its interval, p and effect size."""
    at = matrix.columns.get_loc(name)
    estimate, error = float(fit.params[at]), float(fit.bse[at])
    reach = float(stats.t.ppf(0.975, freedom)) * error
    ends = np.array([estimate, estimate - reach, estimate + reach])
    shown = ends if model is Model.LINEAR else np.exp(ends)
    spread = np.nan if model is Model.COUNT else float(np.std(fit.resid))
    return {
        "estimate": float(shown[0]),
        "low": float(shown[1]),
        "high": float(shown[2]),
        "p": float(2 * stats.t.sf(abs(estimate / error), freedom)),
        "effect_size": estimate / spread if spread > 0 else np.nan,
    }

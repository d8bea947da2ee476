"""The model of one column: its scale, the values on that scale, and the fit."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from psgkit.cohort.statistics.design import Contrasted
from psgkit.cohort.statistics.small_sample import (
    SmallSample,
    score_interval,
    small_sample,
)
from psgkit.domain.metrics import Scale
from psgkit.errors import InputError, MissingExtra
from psgkit.measure import metric_named

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_estimating_equations import GEEResults

FloatArray = npt.NDArray[np.float64]

MIN_PERSONS_BEYOND_PARAMETERS = 3

# Note if no correlation between the nights of a person could be estimated.
INDEPENDENT = "working independence of nights"

# Statsmodels' name for a fit that did not converge.
NOT_CONVERGED = ("ConvergenceWarning", "IterationLimitWarning")

# Angles that agree less than this within groups have no mean direction to compare.
MIN_RESULTANT = 0.5

NO_DIRECTION = "the angles of the nights have no common direction"

_MOST_STEPS = 100
_CLOSE = 1e-10


class Model(StrEnum):
    """Kind of model of a column, and of its estimate.

    A ratio from logarithms is one of geometric means.
    """

    COUNT = "rate ratio (Poisson, hours as offset)"
    LOG = "ratio (logarithms)"
    MEANS = "ratio of means (log link)"
    LOGIT = "odds ratio (logits)"
    ANY = "odds ratio (above zero, score test)"
    LOG_ABOVE = "ratio (logarithms, above zero)"
    LINEAR = "difference"
    ANGLE = "difference of mean directions (radians)"

    @property
    def is_ratio(self) -> bool:
        """Whether an estimate of 1 means no difference."""
        return self not in {Model.LINEAR, Model.ANGLE}

    @property
    def is_gaussian(self) -> bool:
        """Whether the values on the model's scale have a standard deviation."""
        return self not in {Model.COUNT, Model.MEANS, Model.ANY, Model.ANGLE}


class ScaleChoice(StrEnum):
    """Scales that a caller can choose in place of a metric's own."""

    DIFFERENCE = "difference"
    RATIO = "ratio"
    TWO_PART = "two-part"


_MODELS = {
    Scale.COUNT: Model.COUNT,
    Scale.LOG: Model.LOG,
    Scale.LOG_ALREADY: Model.LOG,
    Scale.MINUTES: Model.LINEAR,
    Scale.LOGIT: Model.LOGIT,
    Scale.ANGLE: Model.ANGLE,
    Scale.PLAIN: Model.LINEAR,
}


@dataclass(frozen=True, slots=True)
class Response:
    """The left-hand side of a model, one value per night.

    Attributes
    ----------
    numbers : numpy.ndarray of float64
        On the model's scale; NaN for a night that the model does without.
    model : Model
    offset : numpy.ndarray of float64 or None
        Logarithms of hours, for counts.
    note : str
        Transformation of the values.
    """

    numbers: FloatArray
    model: Model
    offset: FloatArray | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model with errors for few persons."""

    result: "GEEResults"
    robust: SmallSample
    note: str


def models_of(column: str, scale: ScaleChoice | None = None) -> tuple[Model, ...]:
    """Return the model of a column, from its metric's row or from the call.

    A column that no metric declares is modelled as it is. A metric that is not an
    endpoint has no model.
    """
    metric = metric_named(column)
    declared = Scale.PLAIN if metric is None else metric.scale
    if declared is Scale.NONE:
        return ()
    if declared is Scale.ANGLE or scale is None:
        return (_MODELS[declared],)
    match scale:
        case ScaleChoice.DIFFERENCE:
            return (Model.LINEAR,)
        case ScaleChoice.TWO_PART:
            return (Model.ANY, Model.LOG_ABOVE)
        case ScaleChoice.RATIO:
            own = _MODELS[declared]
            return (own if own in {Model.COUNT, Model.LOG} else Model.MEANS,)


def hours_of(column: str, nights: pd.DataFrame) -> FloatArray:
    """Return the hours in which the events of a rate were counted.

    Raises
    ------
    InputError
        If the table does not have the minutes that the rate was divided by.
    """
    metric = metric_named(column)
    parts = [] if metric is None else list(metric.denominator)
    if missing := [part for part in parts if part not in nights]:
        raise InputError(
            f"To compare {column}, the table must have the column {missing[0]}: the "
            "hours in which its events were counted."
        )
    return nights[parts].sum(axis=1, min_count=len(parts)).to_numpy(float) / 60


def response(nights: pd.DataFrame, column: str, model: Model) -> Response:
    """Return a column on its model's scale."""
    values = pd.to_numeric(nights[column], errors="coerce").to_numpy(float)
    metric = metric_named(column)
    match model:
        case Model.COUNT:
            hours = hours_of(column, nights)
            hours = np.where(hours > 0, hours, np.nan)
            found = Response(values * hours, model, np.log(hours))
        case Model.LOG if metric and metric.scale is Scale.LOG_ALREADY:
            found = Response(values, model)
        case Model.LOG if np.any(values == 0):
            note = f"{np.sum(values == 0)} nights are zero, so means are compared"
            counted = np.where(values >= 0, values, np.nan)
            found = Response(counted, Model.MEANS, note=note)
        case Model.LOG | Model.LOG_ABOVE:
            found = Response(np.log(np.where(values > 0, values, np.nan)), model)
        case Model.MEANS:
            found = Response(np.where(values >= 0, values, np.nan), model)
        case Model.ANY:
            found = Response(np.where(np.isfinite(values), values > 0, np.nan), model)
        case Model.LOGIT:
            whole = 100 if metric and metric.unit == "percent" else 1
            found = _logits(values, whole)
        case Model.ANGLE | Model.LINEAR:
            found = Response(values, model)
    return found


def _logits(values: FloatArray, whole: float) -> Response:
    share = values / whole
    known = np.isfinite(share)
    note = ""
    if np.any((share[known] <= 0) | (share[known] >= 1)):
        # Smithson & Verkuilen 2006, 10.1037/1082-989X.11.1.54
        share = (share * (known.sum() - 1) + 0.5) / known.sum()
        note = "shares of 0 or 1 moved inwards before logits"
    return Response(np.log(share / (1 - share)), Model.LOGIT, note=note)


def linear_angles(angles: FloatArray, matrix: FloatArray) -> FloatArray | None:
    """Return values whose least squares are the mean directions of the angles.

    The model of von Mises with an identity link: its fit solves ``matrix' sin(angle -
    fitted) = 0``, which of two groups are their circular means. The values are the
    fitted angles plus ``sin(residual) / mean(cos(residual))``, the influence of each
    angle, so that errors for linear models hold (Mardia & Jupp 2000, 11.3).

    Parameters
    ----------
    angles : numpy.ndarray of float64, shape (n_nights,)
        In radians, from anywhere on the circle.
    matrix : numpy.ndarray of float64, shape (n_nights, n_terms)

    Returns
    -------
    numpy.ndarray of float64, shape (n_nights,), or None
        None if the angles have no common direction.

    Examples
    --------
    >>> angles = np.array([3.1, -3.1, 3.1, -3.0])  # around the ends of the circle
    >>> linear_angles(angles, np.ones((4, 1))).mean().round(2)
    np.float64(-3.12)
    """
    centre = np.angle(np.exp(1j * angles).mean())
    turned = np.angle(np.exp(1j * (angles - centre)))
    inverse = np.linalg.pinv(matrix)
    fitted = matrix @ (inverse @ turned)
    influence = np.zeros_like(fitted)
    for _ in range(_MOST_STEPS):
        residual = turned - fitted
        resultant = np.cos(residual).mean()
        if resultant < MIN_RESULTANT:
            return None
        influence = np.sin(residual) / resultant
        step = matrix @ (inverse @ influence)
        fitted = fitted + step
        if np.abs(step).max() < _CLOSE:
            break
    return np.asarray(fitted + influence + centre, dtype=np.float64)


def why_not(
    found: Response,
    usable: npt.NDArray[np.bool_],
    matrix: pd.DataFrame,
    freedom: int,
    groups: "pd.Series[Any] | None",
) -> str:
    """Say why a column cannot be modelled; empty where it can."""
    values = found.numbers[usable]
    if not values.size:
        return found.note or "no value in any night"
    if freedom < MIN_PERSONS_BEYOND_PARAMETERS:
        return "too few persons for this model"
    if np.ptp(values) == 0:
        return "the same value in all nights"
    if np.linalg.matrix_rank(matrix.to_numpy()) < matrix.shape[1]:
        return "groups and covariates cannot be separated"
    if groups is None:
        return ""
    return _fault_of_groups(pd.Series(values), groups[usable].to_numpy(), found.model)


def _fault_of_groups(values: "pd.Series[float]", groups: Any, model: Model) -> str:
    by_group = values.groupby(groups)
    if (by_group.size() < 2).any():
        return "a group of one night"
    if model in {Model.COUNT, Model.MEANS} and not (by_group.sum() > 0).all():
        return "no event in any night of a group"
    if model is Model.ANY and not by_group.nunique().eq(2).all():
        return "a group has only nights with zero, or no night with zero"
    return ""


def fit_model(
    found: Response,
    usable: npt.NDArray[np.bool_],
    matrix: pd.DataFrame,
    clusters: npt.NDArray[Any],
) -> tuple[Fit | None, str]:
    """Fit one column by generalised estimating equations, the person as cluster.

    Where too few persons have several nights for the correlation of these to be
    estimated, the nights of a person are fitted as independent; the standard errors,
    clustered by person, hold for that too (Liang & Zeger 1986, 10.1093/biomet/73.1.13).

    Returns
    -------
    fit : Fit or None
        None where the model has no solution.
    note : str
        Problems of the fit.

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
    numbers = found.numbers[usable]
    if found.model is Model.ANGLE:
        turned = linear_angles(numbers, matrix.to_numpy())
        if turned is None:
            return None, NO_DIRECTION
        numbers = turned
    families = {Model.ANY: sm.families.Binomial}
    families |= dict.fromkeys((Model.COUNT, Model.MEANS), sm.families.Poisson)
    codes, _ = pd.factorize(clusters[usable])
    order = np.argsort(codes, kind="stable")
    repeated = len(set(codes)) < len(codes)
    exchangeable, alone = sm.cov_struct.Exchangeable, sm.cov_struct.Independence
    # With few pairs, statsmodels' correlation may exceed 1 unless nothing is subtracted.
    tries: list[tuple[Any, float | None, str]] = [(alone, None, INDEPENDENT)]
    if repeated:
        tries = [(exchangeable, None, ""), (exchangeable, 0.0, ""), *tries]
    for structure, subtracted, note in tries:
        gee = sm.GEE(
            numbers[order],
            matrix.to_numpy()[order],
            groups=codes[order],
            offset=None if found.offset is None else found.offset[usable][order],
            family=families.get(found.model, sm.families.Gaussian)(),
            cov_struct=structure(),
        )
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                result = gee.fit(cov_type="naive", ddof_scale=subtracted)
                robust = small_sample(result)
            except (np.linalg.LinAlgError, ValueError):
                continue
        converged = not any(w.category.__name__ in NOT_CONVERGED for w in told)
        if converged and np.isfinite([*result.params, *robust.errors.ravel()]).all():
            return Fit(result, robust, note if repeated else ""), ""
    return None, "the model found no solution"


def estimates(
    fit: Fit, matrix: pd.DataFrame, wanted: Contrasted, model: Model, freedom: int
) -> dict[str, float]:
    """Return the estimate of one term with its interval, p and effect size."""
    at = list(matrix.columns).index(wanted.term)
    estimate = float(fit.result.params[at]) * wanted.unit
    error = fit.robust.standard_error(at) * wanted.unit
    df = fit.robust.freedom(at)
    reach = float(stats.t.ppf(0.975, df)) * error
    ends = np.array([estimate, estimate - reach, estimate + reach])
    p = float(2 * stats.t.sf(abs(estimate / error), df)) if error else np.nan
    if model is Model.ANY:
        low, high, p = score_interval(fit.result, at, error / abs(wanted.unit), df)
        ends[1:] = sorted((low * wanted.unit, high * wanted.unit))
    with np.errstate(over="ignore"):
        shown = np.exp(ends) if model.is_ratio else ends
    return {
        "estimate": float(shown[0]),
        "low": float(shown[1]),
        "high": float(shown[2]),
        "p": p,
        "df": df,
        "effect_size": _effect_size(fit, estimate, model, matrix.shape, freedom),
    }


def _effect_size(
    fit: Fit, estimate: float, model: Model, shape: tuple[int, ...], freedom: int
) -> float:
    """Return Hedges' g: the difference in standard deviations of the nights.

    The standard deviation is taken from the residuals, pooled over groups; the correction
    for few persons is exact (Hedges 1981, 10.3102/10769986006002107).
    """
    if not model.is_gaussian:
        return np.nan
    residuals = np.asarray(fit.result.resid)
    spread = np.sqrt(np.sum(residuals**2) / (shape[0] - shape[1]))
    half = freedom / 2
    correction = np.exp(
        special.gammaln(half) - special.gammaln(half - 0.5) - np.log(half) / 2
    )
    return float(correction * estimate / spread) if spread > 0 else np.nan

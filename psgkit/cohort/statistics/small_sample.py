"""Standard errors and degrees of freedom that are valid for few persons.

The "CR2" variance and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002;
Pustejovsky & Tipton 2018, 10.1080/07350015.2016.1247004). Of complete pairs they are
those of the paired t test, and of one night per person the error is Welch's. statsmodels
has neither, so that they are computed here from its fit.

Shares of nights that have a value have a score interval, which Wald's falls short of.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_estimating_equations import GEEResults

FloatArray = npt.NDArray[np.float64]

# An eigenvalue below this is zero: a person who alone decides a parameter.
_ZERO = 1e-8

_MOST_STEPS = 50
_MOST_DOUBLINGS = 8
_CLOSE = 1e-6


class _Held(NamedTuple):
    """The data of persons that have equally many nights."""

    values: FloatArray
    matrix: FloatArray
    offsets: FloatArray
    roots: FloatArray  # of the working correlations


@dataclass(frozen=True, slots=True)
class SmallSample:
    """Robust variances of a fit's parameters.

    Attributes
    ----------
    bread : numpy.ndarray, shape (n_terms, n_terms)
    scores : numpy.ndarray, shape (n_persons, n_terms, n_terms)
        Each person's adjusted design, before the contrast is chosen.
    spans : numpy.ndarray, shape (n_persons, n_terms, n_terms)
        Product of each person's adjusted design with the design.
    errors : numpy.ndarray, shape (n_persons, n_terms)
        Each person's adjusted residuals, by term.
    """

    bread: FloatArray
    scores: FloatArray
    spans: FloatArray
    errors: FloatArray

    def standard_error(self, term: int) -> float:
        """Return the standard error of one term's coefficient."""
        return float(np.sqrt(np.sum((self.errors @ self.bread[term]) ** 2)))

    def freedom(self, term: int) -> float:
        """Return the Satterthwaite degrees of freedom of that error."""
        chosen = self.bread[term]
        own = np.einsum("t,ptu,u->p", chosen, self.scores, chosen)
        shared = self.spans @ chosen
        moments = np.diag(own) - shared @ self.bread @ shared.T
        return float(np.trace(moments) ** 2 / np.sum(moments**2))


def small_sample(fit: "GEEResults") -> SmallSample:
    """Return the corrected variances of a fitted GEE.

    Parameters
    ----------
    fit : GEEResults
        With persons as groups and any working correlation.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the working covariance of a person is not positive.
    """
    parts = [_whitened(fit, held, fit.params) for held in _held(fit)]
    crossed = sum(np.einsum("pnt,pnu->tu", matrix, matrix) for matrix, _ in parts)
    bread: FloatArray = np.linalg.inv(crossed).astype(np.float64)
    scores, spans, errors = [], [], []
    for matrix, residuals in parts:
        turned = np.swapaxes(matrix, 1, 2)
        adjusted = _root_of_inverse(np.eye(matrix.shape[1]) - matrix @ bread @ turned)
        design = np.swapaxes(adjusted @ matrix, 1, 2)
        scores.append(design @ np.swapaxes(design, 1, 2))
        spans.append(np.swapaxes(design @ matrix, 1, 2))
        errors.append((design @ residuals)[..., 0])
    return SmallSample(
        bread, np.concatenate(scores), np.concatenate(spans), np.concatenate(errors)
    )


def score_interval(
    fit: "GEEResults", term: int, wald: float, df: float
) -> tuple[float, float, float]:
    """Return the interval and p of one coefficient from its score test.

    The interval holds the values that the test does not reject. The variance of the
    score is the model's, times a factor for repeated nights of a person. For two
    groups with one night per person, p equals the chi-squared test's, with Student's t
    in place of the normal distribution.

    Parameters
    ----------
    fit : GEEResults
    term : int
        Place of the coefficient.
    wald : float
        Its standard error, from which the search starts.
    df : float
        Degrees of freedom.
    """
    held = _held(fit)
    estimate = float(np.asarray(fit.params)[term])
    crossed, scores = _scores(fit, held, np.asarray(fit.params))
    bread = np.linalg.inv(crossed)
    root = np.sqrt(np.sum((scores @ bread[term]) ** 2) / bread[term, term])
    reach = float(stats.t.ppf(0.975, df))

    def end(sign: int) -> float:
        def left(value: float) -> float:
            return float(sign * _score(fit, held, term, value) / root + reach)

        step = wald
        for _ in range(_MOST_DOUBLINGS):
            if left(estimate + sign * step) < 0:
                ends = (estimate, estimate + sign * step)
                return float(optimize.brentq(left, *ends, xtol=_CLOSE * wald))
            step *= 2
        return sign * np.inf

    p = 2 * stats.t.sf(abs(_score(fit, held, term, 0.0)) / root, df)
    return end(-1), end(1), float(p)


def _score(fit: "GEEResults", held: list[_Held], term: int, value: float) -> float:
    """Return the score of a coefficient's value in standard errors of the model."""
    params = np.array(fit.params, dtype=np.float64)
    params[term] = value
    others = np.arange(len(params)) != term
    for _ in range(_MOST_STEPS):
        crossed, scores = _scores(fit, held, params)
        total = scores.sum(axis=0)
        step = np.linalg.solve(crossed[others][:, others], total[others])
        if np.abs(step).max(initial=0.0) < _ZERO:
            break
        params[others] += step
    shared = np.linalg.solve(crossed[others][:, others], crossed[others, term])
    variance = crossed[term, term] - crossed[term, others] @ shared
    return float((total[term] - total[others] @ shared) / np.sqrt(variance))


def _scores(
    fit: "GEEResults", held: list[_Held], params: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the information of all terms, and each person's scores."""
    parts = [_whitened(fit, each, params) for each in held]
    crossed = sum(np.einsum("pnt,pnu->tu", matrix, matrix) for matrix, _ in parts)
    scores = [np.einsum("pnt,pnu->pt", *part) for part in parts]
    return np.asarray(crossed, dtype=np.float64), np.concatenate(scores)


def _held(fit: "GEEResults") -> list[_Held]:
    """Return the data, of persons that have equally many nights together."""
    model: Any = fit.model
    sizes = np.array([len(values) for values in model.endog_li])
    found = []
    for size in np.unique(sizes):
        chosen = np.flatnonzero(sizes == size)
        correlations = [
            np.atleast_2d(model.cov_struct.covariance_matrix(np.zeros(size), person)[0])
            for person in chosen
        ]
        offsets = np.zeros((len(chosen), size))
        if model.offset_li is not None:
            offsets = np.array([model.offset_li[person] for person in chosen])
        found.append(
            _Held(
                np.array([model.endog_li[person] for person in chosen]),
                np.array([model.exog_li[person] for person in chosen]),
                offsets,
                np.linalg.cholesky(np.array(correlations)),
            )
        )
    return found


def _whitened(
    fit: "GEEResults", held: _Held, params: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return derivatives and residuals, uncorrelated by the working model.

    Of shapes (n_persons, n_nights, n_terms) and (n_persons, n_nights, 1).
    """
    family: Any = fit.model.family
    predictor = held.matrix @ np.asarray(params) + held.offsets
    means = family.link.inverse(predictor)
    spread = np.sqrt(family.variance(means))
    slopes = (family.link.inverse_deriv(predictor) / spread)[..., None]
    residuals = ((held.values - means) / spread)[..., None]
    return (
        np.linalg.solve(held.roots, slopes * held.matrix),
        np.linalg.solve(held.roots, residuals),
    )


def _root_of_inverse(matrices: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrices)
    roots = np.where(values > _ZERO, 1 / np.sqrt(np.maximum(values, _ZERO)), 0.0)
    return np.asarray((vectors * roots[:, None, :]) @ np.swapaxes(vectors, 1, 2))

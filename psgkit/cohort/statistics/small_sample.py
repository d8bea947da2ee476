"""Standard errors and degrees of freedom that hold for few persons.

The "CR2" variance and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002;
Pustejovsky & Tipton 2018, 10.1080/07350015.2016.1247004). Of complete pairs they are
those of the paired t test, and of one night a person the error is Welch's. statsmodels
has neither, so that they are computed here from its fit.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from statsmodels.genmod.generalized_estimating_equations import GEEResults

FloatArray = npt.NDArray[np.float64]

# An eigenvalue below this is zero: a person who alone decides a parameter.
_ZERO = 1e-8


@dataclass(frozen=True, slots=True)
class SmallSample:
    """Robust variances of a fit's parameters.

    Attributes
    ----------
    bread : numpy.ndarray, shape (n_terms, n_terms)
    scores : numpy.ndarray, shape (n_persons, n_terms, n_terms)
        Each person's adjusted design, before the contrast is chosen.
    spans : numpy.ndarray, shape (n_persons, n_terms, n_terms)
        What each person's adjusted design shares with the design.
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
    model: Any = fit.model
    parts = [
        _whitened(fit, values, matrix, number)
        for number, (values, matrix) in enumerate(
            zip(model.endog_li, model.exog_li, strict=True)
        )
    ]
    crossed = np.sum([matrix.T @ matrix for matrix, _ in parts], axis=0)
    bread: FloatArray = np.linalg.inv(crossed).astype(np.float64)
    scores, spans, errors = [], [], []
    for matrix, residuals in parts:
        adjusted = _root_of_inverse(np.eye(len(matrix)) - matrix @ bread @ matrix.T)
        design = adjusted @ matrix
        scores.append(design.T @ design)
        spans.append(design.T @ matrix)
        errors.append(design.T @ residuals)
    return SmallSample(
        bread, np.array(scores), np.swapaxes(np.array(spans), 1, 2), np.array(errors)
    )


def _whitened(
    fit: "GEEResults", values: FloatArray, matrix: FloatArray, number: int
) -> tuple[FloatArray, FloatArray]:
    """Return a person's derivatives and residuals, uncorrelated by the working model."""
    model: Any = fit.model
    predictor = matrix @ np.asarray(fit.params)
    if model.offset_li is not None:
        predictor = predictor + model.offset_li[number]
    means = model.family.link.inverse(predictor)
    slopes = model.family.link.inverse_deriv(predictor)
    spread = np.sqrt(model.family.variance(means))
    correlation, _ = model.cov_struct.covariance_matrix(means, number)
    covariance = spread[:, None] * np.atleast_2d(correlation) * spread
    lower = np.linalg.cholesky(covariance)
    return (
        np.linalg.solve(lower, slopes[:, None] * matrix),
        np.linalg.solve(lower, values - means),
    )


def _root_of_inverse(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    roots = np.where(values > _ZERO, 1 / np.sqrt(np.maximum(values, _ZERO)), 0.0)
    return np.asarray(vectors * roots @ vectors.T)

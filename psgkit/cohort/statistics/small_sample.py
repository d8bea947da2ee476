"""Standard errors and degrees of freedom that are valid for few persons.

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
    parts = [_whitened(fit, chosen) for chosen in _persons_by_nights(fit)]
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


def _persons_by_nights(fit: "GEEResults") -> list[list[int]]:
    """Return the persons that have equally many nights together, by their number."""
    model: Any = fit.model
    sizes = np.array([len(values) for values in model.endog_li])
    return [np.flatnonzero(sizes == size).tolist() for size in np.unique(sizes)]


def _whitened(fit: "GEEResults", chosen: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return derivatives and residuals, uncorrelated by the working model.

    Of shapes (n_persons, n_nights, n_terms) and (n_persons, n_nights, 1).
    """
    model: Any = fit.model
    values = np.array([model.endog_li[person] for person in chosen])
    matrix = np.array([model.exog_li[person] for person in chosen])
    predictor = matrix @ np.asarray(fit.params)
    if model.offset_li is not None:
        predictor = predictor + np.array([model.offset_li[p] for p in chosen])
    means = model.family.link.inverse(predictor)
    slopes = model.family.link.inverse_deriv(predictor)
    spread = np.sqrt(model.family.variance(means))
    correlations = np.array(
        [
            np.atleast_2d(model.cov_struct.covariance_matrix(mean, person)[0])
            for mean, person in zip(means, chosen, strict=True)
        ]
    )
    covariance = spread[:, :, None] * correlations * spread[:, None, :]
    lower = np.linalg.cholesky(covariance)
    return (
        np.linalg.solve(lower, slopes[..., None] * matrix),
        np.linalg.solve(lower, (values - means)[..., None]),
    )


def _root_of_inverse(matrices: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrices)
    roots = np.where(values > _ZERO, 1 / np.sqrt(np.maximum(values, _ZERO)), 0.0)
    return np.asarray((vectors * roots[:, None, :]) @ np.swapaxes(vectors, 1, 2))

"""A red-noise background under spectra, fitted to many at once.

``B / (1 + (f / fk)^2) + C``: a Lorentzian over a floor, fitted to log power with the
soft-L1 loss, so that a peak pulls less than in least squares.
``scipy.optimize.least_squares(loss="soft_l1")`` fits one spectrum in milliseconds; a
night needs 402 of them, hence one damped Gauss-Newton iteration for all together. Where
a spectrum has no floor, or no corner, its logarithm has no end to run to, and the fit
may stop a little early: of the surrogates of a night of half an hour, 1 to 3 % end more
than 0.1 % above the least loss, and their background differs by up to an eighth.
"""

import numpy as np

from psgkit.measure.signals.usable_time import FloatArray

MAX_ITERATIONS = 60
_TOLERANCE = 1e-5
_FIRST_DAMPING = 1e-2
_MAX_DAMPING = 1e6
# Largest step of a parameter (a logarithm) in one iteration.
_LARGEST_STEP = 1.0


def background(freqs_hz: FloatArray, shapes: FloatArray) -> FloatArray:
    """Evaluate backgrounds.

    Parameters
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    shapes : numpy.ndarray of float64, shape (n_spectra, 3)
        Logarithms of B, fk and C.

    Returns
    -------
    numpy.ndarray of float64, shape (n_spectra, n_freqs)
    """
    level, corner, floor = np.exp(shapes).T[:, :, np.newaxis]
    return np.asarray(level / (1 + (freqs_hz / corner) ** 2) + floor)


def fit_backgrounds(
    freqs_hz: FloatArray, log_psd: FloatArray, weights: FloatArray
) -> FloatArray:
    """Fit a background to each of many spectra.

    Parameters
    ----------
    freqs_hz : numpy.ndarray of float64, shape (n_freqs,)
    log_psd : numpy.ndarray of float64, shape (n_spectra, n_freqs)
        Natural logarithms of power.
    weights : numpy.ndarray of float64, shape (n_spectra, n_freqs)
        1 where a frequency counts, 0 where it is left out.

    Returns
    -------
    numpy.ndarray of float64, shape (n_spectra, 3)
        Logarithms of B, fk and C.
    """
    low = np.exp(log_psd[:, : len(freqs_hz) // 10 + 1].mean(axis=1))
    high = np.exp(log_psd[:, len(freqs_hz) // 2 :].mean(axis=1))
    corner = np.full(len(log_psd), np.log(np.sqrt(freqs_hz[0] * freqs_hz[-1])))
    shapes = np.stack((np.log(low), corner, np.log(high) - 0.5), axis=1)
    damping = np.full(len(shapes), _FIRST_DAMPING)
    cost = _cost(freqs_hz, log_psd, weights, shapes)
    moving = np.arange(len(shapes))
    for _ in range(MAX_ITERATIONS):
        parts = log_psd[moving], weights[moving]
        steps = _steps(freqs_hz, *parts, shapes[moving], damping[moving])
        tried = shapes[moving] + np.clip(steps, -_LARGEST_STEP, _LARGEST_STEP)
        tried_cost = _cost(freqs_hz, *parts, tried)
        gain = cost[moving] - tried_cost
        is_better = gain > 0
        better = moving[is_better]
        shapes[better], cost[better] = tried[is_better], tried_cost[is_better]
        damping[moving] *= np.where(is_better, 0.2, 5.0)
        is_settled = np.abs(gain) <= _TOLERANCE * cost[moving]
        moving = moving[~is_settled & (damping[moving] < _MAX_DAMPING)]
        if len(moving) == 0:
            break
    return shapes


def _steps(
    freqs_hz: FloatArray,
    log_psd: FloatArray,
    weights: FloatArray,
    shapes: FloatArray,
    damping: FloatArray,
) -> FloatArray:
    level, corner, _ = np.exp(shapes).T[:, :, np.newaxis]
    model = background(freqs_hz, shapes)
    squared = (freqs_hz / corner) ** 2
    lorentzian = level / (1 + squared)
    jacobian = np.stack(
        (
            lorentzian / model,
            2 * lorentzian * squared / (1 + squared) / model,
            1 - lorentzian / model,
        ),
        axis=2,
    )
    residual = log_psd - np.log(model)
    # The derivative of the soft-L1 loss, 2 * (sqrt(1 + r^2) - 1), by the square of r.
    robust = (weights / np.sqrt(1 + residual**2))[:, :, np.newaxis]
    weighed = (jacobian * robust).transpose(0, 2, 1)
    gradient = weighed @ residual[:, :, np.newaxis]
    curvature = weighed @ jacobian
    scale = np.einsum("nii->ni", curvature) + 1e-9
    curvature += np.eye(3) * (damping[:, np.newaxis] * scale)[:, :, np.newaxis]
    return np.asarray(np.linalg.solve(curvature, gradient)[:, :, 0])


def _cost(
    freqs_hz: FloatArray, log_psd: FloatArray, weights: FloatArray, shapes: FloatArray
) -> FloatArray:
    residual = log_psd - np.log(background(freqs_hz, shapes))
    return np.asarray((weights * (np.sqrt(1 + residual**2) - 1)).sum(axis=1))

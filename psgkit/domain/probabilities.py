"""Probabilities of the five stages, an epoch a row."""

import numpy as np
import numpy.typing as npt

N_STAGES = 5
_SLACK = 0.01  # tables are written with two or three digits


def probability_faults(proba: npt.NDArray[np.floating], n_epochs: int) -> list[str]:
    """Say why probabilities cannot belong to a scoring of so many epochs.

    Parameters
    ----------
    proba : numpy.ndarray
        Should have the shape (n_epochs, 5); NaN in an epoch that was not scored.
    n_epochs : int
    """
    if proba.shape != (n_epochs, N_STAGES):
        wanted = (n_epochs, N_STAGES)
        return [f"the probabilities have the shape {proba.shape} and need {wanted}"]
    known = proba[~np.isnan(proba).all(axis=1)]
    is_share = (known >= 0) & (known <= 1)
    if not is_share.all() or (np.abs(known.sum(axis=1) - 1) > _SLACK).any():
        return ["the probabilities of an epoch do not add up to 1"]
    return []

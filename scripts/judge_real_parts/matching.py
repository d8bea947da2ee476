"""Which of two lists of events mean the same events."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

LEAST_OVERLAP = 0.2  # of what the two cover together

Spans = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def match(found: Spans, truth: Spans) -> tuple[Flags, Flags]:
    """Tell which events of either list have a partner in the other, one to one.

    Parameters
    ----------
    found, truth : numpy.ndarray of float64, shape (n_events, 2)
        Onset and end.
    """
    hit, caught = np.zeros(len(found), bool), np.zeros(len(truth), bool)
    if len(found) and len(truth):
        both = np.minimum(found[:, 1, None], truth[:, 1])
        both = np.maximum(both - np.maximum(found[:, 0, None], truth[:, 0]), 0.0)
        either = np.ptp(found, axis=1)[:, None] + np.ptp(truth, axis=1) - both
        overlap = both / np.maximum(either, 1e-9)
        overlap[overlap < LEAST_OVERLAP] = 0.0
        rows, columns = linear_sum_assignment(-overlap)
        real = overlap[rows, columns] > 0
        hit[rows[real]] = caught[columns[real]] = True
    return hit, caught


def f1(hits: float, found: float, truth: float) -> float:
    """Return F1 of event counts; NaN where there is nothing to find and none found."""
    return 2 * hits / (found + truth) if found + truth else float("nan")

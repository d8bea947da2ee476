"""Runs of true values in a mask."""

import numpy as np
import numpy.typing as npt


def true_runs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return where each run of true values begins and ends.

    Parameters
    ----------
    mask : numpy.ndarray of bool, shape (n,)

    Returns
    -------
    numpy.ndarray of int, shape (n_runs, 2)
        First index, and one past the last.

    Examples
    --------
    >>> import numpy as np
    >>> true_runs(np.array([True, False, True, True])).tolist()
    [[0, 1], [2, 4]]
    """
    edges = np.diff(mask.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges).reshape(-1, 2)

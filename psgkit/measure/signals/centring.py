"""A signal about its mean, in single precision and without gaps."""

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]


def centre_of(values: npt.NDArray[np.floating]) -> float:
    """Return the mean of the finite samples; zero where there are none."""
    is_known = np.isfinite(values)
    if is_known.all():
        return float(values.mean()) if values.size else 0.0
    return float(values.mean(where=is_known)) if is_known.any() else 0.0


def centred(
    values: npt.NDArray[np.floating], centre: float | None = None
) -> Float32Array:
    """Return a signal, or a part of one, about its mean; zero in gaps.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n_samples,)
        NaN in gaps. Not changed: it may be the source's own.
    centre : float, optional
        Of the whole signal where the values are a part; by default `centre_of` them.
    """
    level = centre_of(values) if centre is None else centre
    kept = np.subtract(values, level, dtype=np.float32, casting="same_kind")
    np.copyto(kept, np.float32(0), where=~np.isfinite(values))
    return np.asarray(kept)

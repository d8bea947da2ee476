"""A signal about its mean, in single precision and without gaps."""

import numpy as np
import numpy.typing as npt

from psgkit.domain.signals.trace import Samples, in_parts

Float32Array = npt.NDArray[np.float32]

_SUMMED_AT_ONCE = 1 << 20


def centre_of(values: Samples) -> float:
    """Return the mean of the finite samples; zero without finite samples."""
    if not len(values):
        return 0.0
    total = _sum(values, 0, len(values))
    if np.isfinite(total):
        return total / len(values)
    total, count = 0.0, 0
    for _, part in in_parts(values):
        is_known = np.isfinite(part)
        total += float(part.sum(where=is_known, dtype=float))
        count += int(is_known.sum())
    return total / count if count else 0.0


def _sum(values: Samples, first: int, count: int) -> float:
    """Sum a signal part by part, in the order in which numpy sums the whole."""
    if count <= _SUMMED_AT_ONCE:
        return float(np.add.reduce(values[first : first + count]))
    half = count // 2 // 8 * 8
    return _sum(values, first, half) + _sum(values, first + half, count - half)


def centred(values: Samples, centre: float | None = None) -> Float32Array:
    """Return a signal, or a part of one, about its mean; zero in gaps.

    Parameters
    ----------
    values : numpy.ndarray of float or Trace, shape (n_samples,)
        NaN in gaps. Not changed: it may be the source's own.
    centre : float, optional
        Of the whole signal where the values are a part; by default `centre_of` them.
    """
    level = centre_of(values) if centre is None else centre
    kept = np.empty(len(values), np.float32)
    for first, part in in_parts(values):
        into = kept[first : first + len(part)]
        np.subtract(part, level, out=into, dtype=np.float32, casting="same_kind")
        np.copyto(into, np.float32(0), where=~np.isfinite(part))
    return kept

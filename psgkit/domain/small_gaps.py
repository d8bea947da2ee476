"""Gaps too short to matter, bridged by straight lines when a channel is read."""

import numpy as np
import numpy.typing as npt

from psgkit.domain.true_runs import true_runs

FloatArray = npt.NDArray[np.float64]

SMALL_GAP_S = 0.1


def bridge_small_gaps(values: FloatArray, rate_hz: float) -> FloatArray:
    """Fill runs of NaN of less than 0.1 s by straight lines."""
    starts, stops = true_runs(np.isnan(values)).T
    is_small = (stops - starts <= max(np.ceil(SMALL_GAP_S * rate_hz - 1e-6), 1)) & (
        (starts > 0) & (stops < values.size)
    )
    if not is_small.any():
        return values
    bridged = values if values.flags.owndata else values.copy()
    for start, stop in zip(starts[is_small], stops[is_small], strict=True):
        bridged[start - 1 : stop + 1] = np.linspace(
            values[start - 1], values[stop], stop - start + 2
        )
    return bridged

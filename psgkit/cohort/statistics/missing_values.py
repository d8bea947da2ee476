"""How far missing values could move a comparison of two groups."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.cohort.statistics.design import Design
from psgkit.cohort.statistics.model import (
    FloatArray,
    Model,
    Response,
    estimates,
    fit_model,
)
from psgkit.cohort.statistics.persons import differs

# Missing values are replaced by the least and the greatest of the values that are there.
EXTREMES = (0.0, 1.0)


def missing_bounds(
    column: str,
    found: Response,
    design: Design,
    explained: npt.NDArray[np.bool_],
    persons: FloatArray,
) -> list[str]:
    """Say how far the estimate moves if missing values are low or high.

    Only where the share of missing values differs between groups: each missing value
    of the group that misses most becomes the least, then the greatest of all.
    """
    groups = design.group
    if groups is None or found.model in {Model.ANY, Model.LOG_ABOVE}:
        return []
    known = np.isfinite(found.numbers)
    if known[explained].all():
        return []
    names = groups[explained].astype(str)
    counts = pd.crosstab(names, known[explained]).reindex(
        columns=[False, True], fill_value=0
    )
    if len(counts) < 2 or not differs(counts.to_numpy()):
        return []
    most = str((counts[False] / counts.sum(axis=1)).idxmax())
    filled = explained & ~known & (groups.astype(str) == most).to_numpy()
    moved = [
        _refitted(found, design, explained, persons, filled, share)
        for share in EXTREMES
    ]
    shown = [
        f"{level} {low:.3g} to {high:.3g}"
        for (level, low), (_, high) in zip(*moved, strict=True)
    ]
    if not shown:
        return []
    sentence = (
        f"{column}: if the {int(filled.sum())} missing nights of {most!r} were all as "
        f"low as the lowest night or as high as the highest, the estimate would be "
        f"{', '.join(shown)}"
    )
    return [sentence]


def _refitted(
    found: Response,
    design: Design,
    explained: npt.NDArray[np.bool_],
    persons: FloatArray,
    filled: npt.NDArray[np.bool_],
    share: float,
) -> list[tuple[str, float]]:
    values = found.numbers.copy()
    rates: Any = values if found.offset is None else values / np.exp(found.offset)
    extreme = np.nanquantile(rates, share)
    values[filled] = (
        extreme if found.offset is None else extreme * np.exp(found.offset[filled])
    )
    usable = explained & np.isfinite(values)
    matrix = design.matrix[usable]
    given = Response(values, found.model, found.offset)
    fit, _ = fit_model(given, usable, matrix, persons)
    if fit is None:
        return []
    return [
        (each.level, estimates(fit, matrix, each, found.model, 10)["estimate"])
        for each in design.contrasted
    ]

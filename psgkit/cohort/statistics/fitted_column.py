"""One column of a comparison: its models fitted, and the nights left out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.cohort.statistics.comparable_nights import ids_of
from psgkit.cohort.statistics.design import Contrasted, Design
from psgkit.cohort.statistics.model import (
    FloatArray,
    Model,
    Response,
    ScaleChoice,
    estimates,
    fit_model,
    models_of,
    response,
    why_not,
)
from psgkit.cohort.statistics.persons import differs

NO_ESTIMATE = dict.fromkeys(
    ("estimate", "low", "high", "p", "df", "effect_size"), np.nan
)

# Of one night per person, Hedges' g; of repeated nights the spread is that of a night too,
# so that g is comparable between the two (d_av of Lakens 2013, 10.3389/fpsyg.2013.00863).
HEDGES = "Hedges' g (SD within groups)"
HEDGES_REPEATED = "Hedges' g_av (SD of nights within groups)"
HEDGES_SLOPE = "SD of residuals, Hedges' correction"

NO_ENDPOINT = (
    "not an endpoint: a probability, a threshold, or a sum that artefact shortens"
)


LONE = "a group of one night"

# Missing values are replaced by the least and the greatest of the values that are there.
EXTREMES = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class FittedColumn:
    """One model of one column.

    Attributes
    ----------
    rows : list of dict
        A row a level, as in `Contrast.table`.
    left_out : list of (str, str, str)
        Night, column and reason.
    bounds : list of str
        How far missing values could move the estimate.
    """

    rows: list[dict[str, object]]
    left_out: list[tuple[str, str, str]]
    bounds: list[str]


@dataclass(frozen=True, slots=True)
class Study:
    """The nights and their design, common to all columns."""

    nights: pd.DataFrame
    design: Design
    persons: FloatArray
    is_repeated: bool


def fit_column(
    study: Study, column: str, choice: ScaleChoice | None, zeros: str
) -> list[FittedColumn]:
    """Fit the models of a column: one, or two for a scale in two parts."""
    models = models_of(column, choice)
    if not models:
        rows = [
            _row(column, each, "", NO_ESTIMATE, "", (0, 0, 0, 0, 0), NO_ENDPOINT)
            for each in study.design.contrasted
        ]
        return [FittedColumn(rows, [], [])]
    return [
        _fit_model(study, column, response(study.nights, column, model), zeros)
        for model in models
    ]


def _fit_model(study: Study, column: str, found: Response, zeros: str) -> FittedColumn:
    design = study.design
    explained = design.matrix.notna().all(axis=1).to_numpy(copy=True)
    explained &= np.isfinite(study.persons)
    if found.offset is not None:
        explained &= np.isfinite(found.offset)
    alone = _lone_levels(design, np.isfinite(found.numbers) & explained)
    if alone:
        explained &= ~design.group.isin(alone).to_numpy()  # type: ignore[union-attr]
    usable = np.isfinite(found.numbers) & explained
    matrix = design.matrix[usable]
    if alone:
        matrix = matrix.loc[:, (matrix != 0).any()]
    people = len(set(study.persons[usable]))
    freedom = people - matrix.shape[1]
    fit = None
    fault = why_not(found, usable, matrix, freedom, design.group)
    if not fault:
        fit, fault = fit_model(found, usable, matrix, study.persons)
    shown = zeros if found.model in {Model.LINEAR, Model.MEANS, Model.ANY} else ""
    note = "; ".join(filter(None, (found.note, fit.note, shown))) if fit else fault
    rows = []
    for each in design.contrasted:
        counts = (
            _people_of(study, usable, each.level),
            _people_of(study, usable, each.reference),
            int(usable.sum()),
            people,
            int((~usable).sum()),
        )
        numbers = NO_ESTIMATE
        if fit is not None and each.term in matrix:
            numbers = estimates(fit, matrix, each, found.model, freedom)
        kind = _kind(study, each) if np.isfinite(numbers["effect_size"]) else ""
        told = LONE if each.level in alone and fit is not None else note
        rows.append(_row(column, each, found.model.value, numbers, kind, counts, told))
    bounds = (
        []
        if fit is None
        else _missing_bounds(column, found, design, explained, study.persons)
    )
    left_out = _why_without(study, column, found, usable, alone)
    return FittedColumn(rows, left_out, bounds)


def _lone_levels(design: Design, usable: npt.NDArray[np.bool_]) -> list[str]:
    """Return the groups that one night has, where two others have more.

    Their spread is unknown; the others are compared without them.
    """
    if design.group is None or any(not each.reference for each in design.contrasted):
        return []
    counts = design.group[usable].value_counts()
    reference = design.contrasted[0].reference
    if counts[reference] < 2 or (counts > 1).sum() < 2:
        return []
    return [str(name) for name in counts.index[counts < 2]]


def _kind(study: Study, each: Contrasted) -> str:
    if each.reference.startswith("per ") or not each.reference:
        return HEDGES_SLOPE
    return HEDGES_REPEATED if study.is_repeated else HEDGES


def _people_of(study: Study, usable: Any, level: str) -> int | None:
    """Count the persons of one group; None for a slope."""
    groups = study.design.group
    if groups is None or level not in set(map(str, groups.cat.categories)):
        return None
    chosen = usable & (groups.astype(str) == level).to_numpy()
    return len(set(study.persons[chosen]))


def _row(
    column: str,
    each: Contrasted,
    scale: str,
    numbers: dict[str, float],
    kind: str,
    counts: tuple[int | None, int | None, int, int, int],
    note: str,
) -> dict[str, object]:
    names = ("level_n", "reference_n", "nights_n", "persons_n", "left_out_n")
    return {
        "column": column,
        "level": each.level,
        "reference": each.reference,
        "scale": scale,
        **numbers,
        "effect_size_kind": kind,
        **dict(zip(names, counts, strict=True)),
        "note": note,
    }


def _why_without(
    study: Study, column: str, found: Response, usable: Any, alone: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return the nights that a model did without, and why.

    Of a column that no night has, the note of its row says it once.
    """
    if not np.isfinite(found.numbers).any():
        return []
    absent = study.nights[list(study.design.variables)].isna()
    ids = ids_of(study.nights)
    reasons = []
    for row in np.flatnonzero(~usable):
        missing = [str(name) for name in absent.columns[absent.iloc[row]]]
        if not np.isfinite(found.numbers[row]):
            reason = "zero" if found.model is Model.LOG_ABOVE else "no value"
        elif missing:
            reason = f"no {' and no '.join(missing)}"
        elif alone and str(study.design.group.iloc[row]) in alone:  # type: ignore[union-attr]
            reason = LONE
        elif np.isnan(study.persons[row]):
            reason = "no person named"
        else:
            reason = "no hours to count in"
        reasons.append((ids[row], column, reason))
    return reasons


def _missing_bounds(
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

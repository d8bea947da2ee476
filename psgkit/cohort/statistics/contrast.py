"""Do people differ, or change? One model a column, from a cohort's table.

Every column is fitted by generalised estimating equations with the person as the
cluster (exchangeable correlation where a person has several nights), standard errors
corrected for few clusters (Mancl & DeRouen 2001, 10.1111/j.0006-341X.2001.00126.x) and
Student's t with as many degrees of freedom as there are persons beyond the parameters.
What differs is the scale: counts by a Poisson model with the hours as offset, times,
powers and their ratios on logarithms, fractions on logits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from psgkit.cohort.statistics.comparable_nights import (
    check_cells,
    doubts,
    ids_of,
    mixed,
)
from psgkit.cohort.statistics.methods_text import methods_sentence
from psgkit.cohort.statistics.model import (
    FloatArray,
    estimates,
    fit_model,
    model_of,
    response,
    why_not,
)
from psgkit.errors import InputError

PRIMARY_ENDPOINTS = (
    "rem_wmean_min_b2m",
    "remp_mean_min",
    "rem_ari_per_h",
    "n3_min",
    "swa_uv2",
    "ari_nrem_per_h",
    "isf_relpeak",
)

TABLE_COLUMNS = (
    *("column", "level", "reference", "scale", "estimate", "low", "high", "p", "q"),
    *("effect_size", "nights_n", "persons_n", "left_out_n", "note"),
)

NO_ESTIMATE = dict.fromkeys(("estimate", "low", "high", "p", "effect_size"), np.nan)

# In place of a column, for a night that no model could use.
ALL = "all"

# What a slope is held against, in place of a group.
PER_UNIT = "per unit"


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a comparison found.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each column and each level of the group against the reference:
        ``column, level, reference, scale, estimate, low, high, p, q, effect_size,
        nights_n, persons_n, left_out_n, note``. ``low`` to ``high`` is the 95 %
        confidence interval, ``q`` the false discovery rate over the table
        (Benjamini & Hochberg 1995), ``effect_size`` the difference on the model's
        scale in standard deviations of its residuals (not defined for counts).
    left_out : pandas.DataFrame
        ``id, column, reason`` of each night that a model did without; ``all`` in place
        of a column for a night without a result.
    methods : str
        The sentence for the methods section.
    doubts : tuple of str
        What to look at first: nights that seem to hold one recording, or a part of
        one. They are counted all the same.
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    methods: str
    doubts: tuple[str, ...] = ()


def compare_groups(
    cohort: pd.DataFrame,
    *,
    group: str,
    covariates: str | Sequence[str] = (),
    columns: str | Sequence[str] | None = None,
    person: str | None = None,
    reference: str | None = None,
    allow_mixed: bool = False,
) -> Contrast:
    """Contrast groups, treatments or a marker, column by column.

    Parameters
    ----------
    cohort : pandas.DataFrame
        One row a night, as `read_cohort` gives it.
    group : str
        Column to compare by: words make groups, numbers a slope per unit.
    covariates : str or sequence of str
        Columns to adjust for; numbers as they are, words as groups.
    columns : str or sequence of str, optional
        What to compare; by default the primary endpoints that the table has.
    person : str, optional
        Column that names the person, where one has several nights.
    reference : str, optional
        The group that the others are held against; the first in alphabetical order by
        default. A slope has none.
    allow_mixed : bool
        Whether nights may differ in scorer, arousal source, epoch length, metric
        version or SWA derivation, which is refused by default.

    Returns
    -------
    Contrast

    Raises
    ------
    InputError
        If a column is not there or holds words among numbers, groups are fewer than
        two, or nights are not alike; every fault is named.
    MissingExtra
        If statsmodels is not installed.
    """
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    columns = [columns] if isinstance(columns, str) else columns
    wanted = _wanted(cohort, columns)
    _check(cohort, [group, *covariates, *([person] if person else []), *wanted])
    _check_numbers(cohort, wanted)
    nights = _done(cohort)
    check_cells(nights, wanted, [group, *covariates])
    unlike = mixed(nights, wanted)
    if unlike and not allow_mixed:
        raise InputError(
            f"The nights were not measured alike: {'; '.join(unlike)}. Compare nights "
            "of one kind, or allow the mixture (--allow-mixed, allow_mixed=True) and say "
            "so in the paper."
        )
    design = _design(nights, group, covariates, reference)
    rows, left_out = [], _without_result(cohort)
    for column in wanted:
        fitted, without = _fit_column(nights, column, design, person)
        rows += fitted
        left_out += without
    table = pd.DataFrame(rows)
    table["q"] = _false_discovery_rate(table["p"])
    return Contrast(
        table=table[list(TABLE_COLUMNS)],
        left_out=pd.DataFrame(left_out, columns=["id", "column", "reason"]),
        methods=methods_sentence(
            nights,
            table,
            f"{group} ({_against(design.reference)})",
            covariates=covariates,
            person=person,
            mixed=unlike,
        ),
        doubts=doubts(nights),
    )


@dataclass(frozen=True, slots=True)
class _Design:
    """The right-hand side: which columns of ``matrix`` are contrasts, and of what."""

    matrix: pd.DataFrame
    levels: tuple[str, ...]
    reference: str
    variables: tuple[str, ...]


def _wanted(cohort: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if columns is not None:
        return list(columns)
    found = [name for name in PRIMARY_ENDPOINTS if name in cohort]
    if not found:
        raise InputError(
            f"The table has none of the primary endpoints "
            f"({', '.join(PRIMARY_ENDPOINTS)}); name the columns to compare."
        )
    return found


def _check(cohort: pd.DataFrame, names: Sequence[str]) -> None:
    if missing := [name for name in names if name not in cohort]:
        known = [str(column) for column in cohort.columns]
        close = [near for name in missing for near in get_close_matches(name, known)]
        found = f"close to that are: {', '.join(close)}" if close else "none is close"
        raise InputError(
            f"The table has no column {', '.join(map(repr, missing))}; {found}."
        )


def _check_numbers(cohort: pd.DataFrame, wanted: Sequence[str]) -> None:
    words = [
        name
        for name in wanted
        if cohort[name].notna().any()
        and pd.to_numeric(cohort[name], errors="coerce").isna().all()
    ]
    if words:
        raise InputError(f"{', '.join(words)}: words, where numbers can be compared.")


def _done(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return the nights that have results."""
    if "status" in cohort:
        cohort = cohort[cohort["status"] == "done"]
    return cohort.reset_index(drop=True)


def _design(
    nights: pd.DataFrame, group: str, covariates: Sequence[str], reference: str | None
) -> _Design:
    contrast = _as_terms(nights[group], group, reference)
    others = [_as_terms(nights[name], name, None) for name in covariates]
    matrix = pd.concat([contrast, *others], axis=1)
    matrix.insert(0, "intercept", 1.0)
    variables = (group, *covariates)
    if _is_number(nights[group]):
        if reference is not None:
            raise InputError(
                f"{group} holds numbers, so that a slope is estimated, which has no "
                "reference; where they are the names of groups, give them a letter."
            )
        return _Design(matrix, (group,), PER_UNIT, variables)
    names = sorted(nights[group].dropna().astype(str).unique())
    if len(names) < 2:
        raise InputError(
            f"{group} has one level only ({', '.join(names)}); nothing to compare."
        )
    if 2 * len(names) > nights[group].count():
        raise InputError(
            f"{group} has {len(names)} levels in {nights[group].count()} nights; a "
            "group needs at least two."
        )
    levels = tuple(contrast.columns)
    return _Design(matrix, levels, reference or names[0], variables)


def _as_terms(
    values: "pd.Series[Any]", name: str, reference: str | None
) -> pd.DataFrame:
    """Return the model's columns for one variable; NaN rows where it is missing."""
    if _is_number(values):
        return values.astype(float).to_frame(name)
    words = values.astype(object).where(values.notna(), None)
    levels = sorted({str(word) for word in words if word is not None})
    if reference is not None and reference not in levels:
        raise InputError(
            f"{name} has no level {reference!r}; it has {', '.join(levels)}."
        )
    base = reference or (levels[0] if levels else "")
    terms = {
        level: [np.nan if word is None else float(str(word) == level) for word in words]
        for level in levels
        if level != base
    }
    return pd.DataFrame(terms, index=values.index).rename(
        columns=lambda level: f"{name}: {level}"
    )


def _is_number(values: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(
        values
    )


def _fit_column(
    nights: pd.DataFrame, column: str, design: _Design, person: str | None
) -> tuple[list[dict[str, object]], list[tuple[str, str, str]]]:
    model = model_of(column)
    values, offset, note = response(nights, column, model)
    usable = np.isfinite(values) & design.matrix.notna().all(axis=1).to_numpy()
    if offset is not None:
        usable &= np.isfinite(offset)
    clusters = np.arange(len(nights)) if person is None else nights[person].to_numpy()
    # Else all nights without a person would count as those of one.
    named = pd.Series(clusters).notna().to_numpy()
    usable &= named
    absent = nights[list(design.variables)].isna()
    ids = ids_of(nights)
    without = [
        (
            ids[row],
            column,
            _why_without(values[row], absent.iloc[row], named=bool(named[row])),
        )
        for row in np.flatnonzero(~usable)
    ]
    matrix = design.matrix[usable]
    common: dict[str, object] = {
        "column": column,
        "scale": model.value,
        "nights_n": int(usable.sum()),
        "persons_n": len(set(clusters[usable])),
        "left_out_n": int((~usable).sum()),
        "note": note,
    }
    freedom = len(set(clusters[usable])) - matrix.shape[1]
    fit = None
    fault = why_not(values[usable], matrix, freedom, model, design.levels)
    if not fault:
        fit, fault = fit_model(
            values[usable],
            matrix,
            clusters[usable],
            None if offset is None else offset[usable],
        )
    common["note"] = "; ".join(filter(None, (note, fault))) if fit else fault
    return [
        _row(
            common,
            name,
            design,
            NO_ESTIMATE
            if fit is None
            else estimates(fit, matrix, name, model, freedom),
        )
        for name in design.levels
    ], without


def _why_without(value: float, absent: "pd.Series[bool]", *, named: bool) -> str:
    if not np.isfinite(value):
        return "no value"
    if missing := [str(name) for name in absent.index[absent]]:
        return f"no {' and no '.join(missing)}"
    return "no hours to count in" if named else "no person named"


def _against(reference: str) -> str:
    return reference if reference == PER_UNIT else f"reference: {reference}"


def _without_result(cohort: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the nights that failed, or whose turn has not come."""
    if "status" not in cohort:
        return []
    rows = zip(ids_of(cohort), cohort["status"], strict=True)
    return [(night, ALL, str(status)) for night, status in rows if status != "done"]


def _row(
    common: dict[str, object], name: str, design: _Design, found: dict[str, float]
) -> dict[str, object]:
    return {
        "column": common["column"],
        "level": name.partition(": ")[2] or name,
        "reference": design.reference,
        "scale": common["scale"],
        **found,
        **{key: common[key] for key in ("nights_n", "persons_n", "left_out_n", "note")},
    }


def _false_discovery_rate(p: "pd.Series[float]") -> FloatArray:
    q = np.full(len(p), np.nan)
    known = p.notna().to_numpy()
    if known.any():
        q[known] = stats.false_discovery_control(p[known].to_numpy())
    return q

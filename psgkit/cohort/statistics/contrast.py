"""Do people differ, or change? One model a column, from a cohort's table.

Every column is fitted by generalised estimating equations with the person as the
cluster (exchangeable correlation where a person has several nights). Standard errors
and degrees of freedom are corrected for few persons (`small_sample`). The scale is that
of the metric's row: counts by a Poisson model with the hours as offset, powers and
their ratios on logarithms, fractions on logits, minutes that can be zero as they are,
angles on the circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from psgkit.cohort.statistics.design import (
    check_columns,
    make_design,
    split_formula,
    variables_of,
)
from psgkit.cohort.statistics.fitted_column import Study, fit_column
from psgkit.cohort.statistics.methods_text import methods_sentence
from psgkit.cohort.statistics.model import FloatArray, ScaleChoice
from psgkit.cohort.statistics.persons import (
    ALL,
    describe_groups,
    find_persons,
    group_doubts,
    person_codes,
    zeros_note,
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
    *("df", "effect_size", "effect_size_kind", "level_n", "reference_n"),
    *("nights_n", "persons_n", "left_out_n", "note"),
)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Result of a comparison.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each column and each level of the group against the reference:
        ``column, level, reference, scale, estimate, low, high, p, q, df, effect_size,
        effect_size_kind, level_n, reference_n, nights_n, persons_n, left_out_n,
        note``. ``low`` to ``high`` is the 95 % confidence interval, ``q`` the false
        discovery rate over the table (Benjamini & Hochberg 1995), ``level_n`` and
        ``reference_n`` are persons.
    left_out : pandas.DataFrame
        ``id, column, reason`` of each night that a model did without; ``all`` in place
        of a column for a night without a result.
    methods : str
        The sentence for the methods section.
    doubts : tuple of str
        Warnings: repeated persons, small groups, values missing unevenly,
        one recording twice.
    groups : pandas.DataFrame
        Each column described by group: persons, nights, missing, zeros, mean, SD,
        median and quartiles.

    Examples
    --------
    >>> import psgkit
    >>> import pandas as pd
    >>> cohort = pd.DataFrame(
    ...     {
    ...         "diagnosis": ["control"] * 6 + ["patient"] * 6,
    ...         "n3_min": [90, 80, 85, 95, 88, 84, 60, 55, 70, 65, 62, 66],
    ...     }
    ... )
    >>> result = psgkit.compare_groups(cohort, group="diagnosis", columns="n3_min")
    >>> result.groups[["group", "persons_n", "mean"]]
         group  persons_n  mean
    0  control          6  87.0
    1  patient          6  63.0
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    methods: str
    doubts: tuple[str, ...] = ()
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _repr_html_(self) -> str:
        """Return the table, the doubts and the methods sentence for a notebook."""
        from html import escape  # noqa: PLC0415 - only notebooks need it

        doubted = "".join(f"<li>{escape(doubt)}</li>" for doubt in self.doubts)
        table = self.table.to_html(index=False, float_format="{:.3g}".format)
        return f"{table}<ul>{doubted}</ul><p>{escape(self.methods)}</p>"


def compare_groups(
    cohort: pd.DataFrame,
    *,
    group: str | None = None,
    covariates: str | Sequence[str] = (),
    columns: str | Sequence[str] | None = None,
    formula: str | None = None,
    person: str | None = None,
    reference: str | None = None,
    scale: str | None = None,
    per: float | None = None,
    allow_mixed: bool = False,
) -> Contrast:
    """Contrast groups, treatments or a marker, column by column.

    Parameters
    ----------
    cohort : pandas.DataFrame
        One row per night, as `read_cohort` gives it.
    group : str, optional
        Column to compare by: words make groups, numbers a slope. Terms of a formula,
        such as ``"C(dose)"`` or ``"group * sex"``, are allowed.
    covariates : str or sequence of str
        Columns or terms to adjust for, such as ``"C(site)"`` or ``"bs(age_y, df=4)"``.
    columns : str or sequence of str, optional
        Columns to compare; by default the table's primary endpoints.
    formula : str, optional
        In place of the group, covariates and columns:
        ``"rem_wmean_min_b2m ~ diagnosis * sex + age_y"``. All terms are reported.
    person : str, optional
        Column that names the person, where one has several nights. By default an
        obvious column that repeats, such as ``person`` or ``subject_id``.
    reference : str, optional
        The group that the others are compared with; the first in alphabetical order by
        default. A slope has no reference.
    scale : {"difference", "ratio", "two-part"}, optional
        In place of each metric's own scale. ``two-part``: the odds of a value above
        zero, and the ratio among nights above zero.
    per : float, optional
        Units of a marker that a slope is for; 10 for age, else 1.
    allow_mixed : bool
        Whether nights may differ in scorer, arousal source, epoch length, metric
        version, SWA derivation or high-pass, which is refused by default.

    Returns
    -------
    Contrast

    Raises
    ------
    InputError
        If a column is not there or holds words among numbers, groups are fewer than
        two or nearly equal in name, or nights are not alike; every fault is named.
    MissingExtra
        If statsmodels or formulaic is not installed.

    Examples
    --------
    >>> import psgkit
    >>> import pandas as pd
    >>> cohort = pd.DataFrame(
    ...     {
    ...         "diagnosis": ["control"] * 6 + ["patient"] * 6,
    ...         "n3_min": [90, 80, 85, 95, 88, 84, 60, 55, 70, 65, 62, 66],
    ...     }
    ... )
    >>> result = psgkit.compare_groups(cohort, group="diagnosis", columns="n3_min")
    >>> float(result.table.loc[0, "estimate"].round(1))  # minutes
    -24.0
    """
    covariates = [covariates] if isinstance(covariates, str) else list(covariates)
    columns = [columns] if isinstance(columns, str) else columns
    if formula is not None:
        group, columns = _of_formula(formula, group, covariates, columns)
    if group is None:
        raise InputError("Give a group to compare by, or a formula.")
    wanted = _wanted(cohort, columns)
    terms = variables_of([group, *covariates], cohort)
    check_columns(cohort, [*terms, *([person] if person else []), *wanted])
    if own := [name for name in wanted if name in terms]:
        raise InputError(f"{', '.join(own)}: a column cannot be compared by itself.")
    _check_numbers(cohort, wanted)
    nights = with_results(cohort)
    check_cells(nights, wanted, terms)
    unlike = mixed(nights, wanted)
    if unlike and not allow_mixed:
        raise InputError(
            f"The nights were not measured alike: {'; '.join(unlike)}. Compare nights "
            "of one kind, or allow the mixture (--allow-mixed, allow_mixed=True) and say "
            "so in the paper."
        )
    found = find_persons(nights, person)
    study = make_study(nights, found.column, group, covariates, reference, per)
    rows: list[dict[str, object]] = []
    left_out = _without_result(cohort)
    described = describe_groups(nights, wanted, study.design.group, study.persons)
    uneven: list[str] = []
    choice = _choice(scale)
    for column in wanted:
        zeros = zeros_note(described[described["column"] == column])
        for fitted in fit_column(study, column, choice, zeros):
            rows += fitted.rows
            left_out += fitted.left_out
            uneven += fitted.bounds
    table = pd.DataFrame(rows)
    table["q"] = _false_discovery_rate(table["p"])
    return Contrast(
        table=table[list(TABLE_COLUMNS)],
        left_out=pd.DataFrame(
            left_out, columns=["id", "column", "reason"]
        ).drop_duplicates(),
        methods=methods_sentence(
            nights,
            table,
            formula or _compared_by(group, table),
            covariates=covariates,
            person=found.column,
            mixed=unlike,
        ),
        doubts=(
            *found.doubts,
            *study.design.doubts,
            *group_doubts(described),
            *uneven,
            *doubts(nights),
        ),
        groups=described,
    )


def make_study(
    nights: pd.DataFrame,
    person: str | None,
    group: str,
    covariates: Sequence[str] = (),
    reference: str | None = None,
    per: float | None = None,
) -> Study:
    """Build the part that all columns of a comparison share; see `compare_groups`."""
    return Study(
        nights,
        make_design(nights, group, covariates, reference=reference, per=per),
        person_codes(nights, person),
        is_repeated=person is not None,
    )


def _of_formula(
    formula: str,
    group: str | None,
    covariates: Sequence[str],
    columns: Sequence[str] | None,
) -> tuple[str, Sequence[str] | None]:
    if group is not None or covariates:
        raise InputError(
            "A formula names the group and the covariates; leave those options out."
        )
    left, right = split_formula(formula)
    if left and columns is not None:
        raise InputError(
            "The formula names the columns on its left; leave the other columns out."
        )
    return right, left or columns


def _choice(scale: str | None) -> ScaleChoice | None:
    if scale is None:
        return None
    try:
        return ScaleChoice(scale)
    except ValueError:
        raise InputError(
            f"There is no scale {scale!r}. Choose {', '.join(ScaleChoice)}."
        ) from None


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


def _check_numbers(cohort: pd.DataFrame, wanted: Sequence[str]) -> None:
    words = [
        name
        for name in wanted
        if cohort[name].notna().any()
        and pd.to_numeric(cohort[name], errors="coerce").isna().all()
    ]
    if words:
        raise InputError(f"{', '.join(words)}: words, where numbers can be compared.")


def with_results(cohort: pd.DataFrame) -> pd.DataFrame:
    """Return the nights that have results."""
    if "status" in cohort:
        cohort = cohort[cohort["status"] == "done"]
    return cohort.reset_index(drop=True)


def _compared_by(group: str, table: pd.DataFrame) -> str:
    """Name the group with its reference and how many persons each level has."""
    rows = table.drop_duplicates(["level", "reference"])
    references = [each for each in dict.fromkeys(rows["reference"]) if each]
    if not references:
        return group
    if references[0].startswith("per "):
        return f"{group} ({references[0]})"
    known = table[table["level_n"].notna() & table["estimate"].notna()]
    if known.empty:
        return group
    levels = [
        f"{level}, n = {_span(part['level_n'])}"
        for level, part in known.groupby("level", sort=False)
    ]
    first = f"reference: {references[0]}, n = {_span(known['reference_n'])}"
    return f"{group} ({'; '.join([first, *levels])})"


def _span(counts: "pd.Series[Any]") -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _without_result(cohort: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the nights that failed or are not done yet."""
    if "status" not in cohort:
        return []
    rows = zip(ids_of(cohort), cohort["status"], strict=True)
    return [(night, ALL, str(status)) for night, status in rows if status != "done"]


def _false_discovery_rate(p: "pd.Series[float]") -> FloatArray:
    q = np.full(len(p), np.nan)
    known = p.notna().to_numpy()
    if known.any():
        q[known] = stats.false_discovery_control(p[known].to_numpy())
    return q

"""The right-hand side of a comparison, from column names or a formula.

Formulas are read by formulaic (the successor of patsy), as users of statsmodels write
them: ``C(site)``, ``group * sex``, ``bs(age_y, df=4)``.
"""

import ast
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from psgkit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from formulaic import Formula

# Reference of a slope, in place of a group.
PER_UNIT = "per unit"

# A slope for age is given for this many years: one year changes too little to read.
AGE_COLUMNS = ("age_y", "age")
YEARS = 10.0

# Numbers in these columns are names of places.
PLACES = ("site", "center", "centre", "lab", "laboratory", "scanner", "clinic")

# Up to here, whole numbers may be codes of categories.
_MOST_CODES = 6

_LEVEL = re.compile(r"\[T\.(.*?)\]")


@dataclass(frozen=True, slots=True)
class Contrasted:
    """One column of the matrix that is reported.

    Attributes
    ----------
    term : str
        Its column in the matrix.
    level : str
        The group, or the name of the slope or interaction.
    reference : str
        The group it is compared with, or ``per unit``; empty for other terms.
    unit : float
        Factor of a slope.
    """

    term: str
    level: str
    reference: str
    unit: float = 1.0


@dataclass(frozen=True, slots=True)
class Design:
    """The right-hand side of all models.

    Attributes
    ----------
    matrix : pandas.DataFrame
        One row per night, NaN where a variable is missing.
    contrasted : tuple of Contrasted
        Columns of the report.
    variables : tuple of str
        Columns of the cohort that the matrix is made of.
    group : pandas.Series or None
        The group of each night; None for a slope.
    formula : str
        As formulaic reads it.
    doubts : tuple of str
        Columns that were read as category or slope and may be the other.
    """

    matrix: pd.DataFrame
    contrasted: tuple[Contrasted, ...]
    variables: tuple[str, ...]
    group: "pd.Series[Any] | None"
    formula: str
    doubts: tuple[str, ...]


def split_formula(formula: str) -> tuple[list[str], str]:
    """Return the columns on the left of a formula and the terms on its right.

    Raises
    ------
    InputError
        Without a tilde.

    Examples
    --------
    >>> split_formula("n3_min + rem_min ~ diagnosis * sex")
    (['n3_min', 'rem_min'], 'diagnosis * sex')
    """
    left, tilde, right = formula.partition("~")
    if not tilde or not right.strip():
        raise InputError(
            f"The formula {formula!r} has no terms after a tilde. Write it as "
            "'n3_min ~ group * sex + age_y'."
        )
    return [name.strip(" `") for name in left.split("+") if name.strip()], right.strip()


def variables_of(terms: Sequence[str], cohort: pd.DataFrame) -> list[str]:
    """Return the columns of the cohort that terms are made of, in their order.

    Raises
    ------
    InputError
        If a term cannot be read, or a column is not there; all are named.
    """
    found: dict[str, None] = {}
    for term in terms:
        if term in cohort:
            found[term] = None
            continue
        for each in _formula(_quoted(term, cohort)):
            found |= dict.fromkeys(_names_in(each, cohort.columns))
    return list(found)


def _names_in(term: Any, columns: Collection[str]) -> list[str]:
    """Return the columns in a term, those within bs(...) included."""
    found: dict[str, None] = {}
    for factor in term.factors:
        if factor.expr in columns:
            found[factor.expr] = None
            continue
        found |= dict.fromkeys(re.findall(r"`([^`]+)`", factor.expr))
        nodes = list(ast.walk(ast.parse(re.sub(r"`[^`]+`", "0", factor.expr))))
        functions = [n.func for n in nodes if isinstance(n, ast.Call)]
        holders = [n.value for n in nodes if isinstance(n, ast.Attribute)]
        not_columns = {n for each in (*functions, *holders) for n in ast.walk(each)}
        found |= dict.fromkeys(
            n.id for n in nodes if isinstance(n, ast.Name) and n not in not_columns
        )
    return list(found)


def check_columns(cohort: pd.DataFrame, names: Sequence[str]) -> None:
    """Refuse names that are not columns of the cohort, with those close to them."""
    if missing := [name for name in names if name not in cohort]:
        known = [str(column) for column in cohort.columns]
        close = [near for name in missing for near in get_close_matches(name, known)]
        found = f"similar names: {', '.join(close)}" if close else "no name is close"
        raise InputError(
            f"The table has no column {', '.join(map(repr, missing))}; {found}."
        )


def make_design(
    nights: pd.DataFrame,
    group: str,
    covariates: Sequence[str],
    *,
    reference: str | None,
    per: float | None,
) -> Design:
    """Build the matrix of a comparison.

    Parameters
    ----------
    nights : pandas.DataFrame
    group : str
        Column or terms to report.
    covariates : sequence of str
        Columns or terms to adjust for.
    reference : str or None
        The group that the others are compared with.
    per : float or None
        Number of units of a marker that a slope is for.

    Raises
    ------
    InputError
        If formulaic cannot build it, or there is nothing to compare.
    """
    terms = [group, *covariates]
    variables = variables_of(terms, nights)
    categories = _categories(terms)
    frame = pd.DataFrame(index=nights.index)
    doubts: list[str] = []
    for name in variables:
        base = reference if name == variables[0] else None
        frame[name] = _variable(nights[name], name, categories, base, doubts)
    written = " + ".join(_quoted(term, nights) for term in terms)
    matrix, owners = _matrix(frame, f"1 + {written}")
    matrix[nights[variables].isna().any(axis=1).to_numpy()] = np.nan
    own = variables_of([group], nights)
    shown = tuple(
        _contrasted(column, frame, owners, per)
        for column, used in owners.items()
        if used and (own[0] in used or used <= set(own))
    )
    first = frame[own[0]]
    is_group = isinstance(first.dtype, pd.CategoricalDtype)
    _check_levels(first, own[0], reference, is_group=is_group)
    return Design(
        matrix=matrix,
        contrasted=shown,
        variables=tuple(variables),
        group=first if is_group else None,
        formula=written,
        doubts=tuple(doubts),
    )


def _categories(terms: Sequence[str]) -> set[str]:
    """Return the columns that the terms call categories, as in C(site)."""
    return {
        name for term in terms for name in re.findall(r"C\(\s*`?(\w+)`?\s*\)", term)
    }


def _variable(
    values: "pd.Series[Any]",
    name: str,
    categories: set[str],
    reference: str | None,
    doubts: list[str],
) -> "pd.Series[Any]":
    """Return numbers as float, all else as categories with the reference first."""
    if isinstance(values.dtype, pd.CategoricalDtype) and reference is None:
        return values
    is_place = name.lower() in PLACES
    if is_number(values) and not (is_place or name in categories):
        known = values.dropna().astype(float)
        codes = sorted(known.unique())
        if 2 < len(codes) <= _MOST_CODES and (known == known.round()).all():
            doubts.append(
                f"{name} holds the numbers {', '.join(f'{c:g}' for c in codes)} and was "
                f"taken as a slope; write C({name}) where they are categories"
            )
        return values.astype(float)
    if is_number(values):
        order = [
            f"{number:g}" for number in sorted(values.dropna().astype(float).unique())
        ]
        words = values.map(lambda n: f"{float(n):g}", na_action="ignore")
        if is_place and name not in categories:
            doubts.append(f"{name} was taken as categories, since it names places")
    else:
        words = values.map(str, na_action="ignore")
        order = sorted(words.dropna().unique())
    if reference is not None and reference not in order:
        raise InputError(
            f"{name} has no level {reference!r}; it has {', '.join(order)}."
        )
    if reference is not None:
        order = [reference, *(word for word in order if word != reference)]
    held = words.astype(object).where(words.notna(), None)
    return pd.Series(pd.Categorical(held, categories=order), index=values.index)


def is_number(values: "pd.Series[Any]") -> bool:
    """Return whether a column has numbers; True and False are words."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(
        values
    )


def _quoted(term: str, cohort: pd.DataFrame) -> str:
    return f"`{term}`" if term in cohort and not term.isidentifier() else term


def _formula(text: str) -> "Formula":
    try:
        from formulaic import Formula  # noqa: PLC0415 - an extra
        from formulaic.errors import FormulaicError  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(
            "Comparing groups needs formulaic: pip install 'psgkit[stats]'."
        ) from None
    try:
        return Formula(text)
    except FormulaicError:
        raise InputError(
            f"The terms {text!r} cannot be read as a formula. Write them as "
            "'group * sex + C(site) + bs(age_y, df=4)'."
        ) from None


def _matrix(frame: pd.DataFrame, text: str) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Return the matrix, and the columns of the cohort that each of its columns uses."""
    from formulaic.errors import FormulaicError  # noqa: PLC0415 - an extra

    formula = _formula(text)
    try:
        built: Any = formula.get_model_matrix(frame, na_action="ignore", context={})
    except FormulaicError as fault:
        raise InputError(
            f"The terms {text!r} cannot be used ({type(fault).__name__}: "
            f"{str(fault).splitlines()[0]})."
        ) from None
    spec = built.model_spec
    owners: dict[str, set[str]] = {}
    for term, places in spec.term_indices.items():
        used = set(_names_in(term, frame.columns)) & set(frame.columns)
        owners |= {spec.column_names[place]: used for place in places}
    return pd.DataFrame(built).astype(float), owners


def _contrasted(
    column: str, frame: pd.DataFrame, owners: dict[str, set[str]], per: float | None
) -> Contrasted:
    plain = column.replace("`", "")
    used = owners[column]
    if plain in frame:
        unit = per or (YEARS if plain in AGE_COLUMNS else 1.0)
        words = "per 10 years" if per is None and unit != 1 else _per(unit)
        return Contrasted(column, plain, words, unit)
    levels = _LEVEL.findall(column)
    if len(levels) == len(used) == 1:
        alike = {c for c, names in owners.items() if names == used}
        coded = {level for c in alike for level in _LEVEL.findall(c)}
        (name,) = used
        names = [str(c) for c in frame[name].cat.categories]
        reference = next((c for c in names if c not in coded), "")
        return Contrasted(column, levels[0], reference)
    words = re.sub(r"C\(\s*(\w+)[^)]*\)", r"\1", plain)
    return Contrasted(column, _LEVEL.sub(r" \1", words).replace(":", " x "), "")


def _per(unit: float) -> str:
    return PER_UNIT if unit == 1 else f"per {unit:g} units"


def _check_levels(
    values: "pd.Series[Any]", name: str, reference: str | None, *, is_group: bool
) -> None:
    if not is_group:
        if reference is not None:
            raise InputError(
                f"{name} holds numbers, so that a slope is estimated, which has no "
                f"reference. Write C({name}) where they are the names of groups."
            )
        return
    found = values.value_counts()
    found = found[found > 0]
    names = sorted(map(str, found.index))
    if len(names) < 2:
        raise InputError(
            f"{name} has one level only ({', '.join(names)}); nothing to compare."
        )
    if 2 * len(names) > found.sum():
        raise InputError(
            f"{name} has {len(names)} levels in {found.sum()} nights; a group needs at "
            "least two."
        )
    _check_spelling(names, name)


def _check_spelling(names: Sequence[str], column: str) -> None:
    """Refuse groups with names that differ in case, spaces or a plural only."""
    alike: dict[str, list[str]] = {}
    for word in names:
        plain = re.sub(r"(?<=\w)[\s_-]+(?=\w)", "", word.strip().casefold())
        alike.setdefault(plain.removesuffix("s"), []).append(word)
    twice = [
        " and ".join(map(repr, words)) for words in alike.values() if len(words) > 1
    ]
    if twice:
        raise InputError(
            f"{column} has nearly equal names: {'; '.join(twice)}. Write one group with "
            "one name."
        )

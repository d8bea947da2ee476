"""The columns of a cohort's table: their types, units and meanings."""

from collections.abc import Mapping

import pandas as pd

from psgkit.domain.metrics import Measure
from psgkit.errors import InputError
from psgkit.report.tables import FORMAT_VERSION
from psgkit.store.columns import NIGHT_COLUMNS

_INTERVAL = {
    "_low": "lower limit, as staging error alone may move {}",
    "_high": "upper limit, as staging error alone may move {}",
}
_WHOLE = (
    *("is_automatic", "format_version", "metric_version"),
    *("issues_n", "issues_error_n"),
)
_TEXT = (
    *(
        "id",
        "status",
        "sex",
        "start_date",
        "scorer",
        "arousal_source",
        "swa_derivation",
        "spindle_source",
        "heart_source",
        "net_channels",
    ),
    *("error", "message"),
)

# The source of a column that psgkit did not make.
MANIFEST = "manifest"

# A number as programs write it; "007" and "1 234" are names.
_MAX_DIGITS = 15  # a longer one is a name: no float can store it
_NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?"


def dictionary(table: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Return one row per column of a cohort's table.

    Parameters
    ----------
    table : DataFrame
        The table.
    measures : mapping of str to Measure
        One measure of each name.

    Returns
    -------
    DataFrame
        Columns ``name``, ``unit``, ``meaning``, ``source``, ``tier``,
        ``reliability_experts`` and ``reliability_automatic``.
    """
    rows = [_describe(str(name), measures) for name in table.columns]
    return pd.DataFrame(rows)


def typed(table: pd.DataFrame, numbers: set[str] | None) -> pd.DataFrame:
    """Return a table with numbers as numbers and all else as text.

    Parameters
    ----------
    table : DataFrame
        Of text, or of values from a program.
    numbers : set of str or None
        The columns that psgkit wrote; None where they have their type already.
    """
    return pd.DataFrame(
        {
            name: _typed(str(name), table[name], numbers or set())
            for name in table.columns
        },
        index=table.index,
    )


def check_format(table: pd.DataFrame, name: str) -> None:
    """Refuse a table that a newer psgkit wrote; an older one's is read.

    Raises
    ------
    InputError
        If its columns may have meanings that this psgkit does not know.
    """
    if "format_version" not in table:
        return
    newest = pd.to_numeric(table["format_version"], errors="coerce").max()
    if newest > FORMAT_VERSION:
        raise InputError(
            f"{name} has format version {newest:g}; this psgkit reads up to "
            f"{FORMAT_VERSION}. Update psgkit."
        )


def with_units(table: pd.DataFrame, meanings: pd.DataFrame) -> pd.DataFrame:
    """Put the units of the columns into the table's attributes."""
    units = dict(zip(meanings["name"], meanings["unit"], strict=True))
    table.attrs["units"] = {name: unit for name, unit in units.items() if unit}
    return table


def _typed(name: str, column: "pd.Series", numbers: set[str]) -> "pd.Series":
    if name not in _WHOLE and pd.api.types.is_float_dtype(column):
        return column
    text = column.astype("string").fillna("")
    filled = text[text != ""]
    if name in _WHOLE:
        return pd.to_numeric(text.mask(text == "")).astype(float).astype("Int64")
    is_text = name in _TEXT or name.endswith("_version")
    if is_text or not filled.str.fullmatch(_NUMBER).all():
        return text
    if name not in numbers and (filled.str.len() > _MAX_DIGITS).any():
        return text
    values = pd.to_numeric(text.mask(text == ""))
    if name in numbers or filled.empty or filled.str.contains(r"[.eE]").any():
        return values.astype(float)
    return values.astype("Int64")


def _describe(name: str, measures: Mapping[str, Measure]) -> dict[str, object]:
    found = measures.get(name)
    if found is None:
        unit, meaning = _unit_and_meaning(name, measures)
        if not meaning:
            return _row(name, "", "column of the manifest", source=MANIFEST)
        return _row(name, unit, meaning)
    return _row(
        name,
        found.unit,
        found.meaning,
        source=found.source,
        tier=found.reliability.tier.value,
        experts=found.reliability.experts,
        automatic=found.reliability.automatic,
    )


def _unit_and_meaning(name: str, measures: Mapping[str, Measure]) -> tuple[str, str]:
    for end, sentence in _INTERVAL.items():
        if (number := measures.get(name.removesuffix(end))) is not None:
            return number.unit, sentence.format(number.name)
    if name not in NIGHT_COLUMNS and name.endswith("_version"):
        return "", f"version of {name.removesuffix('_version')}"
    return NIGHT_COLUMNS.get(name, ("", ""))


def _row(
    name: str,
    unit: str,
    meaning: str,
    *,
    source: str = "",
    tier: str = "",
    experts: float | None = None,
    automatic: float | None = None,
) -> dict[str, object]:
    return {
        "name": name,
        "unit": unit,
        "meaning": meaning,
        "source": source,
        "tier": tier,
        "reliability_experts": experts,
        "reliability_automatic": automatic,
    }

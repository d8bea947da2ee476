"""Check that nights are comparable, and list doubts."""

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from psgkit.errors import InputError, listed
from psgkit.measure import metric_named

# Nights that differ in one of these were not measured alike.
MUST_NOT_MIX = ("scorer", "epoch_s", "metric_version")

# Names of these columns.
_WORDS = {
    "scorer": "the scorer",
    "epoch_s": "the length of an epoch (epoch_s)",
    "metric_version": "the version of the numbers' definitions (metric_version)",
    "swa_derivation": "the derivation of slow-wave activity (swa_derivation)",
    "swa_highpass_hz": "the amplifier's high-pass in Hz (swa_highpass_hz)",
    "spindle_source": "the detector of spindles (spindle_source)",
    "heart_source": "the source of heart rate (heart_source)",
    "net_channels": "the channels of the network (net_channels)",
    "arousal_source": "the source of arousals (arousal_source)",
}

# Above this number of nights, a message gives their number, not their names.
MOST_NAMED = 3

# How many groups of look-alike nights, and nights of a group, a warning names.
MOST_ALIKE = 10

# Two nights that agree in all of these are one night: of real nights no two
# spend the same minutes in every stage.
_OF_ONE_NIGHT = (
    *("duration_min", "tst_min", "w_min", "n1_min", "n2_min", "n3_min", "rem_min"),
    *("awak_n", "shift_per_h", "rem_wmean_min_raw", "swa_uv2"),
)
_ENOUGH_OF_ONE_NIGHT = 6

# Numbers among words, such as sites called 1, 2 and 3b, are names up to here.
_MOST_NUMBERED_GROUPS = 5

# A recording of less than this share of the usual length was probably cut short.
_SHORT = 0.5


def ids_of(nights: pd.DataFrame) -> list[str]:
    """Return the ids of nights, else the labels of their rows."""
    return [str(name) for name in nights.get("id", nights.index)]


def mixed(nights: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """Return the differences in how the nights were measured.

    Parameters
    ----------
    nights : pandas.DataFrame
        Those that have results.
    wanted : sequence of str
        The columns to compare; derivations and arousals matter to some of them alone.
    """
    names = [name for name in MUST_NOT_MIX if name in nights]
    metrics = [metric for column in wanted if (metric := metric_named(column))]
    names += [name for metric in metrics for name in metric.same if name in nights]
    told = []
    for name in dict.fromkeys(names):
        kinds = (
            nights[name]
            .dropna()
            .map(_two_digits if name == "swa_highpass_hz" else plain)
        )
        if len(set(kinds)) > 1:
            rows = [
                f"{kind!r} in {_named(nights, kinds.index[kinds == kind])}"
                for kind in sorted(set(kinds))
            ]
            told.append(f"{_WORDS[name]} is {listed(rows)}")
    return told


def plain(value: object) -> str:
    """Return a cell in words; a whole number without the point that pandas gives it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _two_digits(value: object) -> str:
    """Return a filter's limit as amplifiers are set: 0.159 Hz and 0.16 Hz are one."""
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def check_cells(
    nights: pd.DataFrame, compared: Sequence[str], terms: Sequence[str]
) -> None:
    """Refuse words among numbers, such as "<5"; a model would make groups of them.

    Parameters
    ----------
    nights : pandas.DataFrame
        Those that have results.
    compared : sequence of str
        Columns to compare, which must be numbers.
    terms : sequence of str
        Group and covariates; a few numbers may be the names of groups there.

    Raises
    ------
    InputError
        With every column and its nights.
    """
    faults = []
    for name in dict.fromkeys([*compared, *terms]):
        words = nights[name].dropna()
        numbers = pd.to_numeric(words.astype(object), errors="coerce")
        others = words.index[numbers.isna()]
        allowed = 0 if name in compared else _MOST_NUMBERED_GROUPS
        if len(others) and numbers.nunique() > allowed:
            faults.append(f"{name} in {_named(nights, others)}")
    if faults:
        raise InputError(
            f"Text where the other nights have a number: {'; '.join(faults)}. Leave the "
            'cell empty, or give a number (for "<5" half the limit, for example). Names '
            "of groups need a letter, as in site1."
        )


def doubts(nights: pd.DataFrame) -> tuple[str, ...]:
    """Say which nights are suspect: one recording twice, or the rest of one.

    Parameters
    ----------
    nights : pandas.DataFrame
        Those that have results.
    """
    return (*_twins(nights), *_short(nights))


def _twins(nights: pd.DataFrame) -> list[str]:
    names = [
        name
        for name in _OF_ONE_NIGHT
        if name in nights and pd.api.types.is_numeric_dtype(nights[name])
    ]
    if len(names) < _ENOUGH_OF_ONE_NIGHT:
        return []
    numbers = nights[names]
    known = numbers[numbers.notna().sum(axis=1) >= _ENOUGH_OF_ONE_NIGHT]
    groups = known.groupby(names, dropna=False, sort=False).groups.values()
    alike = [_some_ids(nights, rows) for rows in groups if len(rows) > 1]
    told = [
        f"{listed(_capped(ids))} have the same numbers, as one recording under several "
        "names has; all of them were counted"
        for ids in alike[:MOST_ALIKE]
    ]
    if len(alike) > MOST_ALIKE:
        told.append(
            f"{len(alike) - MOST_ALIKE} more groups of nights have the same numbers"
        )
    return told


def _capped(ids: list[str]) -> list[str]:
    left = len(ids) - MOST_ALIKE
    return ids if left <= 0 else [*ids[:MOST_ALIKE], f"{left} more"]


def _short(nights: pd.DataFrame) -> list[str]:
    if "duration_min" not in nights:
        return []
    minutes = nights["duration_min"]
    usual = minutes.median()
    rows = minutes.index[minutes < _SHORT * usual]
    if not len(rows):
        return []
    told = (
        f"{_named(nights, rows)}: less than half the usual length of {usual:.0f} min; "
        "minutes and counts of a night that was cut short are too small"
    )
    return [told]


def _named(nights: pd.DataFrame, rows: "pd.Index[Any]") -> str:
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} nights"
    return listed(_some_ids(nights, rows))


def _some_ids(
    nights: pd.DataFrame, rows: "Sequence[Hashable] | pd.Index[Any]"
) -> list[str]:
    return ids_of(nights.loc[list(rows)])

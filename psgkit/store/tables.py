r"""Tables in HDF5: one group per table, one dataset per column, units as attributes.

Text is UTF-8 of variable length. HDF5 cannot hold a NUL in it, nor half of a
surrogate pair, so those are written as ``\u0000`` and the like, and a backslash as two.
A column whose cells are not all text or all numbers is written as JSON, a cell at a
time, with the attribute ``encoding = "json"``.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
import pandas as pd

from psgkit.errors import OutputError
from psgkit.store.columns import meaning_of, unit_of

TEXT = h5py.string_dtype("utf-8")

_UNHOLDABLE = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-f]{4})")
_COMPRESS_FROM = 64  # below, a filter costs more bytes than it saves


def put_array(
    group: h5py.Group, name: str, values: object, *, unit: str, meaning: str
) -> h5py.Dataset:
    """Write one array with its unit and meaning; gzip where that saves space."""
    array = np.asarray(values)
    options = {}
    if array.size >= _COMPRESS_FROM and array.dtype != TEXT:
        options = {"compression": "gzip", "compression_opts": 4, "shuffle": True}
    dataset = group.create_dataset(name, data=array, **options)
    dataset.attrs["unit"] = unit
    dataset.attrs["meaning"] = meaning
    return dataset


def put_table(
    group: h5py.Group,
    table: pd.DataFrame,
    *,
    meanings: Mapping[str, str] | None = None,
) -> None:
    """Write a table into an empty group; see `get_table` for the way back.

    Raises
    ------
    OutputError
        If a column's name or type cannot be stored.
    """
    group.attrs["rows"] = len(table)
    group.attrs["columns"] = np.array([str(c) for c in table.columns], dtype=TEXT)
    for column in table.columns:
        values, encoding = _encoded(table[column])
        dataset = put_array(
            group,
            held(column),
            values,
            unit=unit_of(column),
            meaning=(meanings or {}).get(column, meaning_of(column)),
        )
        if encoding:
            dataset.attrs["encoding"] = encoding
            dataset.attrs["dtype"] = str(table[column].dtype)


def get_table(group: h5py.Group) -> pd.DataFrame:
    """Read a table that `put_table` wrote, with the same columns and types.

    Rows are numbered from zero.
    """
    names = [str(name) for name in _texts(group.attrs["columns"])]
    rows = int(group.attrs["rows"])
    for name in names:
        if group[name].shape != (rows,):
            raise ValueError(f"column {name!r} has not {rows} rows")
    columns = {name: _decoded(group[name]) for name in names}
    index = pd.RangeIndex(rows)
    return pd.DataFrame(columns, columns=names, index=index)


def held(name: str) -> str:
    """Return a name of a table, column or measure that HDF5 can store, or refuse it."""
    if not name or {"/", ".", "\0"} & set(name):
        raise OutputError(
            f"{name!r} cannot be saved: the name of a table, column or measure must be "
            "text without '/', '.' or NUL."
        )
    return name


def escape(text: str) -> str:
    """Return text that HDF5 can store."""
    return _UNHOLDABLE.sub(
        lambda hit: "\\\\" if hit[0] == "\\" else f"\\u{ord(hit[0]):04x}", text
    )


def unescape(text: str) -> str:
    """Return the text that was given to `escape`."""
    return _ESCAPED.sub(
        lambda hit: "\\" if hit[1] == "\\" else chr(int(hit[1][1:], 16)), text
    )


def _encoded(column: "pd.Series[Any]") -> tuple[object, str]:
    kind = column.dtype.kind
    if isinstance(column.dtype, np.dtype) and kind in "biuf":
        return column.to_numpy(), ""
    cells = column.tolist()
    if all(type(cell) is str for cell in cells):
        # Most columns have few words, many times each.
        held_as = {cell: escape(cell) for cell in set(cells)}
        return np.array([held_as[cell] for cell in cells], dtype=TEXT), "text"
    try:
        return np.array(
            [json.dumps(_plain(cell)) for cell in cells], dtype=TEXT
        ), "json"
    except TypeError:
        raise OutputError(
            f"A table's column {column.name!r} of {column.dtype} cannot be saved: "
            "cells must be numbers, text or missing."
        ) from None


def _plain(cell: object) -> object:
    if cell is pd.NA:
        return None
    return cell.item() if isinstance(cell, np.generic) else cell


def _decoded(dataset: h5py.Dataset) -> "pd.Series[Any]":
    encoding = dataset.attrs.get("encoding", "")
    if not encoding:
        return pd.Series(dataset[()])
    read = unescape if encoding == "text" else json.loads
    cells = [read(text) for text in _texts(dataset.asstr()[()])]
    dtype: Any = str(dataset.attrs["dtype"])
    return pd.Series(cells, dtype=object).astype(dtype)


def _texts(values: object) -> list[str]:
    return list(np.atleast_1d(np.asarray(values, dtype=object)))

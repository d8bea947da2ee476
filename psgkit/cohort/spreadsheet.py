"""Tables as a workbook, for spreadsheets that expect a decimal comma.

A CSV file with decimal points opens wrongly in them; a workbook holds numbers.
"""

import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from psgkit.report.files import write_whole

# Control characters that the format cannot hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_MAX_TEXT = 32_767


def can_write() -> bool:
    """Tell whether the package that writes workbooks is installed (extra ``xlsx``)."""
    return importlib.util.find_spec("openpyxl") is not None


def write_spreadsheet(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as the sheets of one workbook, whole or not at all.

    Text stays text, also where it looks like a formula; what is undefined is empty.

    Parameters
    ----------
    path : pathlib.Path
        The ``.xlsx`` file.
    tables : mapping of str to DataFrame
        Name of the sheet, and its table.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - an extra, and slow to load

    book = Workbook(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        sheet.append([_cell(sheet, str(column)) for column in table.columns])
        for row in table.itertuples(index=False):
            sheet.append([_cell(sheet, value) for value in row])
    write_whole(path, book.save)


def _cell(sheet: Any, value: object) -> object:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return None
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub(" ", value)[:_MAX_TEXT])
    cell.data_type = "s"
    return cell

"""Tables as a workbook, for spreadsheets that expect a decimal comma.

They misread a CSV file with decimal points; a workbook has numbers.
"""

import datetime as dt
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

# Control characters that the format cannot store.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_MAX_TEXT = 32_767

NO_TIME = (1980, 1, 1, 0, 0, 0)


def spreadsheet(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Return tables as the sheets of one workbook.

    Text stays text, even if it looks like a formula; undefined numbers are empty.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Name of the sheet, and its table.

    Returns
    -------
    bytes
        The content of the workbook's file.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "B2"
        sheet.append([_cell(sheet, str(column)) for column in table.columns])
        for row in table.itertuples(index=False):
            sheet.append([_cell(sheet, value) for value in row])
    book.properties.created = book.properties.modified = dt.datetime(*NO_TIME)
    packed = io.BytesIO()
    ExcelWriter(book, _Timeless(packed, "w", ZIP_DEFLATED)).save()
    return packed.getvalue()


class _Timeless(ZipFile):
    """An archive without the clock of the machine.

    The same tables give the same bytes, also where that clock shows a year before 1980,
    which an archive cannot store.
    """

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Write one member."""
        info = ZipInfo(zinfo_or_arcname, NO_TIME)
        info.compress_type = self.compression
        super().writestr(info, data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Write a file as one member."""
        self.writestr(arcname, Path(filename).read_bytes())


def _cell(sheet: Any, value: object) -> object:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return None
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub(" ", value)[:_MAX_TEXT])
    cell.data_type = "s"
    return cell

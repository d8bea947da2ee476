"""Small tables that people write by hand or with a spreadsheet, read as text."""

import csv
import io
from pathlib import Path

from psgkit.errors import InputError

MAX_BYTES = 50_000_000
# A workbook is a ZIP archive; the older kind is an OLE file.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# "none" is not among them: it can be the name of a group without treatment.
MISSING = frozenset({"", "n/a", "na", "nan", "null"})


def read_sheet(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Read a table separated by commas, semicolons or tabs, in any usual encoding.

    Parameters
    ----------
    path : pathlib.Path
        The file; its first line names the columns.

    Returns
    -------
    columns : list of str
        Names of the columns, stripped.
    rows : list of (int, dict of str to str)
        Number of the line on which each row ends, and its cells by column. A cell that
        is not there, or says ``n/a``, is empty; a row without any cell is left out.

    Raises
    ------
    InputError
        If the file is not a table; every row that does not fit is named.
    """
    lines = csv.reader(io.StringIO(text := _text(path), newline=""), _dialect(text))
    try:
        columns = [name.strip() for name in next(lines, [])]
        rows = [(lines.line_num, [cell.strip() for cell in row]) for row in lines]
    except csv.Error as fault:
        raise InputError(f"{path.name} is not a table of text: {fault}.") from None
    _check(path, columns, rows)
    return columns, [(line, _by_column(columns, row)) for line, row in rows if any(row)]


def _text(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"No file {path.name!r}.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{path.name} is over {MAX_BYTES} bytes, no table of nights."
            )
        data = path.read_bytes()
    except OSError as fault:
        raise InputError(f"{path.name} cannot be read: {fault.strerror}.") from None
    if data.startswith(_WORKBOOKS):
        raise InputError(
            f"{path.name} is a workbook of a spreadsheet. Save its sheet as CSV (UTF-8) "
            "and give that file."
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # The code page of older spreadsheets; it decodes any byte.
        return data.decode("cp1252", "replace")


def _dialect(text: str) -> type[csv.Dialect]:
    head = text.split("\n", 1)[0]

    class Dialect(csv.excel):
        delimiter = max("\t;,", key=head.count)

    return Dialect


def _check(path: Path, columns: list[str], rows: list[tuple[int, list[str]]]) -> None:
    if not any(columns):
        raise InputError(f"{path.name} has no line that names its columns.")
    twice = sorted({n for n in columns if n and columns.count(n) > 1})
    if twice:
        raise InputError(f"{path.name} has two columns named {twice[0]!r}.")
    long = [line for line, row in rows if any(row[len(columns) :])]
    if long:
        raise InputError(
            f"{path.name}: more cells than columns in line {_listed(long)}; "
            "a cell that contains the separator needs quotes."
        )


def _listed(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:5]))
    return shown if len(lines) <= 5 else f"{shown} and {len(lines) - 5} more"


def _by_column(columns: list[str], row: list[str]) -> dict[str, str]:
    cells = row + [""] * (len(columns) - len(row))
    return {
        column: "" if cell.lower() in MISSING else cell
        for column, cell in zip(columns, cells, strict=False)
        if column
    }

"""Delimited text split into a header and rows, each with its line."""

import csv
from dataclasses import dataclass

from psgkit.read.scorings.vocabulary import plain

COMMENTS = ("#", "%", "//")
_DELIMITERS = "\t;,"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under column names.

    Attributes
    ----------
    columns : tuple of str
        As the file spells them.
    rows : tuple of (str, tuple of str)
        The place of each row (``"line 7"``) and its cells, as many as columns.
    comments : tuple of str
        Lines that are comments.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    comments: tuple[str, ...] = ()

    def find(self, names: tuple[str, ...]) -> int | None:
        """Return the position of the first of some columns that there is."""
        known = [plain(column) for column in self.columns]
        return next((known.index(name) for name in names if name in known), None)

    def column(self, position: int) -> list[str]:
        """Return the cells of one column."""
        return [cells[position] for _, cells in self.rows]


def split_table(text: str) -> Table | None:
    """Split text into a table; None where it has no line of several columns."""
    comments, lines = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith(COMMENTS):
            comments.append(line.strip())
        elif line.strip():
            lines.append((number, line))
    delimiter = _delimiter_of([line for _, line in lines[:20]])
    if delimiter is None:
        return None
    header = [cell.strip() for cell in _cells(lines[0][1], delimiter)]
    rows = []
    for number, line in lines[1:]:
        cells = [cell.strip() for cell in _cells(line, delimiter)]
        cells += [""] * (len(header) - len(cells))
        rows.append((f"line {number}", tuple(cells[: len(header)])))
    return Table(tuple(header), tuple(rows), tuple(comments))


def _delimiter_of(lines: list[str]) -> str | None:
    counts = {
        delimiter: min(line.count(delimiter) for line in lines)
        for delimiter in _DELIMITERS
        if lines
    }
    best = max(counts, key=lambda delimiter: counts[delimiter], default=None)
    return best if best is not None and counts[best] > 0 else None


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter))

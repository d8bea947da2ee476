"""Delimited text split into a header and rows, each with its line.

Headings above the header are passed over. Where no line is a header, a commented one
(``# onset, duration, description``) is taken, and else the columns are called 1, 2, 3.
"""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psgkit.read.scorings.lexicon import plain

COMMENTS = ("#", "%", "//")
_DELIMITERS = ("\t", ";", ",", "|")
# Last line that may be a header.
_MAX_PREAMBLE = 60
_SHOWN = 40
# Share of lines that must have as many delimiters.
_ALIKE = 0.8

IsHeader = Callable[[Sequence[str]], bool]


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
        Comments, and lines above the header.
    has_header : bool
        Whether the file names its columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    comments: tuple[str, ...] = ()
    has_header: bool = True

    def find(self, names: tuple[str, ...]) -> int | None:
        """Return the position of the first of some columns that exists."""
        known = [plain(column) for column in self.columns]
        return next((known.index(name) for name in names if name in known), None)

    def column(self, position: int) -> list[str]:
        """Return the cells of one column."""
        return [cells[position] for _, cells in self.rows]


def split_table(text: str, is_header: IsHeader | None = None) -> Table | None:
    """Split text into a table; None where it has no line of several columns.

    Parameters
    ----------
    text : str
        Of the file.
    is_header : callable, optional
        Whether cells are the names of columns. Without it, the first line is the header.
    """
    comments, lines = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith(COMMENTS):
            comments.append(line.strip())
        elif line.strip(" \t,;|" if "|" not in line else " |-:+="):
            lines.append((number, line))
    if not lines:
        return None
    if is_header is None:
        delimiter = _delimiter_of([line for _, line in lines[:20]])
        if delimiter is None:
            return None
        header = [cell.strip() for cell in _cells(lines[0][1], delimiter)]
        return _table(header, lines[1:], delimiter, comments)
    return _with_header(lines, comments, is_header) or _without_header(
        lines, comments, is_header
    )


def _with_header(
    lines: list[tuple[int, str]], comments: list[str], is_header: IsHeader
) -> Table | None:
    for place, (_, line) in enumerate(lines[:_MAX_PREAMBLE]):
        for delimiter in _splitting(line):
            header = [cell.strip() for cell in _cells(line, delimiter)]
            if len(header) > 1 and is_header(header):
                above = [line.strip() for _, line in lines[:place]]
                return _table(header, lines[place + 1 :], delimiter, comments + above)
    return None


def _without_header(
    lines: list[tuple[int, str]], comments: list[str], is_header: IsHeader
) -> Table | None:
    # a file's last line of `head_text` may be cut
    shown = [line for _, line in lines[-_SHOWN - 1 : -1] or lines]
    delimiter = _delimiter_of(shown) or (" " if _is_spaced(shown) else None)
    if delimiter is None:
        return None
    width = Counter(len(_cells(line, delimiter)) for line in shown).most_common(1)[0][0]
    for comment in reversed(comments):
        bare = comment.lstrip("#%/ ")
        for delimiter_of_names in (delimiter, *_splitting(bare)):
            names = [cell.strip() for cell in _cells(bare, delimiter_of_names)]
            if len(names) == width and is_header(names):
                return _table(names, lines, delimiter, comments)
    # headings end with the last line of another width in the first of them
    widths = [len(_cells(line, delimiter)) for _, line in lines[:_MAX_PREAMBLE]]
    other = [n for n, found in enumerate(widths[:-1]) if found != width]
    begin = other[-1] + 1 if other else 0
    names = [cell.strip() for cell in _cells(lines[begin][1], delimiter)]
    if begin + 1 < len(lines) and _are_names(
        names, _cells(lines[begin + 1][1], delimiter)
    ):
        above = [line.strip() for _, line in lines[:begin]]
        return _table(names, lines[begin + 1 :], delimiter, comments + above)
    names = [str(number) for number in range(1, width + 1)]
    above = [line.strip() for _, line in lines[:begin]]
    return _table(names, lines[begin:], delimiter, comments + above, has_header=False)


def _are_names(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether words above numbers are unknown names of columns."""
    named = len(set(first)) == len(first) and all(first)
    return named and not any(map(_is_number, first)) and any(map(_is_number, second))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _table(
    header: list[str],
    lines: list[tuple[int, str]],
    delimiter: str,
    comments: list[str],
    *,
    has_header: bool = True,
) -> Table:
    width = len(header)
    rows = []
    for number, line in lines:
        cells = [cell.strip() for cell in _cells(line, delimiter, width)]
        cells += [""] * (width - len(cells))
        rows.append((f"line {number}", tuple(cells[:width])))
    while len(header) > 1 and not header[-1] and not any(r[1][-1] for r in rows):
        header = header[:-1]  # lines that end in a delimiter
        rows = [(where, cells[:-1]) for where, cells in rows]
    if not has_header:
        rows, header = _without_empty(rows, header)
    return Table(tuple(header), tuple(rows), tuple(comments), has_header)


def _without_empty(
    rows: list[tuple[str, tuple[str, ...]]], header: list[str]
) -> tuple[list[tuple[str, tuple[str, ...]]], list[str]]:
    while len(header) > 1 and not any(cells[-1] for _, cells in rows):
        header = header[:-1]
        rows = [(where, cells[:-1]) for where, cells in rows]
    return rows, header


def _splitting(line: str) -> list[str]:
    """Return the delimiters of a line, the most frequent first; blanks come last."""
    found = [d for d in _DELIMITERS if d in line]
    found.sort(key=line.count, reverse=True)
    return [*found, " "] if len(line.split()) > 1 else found


def _is_spaced(lines: list[str]) -> bool:
    return bool(lines) and all(len(line.split()) > 1 for line in lines)


def _delimiter_of(lines: list[str]) -> str | None:
    """Return the delimiter that occurs equally often in most lines."""
    found: dict[str, int] = {}
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        count, n = counts.most_common(1)[0] if counts else (0, 0)
        if count and n >= _ALIKE * len(lines):
            found[delimiter] = count
    return max(found, key=lambda delimiter: found[delimiter], default=None)


def _cells(line: str, delimiter: str, width: int = 0) -> list[str]:
    if delimiter == " ":
        # the last column may be several words: Sleep stage W
        return line.split(None, width - 1) if width else line.split()
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except (csv.Error, StopIteration):
        return line.split(delimiter)

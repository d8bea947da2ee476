"""Tables without column names, recognised by their values.

- U-Sleep's ``.ids``: onset, duration, stage; each row ends where the next begins.
- Polyman: date, clock time, onset, duration, text.
- Visbrain: stage and end. Deltamed: seconds and stage.
- SpiSOP and SleepTrip: stage and mark of artefact.

The call names the columns of any other table.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from psgkit.domain.clock import USUAL_EPOCHS_S
from psgkit.read.formats.delimited import Table
from psgkit.read.scorings.clock import parse_time
from psgkit.read.scorings.stage_codes import is_stage, number_of, presets

_DATE = re.compile(r"^\d{1,4}[-./ ]\w{1,9}[-./ ]\d{1,4}$")
Rows = Sequence[tuple[str, tuple[str, ...]]]
Named = tuple[Table, str]


def name_columns(table: Table) -> Named | None:
    """Return a table with column names and a note on them; None where values leave a doubt."""
    rows = [row for row in table.rows if not row[1][0].startswith("*")]
    if len(rows) < 2:
        return None
    match len(table.columns):
        case 2:
            is_marked = len(rows) < len(table.rows)
            named = _stage_and_end(rows, is_marked=is_marked)
            return named or _deltamed(rows) or _spisop(rows) or _by_clock(rows)
        case 3:
            return _three_columns(rows) or _by_clock(rows)
        case 4:
            return _by_clock(rows)
        case 5 | 6:
            return _polyman(rows)
        case _:
            return None


def _by_clock(rows: Rows) -> Named | None:
    """Name epoch, stage and clock time in any order, as Sandman writes them."""
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    clocks = [n for n, cells in enumerate(columns) if all(map(parse_time, cells))]
    rest = [n for n in range(len(columns)) if n not in clocks]
    counts = [n for n in rest if _counts_up(columns[n])]
    staged = [n for n in rest if n not in counts and all(map(is_stage, columns[n]))]
    words = any(number_of(cell) is None for n in staged for cell in columns[n])
    if len(clocks) != 1 or len(staged) != 1 or not words:
        return None
    names = [f"column {n + 1}" for n in range(len(columns))]
    names[clocks[0]], names[staged[0]] = "time", "stage"
    for n in counts:
        names[n] = "epoch"
    return Table(tuple(names), tuple(rows)), ""


def _counts_up(cells: Sequence[str]) -> bool:
    numbers = [number_of(cell) or 0 for cell in cells]
    return all(b - a == 1 for a, b in pairwise(numbers))


def _polyman(rows: Rows) -> Named | None:
    for _, cells in rows:
        is_dated = _DATE.match(cells[0]) and parse_time(cells[1]) is not None
        if not is_dated or math.isnan(_float(cells[2]) + _float(cells[3] or "0")):
            return None
    names = ("date", "time", "recording onset", "duration", "annotation", "channel")
    return Table(names[: len(rows[0][1])], tuple(rows)), ""


def _three_columns(rows: Rows) -> Named | None:
    """Name onset, duration and stage, or start, end and stage, by their arithmetic."""
    if not all(is_stage(cells[2]) for _, cells in rows):
        return None
    first = [_float(cells[0]) for _, cells in rows]
    second = [_float(cells[1]) for _, cells in rows]
    if any(map(math.isnan, first + second)):
        return None
    follow = list(zip(first, second, first[1:], strict=False))
    if all(abs(a + length - b) < 0.01 for a, length, b in follow):
        return Table(("onset", "duration", "stage"), tuple(rows)), ""
    if all(abs(end - b) < 0.01 for _, end, b in follow) and second[0] > first[0]:
        return Table(("start", "end", "stage"), tuple(rows)), ""
    return None


def _stage_and_end(rows: Rows, *, is_marked: bool) -> Named | None:
    stages = [cells[0] for _, cells in rows]
    ends = [_float(cells[1]) for _, cells in rows]
    if not all(number_of(s) is None and is_stage(s) for s in stages):
        return None
    rising = ends[0] > 0 and all(b > a for a, b in pairwise(ends))
    runs = all(a != b for a, b in pairwise(stages))
    even = all(abs(b - a - ends[0]) < 0.01 for a, b in pairwise(ends))
    if not (rising and (is_marked or runs or even)):
        return None
    note = (
        "The columns have no names. They were read as stage and end in seconds, as "
        "Visbrain writes them; the first stage begins at 0 s."
    )
    return _from_ends(rows, ends, stages), note


def _deltamed(rows: Rows) -> Named | None:
    codes = [number_of(cells[1]) for _, cells in rows]
    times = [_float(cells[0]) for _, cells in rows]
    steps = {round(b - a, 3) for a, b in pairwise(times)}
    if (
        codes[0] != 1
        or not set(codes) <= {1, 2, 3, 4, 5}
        or times[0] not in USUAL_EPOCHS_S
    ):
        return None
    if steps == {0.0}:  # every row has the length of an epoch
        times = [times[0] * number for number in range(1, len(rows) + 1)]
    elif steps != {times[0]}:
        return None
    known = presets()["deltamed"].numbers
    stages = [known[code].name for code in codes if code is not None]
    note = (
        "The columns have no names. They were read as Deltamed's seconds and stage "
        "numbers: 1 is W, 2 is R, 3 is N1, 4 is N2, 5 is N3."
    )
    return _from_ends(rows, times, stages), note


def _from_ends(rows: Rows, ends: Sequence[float], stages: Sequence[str]) -> Table:
    onsets = [0.0, *ends[:-1]]
    timed = zip(rows, onsets, ends, stages, strict=True)
    return Table(
        ("onset", "end", "stage"),
        tuple((row[0], (str(on), str(end), stage)) for row, on, end, stage in timed),
    )


def _spisop(rows: Rows) -> Named | None:
    codes = [number_of(cells[0]) for _, cells in rows]
    marks = {number_of(cells[1]) for _, cells in rows}
    rises = all((b or 0) > (a or 0) for a, b in pairwise(codes))
    if None in codes or rises or not all(is_stage(cells[0]) for _, cells in rows):
        return None
    if not (marks <= {0, 1} or (marks <= {0, 1, 2, 3} and 5 in codes)):
        return None
    note = (
        "The columns have no names. They were read as SpiSOP's and SleepTrip's stage "
        "and mark of artefact."
    )
    return Table(("stage", "artefact"), tuple(rows)), note


def _float(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan

"""When each row of a table starts and how long it lasts."""

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.errors import listed
from psgkit.read.formats.delimited import Table
from psgkit.read.formats.table_columns import Column, Columns
from psgkit.read.scorings.clock import READ_AS_ELAPSED, NightClock, parse_time
from psgkit.read.scorings.listed import Options, ScoringFile

ABSENT = {"", "n/a", "na", "nan"}
# Fewer rows may follow each other by chance.
_FEW_ROWS = 4
# Seconds after the start of a recording are fewer: this is in 2001, since 1970.
_SINCE_1970_S = 1e9
_TIMES_SINCE_1970 = Issue(
    Severity.WARNING,
    "times_since_1970",
    "The times seem to be seconds since 1970, which have no time zone. They cannot be "
    "laid on a recording.",
    "Export the scoring with clock times or with seconds since the recording's start.",
)


@dataclass(frozen=True, slots=True)
class Times:
    """When each row starts and how long it lasts; NaN where it does not say.

    ``onsets_s`` is None where a row is an epoch; ``start`` is the clock time of second
    zero.
    """

    onsets_s: list[float] | None
    durations_s: list[float]
    start: dt.datetime | None = None
    issues: tuple[Issue, ...] = ()
    by_epoch: bool = False


def read_times(
    table: Table, columns: Columns, file: ScoringFile, options: Options
) -> Times:
    """Read onsets from seconds, clock times or epoch numbers, and lengths.

    Raises
    ------
    UnreadableScoring
        If a time or length cannot be read, or times are in a column that is not
        recognised; columns are named.
    """
    clocks = [c for c in columns.onsets if _is_clock(table, c)]
    seconds = [c for c in columns.onsets if c not in clocks]
    durations_s = _durations(table, columns, file)
    if seconds:
        onsets_s = _numbers(table, seconds[0], file)
        times = Times(onsets_s, durations_s, _start_beside(table, clocks, onsets_s))
        times = _with_ends(times, table, columns, file, None)
        if min(onsets_s, default=0.0) > _SINCE_1970_S:
            times = replace(times, issues=(_TIMES_SINCE_1970,))
    elif clocks:
        times = _clock_times(table, clocks, durations_s, columns, file)
    else:
        times = _without_onsets(table, columns, durations_s, file, options)
    times = _with_lengths_that_fit(times, table, columns)
    _check_durations(times, table, file)
    return times


def _with_lengths_that_fit(times: Times, table: Table, columns: Columns) -> Times:
    """Return lengths from a column of an unknown name that leads from row to row."""
    onsets_s = times.onsets_s
    known = any(not math.isnan(length) for length in times.durations_s)
    if onsets_s is None or known or times.by_epoch or len(onsets_s) < _FEW_ROWS:
        return times
    for position in columns.unknown:
        numbers = _floats(table.column(position))
        if numbers is None:
            continue
        ends = [on + length for on, length in zip(onsets_s, numbers, strict=True)]
        if _leads_on(ends, onsets_s):
            return replace(times, durations_s=numbers)
        if _leads_on(numbers, onsets_s):
            lengths = [e - on for on, e in zip(onsets_s, numbers, strict=True)]
            return replace(times, durations_s=[round(length, 6) for length in lengths])
    return times


def _leads_on(ends_s: list[float], onsets_s: list[float]) -> bool:
    return all(
        abs(end - on) < 0.01 for end, on in zip(ends_s, onsets_s[1:], strict=False)
    )


def _floats(cells: list[str]) -> list[float] | None:
    try:
        return [float(cell.replace(",", ".")) for cell in cells]
    except ValueError:
        return None


def _is_clock(table: Table, column: Column) -> bool:
    cells = [
        cell for cell in table.column(column.position) if cell.lower() not in ABSENT
    ]
    return bool(cells) and all(parse_time(cell) is not None for cell in cells[:20])


def _durations(table: Table, columns: Columns, file: ScoringFile) -> list[float]:
    if columns.duration is None:
        return [math.nan] * len(table.rows)
    if _is_clock(table, columns.duration):  # 00:00:30
        texts = table.column(columns.duration.position)
        return [_of_day(text) for text in texts]
    return _numbers(table, columns.duration, file)


def _of_day(text: str) -> float:
    time = parse_time(text)
    if time is None:
        return math.nan
    return time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6


def _with_ends(
    times: Times,
    table: Table,
    columns: Columns,
    file: ScoringFile,
    clock: NightClock | None,
) -> Times:
    """Return lengths from the column of ends, without a column of lengths."""
    if columns.duration is not None or times.onsets_s is None:
        return times
    fitting = [c for c in columns.end if _is_clock(table, c) == (clock is not None)]
    if not fitting:
        return times
    if clock is None:
        ends_s = _numbers(table, fitting[0], file)
        lengths = [
            round(end - on, 6)  # undo the rounding error of the difference
            for on, end in zip(times.onsets_s, ends_s, strict=True)
        ]
    else:
        texts = table.column(fitting[0].position)
        lengths = list(map(clock.length, times.onsets_s, texts))
    return replace(times, durations_s=lengths)


def _start_beside(
    table: Table, clocks: list[Column], onsets_s: list[float]
) -> dt.datetime | None:
    """Return the clock time of second zero from a clock beside the seconds."""
    if not clocks or not table.rows or not math.isfinite(onsets_s[0]):
        return None
    texts = _clock_texts(table, clocks)
    try:
        start = NightClock(texts, texts[0]).start
        return start - dt.timedelta(seconds=onsets_s[0])
    except (ValueError, OverflowError):
        return None


def _clock_texts(table: Table, clocks: list[Column]) -> list[str]:
    """Return each row's clock time, after the date that another column may hold."""
    position = clocks[0].position
    dates = table.find(("date", "datum", "fecha", "data", "start date"))
    if dates is None:
        return table.column(position)
    return [f"{cells[dates]} {cells[position]}" for _, cells in table.rows]


def _clock_times(
    table: Table,
    clocks: list[Column],
    durations_s: list[float],
    columns: Columns,
    file: ScoringFile,
) -> Times:
    texts = _clock_texts(table, clocks)
    try:
        clock = NightClock(texts, texts[0])
    except ValueError:
        raise file.fault(
            f"{table.rows[0][0]} has {quoted(texts[0], 30)}, which is not a clock time."
        ) from None
    try:
        onsets_s, issues = clock.of_epochs(texts, [where for where, _ in table.rows])
    except ValueError as fault:
        raise file.fault(str(fault)) from None
    name = table.columns[clocks[0].position].lower()
    if clock.is_elapsed or ("elapsed" in name and not clock.is_dated):
        # second zero stays the first row's; its own time is added at the end
        times = Times(onsets_s, durations_s, None, (*issues, READ_AS_ELAPSED))
        times = _with_ends(times, table, columns, file, clock)
        begin_s = _of_day(texts[0])
        return replace(times, onsets_s=[onset + begin_s for onset in onsets_s])
    times = Times(onsets_s, durations_s, clock.start, issues)
    return _with_ends(times, table, columns, file, clock)


def _without_onsets(
    table: Table,
    columns: Columns,
    durations_s: list[float],
    file: ScoringFile,
    options: Options,
) -> Times:
    """Return times of a table without onsets; its rows are epochs or numbered."""
    lengths = {length for length in durations_s if not math.isnan(length)}
    names = f"Its columns are {', '.join(table.columns)}."
    remedy = "Name the column of onsets with --column onset=NAME"
    timed = [
        table.columns[c.position]
        for c in (*columns.end, *filter(None, [columns.duration]))
    ]
    if "duration" in options.columns and not columns.end:
        # rows have lengths, and each begins where the one before ends
        return Times([0.0, *accumulate(durations_s[:-1])], durations_s)
    numbers = _epochs_of(table, columns, file)
    if timed and not (numbers is not None and len(lengths) == 1 and not columns.end):
        raise file.fault(
            f"it gives {listed(timed)} and no onset that psgkit recognises. {names} "
            f"{remedy}."
        )
    further = [table.columns[p] for p in columns.unknown if _ascends(table, p)]
    if further:
        raise file.fault(
            f"the times or numbers of column {listed(further)} ascend, and psgkit does "
            f"not know what they are. {names} {remedy}, or the column of epoch numbers "
            "with --column epoch=NAME."
        )
    if numbers is None:
        return Times(None, durations_s)
    epoch_s = options.epoch_told(next(iter(lengths), None), file) or 30.0
    first = 0.0 if 0.0 in numbers else 1.0
    onsets_s = [(number - first) * epoch_s for number in numbers]
    return Times(onsets_s, durations_s, by_epoch=not lengths)


def _epochs_of(table: Table, columns: Columns, file: ScoringFile) -> list[float] | None:
    if columns.epoch is not None:
        return _numbers(table, columns.epoch, file)
    for column in columns.index:
        try:
            numbers = _numbers(table, column, file)
        except type(file.fault("")):
            continue
        if len(numbers) > 1 and all(b - a == 1 for a, b in pairwise(numbers)):
            return None  # they count the rows
        columns.unknown.append(column.position)
    return None


def _ascends(table: Table, position: int) -> bool:
    """Return whether a column has times of day, or ascending numbers."""
    cells = table.column(position)
    if len(cells) < 3:
        return False
    if all(parse_time(cell) is not None for cell in cells):
        return True
    numbers = _floats(cells)
    return numbers is not None and all(
        later > number for number, later in pairwise(numbers)
    )


def _check_durations(times: Times, table: Table, file: ScoringFile) -> None:
    for length, (where, _) in zip(times.durations_s, table.rows, strict=True):
        if length < 0:
            raise file.fault(f"{where} ends before it starts.")


def _numbers(table: Table, column: Column, file: ScoringFile) -> list[float]:
    return [
        _number(cells[column.position], file, where, column.scale)
        for where, cells in table.rows
    ]


def _number(text: str, file: ScoringFile, where: str, scale: float) -> float:
    if text.lower() in ABSENT:
        return math.nan
    try:
        number = float(text.replace(",", ".").rstrip("sS "))
    except ValueError:
        due = "a number is due"
        if re.fullmatch(r"\d{1,2}:\d{2}", text):
            due = "a clock time with seconds is due, such as 22:30:00"
        raise file.fault(f"{where} has {quoted(text)} where {due}.") from None
    return number if scale == 1.0 else round(number * scale, 6)

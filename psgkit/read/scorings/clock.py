"""Clock times as exports write them, turned into seconds of one night."""

import datetime as dt
import re
from collections.abc import Iterable

from psgkit.domain.clock import UNKNOWN_DATE

_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})[:.](\d{2})[:.](\d{2})(?:[.,:](\d{1,6}))?\s*([AaPp]\.?[Mm]\.?)?"
)
# A year of two digits counts between strokes alone: 22.30.00 is a time.
_DATE = re.compile(
    r"(?<![\d.])(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<y2>\d{4})"
    r"|(?P<c>\d{1,2})[-/](?P<e>\d{1,2})[-/](?P<y3>\d{2}))(?!\d)"
)
# Without dates, a time this much before the first one still means the same evening.
_BEFORE_S = 4 * 3600.0
_DAY_S = 86400.0


def parse_time(text: str) -> dt.time | None:
    """Return the time of day that a text begins or ends with, or None.

    Examples
    --------
    >>> parse_time("15/01/2016 22:30:08"), parse_time("10:05:30 PM")
    (datetime.time(22, 30, 8), datetime.time(22, 5, 30))
    """
    found = _TIME.search(_DATE.sub(" ", text))
    if not found:
        return None
    hour, minute, second = (int(part) for part in found.groups()[:3])
    micro = int((found[4] or "0").ljust(6, "0"))
    if found[5]:
        hour = hour % 12 + (12 if found[5][0] in "Pp" else 0)
    try:
        return dt.time(hour, minute, second, micro)
    except ValueError:
        return None


class NightClock:
    """Turns the clock times of one file into seconds after the first of them.

    Parameters
    ----------
    texts : iterable of str
        Every clock time of the file, so that the order of day and month can be told.
        Where it cannot, or there is no date, times of day alone count, and midnight
        is crossed by going on.
    anchor : str
        The time that becomes second zero.

    Attributes
    ----------
    start : datetime.datetime
        Second zero; on ``clock.UNKNOWN_DATE`` where the date is not known.
    """

    def __init__(self, texts: Iterable[str], anchor: str) -> None:
        self._order = _date_order(texts)
        start = self._moment(anchor)
        if start is None:
            raise ValueError(f"{anchor!r} is no clock time")
        self.start = start

    def seconds(self, text: str) -> float | None:
        """Return the seconds from the start to a clock time; None if it is none."""
        moment = self._moment(text)
        if moment is None:
            return None
        gap_s = (moment - self.start).total_seconds()
        if UNKNOWN_DATE in {moment.date(), self.start.date()}:
            return (gap_s + _BEFORE_S) % _DAY_S - _BEFORE_S
        return gap_s

    def _moment(self, text: str) -> dt.datetime | None:
        time = parse_time(text)
        if time is None:
            return None
        date = _parse_date(text, self._order) if self._order else None
        return dt.datetime.combine(date or UNKNOWN_DATE, time)


def _date_order(texts: Iterable[str]) -> str | None:
    """Tell which order of day and month fits: the one of the shortest night."""
    written = {found[0] for found in map(_DATE.search, texts) if found}
    spans = {}
    days = {}
    for order in ("dmy", "mdy"):
        dates = [_parse_date(text, order) for text in written]
        known = [date for date in dates if date is not None]
        if known and len(known) == len(dates):
            spans[order] = (max(known) - min(known)).days
            days[order] = set(known)
    if not spans:
        return None
    best = min(spans.values())
    fitting = [order for order, span in spans.items() if span == best]
    if len(fitting) == 2 and days["dmy"] != days["mdy"]:
        return None
    return fitting[0]


def _parse_date(text: str, order: str) -> dt.date | None:
    found = _DATE.search(text)
    if not found:
        return None
    if found["y1"]:
        year, month, day = int(found["y1"]), int(found["m1"]), int(found["d1"])
    else:
        first, second = int(found["a"] or found["c"]), int(found["b"] or found["e"])
        day, month = (first, second) if order == "dmy" else (second, first)
        year = int(found["y2"] or found["y3"])
        if year < 100:
            # EDF's own rule: two digits from 85 on are the twentieth century
            year += 1900 if year >= 85 else 2000
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

"""Clock times as exports write them, turned into seconds of one night."""

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted

_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})[:.h](\d{2})[:.m](\d{2})(?:[.,:](\d{1,6}))?\s*([AaPp]\.?[Mm]\.?)?"
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
    # A time alone is the rule, and a list of a second a line has 86,400 of them.
    found = _TIME.fullmatch(text) or _TIME.search(_DATE.sub(" ", text))
    if not found:
        return None
    hour, minute, second, decimals, half = found.groups()
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    micro = int(decimals.ljust(6, "0")) if decimals else 0
    try:
        return dt.time(hours, int(minute), int(second), micro)
    except ValueError:
        return None


def unwrap(clocks_s: Sequence[float]) -> list[float]:
    """Return times of day without dates as seconds that go on past midnight.

    Each time is the one nearest to the time before it, so that a list in
    order may be longer than a day.

    Examples
    --------
    >>> unwrap([86370.0, 0.0, 30.0])
    [86370.0, 86400.0, 86430.0]
    """
    unwrapped: list[float] = []
    for clock_s in clocks_s:
        gap_s = clock_s - unwrapped[-1] if unwrapped else 0.0
        unwrapped.append(clock_s - round(gap_s / _DAY_S) * _DAY_S)
    return unwrapped


def find_clock_change(clocks_s: Sequence[float]) -> tuple[int, float] | None:
    """Return where clock times jump by an hour as clocks do in spring and autumn.

    Parameters
    ----------
    clocks_s : sequence of float
        Seconds of consecutive epochs, past midnight or with dates.

    Returns
    -------
    position : int
        Of the first epoch after the change.
    by_s : float
        3600 where the clock was put forward, -3600 where it was put back.
    """
    steps = [later - time for time, later in pairwise(clocks_s)]
    if len(steps) < 3:
        return None
    usual = Counter(round(step, 3) for step in steps).most_common(1)[0][0]
    for position, step in enumerate(steps, start=1):
        by_s = step - usual
        hour = (clocks_s[position] + 0.5) % _DAY_S / 3600
        if abs(abs(by_s) - 3600) <= 1 and usual > 0 and 0 <= hour <= 4:
            on_the_hour = (clocks_s[position] + 1) % 3600 <= usual + 1
            if by_s < 0 or on_the_hour:
                return position, by_s
    return None


READ_AS_ELAPSED = Issue(
    Severity.NOTE,
    "times_read_as_elapsed",
    "The times begin at 00:00:00 and have no date. They were read as time since the "
    "start of the recording.",
    "If the scoring began at midnight, give its times with dates.",
)


class NightClock:
    """Turns the clock times of one file into seconds after the first of them.

    Parameters
    ----------
    texts : iterable of str
        Every clock time of the file, which show the order of day and month.
        If they do not, or without a date, only the time of day counts: a time that
        goes back is after midnight.
    anchor : str
        The time that becomes second zero.

    Attributes
    ----------
    start : datetime.datetime
        Second zero; on ``clock.UNKNOWN_DATE`` where the date is not known.
    """

    def __init__(self, texts: Iterable[str], anchor: str) -> None:
        self._order = _date_order(texts)
        # One epoch ends when the next begins: most texts occur three times.
        self._moments: dict[str, dt.datetime | None] = {}
        start = self._moment(anchor)
        if start is None:
            raise ValueError(f"{anchor!r} is not a clock time")
        self.start = start
        self._before_s = _BEFORE_S

    @property
    def is_dated(self) -> bool:
        """Whether second zero has a date."""
        return self.start.date() != UNKNOWN_DATE

    def of_epochs(
        self, texts: Sequence[str], places: Sequence[str]
    ) -> tuple[list[float], tuple[Issue, ...]]:
        """Return the seconds of consecutive epochs, past midnight and noon.

        Parameters
        ----------
        texts : sequence of str
            Clock times in the order of the file.
        places : sequence of str
            The place of each, for messages.

        Raises
        ------
        ValueError
            If a text is not a clock time, or the times jump forward by an hour in the
            night, which may be a change of clocks or an hour without epochs. The
            message names the place.
        """
        found = [self.seconds(text) for text in texts]
        if None in found:
            position = found.index(None)
            raise ValueError(
                f"{places[position]} has {quoted(texts[position], 30)}, which is not a "
                "clock time."
            )
        seconds = [second for second in found if second is not None]
        if texts and self._is_undated(texts[0]):
            seconds = unwrap(seconds)
            self._allow_span(max(seconds) - min(seconds))
        time = self.start.time()
        begin_s = time.hour * 3600.0 + time.minute * 60 + time.second
        changed = find_clock_change([begin_s + second for second in seconds])
        if changed is None:
            return seconds, ()
        position, by_s = changed
        if by_s > 0:
            raise ValueError(
                f"{places[position]}: the clock times jump by an hour in the night. "
                "Either the clocks were put forward, or an hour has no epoch. Export "
                "the scoring with seconds since its start or with epoch numbers."
            )
        note = Issue(
            Severity.NOTE,
            "clock_put_back",
            f"{places[position]}: the clock times go back by an hour in the night, and "
            "the epochs go on. The clocks were put back; the epochs were read as one "
            "unbroken night.",
        )
        after = seconds[position:]
        return [*seconds[:position], *(second - by_s for second in after)], (note,)

    @property
    def is_elapsed(self) -> bool:
        """Whether the times are taken as elapsed: they begin at 00:00:00, undated."""
        return not self.is_dated and self.start.time() == dt.time(0)

    def allow_stages(self, texts: Sequence[str]) -> None:
        """Say when the file's stages begin, in order, among its other rows.

        Parameters
        ----------
        texts : sequence of str
            Clock times. Without dates they give the length of the night.
        """
        # Steps of under half a day suffice: not every second of a day is looked at.
        some = (*texts[:: max(1, len(texts) // 2000)], *texts[-1:])
        known = [s for text in some if (s := self.seconds(text)) is not None]
        seconds = unwrap([0.0, *known])
        self._allow_span(max(seconds) - min(seconds))

    def _allow_span(self, span_s: float) -> None:
        """Set how long the stages are; used without a date.

        A time of day then counts as before the first epoch only where it cannot be
        within the night.
        """
        self._before_s = min(_BEFORE_S, max(0.0, (_DAY_S - span_s) / 2))

    def seconds(self, text: str) -> float | None:
        """Return the seconds from the start to a clock time; None if invalid."""
        moment = self._moment(text)
        if moment is None:
            return None
        gap_s = (moment - self.start).total_seconds()
        if UNKNOWN_DATE in {moment.date(), self.start.date()}:
            return (gap_s + self._before_s) % _DAY_S - self._before_s
        return gap_s

    def length(self, onset_s: float, stop: str) -> float:
        """Return the seconds from an onset to a clock time; NaN if invalid.

        A stop without a date that seems half a day before the onset is of the next day.
        """
        stop_s = self.seconds(stop)
        if stop_s is None:
            return math.nan
        length_s = stop_s - onset_s
        if length_s < -_DAY_S / 2 and self._is_undated(stop):
            length_s += _DAY_S
        return round(length_s, 6)  # undo the rounding error of the difference

    def _is_undated(self, text: str) -> bool:
        """Return whether only times of day place a time after the start."""
        moment = self._moment(text)
        return not self.is_dated or moment is None or moment.date() == UNKNOWN_DATE

    def _moment(self, text: str) -> dt.datetime | None:
        if text not in self._moments:
            time = parse_time(text)
            date = _parse_date(text, self._order) if self._order else None
            self._moments[text] = (
                None
                if time is None
                else dt.datetime.combine(date or UNKNOWN_DATE, time)
            )
        return self._moments[text]


def _date_order(texts: Iterable[str]) -> str | None:
    """Return the order of day and month that gives the shortest night."""
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
        # dates with points never begin with the month
        is_day_first = order == "dmy" or found["sep"] == "."
        day, month = (first, second) if is_day_first else (second, first)
        year = int(found["y2"] or found["y3"])
        if year < 100:
            # EDF's own rule: two digits from 85 on are the twentieth century
            year += 1900 if year >= 85 else 2000
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

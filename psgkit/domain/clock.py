"""Clock time without a calendar.

The date of a recording identifies its patient and is kept out of every output; the
time of day is needed to read a report. Both are a ``datetime``, the second
kind with the date that EDF itself uses for "unknown".
"""

import datetime as dt

UNKNOWN_DATE = dt.date(1985, 1, 1)
# Usual lengths of an epoch, the longest first.
USUAL_EPOCHS_S = (30.0, 20.0, 15.0, 10.0, 5.0, 4.0, 3.0, 2.0, 1.0)


def without_date(moment: dt.datetime) -> dt.datetime:
    """Return the same time of day on the date that EDF uses for an unknown one."""
    return dt.datetime.combine(UNKNOWN_DATE, moment.time())


def has_date(moment: dt.datetime) -> bool:
    """Return whether a moment has a real date."""
    return moment.date() != UNKNOWN_DATE


def seconds_after(moment: dt.datetime, clock: dt.time) -> float:
    """Return the seconds from a moment to the next time a clock shows ``clock``.

    The result is in [0, 86400): a clock time before the moment's own is read as the
    next day's, which is how lights-off at 23:10 and lights-on at 06:58 are meant.
    """
    then = dt.datetime.combine(moment.date(), clock)
    return (then - moment).total_seconds() % 86400.0


def within_half_a_day(gap_s: float) -> float:
    """Return a difference of clock times as -12 to 12 h: the nearer of two days."""
    return (gap_s + 43200.0) % 86400.0 - 43200.0


def clock_at(start: dt.datetime | None, seconds: float) -> str:
    """Return the time of day so many seconds after a start, empty where not known.

    Examples
    --------
    >>> clock_at(dt.datetime(1985, 1, 1, 23, 59, 30), 45.0)
    '00:00:15'
    """
    try:
        since = dt.timedelta(seconds=float(seconds))
        return "" if start is None else f"{start + since:%H:%M:%S}"
    except (OverflowError, ValueError):  # outside the calendar, or NaN
        return ""


def moment_in_words(start: dt.datetime | None, seconds: float) -> str:
    """Return a time of day for a message; the time since the start where not known.

    Examples
    --------
    >>> moment_in_words(dt.datetime(1985, 1, 1, 23, 0), 4500.0)
    '00:15:00'
    >>> moment_in_words(None, 4500.0)
    '1:15:00 after the start'
    """
    if clock := clock_at(start, seconds):
        return clock
    return f"{dt.timedelta(seconds=round(seconds))} after the start"


def span_in_words(start: dt.datetime | None, from_s: float, to_s: float) -> str:
    """Return from when to when, in hours and minutes, for a message.

    Examples
    --------
    >>> span_in_words(dt.datetime(1985, 1, 1, 23, 0), 7920.0, 13200.0)
    '01:12 to 02:40'
    >>> span_in_words(None, 7920.0, 13200.0)
    '2:12 to 3:40 after the start'
    """
    clocks = [clock_at(start, seconds)[:5] for seconds in (from_s, to_s)]
    if all(clocks):
        return f"{clocks[0]} to {clocks[1]}"
    first, last = (
        f"{round(seconds / 60) // 60}:{round(seconds / 60) % 60:02d}"
        for seconds in (from_s, to_s)
    )
    return f"{first} to {last} after the start"

"""Clock time without a calendar.

The date of a recording identifies its patient and is kept out of every output; the
time of day is needed to read a report. Both are held as a ``datetime``, the second
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
    """Tell whether a moment carries a real date."""
    return moment.date() != UNKNOWN_DATE


def seconds_after(moment: dt.datetime, clock: dt.time) -> float:
    """Return the seconds from a moment to the next time a clock shows ``clock``.

    The result lies in [0, 86400): a clock time before the moment's own is read as the
    next day's, which is how lights-off at 23:10 and lights-on at 06:58 are meant.
    """
    then = dt.datetime.combine(moment.date(), clock)
    return (then - moment).total_seconds() % 86400.0

"""When a recording began, and the age and sex of the person: all that is kept of who.

EDF+ has the date twice: as ``dd.mm.yy`` and, with four digits, in the recording
field. ``X``, 1 January 1985 and years before 1985, which EDF did not know, mean that it
is not known.
"""

import datetime as dt
import re
from dataclasses import dataclass

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.jobs import person_faults
from psgkit.read.edf.header import EdfHeader

_MONTHS = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN",
    "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip
_LONG_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")
# Some writers pad with spaces: "22. 5. 3".
_SHORT = re.compile(
    r"(\d{1,2})(?:\s*[^\d\s]\s*|\s+)(\d{1,2})(?:\s*[^\d\s]\s*|\s+)(\d{1,2})"
)
# Sleep-EDF writes the age into the name: `X F X Female_33yr`.
_AGE_IN_WORDS = re.compile(r"(?:^|_)(\d{1,3})_?y(?:r|rs|ears?)?(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """Age in whole years and sex (``"F"`` or ``"M"``), None where not known."""

    age_y: float | None
    sex: str | None


def find_start(header: EdfHeader, first_onset_s: float) -> dt.datetime | None:
    """Return the clock time of the first sample.

    Parameters
    ----------
    header : EdfHeader
        Of the file.
    first_onset_s : float
        Seconds from the start in the header to the first sample.

    Returns
    -------
    datetime.datetime or None
        With `UNKNOWN_DATE` where the date is not known; None where the time of day is
        not either.
    """
    time = _time(header.start_time)
    if time is None:
        return None
    date = _recording_date(header) or UNKNOWN_DATE
    moment = dt.datetime.combine(date, time) + dt.timedelta(seconds=first_onset_s)
    return (
        moment
        if date != UNKNOWN_DATE
        else moment.replace(
            year=UNKNOWN_DATE.year, month=UNKNOWN_DATE.month, day=UNKNOWN_DATE.day
        )
    )


def find_person(header: EdfHeader) -> Person:
    """Return age and sex from the patient field of EDF+; the rest is not kept."""
    parts = header.patient.split()
    if len(parts) < 4:
        return Person(None, None)
    _, sex, birth, name = parts[:4]
    age = _age(_long_date(birth), _recording_date(header))
    if age is None and (words := _AGE_IN_WORDS.search(name)):
        age = float(words[1])
    if person_faults(age, None):
        age = None
    return Person(age, sex.upper() if sex.upper() in {"F", "M"} else None)


def _age(birth: dt.date | None, recorded: dt.date | None) -> float | None:
    if birth is None or recorded is None:
        return None
    had_birthday = (recorded.month, recorded.day) >= (birth.month, birth.day)
    return float(recorded.year - birth.year - (not had_birthday))


def _recording_date(header: EdfHeader) -> dt.date | None:
    words = header.recording.split()
    if words[:1] == ["Startdate"] and len(words) > 1:
        date = None if words[1].upper() == "X" else _long_date(words[1])
        if date is not None or words[1].upper() == "X":
            return _known(date)
    return _known(_short_date(header.start_date))


def _known(date: dt.date | None) -> dt.date | None:
    return None if date is None or date <= UNKNOWN_DATE else date


def _long_date(text: str) -> dt.date | None:
    match = _LONG_DATE.fullmatch(text)
    if match is None or match[2].upper() not in _MONTHS:
        return None
    return _date(int(match[3]), _MONTHS.index(match[2].upper()) + 1, int(match[1]))


def _short_date(text: str) -> dt.date | None:
    match = _SHORT.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    return _date(1900 + year if year >= 85 else 2000 + year, month, day)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _time(text: str) -> dt.time | None:
    match = _SHORT.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(part) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.time(hour, minute, second)

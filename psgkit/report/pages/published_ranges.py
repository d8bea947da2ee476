"""Published ranges that a number can be held against, never a judgement.

A night does not keep the person's age, so each range stands with the age it is for.
Values are those of the study that each names.
"""

from psgkit.report.language import _
from psgkit.report.wording import marked

_MITTERLING = "Mitterling 2015, 10.5665/sleep.4730"

# Column to (median, low, high) up to 30 and over 60 years, 5th to 95th percentile.
_RANGES = {"se_pct": ((87.0, 71.9, 94.1), (79.7, 44.5, 90.9), _MITTERLING)}


def reference_of(name: str) -> str:
    """Return what healthy sleepers had, with its source; empty where nothing is known.

    Examples
    --------
    >>> reference_of("tst_min")
    ''
    """
    if name not in _RANGES:
        return ""
    young, old, source = _RANGES[name]
    words = _(
        "Healthy adults up to 30 years {young}, over 60 years {old}: median, and the "
        "range of the middle 90 % ({source})."
    )
    return words.format(young=_span(young), old=_span(old), source=source)


def _span(values: tuple[float, float, float]) -> str:
    median, low, high = values
    return marked(f"{median:g} ({low:g} - {high:g})")

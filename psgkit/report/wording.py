"""Words and numbers as a page shows them: plain, short, and the same everywhere."""

import math
import unicodedata

from psgkit.domain.metrics import Measure
from psgkit.report.language import _, current_language

_PLURALS = ("minutes", "seconds", "microvolts", "square microvolts", "bits")
_ONE_DECIMAL = ("minutes", "percent", "beats per minute")
_REPLACED = ("Cc", "Cs", "Zl", "Zp")
# They reorder or hide nearby text; joiners within a script are left.
_BIDI_CONTROLS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\ufeff") | {
    chr(code) for code in range(0x2066, 0x206A)
}


def plain(text: str) -> str:
    r"""Return text from a file that a terminal or page shows without effects.

    White space becomes a blank; control characters, among them those that start a
    terminal's escape sequences or turn the reading direction, become U+FFFD.

    Examples
    --------
    >>> plain("C4\tA1")
    'C4 A1'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def number(value: float) -> str:
    """Return a number with about three significant digits, empty for NaN.

    Examples
    --------
    >>> number(412.5), number(13.24), number(0.0731), number(4.0), number(float("nan"))
    ('412', '13.2', '0.0731', '4', '')
    """
    if math.isnan(value):
        return ""
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{value:.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return marked(f"{value:.3g}")


def shown_value(measure: Measure) -> str:
    """Return a value as a laboratory writes it: one decimal for percent and minutes.

    Values under 1 keep their digits: 0.04 min is not 0.
    """
    value = float(measure.value)
    if measure.unit in _ONE_DECIMAL and abs(value) >= 1 and not value.is_integer():
        return marked(f"{value:.1f}")
    return number(measure.value)


def marked(digits: str) -> str:
    """Return a number with the decimal mark of the language in force.

    Examples
    --------
    >>> from psgkit.report.language import speaking
    >>> with speaking("nl"):
    ...     marked("13.2")
    '13,2'
    """
    return digits.replace(".", ",") if current_language() == "nl" else digits


def spoken_unit(measure: Measure) -> str:
    """Return the unit as shown beside a value; counts have no unit."""
    return "" if measure.unit == "count" else plain(measure.unit)


def amount(measure: Measure) -> str:
    """Return a measure's value with its unit and its interval if known.

    One minute is not "1 minutes".
    """
    value, unit = shown_value(measure), spoken_unit(measure)
    if value == "1" and unit in _PLURALS and current_language() == "en":
        unit = unit.removesuffix("s")
    words = f"{value} {_(unit) if unit else ''}".strip()
    range_ = interval(measure)
    return f"{words} ({range_})" if range_ else words


def interval(measure: Measure) -> str:
    """Return how far errors of staging may move a number, empty where unknown."""
    if math.isnan(measure.low) or math.isnan(measure.high):
        return ""
    return _("{low} to {high}").format(
        low=number(measure.low), high=number(measure.high)
    )


def hours(seconds: float) -> str:
    """Return a length of time as text.

    Examples
    --------
    >>> hours(27000.0), hours(1500.0), hours(20.0)
    ('7 h 30 min', '25 min', '20 s')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    whole, minutes = divmod(round(seconds / 60), 60)
    if not whole:
        return f"{minutes} min"
    return _("{hours} h {minutes} min").format(hours=whole, minutes=minutes)


def _shown(letter: str) -> str:
    if letter in "\t\n\r\v\f":
        return " "
    if letter in _BIDI_CONTROLS or unicodedata.category(letter) in _REPLACED:
        return "\N{REPLACEMENT CHARACTER}"
    return letter

"""Limits of the hardware filters, out of the free text of an EDF header.

EDF+ asks for ``HP:0.1Hz LP:75Hz N:50Hz``; amplifiers write that in many ways. A text
that is not understood gives None, never a guess.
"""

import math
import re

_NUMBER = r"(\d+(?:[.,]\d*)?|[.,]\d+)"
_HIGHPASS = re.compile(
    rf"(?:hp|high\s*-?pass|lff|low\s*cut)\s*[:=]?\s*(?:(dc)|{_NUMBER}\s*(k?hz|m?s\b)?)",
    re.IGNORECASE,
)
_LOWPASS = re.compile(
    rf"(?:lp|low\s*-?pass|hff|high\s*cut)\s*[:=]?\s*{_NUMBER}\s*(k?hz)?", re.IGNORECASE
)
_BAND = re.compile(
    rf"^\D*{_NUMBER}\s*(?:hz)?\s*(?:-|to|\.\.)\s*{_NUMBER}\s*hz", re.IGNORECASE
)
_TIME_CONSTANT = re.compile(
    rf"\b(?:tc|time\s*constant)\s*[:=]?\s*{_NUMBER}\s*(m?s)?", re.IGNORECASE
)


def parse_prefilter(text: str) -> tuple[float | None, float | None]:
    """Return the high-pass and the low-pass limit in hertz.

    Parameters
    ----------
    text : str
        The prefilter field of a signal.

    Returns
    -------
    tuple of float or None
        A high-pass of 0 is direct current; a low-pass of 0 means no filter.
        Both give None.

    Examples
    --------
    >>> parse_prefilter("HP:0.5Hz LP:100Hz [enhanced cassette BW]")
    (0.5, 100.0)
    """
    lowpass = _LOWPASS.search(text)
    highpass_hz = _find_highpass(text)
    if highpass_hz is None and lowpass is None and (band := _BAND.search(text)):
        return _number(band[1]), _number(band[2])
    lowpass_hz = None
    if lowpass is not None:
        lowpass_hz = _number(lowpass[1]) * _hertz(lowpass[2]) or None
    return highpass_hz, lowpass_hz


def _find_highpass(text: str) -> float | None:
    match = _HIGHPASS.search(text)
    if match is not None:
        if match[1]:
            return 0.0
        unit = (match[3] or "hz").lower()
        value = _number(match[2])
        return value * _hertz(unit) if unit.endswith("hz") else _cutoff(value, unit)
    constant = _TIME_CONSTANT.search(text)
    if constant is None:
        return None
    return _cutoff(_number(constant[1]), (constant[2] or "s").lower())


def _cutoff(time_constant: float, unit: str) -> float | None:
    """Return the -3 dB frequency of a first-order filter."""
    seconds = time_constant / 1000 if unit == "ms" else time_constant
    return 1 / (2 * math.pi * seconds) if seconds > 0 else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _hertz(unit: str | None) -> float:
    return 1000.0 if unit and unit.lower() == "khz" else 1.0

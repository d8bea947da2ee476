"""Faults and assumptions about a recording or its scoring, reported beside the numbers."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much an issue matters to the numbers.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Severity.ERROR == "error"
    True
    """

    ERROR = "error"  # numbers that rest on it are withheld or cannot be trusted
    WARNING = "warning"  # look before using the numbers
    NOTE = "note"  # an assumption or a step, for the record


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that a reader of the numbers should know.

    Attributes
    ----------
    severity : Severity
        How much it matters.
    code : str
        Short, stable name in snake_case, such as ``unit_assumed``.
    message : str
        The finding and its place, in one sentence.
    remedy : str
        Remedy in one sentence; empty if nothing can be done.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> for issue in night.issues[:1]:
    ...     print(issue.severity, issue.code)
    warning rate_too_low
    """

    severity: Severity
    code: str
    message: str
    remedy: str = ""


def in_order(*groups: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Join issues without repeating one, the severest first."""
    rank = {"error": 0, "warning": 1, "note": 2}
    unique = dict.fromkeys(issue for group in groups for issue in group)
    return tuple(sorted(unique, key=lambda issue: rank[issue.severity]))

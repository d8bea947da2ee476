"""What is wrong with a recording or its scoring, told beside the numbers."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much an issue matters to the numbers."""

    ERROR = "error"  # numbers that rest on it are withheld or cannot be trusted
    WARNING = "warning"  # look before using the numbers
    NOTE = "note"  # what was assumed or done, for the record


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
        What was found, where, in one sentence.
    remedy : str
        What would settle it, in one sentence; empty where nothing can.
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

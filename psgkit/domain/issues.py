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

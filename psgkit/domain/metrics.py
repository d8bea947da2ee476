"""One number of one night, with what it means and what it is worth."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How far a column can be trusted, from its measured reliability."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    EXPLORATORY = "exploratory"
    UNRATED = "unrated"  # no reliability could be measured


@dataclass(frozen=True, slots=True)
class Undefined:
    """A number that this night does not have, and why.

    A metric's function returns it in place of a value: NaN is what is undefined, zero
    what was counted and found to be none.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Reliability:
    """Spearman's rho between nights, of one column scored twice.

    Attributes
    ----------
    experts : float or None
        Between human experts; median over pairs.
    automatic : float or None
        Between an automatic scoring and experts.
    """

    experts: float | None = None
    automatic: float | None = None

    @property
    def tier(self) -> Tier:
        """Primary from 0.65 in both, secondary from 0.5, else exploratory."""
        if self.experts is None or self.automatic is None:
            return Tier.UNRATED
        weaker = min(self.experts, self.automatic)
        if weaker >= 0.65:
            return Tier.PRIMARY
        return Tier.SECONDARY if weaker >= 0.5 else Tier.EXPLORATORY


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """The value of one column for one night.

    Attributes
    ----------
    name : str
        The column, in snake_case with its unit.
    value : float
        NaN where it is undefined.
    unit : str
        Unit in words, empty for a bare number.
    meaning : str
        One sentence.
    source : str
        Paper, manual or program that defines it.
    reliability : Reliability
        What the number is worth.
    reason : str
        Why the value is NaN; empty where it is not.
    low, high : float
        Interval within which staging error alone may move the value, or NaN.
    """

    name: str
    value: float
    unit: str
    meaning: str
    source: str
    reliability: Reliability = Reliability()
    reason: str = ""
    low: float = math.nan
    high: float = math.nan

    def __eq__(self, other: object) -> bool:
        """Compare by value; an undefined number equals an undefined number."""
        if not isinstance(other, Measure):
            return NotImplemented
        return self._comparable() == other._comparable()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self._comparable())

    def _comparable(self) -> tuple[object, ...]:
        numbers = (
            None if math.isnan(number) else number
            for number in (self.value, self.low, self.high)
        )
        words = (self.name, self.unit, self.meaning, self.source, self.reason)
        return (*words, self.reliability, *numbers)

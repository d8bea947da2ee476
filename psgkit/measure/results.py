"""The results of one part of the measuring: numbers, tables and their sources."""

from dataclasses import dataclass, field

import pandas as pd

from psgkit.domain.issues import Issue
from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.night import Spectra
from psgkit.domain.recording import Channel
from psgkit.measure.signals.usable_time import BoolArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Results:
    """Numbers, tables and their sources; the results of two parts add up.

    Attributes
    ----------
    measures : tuple of Measure
    tables : dict of str to pandas.DataFrame
        Long tables by name. The rows of equal names are put one below the other.
    spectra : dict of str to Spectra
        By role, one row per epoch of the scoring.
    channels_used : dict of str to str
        Purpose to role and label.
    issues : tuple of Issue
        Notes and warnings for the reader of the numbers.
    unusable : dict of Channel to numpy.ndarray of bool
        Seconds of a channel that could not be measured.
    """

    measures: tuple[Measure, ...] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    spectra: dict[str, Spectra] = field(default_factory=dict)
    channels_used: dict[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    unusable: dict[Channel, BoolArray] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """Return a number of the night."""
        return next(
            Undefined(found.reason) if found.reason else found.value
            for found in self.measures
            if found.name == name
        )

    def __add__(self, other: "Results") -> "Results":
        """Return the results of both, this one's first."""
        both = {
            name: pd.concat([self.tables[name], other.tables[name]], ignore_index=True)
            for name in self.tables.keys() & other.tables.keys()
        }
        return Results(
            measures=self.measures + other.measures,
            tables=self.tables | other.tables | both,
            spectra=self.spectra | other.spectra,
            channels_used=self.channels_used | other.channels_used,
            issues=self.issues + other.issues,
            unusable=self.unusable | other.unusable,
        )

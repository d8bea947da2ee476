"""Errors that psgkit raises on purpose.

::

    PsgkitError
    ├── InputError                an input cannot be used (exit status 2)
    │   ├── UnreadableRecording   the EDF or BDF file
    │   ├── UnreadableScoring     the scoring file
    │   ├── ScoringMismatch       a scoring that does not fit its recording
    │   ├── MissingChannel        a channel that was asked for is missing
    │   ├── SettingsError         a settings file, or a value in it
    │   ├── UnknownClassifier     a classifier of YASA that psgkit has not checked
    │   ├── UnreadableNight       a file that should be a saved night
    │   └── MissingExtra          an optional package is not installed
    └── OutputError               a result cannot be written (exit status 2)

A message is one sentence or two: the fault, the place, the value found, the remedy.
It never holds anything that could identify the patient.
"""

from collections.abc import Sequence


class PsgkitError(Exception):
    """Base class of every error that psgkit raises on purpose.

    Examples
    --------
    >>> import psgkit
    >>> try:
    ...     psgkit.analyse("night.edf", age_y=150)
    ... except psgkit.PsgkitError as error:
    ...     print(error)
    Age must be between 0 and 120 years; got 150.
    """


class InputError(PsgkitError):
    """An input cannot be used: a file, a value or an option.

    Examples
    --------
    >>> import psgkit
    >>> try:
    ...     psgkit.read_scoring("absent.csv")
    ... except psgkit.InputError as error:
    ...     print(error)
    There is no scoring file 'absent.csv'; check its path.
    """


class UnreadableRecording(InputError):
    """A recording cannot be read, or reading it would give wrong numbers."""


class UnreadableScoring(InputError):
    """A scoring cannot be read."""


class ScoringMismatch(InputError):
    """A scoring does not fit the recording it was given with."""


class MissingChannel(InputError):
    """The recording has no channel for the task."""


class SettingsError(InputError):
    """A settings file, or a value in it, cannot be used."""


class UnknownClassifier(InputError):
    """The installed YASA has a classifier that psgkit has not checked."""


class UnreadableNight(InputError):
    """A file is not a saved night, or a newer psgkit saved it."""


class MissingExtra(InputError):
    """The task needs an optional package that is not installed."""


class OutputError(PsgkitError):
    """A result cannot be written.

    Examples
    --------
    >>> import psgkit
    >>> scoring = psgkit.Scoring.from_stages(["W", "N2", "R"])
    >>> try:
    ...     psgkit.export_scoring(scoring, "night.doc", to="word")
    ... except psgkit.OutputError as error:
    ...     print(error)
    No format 'word' to export to; there are edf+, luna, bids, csv, yasa.
    """


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: ``"a, b and c"``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

"""Everything that psgkit raises on purpose.

::

    PsgkitError
    ├── InputError                what was given cannot be used (exit status 2)
    │   ├── UnreadableRecording   the EDF or BDF file
    │   ├── UnreadableScoring     the scoring file
    │   ├── ScoringMismatch       a scoring that does not fit its recording
    │   ├── MissingChannel        no channel for what was asked
    │   ├── SettingsError         a settings file, or a value in it
    │   ├── UnknownClassifier     a classifier of YASA that psgkit has not checked
    │   ├── UnreadableNight       a file that should be a saved night
    │   └── MissingExtra          an optional package is not installed
    └── OutputError               a result cannot be written (exit status 2)

A message is one sentence or two: what was wrong, where, what was found, and what
would help. Nothing that could identify the patient stands in it.
"""

from collections.abc import Sequence


class PsgkitError(Exception):
    """Anything that psgkit raises on purpose."""


class InputError(PsgkitError):
    """What was given cannot be used."""


class UnreadableRecording(InputError):
    """A recording cannot be read, or reading it would give wrong numbers."""


class UnreadableScoring(InputError):
    """A scoring cannot be read."""


class ScoringMismatch(InputError):
    """A scoring does not fit the recording it was given with."""


class MissingChannel(InputError):
    """No channel of the recording serves what was asked."""


class SettingsError(InputError):
    """A settings file, or a value in it, cannot be used."""


class UnknownClassifier(InputError):
    """The installed YASA has a classifier that psgkit has not checked."""


class UnreadableNight(InputError):
    """A file is not a night that psgkit saved, or is one of a newer kind."""


class MissingExtra(InputError):
    """What was asked needs an optional package that is not installed."""


class OutputError(PsgkitError):
    """A result cannot be written."""


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: ``"a, b and c"``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

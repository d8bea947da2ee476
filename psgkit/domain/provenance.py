"""Where a night's numbers came from."""

from dataclasses import dataclass, field
from functools import cache
from importlib import metadata

# Raised whenever any number in a report changes for the same input and settings.
METRIC_VERSION = 4

# From this age on, the age may identify a person.
_OLDEST_TOLD_Y = 90
# Packages whose versions a number may depend on.
_PACKAGES = ("psgkit", "yasa", "mne", "numpy", "scipy", "pandas", "lightgbm")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Facts needed to obtain the same numbers again.

    Attributes
    ----------
    versions : dict of str to str
        Of psgkit and of the packages that its numbers rest on.
    settings : dict of str to object
        All settings in force, as JSON values.
    recording_sha256, scoring_sha256 : str
        Of the input files; empty without a file.
    recording_bytes : int
        Size of the recording's file.
    channels_used : dict of str to str
        Purpose (``staging_eeg``) to role and label.
    stager : str
        Person or program that scored the stages.
    arousal_source : str
        Person or program that marked the arousals; empty without arousals.
    age_y : int or None
        Age in whole years, 90 for all who are older; None where unknown.
    metric_version : int
        Version of the definitions of all numbers.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> night.provenance.stager, night.provenance.metric_version
    ('table (CSV, BIDS events.tsv)', 4)
    """

    versions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    recording_sha256: str = ""
    scoring_sha256: str = ""
    recording_bytes: int = 0
    channels_used: dict[str, str] = field(default_factory=dict)
    stager: str = ""
    arousal_source: str = ""
    age_y: int | None = None
    metric_version: int = METRIC_VERSION


def whole_years(age_y: float | None) -> int | None:
    """Return an age that does not identify a very old person.

    Examples
    --------
    >>> whole_years(34.7), whole_years(97.0), whole_years(None)
    (34, 90, None)
    """
    return None if age_y is None else min(int(age_y), _OLDEST_TOLD_Y)


def installed_versions() -> dict[str, str]:
    """Return the versions of psgkit and of the packages that its numbers rest on."""
    return {name: _version(name) for name in _PACKAGES}


@cache
def _version(name: str) -> str:
    return metadata.version(name)

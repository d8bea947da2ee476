"""Physical units and their factors to microvolts.

No later step notices a factor of a million. So the unit comes from a clear header, else
from the amplitude of the signal. If neither decides, it stays unknown.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum

import numpy as np

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import FloatArray
from psgkit.domain.signal_source import SignalSource
from psgkit.errors import MissingChannel
from psgkit.settings import ReadSettings

# Kinds whose unit `--unit` sets; mastoids follow the EEG that they are subtracted from.
OVERRIDDEN_KINDS = frozenset({Kind.EEG, Kind.REFERENCE, Kind.EOG, Kind.EMG})

WINDOW_S = 5.0
N_WINDOWS = 12

# Micro sign and Greek mu, and their forms when UTF-8, Shift-JIS or the old DOS
# code page are read as Latin-1; Cyrillic "mk" of code page 1251, likewise.
_MICRO = (
    "\u00b5",
    "\u03bc",
    "\u00c2\u00b5",
    "\u00ce\u00bc",
    "\u0083\u00ca",
    "\u00e6",
    "\u00ec\u00ea",
)
_PREFIXES = {"": "V", "n": "nV", "nano": "nV", "u": "uV", "micro": "uV", "m": "mV"}
_PREFIXES |= {"milli": "mV", "mk": "uV", "mc": "uV"}  # mkV: Cyrillic in Latin letters
_VOLTS = re.compile(r"(n|nano|u|micro|mk|mc|m|milli)?\s*(v|volts?)\.?", re.IGNORECASE)
_FROM_CYRILLIC = str.maketrans(
    {
        "\u043c": "m",  # Cyrillic em
        "\u041c": "M",
        "\u043d": "n",  # en
        "\u0432": "v",  # ve
        "\u0412": "V",
        "\u00ec": "m",  # the same letters of code page 1251, read as Latin-1
        "\u00c2": "V",
        "\u00e2": "v",
    }
)
_CYRILLIC_MICRO = re.compile("^\u043c\u043a", re.IGNORECASE)
# A volt whose prefix was lost, such as ".V", and a volt of something, such as "uVrms".
_DAMAGED_VOLTS = re.compile(
    r"[^a-z0-9]{1,3}v(olts?)?|[^\x00-\x7f]{1,2}v|[num]?v[ ._-]?(rms|pp|p-p|pk|peak)",
    re.IGNORECASE,
)
# Words without a unit, or for the converter's own steps.
_OPEN = {"", "?", "-", "n/a", "na", "none", "unknown", "?v", "\ufffdv", "x", "adc"}
_OPEN |= {"au", "a.u.", "units", "unit", "raw", "lsb", "counts", "digital", "du", "dig"}


def wanted_units(
    labels: Sequence[str], roles: Sequence[Role], settings: ReadSettings
) -> list[str | None]:
    """Return the unit that the user gives to each channel, None if not given.

    Parameters
    ----------
    labels : sequence of str
        One per channel, without repetition.
    roles : sequence of Role
        The role of each.
    settings : ReadSettings
        ``units`` names channels by label, role or kind and goes before ``unit``.

    Raises
    ------
    MissingChannel
        If ``units`` names a channel that is not there.
    """
    wanted: list[str | None] = [
        settings.unit if role.kind in OVERRIDDEN_KINDS else None for role in roles
    ]
    for key, unit in settings.units.items():
        for index in _named_channels(key, labels, roles):
            wanted[index] = unit
    return wanted


def _named_channels(
    key: str, labels: Sequence[str], roles: Sequence[Role]
) -> list[int]:
    folded = key.strip().casefold()
    names: list[Sequence[str]] = [
        labels,
        [label.strip().casefold() for label in labels],
        [role.value.casefold() for role in roles],
        [role.kind.value for role in roles],
    ]
    for known, name in zip(names, (key, folded, folded, folded), strict=True):
        if found := [i for i, other in enumerate(known) if other == name]:
            return found
    raise MissingChannel(
        f"No channel {key!r} for --unit; there are: {', '.join(labels)}."
    )


class UnitKind(Enum):
    """Kinds of units other than voltages."""

    OPEN = "the header leaves it open"
    OTHER = "a physical quantity other than voltage"


def read_unit(text: str) -> str | UnitKind:
    """Return ``"nV"``, ``"uV"``, ``"mV"`` or ``"V"``, or why the unit is unknown.

    ``MV`` is read as millivolts: nothing that is recorded from a person is a megavolt.

    Examples
    --------
    >>> read_unit("UV"), read_unit("Volt"), read_unit("MV")
    ('uV', 'V', 'mV')
    """
    bare = text.strip()
    for micro in sorted(_MICRO, key=len, reverse=True):
        if bare.startswith(micro):
            bare = "u" + bare.removeprefix(micro)
            break
    bare = _CYRILLIC_MICRO.sub("u", bare).translate(_FROM_CYRILLIC)
    if bare.casefold() in _OPEN or _DAMAGED_VOLTS.fullmatch(bare):
        return UnitKind.OPEN
    match = _VOLTS.fullmatch(bare)
    return _PREFIXES[(match[1] or "").lower()] if match else UnitKind.OTHER


def measure_spread(source: SignalSource, index: int, duration_s: float) -> float:
    """Return the median standard deviation over a few windows of five seconds.

    Parameters
    ----------
    source : SignalSource
        Where the samples come from; only the windows are read.
    index : int
        The signal.
    duration_s : float
        Length of the recording.

    Returns
    -------
    float
        In the signal's own unit; NaN where all windows are flat or empty.
    """
    spreads = [
        spread
        for values in _windows(source, index, duration_s)
        if values.size > 1 and (spread := float(np.std(values))) > 0
    ]
    return float(np.median(spreads)) if spreads else float("nan")


def measure_level(source: SignalSource, index: int, duration_s: float) -> float:
    """Return the median size of a signal's values; as `measure_spread` else."""
    levels = [
        float(np.median(np.abs(values)))
        for values in _windows(source, index, duration_s)
        if values.size
    ]
    return float(np.median(levels)) if levels else float("nan")


def _windows(
    source: SignalSource, index: int, duration_s: float
) -> Iterator[FloatArray]:
    """Yield the known samples of a few windows of five seconds."""
    starts = np.linspace(0.0, max(duration_s - WINDOW_S, 0.0), N_WINDOWS)
    for start in starts.tolist():
        values = source.read(index, start, start + WINDOW_S)
        yield values[np.isfinite(values)]

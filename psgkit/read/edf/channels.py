"""The channels of an EDF file: labels, roles, units, filters, and what is wrong there."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psgkit.domain.amplitude import ELECTRODE_KINDS, FACTORS_UV, decide_unit
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel
from psgkit.domain.roles import Role
from psgkit.errors import UnreadableRecording
from psgkit.read.channel_roles import assign_roles, find_uses
from psgkit.read.edf.header import SignalHeader
from psgkit.read.edf.prefilter import parse_prefilter
from psgkit.read.edf.source import EdfSource
from psgkit.read.units import OVERRIDDEN_KINDS, UnitKind, measure_spread, read_unit
from psgkit.settings import ReadSettings

# Off by one is common (32768 for 32767) and harmless; more hints at another scale.
DIGITAL_LIMITS = {2: 32_768, 3: 8_388_608}


@dataclass(frozen=True, slots=True)
class _Unit:
    """The factor of one channel, and how it was found."""

    to_uv: float | None
    wanted: str = ""
    assumed: str = ""
    is_lost: bool = False


def build_channels(
    source: EdfSource, settings: ReadSettings
) -> tuple[tuple[Channel, ...], list[Issue]]:
    """Describe every signal that has samples.

    Parameters
    ----------
    source : EdfSource
        The file; samples are read only of signals whose unit the header leaves open.
    settings : ReadSettings
        Channels and unit as the user names them.

    Returns
    -------
    channels : tuple of Channel
    issues : list of Issue

    Raises
    ------
    UnreadableRecording
        If no signal has samples.
    MissingChannel, SettingsError
        If a channel of the settings is not there, or its role is none.
    """
    indices = [
        index
        for index, signal in enumerate(source.signals)
        if signal.samples > 0 and not signal.is_annotations
    ]
    if not indices:
        raise UnreadableRecording(
            f"{source.layout.path.name} has no signal with samples; give a recording."
        )
    signals = [source.signals[index] for index in indices]
    labels, issues = _name(signals)
    rates_hz = [source.rate_hz(index) for index in indices]
    roles, more = assign_roles(
        labels, rates_hz, settings.channels, written=[s.label for s in signals]
    )
    units = []
    channels = []
    for index, label, said in zip(indices, labels, roles, strict=True):
        role = _by_unit(said, source.signals[index])
        units.append(_unit_of(source, index, role, settings.unit))
        channels.append(_describe(source, index, label, role, units[-1]))
    issues += more
    issues += _unit_issues(channels, units)
    issues += _limit_issues(channels, signals, source.sample_bytes)
    return tuple(channels), issues


def _describe(
    source: EdfSource, index: int, label: str, role: Role, unit: _Unit
) -> Channel:
    signal = source.signals[index]
    highpass_hz, lowpass_hz = parse_prefilter(signal.prefilter)
    return Channel(
        role=role,
        label=label,
        index=index,
        rate_hz=source.rate_hz(index),
        unit=unit.wanted or signal.unit,
        to_uv=unit.to_uv,
        highpass_hz=highpass_hz,
        lowpass_hz=lowpass_hz,
        limits=(min(signal.physical), max(signal.physical)),
    )


def _name(signals: Sequence[SignalHeader]) -> tuple[list[str], list[Issue]]:
    """Return labels that differ, and which of the file's did not."""
    written = [s.label or f"channel {n}" for n, s in enumerate(signals, start=1)]
    seen: Counter[str] = Counter()
    labels: dict[str, None] = {}
    for label in written:
        seen[label] += 1
        name = label if seen[label] == 1 else f"{label} ({seen[label]})"
        while name in labels:  # the file numbers its labels in the same way
            name += "'"
        labels[name] = None
    issues = [
        Issue(
            Severity.WARNING,
            "label_duplicate",
            f"{count} channels are labelled {label!r}; the later ones are called "
            f"'{label} (2)' and so on.",
            f"Say which one is meant with --channel ROLE='{label} (2)'.",
        )
        for label, count in seen.items()
        if count > 1
    ]
    blank = sum(not signal.label for signal in signals)
    if blank:
        issues.append(
            Issue(
                Severity.NOTE,
                "label_blank",
                f"{blank} channels have no label; they are called 'channel' and their "
                "number.",
                "Say what one is with --channel ROLE='channel N'.",
            )
        )
    return list(labels), issues


def _by_unit(role: Role, signal: SignalHeader) -> Role:
    """Correct what a label says by its unit: an impedance, oxygen called ``O2``."""
    if "ohm" in signal.unit.casefold():
        return Role.OTHER
    return Role.SPO2 if role is Role.O2 and signal.unit == "%" else role


def _unit_of(
    source: EdfSource, index: int, role: Role, unit_wanted: str | None
) -> _Unit:
    signal = source.signals[index]
    if role.kind in ELECTRODE_KINDS and not signal.has_scale:
        return _Unit(None)
    if unit_wanted is not None and role.kind in OVERRIDDEN_KINDS:
        return _Unit(FACTORS_UV[unit_wanted], wanted=unit_wanted)
    unit = read_unit(signal.unit)
    if isinstance(unit, str):
        return _Unit(FACTORS_UV[unit])
    if role.kind not in ELECTRODE_KINDS:
        return _Unit(None)
    if unit is UnitKind.OPEN:
        spread = measure_spread(source, index, source.layout.duration_s)
        decided = None if math.isnan(spread) else decide_unit(spread, role.kind)
        if decided is not None:
            return _Unit(FACTORS_UV[decided], assumed=decided)
    return _Unit(None, is_lost=True)


def _unit_issues(channels: Sequence[Channel], units: Sequence[_Unit]) -> list[Issue]:
    issues = []
    for name in FACTORS_UV:
        taken = _labels(
            c for c, u in zip(channels, units, strict=True) if u.assumed == name
        )
        if taken:
            issues.append(
                Issue(
                    Severity.WARNING,
                    "unit_assumed",
                    f"The header gives no unit for {taken}; the amplitude says {name}.",
                    f"Use --unit {name} to confirm, or name another unit.",
                )
            )
    lost = [c for c, u in zip(channels, units, strict=True) if u.is_lost]
    if lost:
        issues.append(
            Issue(
                Severity.ERROR,
                "unit_unknown",
                f"The unit of {_labels(lost)} is "
                f"{', '.join(sorted({repr(c.unit) for c in lost}))}, and the amplitude "
                "fits no voltage; nothing that needs microvolts is computed from it.",
                "Name the unit: --unit uV (or nV, mV, V).",
            )
        )
    return issues


def _limit_issues(
    channels: Sequence[Channel], signals: Sequence[SignalHeader], sample_bytes: int
) -> list[Issue]:
    pairs = list(zip(channels, signals, strict=True))
    equal = [c for c, s in pairs if not s.has_scale]
    inverted = [
        c
        for c, s in pairs
        if (s.physical[0] < s.physical[1]) != (s.digital[0] < s.digital[1])
        and s.has_scale
        and c.role.kind in ELECTRODE_KINDS
    ]
    bound = DIGITAL_LIMITS[sample_bytes]
    wide = [c for c, s in pairs if max(map(abs, s.digital)) > bound]
    issues = []
    if equal:
        matters = any(channel.role.kind in ELECTRODE_KINDS for channel in equal)
        issues.append(
            Issue(
                Severity.ERROR if matters else Severity.NOTE,
                "limits_equal",
                f"The header's limits of {_labels(equal)} are equal, so that its samples "
                "have no scale; it was left unread.",
                "Export the recording again, or repair the header.",
            )
        )
    if inverted:
        issues.append(
            Issue(
                Severity.NOTE,
                "gain_negative",
                f"The header turns {_labels(inverted)} upside down (a negative gain); it "
                "was read as the header says.",
            )
        )
    if wide:
        issues.append(
            Issue(
                Severity.WARNING,
                "digital_limits",
                f"The digital limits of {_labels(wide)} are wider than a sample of "
                f"{8 * sample_bytes} bits; its scale was taken as the header gives it.",
                "Check its amplitude, or export the recording again.",
            )
        )
    return issues


def _labels(channels: Iterable[Channel]) -> str:
    return ", ".join(channel.label for channel in channels)

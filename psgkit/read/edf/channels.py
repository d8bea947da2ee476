"""The channels of an EDF file: labels, roles, units, filters, and issues on them."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from psgkit.domain.channels.amplitude import ELECTRODE_KINDS, FACTORS_UV, decide_unit
from psgkit.domain.channels.roles import Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel
from psgkit.errors import UnreadableRecording
from psgkit.read.edf.channel_issues import (
    NO_VOLTAGE,
    ChannelUnit,
    limit_issues,
    unit_issues,
)
from psgkit.read.edf.header import SignalHeader
from psgkit.read.edf.prefilter import parse_prefilter
from psgkit.read.edf.source import EdfSource
from psgkit.read.labels.channel_roles import assign_roles, find_uses
from psgkit.read.labels.units import UnitKind, measure_spread, read_unit, wanted_units
from psgkit.settings import ReadSettings


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
        If a channel of the settings is missing, or its role is unknown.
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
    said, more = assign_roles(
        labels, rates_hz, settings.channels, written=[s.label for s in signals]
    )
    roles = [_by_unit(*pair) for pair in zip(said, signals, strict=True)]
    wanted = wanted_units(labels, roles, settings)
    units = [
        _unit_of(source, *facts) for facts in zip(indices, roles, wanted, strict=True)
    ]
    uses = find_uses(labels, settings.channels)
    channels = [
        replace(_describe(source, *facts), wanted_for=uses.get(position, frozenset()))
        for position, facts in enumerate(
            zip(indices, labels, roles, units, strict=True)
        )
    ]
    issues += more
    issues += unit_issues(channels, units)
    issues += limit_issues(channels, signals, source.sample_bytes)
    return tuple(channels), issues


def _describe(
    source: EdfSource, index: int, label: str, role: Role, unit: ChannelUnit
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
        limits=signal.limits,
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
                "Name a channel's role with --channel ROLE='channel N'.",
            )
        )
    return list(labels), issues


def _by_unit(role: Role, signal: SignalHeader) -> Role:
    """Correct a role by the unit: an impedance, oxygen called ``O2``."""
    if "ohm" in signal.unit.casefold():
        return Role.OTHER
    return Role.SPO2 if role is Role.O2 and signal.unit == "%" else role


def _unit_of(
    source: EdfSource, index: int, role: Role, unit_wanted: str | None
) -> ChannelUnit:
    signal = source.signals[index]
    if role.kind in ELECTRODE_KINDS and not signal.has_scale:
        return ChannelUnit(None)
    if unit_wanted is not None:
        return ChannelUnit(FACTORS_UV[unit_wanted], wanted=unit_wanted)
    unit = read_unit(signal.unit)
    if isinstance(unit, str):
        return ChannelUnit(FACTORS_UV[unit])
    if role.kind not in ELECTRODE_KINDS:
        return ChannelUnit(None)
    spread = measure_spread(source, index, source.layout.duration_s)
    decided = None if math.isnan(spread) else decide_unit(spread, role.kind)
    if decided is not None and unit is UnitKind.OPEN:
        return ChannelUnit(FACTORS_UV[decided], assumed=decided)
    return ChannelUnit(None, lost=decided or NO_VOLTAGE)

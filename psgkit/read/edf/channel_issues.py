"""Issues on the units and limits of channels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from psgkit.domain.channels.amplitude import ELECTRODE_KINDS, FACTORS_UV
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel
from psgkit.read.edf.header import SignalHeader
from psgkit.read.labels.units import OVERRIDDEN_KINDS

# Off by one is common (32768 for 32767) and harmless; more means another scale.
DIGITAL_LIMITS = {2: 32_768, 3: 8_388_608}
NO_VOLTAGE = "none"
_REPAIR = "Export the recording again, or repair the header."


@dataclass(frozen=True, slots=True)
class ChannelUnit:
    """The factor of one channel, and how it was found.

    Attributes
    ----------
    to_uv : float or None
    wanted : str
        The unit that the user names.
    assumed : str
        The unit that the amplitude decided.
    lost : str
        Where no unit can be used: the one that the amplitude suggests, or
        `NO_VOLTAGE`.
    """

    to_uv: float | None
    wanted: str = ""
    assumed: str = ""
    lost: str = ""


def unit_issues(
    channels: Sequence[Channel], units: Sequence[ChannelUnit]
) -> list[Issue]:
    """Find assumed and unknown units."""
    pairs = list(zip(channels, units, strict=True))
    assumed = [
        _unit_assumed(taken, name, channels)
        for name in FACTORS_UV
        if (taken := [c for c, u in pairs if u.assumed == name])
    ]
    unknown = [
        _unit_unknown(lost, name, channels)
        for name in (*FACTORS_UV, NO_VOLTAGE)
        if (lost := [c for c, u in pairs if u.lost == name])
    ]
    return assumed + unknown


def _unit_assumed(
    taken: Sequence[Channel], name: str, channels: Sequence[Channel]
) -> Issue:
    said = ", ".join(sorted({repr(c.unit) for c in taken if c.unit}))
    found = f"the unit {said}, which is unclear," if said else "no unit"
    return Issue(
        Severity.WARNING,
        "unit_assumed",
        f"The header gives {found} for {_labels(taken)}; the amplitude says {name}.",
        f"Use {_option(taken, name, channels)} to confirm, or name another unit.",
    )


def _unit_unknown(
    lost: Sequence[Channel], name: str, channels: Sequence[Channel]
) -> Issue:
    said = ", ".join(sorted({repr(c.unit) for c in lost}))
    found = f"the amplitude says {name}"
    if name == NO_VOLTAGE:
        found, name = "the amplitude fits no voltage", "uV"
    others = ", ".join(other for other in FACTORS_UV if other != name)
    return Issue(
        Severity.ERROR,
        "unit_unknown",
        f"The unit of {_labels(lost)} is {said}, and {found}; nothing that needs "
        "microvolts is computed from it.",
        f"Name the unit: {_option(lost, name, channels)} (or {others}).",
    )


def _option(taken: Sequence[Channel], name: str, channels: Sequence[Channel]) -> str:
    """Return the option that gives some channels a unit and leaves others theirs."""
    would_change = [
        c
        for c in channels
        if c not in taken
        and c.role.kind in OVERRIDDEN_KINDS
        and c.to_uv not in {None, FACTORS_UV[name]}
    ]
    if not would_change and all(c.role.kind in OVERRIDDEN_KINDS for c in taken):
        return f"--unit {name}"
    return " ".join(f'--unit "{channel.label}={name}"' for channel in taken)


def limit_issues(
    channels: Sequence[Channel], signals: Sequence[SignalHeader], sample_bytes: int
) -> list[Issue]:
    """Find limits of the header that give no scale, or another than they should."""
    pairs = list(zip(channels, signals, strict=True))
    bound = DIGITAL_LIMITS[sample_bytes]
    issues = []
    if equal := [c for c, s in pairs if s.has_limits and not s.has_scale]:
        issues.append(
            Issue(
                _severity(equal),
                "limits_equal",
                f"The header's limits of {_labels(equal)} are equal, so that its samples "
                "have no scale; it was left unread.",
                _REPAIR,
            )
        )
    if unreadable := [c for c, s in pairs if not s.has_limits]:
        issues.append(
            Issue(
                _severity(unreadable),
                "limits_unreadable",
                f"The header's limits of {_labels(unreadable)} are blank or not numbers, "
                "so that its samples have no scale; it was left unread.",
                _REPAIR,
            )
        )
    if inverted := [
        c for c, s in pairs if s.is_inverted and c.role.kind in ELECTRODE_KINDS
    ]:
        issues.append(
            Issue(
                Severity.NOTE,
                "gain_negative",
                f"The header inverts {_labels(inverted)} (a negative gain); it was read as "
                "the header says.",
            )
        )
    if wide := [c for c, s in pairs if max(map(abs, s.digital)) > bound]:
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


def _severity(channels: Iterable[Channel]) -> Severity:
    """Return how much a channel without a scale matters."""
    matters = any(channel.role.kind in ELECTRODE_KINDS for channel in channels)
    return Severity.ERROR if matters else Severity.NOTE


def _labels(channels: Iterable[Channel]) -> str:
    return ", ".join(channel.label for channel in channels)

"""Which channels the classifier shall see.

YASA was trained on a central EEG against the opposite mastoid, the left EOG against a
mastoid, and a bipolar chin EMG (Vallat and Walker 2021). The nearest channel is
taken. The last choices are better than no staging, and the report names them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.signals.trace import Trace, in_parts, is_missing, trace_of
from psgkit.errors import MissingChannel, UnreadableRecording
from psgkit.stage.waveform import EPOCH_S, EPOCH_SAMPLES, RATE_HZ

FloatArray = npt.NDArray[np.float64]
Seen = TypeVar("Seen")

# YASA refuses a recording at 80 Hz or less. MNE brings all channels of a file to the
# rate of the fastest, so slower channels beside a faster one are staged: SHHS1 has its
# EOG at 50 Hz beside EEG at 125 Hz.
LOWEST_RATE_HZ = 80.0
# At 20 Hz or less a channel has nothing above 10 Hz: no spindles and no muscle. The
# chin of Sleep-EDF, at 1 Hz, is an envelope.
LOWEST_OWN_RATE_HZ = 20.0

# A message names no more channels than these.
MOST_NAMED = 12

EEG_ROLES = (
    *(Role.C4_M1, Role.C3_M2, Role.C4_M1M2, Role.C3_M1M2, Role.C4, Role.C3),
    *(Role.C4_M2, Role.C3_M1, Role.CZ_M1, Role.CZ_M2, Role.CZ),
    *(Role.FPZ_CZ, Role.FZ_CZ, Role.CZ_OZ),
    *(Role.F4_M1, Role.F3_M2, Role.F4_M1M2, Role.F3_M1M2, Role.F4, Role.F3),
    *(Role.F4_M2, Role.F3_M1, Role.FZ_M1, Role.FZ_M2, Role.FZ),
    *(Role.FP2_M1, Role.FP1_M2, Role.FPZ_M1, Role.FPZ_M2),
    *(Role.FP2, Role.FP1, Role.FPZ),
    *(Role.P4_M1, Role.P3_M2, Role.P4, Role.P3, Role.PZ_OZ, Role.PZ),
    *(Role.O2_M1, Role.O1_M2, Role.O2, Role.O1),
)
EOG_ROLES = (Role.EOG_L, Role.EOG_R, Role.EOG_H)
EMG_ROLES = (Role.EMG_CHIN,)

_ROLES = {Kind.EEG: EEG_ROLES, Kind.EOG: EOG_ROLES, Kind.EMG: EMG_ROLES}
_WORDS = {Kind.EEG: "EEG", Kind.EOG: "EOG", Kind.EMG: "chin EMG"}


@dataclass(frozen=True, slots=True)
class Unusable:
    """A channel that would have served, and why it cannot."""

    channel: Channel
    why: str
    remedy: str


def choose_channels(
    recording: Recording, look: Callable[[Recording, Channel], Seen | None]
) -> tuple[dict[Kind, Seen], tuple[Issue, ...]]:
    """Take the best EEG, EOG and chin EMG that hold a signal.

    Parameters
    ----------
    recording : Recording
    look : callable
        Reads a channel and returns its data for staging; None for a channel that
        never changes, which gives way to the next.

    Returns
    -------
    seen : dict of Kind to object
        Result of ``look`` for the channel taken.
    issues : tuple of Issue
        The kinds of channel that are missing, and an EEG whose electrode position is unknown.

    Raises
    ------
    MissingChannel
        If no EEG can be staged; the message lists the channels.
    UnreadableRecording
        If the recording is shorter than one epoch.
    """
    if recording.duration_s < EPOCH_S:
        raise UnreadableRecording(
            f"{recording.id}: it holds {recording.duration_s:g} s of signal and cannot "
            f"be staged; one epoch takes {EPOCH_S:g} s.{recording.cut_short}"
        )
    seen: dict[Kind, Seen] = {}
    issues: list[Issue] = []
    for kind in (Kind.EEG, Kind.EOG, Kind.EMG):
        # A lost EEG gives no stage. A lost EOG or EMG leaves YASA's stage.
        whole = recording if kind is Kind.EEG else replace(recording, lost=())
        usable, unusable = candidates(recording, kind)
        for channel in usable:
            found = look(whole, channel)
            if found is not None:
                seen[kind] = found
                issues += _site_unknown(channel)
                break
            why = "it holds no signal", "check the electrode"
            unusable.append(Unusable(channel, *why))
        if kind not in seen:
            if kind is Kind.EEG:
                raise no_eeg(recording, unusable)
            issues.append(left_out(kind, unusable))
    return seen, tuple(issues)


def first_choices(recording: Recording) -> tuple[Channel, ...]:
    """Return the EEG, EOG and chin EMG that are staged unless they hold no signal."""
    kinds = (Kind.EEG, Kind.EOG, Kind.EMG)
    return tuple(c for kind in kinds for c in candidates(recording, kind)[0][:1])


def changing_signal(
    recording: Recording, channel: Channel
) -> tuple[FloatArray | Trace, npt.NDArray[np.bool_]] | None:
    """Return a channel and which of its samples are missing.

    A channel that never changes gives None.
    """
    values = trace_of(recording, channel)
    missing = is_missing(values)
    lowest, highest = np.inf, -np.inf
    for first, part in in_parts(values):
        known = part[~missing[first : first + len(part)]]
        lowest = min(lowest, known.min(initial=np.inf))
        highest = max(highest, known.max(initial=-np.inf))
        if lowest < highest:
            return values, missing
    return None


def missing_share(missing: npt.NDArray[np.bool_], rate_hz: float) -> FloatArray:
    """Return the share of each whole epoch that has no signal."""
    n_epochs = round(len(missing) * RATE_HZ / rate_hz) // EPOCH_SAMPLES
    epoch_of = (np.flatnonzero(missing) / (rate_hz * EPOCH_S)).astype(int)
    counts = np.bincount(epoch_of, minlength=n_epochs)[:n_epochs]
    return np.asarray(counts / (rate_hz * EPOCH_S))


def candidates(
    recording: Recording, kind: Kind
) -> tuple[list[Channel], list[Unusable]]:
    """Return the channels that can be used, the best first, and the others.

    One that was off for a while comes after those that were not, and one that is unfit
    last, unless it is not to be staged at all.

    Parameters
    ----------
    recording : Recording
        The night.
    kind : {Kind.EEG, Kind.EOG, Kind.EMG}
        Kind of channel.
    """
    usable, unusable = [], []
    fastest_hz = max((c.rate_hz for c in recording.channels), default=0.0)
    for channel in _ranked(recording, kind):
        reason = _why_unusable(channel, fastest_hz)
        if reason is None:
            usable.append(channel)
        else:
            unusable.append(Unusable(channel, *reason))
    use = f"staging_{kind.value}"
    usable.sort(
        key=lambda channel: (
            use not in channel.wanted_for,
            *_shortfall(recording, channel),
        )
    )
    return usable, unusable


def no_eeg(recording: Recording, unusable: Iterable[Unusable]) -> MissingChannel:
    """Return the error to raise where no EEG can be staged."""
    listed = list(unusable)
    faults = [_faults_of(recording, one.channel) for one in listed]
    if listed and all(faults):
        # The same sentences as `psgkit inspect` gives.
        unique = dict.fromkeys(issue for found in faults for issue in found)
        told = " ".join(f"{issue.message} {issue.remedy}" for issue in unique)
        return MissingChannel(f"{recording.id}: no EEG channel can be staged. {told}")
    refused = [
        f"{labels}: {why}; {remedy}" for (why, remedy), labels in _by_reason(listed)
    ]
    if refused:
        return MissingChannel(
            f"{recording.id}: no EEG channel can be staged ({'. '.join(refused)})."
        )
    for issue in recording.issues:
        if issue.code == "eeg_given_away":
            return MissingChannel(f"{recording.id}: {issue.message} {issue.remedy}")
    if caps := {c.role.cap for c in recording.of_kind(Kind.EEG)} - {""}:
        return MissingChannel(
            f"{recording.id}: its electrodes are numbered as on the cap "
            f"{', '.join(sorted(caps))}, whose labels are not places of the 10-20 "
            "system. Name the electrodes to stage on, for example --channel C4=LABEL "
            "and --channel M1=LABEL."
        )
    return MissingChannel(
        f"{recording.id}: no EEG channel was recognised among "
        f"{_some(recording.labels)}; name one with --channel eeg=LABEL."
    )


def _faults_of(recording: Recording, channel: Channel) -> tuple[Issue, ...]:
    """Return the errors of a recording that name a channel by its label."""
    name = re.compile(rf"(?<!\w){re.escape(channel.label)}(?!\w)")
    return tuple(
        issue
        for issue in recording.issues
        if issue.severity is Severity.ERROR and name.search(issue.message)
    )


def _site_unknown(channel: Channel) -> list[Issue]:
    if channel.role is not Role.EEG_OTHER:
        return []
    return [
        Issue(
            Severity.WARNING,
            "staging_site_unknown",
            f"Staged on {channel.label}, whose electrode position is unknown. The stager "
            "was trained on central channels.",
            "Name a central channel, for example --channel C4_M1=LABEL.",
        )
    ]


def left_out(kind: Kind, unusable: Iterable[Unusable]) -> Issue:
    """Return the issue that staging had to do without a kind of channel."""
    refused = list(unusable)
    word = _WORDS[kind]
    if not refused:
        message = f"Staged without {word}: no such channel was recognised."
        remedy = f"If there is one, name it with --channel {kind.value}=LABEL."
    else:
        reasons = "; ".join(
            f"{labels}: {why}" for (why, _), labels in _by_reason(refused)
        )
        message = f"Staged without {word} ({reasons})."
        remedy = refused[0].remedy.capitalize() + "."
    return Issue(Severity.NOTE, f"staging_without_{kind.value}", message, remedy)


def _by_reason(
    unusable: Iterable[Unusable],
) -> list[tuple[tuple[str, str], str]]:
    """Return each reason and remedy once, with the channels that it holds for."""
    channels: dict[tuple[str, str], list[str]] = {}
    for one in unusable:
        channels.setdefault((one.why, one.remedy), []).append(one.channel.label)
    return [(reason, _some(labels)) for reason, labels in channels.items()]


def _some(labels: Sequence[str]) -> str:
    """Name a few channels, and the number of others."""
    if len(labels) <= MOST_NAMED:
        return ", ".join(labels)
    return f"{', '.join(labels[:3])} and {len(labels) - 3} more"


def _ranked(recording: Recording, kind: Kind) -> list[Channel]:
    known = recording.ranked(_ROLES[kind], f"staging_{kind.value}")
    if kind is Kind.EEG:  # any other EEG is still EEG; other EOG and EMG are not
        known += [
            c for c in recording.of_kind(Kind.EEG) if c not in known and not c.role.cap
        ]
    return known


def _shortfall(recording: Recording, channel: Channel) -> tuple[bool, float]:
    """Return whether a channel is unfit, and for how many seconds it was off."""
    lost_s = sum(gap.duration_s for gap in recording.lost_of(channel))
    return channel.unfit is not None, lost_s


def _why_unusable(channel: Channel, fastest_hz: float) -> tuple[str, str] | None:
    if channel.unfit is not None and channel.unfit.stages_too:
        return f"it {channel.unfit.why}", "check the electrode of this label"
    if channel.to_uv is None:
        if not channel.unit:
            return "it has no unit", "give its unit with --unit uV (or nV, mV, V)"
        found = f"its amplitude in the unit {channel.unit!r} is implausible for EEG"
        return found, "give the right unit with --unit V (or nV, uV, mV)"
    needed = ""
    if channel.rate_hz <= LOWEST_OWN_RATE_HZ:
        needed = f"more than {LOWEST_OWN_RATE_HZ:g} Hz"
    elif fastest_hz <= LOWEST_RATE_HZ:
        needed = f"a recording of more than {LOWEST_RATE_HZ:g} Hz"
    if needed:
        found = f"{channel.rate_hz:g} Hz, YASA needs {needed}"
        return found, "export the recording with this channel at its full sampling rate"
    return None

"""Withhold channels and amplitudes that would give wrong numbers.

Faults of some minutes are artefact; this module is about whole channels. A rule removes
numbers only if measurements show that they would be wrong: `scripts/judge_quality.py` prints the figures in docs/evidence/quality.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Gap, Recording, Unfit
from psgkit.prepare.artefacts import WINDOW_S
from psgkit.prepare.quality.channel_rules import (
    ChannelRule,
    amplitude,
    eeg_is_emg,
    emg_is_not_emg,
    flat,
    is_ecg,
    is_respiration,
    lost_runs,
    say_once,
)
from psgkit.prepare.quality.header_rules import (
    has_implausible_range,
    is_envelope,
    range_implausible,
)
from psgkit.prepare.quality.window_sample import ChannelLook, RecordingLook


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Consequence of a rule for channels of some kinds."""

    rule: ChannelRule
    kinds: frozenset[Kind]
    why: str


# The first that fires gives the reason. A heart does not move an eye: eye movements are
# counted as before in an EOG that beats.
_VERDICTS = (
    _Verdict(flat, frozenset({Kind.EEG, Kind.EOG, Kind.EMG}), "is flat"),
    _Verdict(eeg_is_emg, frozenset({Kind.EEG}), "has the spectrum of muscle"),
    _Verdict(is_ecg, frozenset({Kind.EEG, Kind.EMG}), "beats like a heart"),
    _Verdict(
        is_respiration,
        frozenset({Kind.EEG}),
        "has its power below 0.7 Hz, as breath or sweat has",
    ),
    _Verdict(
        emg_is_not_emg, frozenset({Kind.EMG}), "has the spectrum of EEG, not of muscle"
    ),
)
_ENVELOPE = Unfit("is the envelope of an EMG")
_EYES = Unfit("does not move opposite to the other eye")


def withhold_amplitudes(look: RecordingLook) -> Recording:
    """Remove the scale of channels with a wrong unit in the header.

    A signal in V whose header says µV is a million times too small, and its stages and
    powers would be wrong. The channel keeps its samples, but has no unit until the call
    names one.

    Parameters
    ----------
    look : RecordingLook
        Of the recording.

    Returns
    -------
    Recording
        With ``to_uv`` None in those channels, and with the issues of the rules `amplitude` and
        `range_implausible`: the reason, and the ``--unit`` to give.
    """
    found = [
        (seen.channel, issue)
        for seen in look.channels
        for issue in amplitude(seen)
        if issue.code == "unit_implausible"
    ]
    # The electrodes that a derivation was computed from are stored in its unit.
    wrong = {c.index for c, _ in found} | {c.reference_index for c, _ in found}
    withheld = replace(
        look.recording,
        channels=tuple(
            replace(channel, to_uv=None)
            if channel.index in wrong or has_implausible_range(channel)
            else channel
            for channel in look.recording.channels
        ),
    )
    told = say_once((channel.label, issue) for channel, issue in found)
    return withheld.with_issues(*told, *range_implausible(look.recording))


def withhold_channels(look: RecordingLook, recording: Recording) -> Recording:
    """Mark the unfit channels.

    A channel with another signal than its role gives wrong numbers: EEG behind the label
    of a chin would be REM sleep in full atonia.

    Parameters
    ----------
    look : RecordingLook
        Of the recording.
    recording : Recording
        The same, its channels perhaps without a scale.

    Returns
    -------
    Recording
        With ``unfit`` set in those channels, and ``lost`` where others were off for a
        while. Channels with an error are not staged; the issues of the rules say so.
    """
    verdicts = {
        seen.channel: verdict
        for seen in look.channels
        if (verdict := _judge(seen)) is not None
    }
    return replace(
        recording,
        channels=tuple(
            replace(channel, unfit=verdicts.get(original, _by_header(original)))
            for channel, original in zip(
                recording.channels, look.recording.channels, strict=True
            )
        ),
        lost=tuple(
            (seen.channel.label, gap)
            for seen in look.channels
            for gap in _lost(seen, recording.duration_s)
        ),
    )


def withhold_eyes(recording: Recording, found: Iterable[Issue]) -> Recording:
    """Mark both eyes where eye movements do not reach them with opposite sign.

    Parameters
    ----------
    recording : Recording
    found : iterable of Issue
        Issues of the rules after the night was scored: without stages, slow waves would
        speak against a right pair.

    Returns
    -------
    Recording
    """
    if not any(issue.code == "eyes_not_opposite" for issue in found):
        return recording
    return replace(
        recording,
        channels=tuple(
            replace(channel, unfit=channel.unfit or _EYES)
            if channel.role in {Role.EOG_L, Role.EOG_R}
            else channel
            for channel in recording.channels
        ),
    )


def _lost(seen: ChannelLook, duration_s: float) -> list[Gap]:
    """Return where a channel was off, out to the next window that is good."""
    gaps = []
    for first, last in lost_runs(seen):
        start_s = float(seen.starts_s[first - 1]) + WINDOW_S if first else 0.0
        is_end = last + 1 == len(seen.starts_s)
        end_s = duration_s if is_end else float(seen.starts_s[last + 1])
        gaps.append(Gap(start_s, end_s - start_s))
    return gaps


def _judge(seen: ChannelLook) -> Unfit | None:
    for verdict in _VERDICTS:
        if seen.channel.role.kind in verdict.kinds:
            for issue in verdict.rule(seen):
                return Unfit(verdict.why, issue.severity is Severity.ERROR)
    return None


def _by_header(channel: Channel) -> Unfit | None:
    is_chin = channel.role is Role.EMG_CHIN
    return _ENVELOPE if is_chin and is_envelope(channel) else None

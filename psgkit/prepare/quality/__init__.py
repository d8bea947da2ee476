"""Quality rules of a recording, one small function each.

A rule looks at the header (`HEADER_RULES`), at one channel's signal (`CHANNEL_RULES`)
or at several channels together (`RECORDING_RULES`), and yields `Issue`s. To add one,
write the function and put it into its tuple.
"""

from dataclasses import replace

from psgkit.domain.issues import Issue
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.prepare.quality.channel_rules import CHANNEL_RULES, say_once
from psgkit.prepare.quality.header_rules import HEADER_RULES
from psgkit.prepare.quality.recording_rules import RECORDING_RULES
from psgkit.prepare.quality.window_sample import RecordingLook, look_at
from psgkit.prepare.quality.withhold import (
    withhold_amplitudes,
    withhold_channels,
    withhold_eyes,
)

QUALITY_RULES = (*HEADER_RULES, *CHANNEL_RULES, *RECORDING_RULES)

__all__ = [
    "QUALITY_RULES",
    "find_header_issues",
    "find_issues",
    "look_at",
    "withhold_amplitudes",
    "withhold_channels",
    "withhold_eyes",
]


def find_header_issues(recording: Recording) -> tuple[Issue, ...]:
    """Return the issues that the header alone shows, without reading signals.

    Parameters
    ----------
    recording : Recording
        As `prepare.montage.rereference` returns it.

    Returns
    -------
    tuple of Issue
        Without those in ``recording.issues``.
    """
    return tuple(issue for rule in HEADER_RULES for issue in rule(recording))


def find_issues(
    recording: Recording,
    scoring: Scoring | None = None,
    *,
    look: RecordingLook | None = None,
) -> tuple[Issue, ...]:
    """Return the issues that the header and the signals show.

    EEG, EOG, chin EMG and ECG are looked at through at most 480 windows of five
    seconds, spread evenly over the recording.

    Parameters
    ----------
    recording : Recording
        As `prepare.montage.rereference` returns it.
    scoring : Scoring, optional
        Aligned with the recording; rules on the eyes then look at REM sleep and wake alone.
    look : RecordingLook, optional
        Of the same recording, where it has been looked at before.

    Returns
    -------
    tuple of Issue
        Without those in ``recording.issues``.
    """
    look = (
        look_at(recording, scoring) if look is None else replace(look, scoring=scoring)
    )
    issues = list(find_header_issues(recording))
    for channel_rule in CHANNEL_RULES:
        issues += say_once(
            [
                (seen.channel.label, i)
                for seen in look.channels
                for i in channel_rule(seen)
            ]
        )
    for recording_rule in RECORDING_RULES:
        issues += recording_rule(look)
    return tuple(issues)

"""Limits of YASA's classifiers: recordings unlike those they were trained on."""

from collections.abc import Mapping

from psgkit.domain.channels.roles import Kind
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording

# An epoch with a larger share of missing signal is not scored.
LARGEST_MISSING_SHARE = 0.1

FULL_EEG_RATE_HZ = 60.0  # below, part of the 0.4 to 30 Hz that YASA uses is missing
SHORT_S = 300.0  # below, YASA calls its own results unreliable
NAP_S = 3 * 3600.0  # below, a recording is a nap; training was on whole nights
YOUNGEST_Y = 5.0  # the training cohorts begin there

HALF_A_PERSON = Issue(
    Severity.NOTE,
    "demographics_incomplete",
    "YASA's demographic classifiers want age and sex both; one was given, so the others "
    "were used.",
    "Give both, or neither.",
)


def demographics(age_y: float | None, sex: str | None) -> dict[str, int]:
    """Return age and sex for YASA's demographic classifiers, or None.

    YASA wants both, and an age between 0 and 120; it rounds the age down.
    """
    if age_y is None or sex not in ("F", "M") or not 0 < age_y < 120:
        return {}
    return {"age": int(age_y), "male": int(sex == "M")}


def scope_issues(
    recording: Recording, used: Mapping[Kind, Channel], n_without: int, n_epochs: int
) -> tuple[Issue, ...]:
    """Say where a recording differs from those the classifiers were trained on.

    Parameters
    ----------
    recording : Recording
    used : mapping of Kind to Channel
        The channels that were staged.
    n_without, n_epochs : int
        Epochs that were not staged for want of signal, and all epochs.
    """
    reasons = []
    if Kind.EOG not in used:
        reasons.append("no EOG")
    if Kind.EMG not in used:
        reasons.append("no chin EMG")
    reasons += [
        f"{channel.label} {channel.unfit.why}"
        for channel in used.values()
        if channel.unfit is not None
    ]
    reasons += [
        f"{channel.label} is sampled at {channel.rate_hz:g} Hz"
        for kind, channel in used.items()
        if kind is Kind.EEG and channel.rate_hz < FULL_EEG_RATE_HZ
    ]
    if recording.duration_s < NAP_S:
        reasons.append(f"{recording.duration_s / 60:.0f} min long")
    if recording.age_y is not None and recording.age_y < YOUNGEST_Y:
        reasons.append(f"a child under {YOUNGEST_Y:g} years")
    issues = []
    if reasons:
        issues.append(
            Issue(
                Severity.WARNING,
                "staging_out_of_scope",
                "YASA's classifier was trained on whole nights with EEG, EOG and chin "
                f"EMG; this recording is outside of that: {'; '.join(reasons)}.",
                "Have the stages checked by a scorer before using the numbers.",
            )
        )
    if recording.duration_s < SHORT_S:
        issues.append(
            Issue(
                Severity.WARNING,
                "staging_short",
                f"{recording.duration_s:.0f} s are too few for reliable stages: the "
                "classifier compares each epoch with the rest of the night.",
                f"Stage at least {SHORT_S / 60:g} minutes.",
            )
        )
    if n_without:
        issues.append(
            Issue(
                Severity.WARNING,
                "staging_gaps",
                f"{n_without} of {n_epochs} epochs were not staged: more than "
                f"{LARGEST_MISSING_SHARE:.0%} of their signal is missing.",
            )
        )
    return tuple(issues)

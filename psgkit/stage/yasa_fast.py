"""A recording staged by YASA's classifier, with the probability of each stage kept.

The features are computed by `psgkit.stage.features` and the trees walked by
`psgkit.stage.classifier`; the outcome is that of `yasa.SleepStaging` on the same
channels, without importing YASA. What YASA does not look at is looked at here: gaps
become unscored epochs, and what the classifier was not trained for is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata

import numpy as np
import numpy.typing as npt

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.roles import Kind
from psgkit.domain.scoring import SCORED_STAGES, Scoring, Stage
from psgkit.errors import UnreadableRecording
from psgkit.stage.channels import Unusable, candidates, left_out, no_eeg
from psgkit.stage.classifier import CLASSES, load_classifier
from psgkit.stage.features import channel_features, night_features
from psgkit.stage.waveform import (
    EPOCH_S,
    EPOCH_SAMPLES,
    RATE_HZ,
    Padded,
    bandpass,
    to_epochs,
)

FloatArray = npt.NDArray[np.float64]

KINDS = (Kind.EEG, Kind.EOG, Kind.EMG)

# An epoch of which more than this share has no signal is not scored.
LARGEST_MISSING_SHARE = 0.1

FULL_EEG_RATE_HZ = 60.0  # below, an EEG lacks a part of the 0.4 to 30 Hz that YASA uses
SHORT_S = 300.0  # below, YASA calls its own results unreliable
NAP_S = 3 * 3600.0  # below, a recording is a nap; training was on whole nights
YOUNGEST_Y = 5.0  # the training cohorts begin there


@dataclass(frozen=True, slots=True)
class Staging:
    """Stages of a recording, and how they were found.

    Attributes
    ----------
    scoring : Scoring
        Epochs of 30 s from second zero, with probabilities.
    channels_used : dict of str to str
        ``staging_eeg``, ``staging_eog``, ``staging_emg`` to role and label, such as
        ``"C4_M1 (EEG C4-A1)"``.
    issues : tuple of Issue
        What the reader of the stages should know.
    """

    scoring: Scoring
    channels_used: dict[str, str]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the classifier gets to see of one channel."""

    channel: Channel
    features: dict[str, FloatArray]
    missing: FloatArray  # share of each epoch without signal


def stage_recording(
    recording: Recording,
    *,
    age_y: float | None = None,
    sex: str | None = None,
) -> Staging:
    """Stage a recording with YASA's classifier.

    Parameters
    ----------
    recording : Recording
        With at least one EEG; an EOG and a chin EMG are used where there are any.
    age_y, sex : float and str, optional
        Of the person, ``sex`` being ``"F"`` or ``"M"``: with both, the classifiers are
        used that were trained with age and sex.

    Returns
    -------
    Staging
        Equal, epoch for epoch, to what `yasa.SleepStaging` gives for the channels
        used, but for epochs that lie in a gap of the recording (UNS).

    Raises
    ------
    MissingChannel
        If there is no EEG that can be staged; the message lists what there is.
    UnreadableRecording
        If the recording is shorter than one epoch.
    InputError
        If the installed YASA has no classifier that psgkit knows.

    References
    ----------
    Vallat and Walker 2021, eLife 10:e70092.
    """
    if recording.duration_s < EPOCH_S:
        raise UnreadableRecording(
            f"{recording.id}: it holds {recording.duration_s:g} s of signal and cannot "
            f"be staged; one epoch takes {EPOCH_S:g} s.{recording.cut_short}"
        )
    seen: dict[Kind, _Seen] = {}
    issues: list[Issue] = []
    for kind in KINDS:
        usable, unusable = candidates(recording, kind)
        found = _first_with_signal(recording, kind, usable, unusable)
        if found is not None:
            seen[kind] = found
        elif kind is Kind.EEG:
            raise no_eeg(recording, unusable)
        else:
            issues.append(left_out(kind, unusable))
    facts = _demographics(age_y, sex)
    name = "+".join([*(kind.value for kind in seen), *(["demo"] if facts else [])])
    scoring, n_without = _classify(recording, seen, name, facts)
    return Staging(
        scoring=scoring,
        channels_used={
            f"staging_{kind.value}": f"{one.channel.role} ({one.channel.label})"
            for kind, one in seen.items()
        },
        issues=(
            *issues,
            *_scope_issues(recording, seen, age_y),
            *_gap_issues(n_without, scoring.n_epochs),
        ),
    )


def _first_with_signal(
    recording: Recording,
    kind: Kind,
    usable: list[Channel],
    unusable: list[Unusable],
) -> _Seen | None:
    """Return the best channel that is not dead; those that are join the unusable."""
    for channel in usable:
        # Without EEG there is no stage; without EOG or EMG for a while, YASA's.
        whole = recording if kind is Kind.EEG else replace(recording, lost=())
        signal = _read_at_100_hz(whole, channel)
        if signal is None:
            unusable.append(
                Unusable(channel, "it holds no signal", "check the electrode")
            )
            continue
        values, missing = signal
        features = channel_features(to_epochs(bandpass(values)), kind.value)
        return _Seen(channel, features, missing)
    return None


def _read_at_100_hz(
    recording: Recording, channel: Channel
) -> tuple[FloatArray, FloatArray] | None:
    """Return a channel at 100 Hz and the share of each epoch that has no signal.

    Gaps are filled with zeros. A channel that never changes gives None.
    """
    values = recording.signal(channel)
    is_missing = np.isnan(values)
    known = values[~is_missing] if is_missing.any() else values
    if not known.size or known.min() == known.max():
        return None
    del known
    missing = _missing_share(is_missing, channel.rate_hz)
    if is_missing.any():
        values = np.where(is_missing, 0.0, values)
    if channel.rate_hz == RATE_HZ:
        return values, missing
    padded = Padded.from_signal(values, channel.rate_hz)
    del values, is_missing  # an FFT of a night needs their room
    return padded.at_100_hz(), missing


def _missing_share(is_missing: npt.NDArray[np.bool_], rate_hz: float) -> FloatArray:
    """Return the share of each whole epoch that has no signal."""
    n_epochs = round(len(is_missing) * RATE_HZ / rate_hz) // EPOCH_SAMPLES
    epoch_of = (np.flatnonzero(is_missing) / (rate_hz * EPOCH_S)).astype(int)
    counts = np.bincount(epoch_of, minlength=n_epochs)[:n_epochs]
    return np.asarray(counts / (rate_hz * EPOCH_S))


def _demographics(age_y: float | None, sex: str | None) -> dict[str, int]:
    """Return what YASA's demographic classifiers ask for, or nothing.

    YASA wants both, and an age between 0 and 120; it rounds the age down.
    """
    if age_y is None or sex not in ("F", "M") or not 0 < age_y < 120:
        return {}
    return {"age": int(age_y), "male": int(sex == "M")}


def _classify(
    recording: Recording,
    seen: Mapping[Kind, _Seen],
    name: str,
    facts: Mapping[str, int],
) -> tuple[Scoring, int]:
    n_epochs = min(len(one.missing) for one in seen.values())
    missing = np.max([one.missing[:n_epochs] for one in seen.values()], axis=0)
    is_usable = missing <= LARGEST_MISSING_SHARE
    columns = night_features(
        {
            kind.value: {key: values[:n_epochs] for key, values in one.features.items()}
            for kind, one in seen.items()
        },
        is_usable,
        facts,
    )
    classifier = load_classifier(name)
    table = np.stack([columns[feature] for feature in classifier.feature_names], axis=1)
    by_class = classifier.predict_proba(table)
    proba = by_class[:, [CLASSES.index(stage.name) for stage in SCORED_STAGES]]
    proba[~is_usable] = np.nan
    winners = np.array([Stage[label].value for label in CLASSES], dtype=np.int8)
    stages = np.where(is_usable, winners[by_class.argmax(axis=1)], Stage.UNS.value)
    scoring = Scoring(
        stages=stages.astype(np.int8),
        epoch_s=EPOCH_S,
        start=recording.start,
        scorer=f"yasa {metadata.version('yasa')} ({name})",
        is_automatic=True,
        proba=proba.astype(np.float32),
    )
    return scoring, int(np.sum(~is_usable))


def _scope_issues(
    recording: Recording, seen: Mapping[Kind, _Seen], age_y: float | None
) -> list[Issue]:
    """Say where the classifier is used on what it was not trained for."""
    reasons = []
    if Kind.EOG not in seen:
        reasons.append("no EOG")
    if Kind.EMG not in seen:
        reasons.append("no chin EMG")
    reasons += [
        f"{one.channel.label} {one.channel.unfit.why}"
        for one in seen.values()
        if one.channel.unfit is not None
    ]
    reasons += [
        f"{one.channel.label} is sampled at {one.channel.rate_hz:g} Hz"
        for kind, one in seen.items()
        if kind is Kind.EEG and one.channel.rate_hz < FULL_EEG_RATE_HZ
    ]
    if recording.duration_s < NAP_S:
        reasons.append(f"{recording.duration_s / 60:.0f} min long")
    if age_y is not None and age_y < YOUNGEST_Y:
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
    return issues


def _gap_issues(n_without: int, n_epochs: int) -> list[Issue]:
    if not n_without:
        return []
    return [
        Issue(
            Severity.WARNING,
            "staging_gaps",
            f"{n_without} of {n_epochs} epochs were not staged: more than "
            f"{LARGEST_MISSING_SHARE:.0%} of their signal is missing.",
        )
    ]

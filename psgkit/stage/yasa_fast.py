"""The stager ``yasa-fast``: YASA's classifier without importing YASA.

The features are computed by `psgkit.stage.features` and the trees walked by
`psgkit.stage.classifier`; the outcome equals `yasa.SleepStaging` on the same
channels. Two checks are added: gaps become unscored epochs, and recordings unlike the training
data are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import SCORED_STAGES, Scoring, Stage
from psgkit.stage.channels import changing_signal, choose_channels, missing_share
from psgkit.stage.classifier import CLASSES, load_classifier
from psgkit.stage.features import channel_features, night_features
from psgkit.stage.stager import Staging
from psgkit.stage.training_scope import (
    LARGEST_MISSING_SHARE,
    demographics,
    scope_issues,
)
from psgkit.stage.waveform import EPOCH_S, RATE_HZ, Padded, bandpass, to_epochs

FloatArray = npt.NDArray[np.float64]

NAME = "yasa-fast"


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Signal of one channel, prepared for the classifier."""

    channel: Channel
    features: dict[str, FloatArray]
    missing: FloatArray  # share of each epoch without signal


def stage_fast(recording: Recording) -> Staging:
    """Stage a recording with YASA's classifier, applied with numpy.

    Parameters
    ----------
    recording : Recording
        With at least one EEG; an EOG and a chin EMG are used if present. With
        age and sex, the classifiers are used that were trained with both.

    Returns
    -------
    Staging
        Equal, epoch for epoch, to `yasa.SleepStaging` on the channels used, except epochs in a gap of the recording (UNS).

    Raises
    ------
    MissingChannel
        If no EEG can be staged; the message lists the channels.
    UnreadableRecording
        If the recording is shorter than one epoch.
    UnknownClassifier
        If the installed YASA has a classifier that psgkit does not know.

    References
    ----------
    Vallat and Walker 2021, eLife 10:e70092.
    """
    seen, issues = choose_channels(recording, _look)
    facts = demographics(recording.age_y, recording.sex)
    name = "+".join([*(kind.value for kind in seen), *(["demo"] if facts else [])])
    scoring, n_without = _classify(recording, seen, name, facts)
    channels = {kind: one.channel for kind, one in seen.items()}
    return Staging(
        scoring=scoring,
        channels_used={
            f"staging_{kind.value}": f"{channel.role} ({channel.label})"
            for kind, channel in channels.items()
        },
        issues=(
            *issues,
            *scope_issues(recording, channels, n_without, scoring.n_epochs),
        ),
    )


def _look(recording: Recording, channel: Channel) -> _Seen | None:
    """Compute the features of a channel; None where it never changes."""
    found = _read_at_100_hz(recording, channel)
    if found is None:
        return None
    signal, missing = found
    kind = channel.role.kind.value
    return _Seen(channel, channel_features(to_epochs(bandpass(signal)), kind), missing)


def _read_at_100_hz(
    recording: Recording, channel: Channel
) -> tuple[npt.NDArray[np.floating], FloatArray] | None:
    """Return a channel at 100 Hz and the share of each epoch that has no signal."""
    found = changing_signal(recording, channel)
    if found is None:
        return None
    values, is_missing = found
    missing = missing_share(is_missing, channel.rate_hz)
    if channel.rate_hz == RATE_HZ:
        return np.where(is_missing, 0.0, values[:]), missing
    padded = Padded.from_signal(values, channel.rate_hz)
    del found, values, is_missing  # an FFT of a night needs their room
    return padded.at_100_hz(), missing


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
        scorer=f"{NAME} {metadata.version('yasa')} ({name})",
        is_automatic=True,
        proba=proba.astype(np.float32),
    )
    return scoring, int(np.sum(~is_usable))

"""The stager ``yasa``: YASA itself; tests compare ``yasa-fast`` with it."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from psgkit.domain.channels.roles import Kind
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import InputError
from psgkit.stage.channels import (
    LOWEST_RATE_HZ,
    changing_signal,
    choose_channels,
    missing_share,
)
from psgkit.stage.stager import Staging
from psgkit.stage.training_scope import (
    LARGEST_MISSING_SHARE,
    demographics,
    scope_issues,
)
from psgkit.stage.waveform import EPOCH_S, RATE_HZ

if TYPE_CHECKING:
    import yasa

NAME = "yasa"
_COLUMNS = ["WAKE", "N1", "N2", "N3", "REM"]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A channel that YASA gets to see."""

    channel: Channel
    missing: npt.NDArray[np.float64]  # share of each epoch without signal


def stage_with_yasa(recording: Recording) -> Staging:
    """Stage a recording with `yasa.SleepStaging` and the classifier it comes with.

    Parameters
    ----------
    recording : Recording
        With at least one EEG; an EOG and a chin EMG are used if present. With
        age and sex, the classifiers are used that were trained with both.

    Returns
    -------
    Staging
        YASA's stages and probabilities. Epochs in a gap of the recording are
        not scored.

    Raises
    ------
    MissingChannel
        If no EEG can be staged; the message lists the channels.
    UnreadableRecording
        If the recording is shorter than one epoch.
    InputError
        If YASA refuses the recording.

    References
    ----------
    Vallat and Walker 2021, eLife 10:e70092.
    """
    seen, issues = choose_channels(recording, _look)
    channels = {kind: one.channel for kind, one in seen.items()}
    facts = demographics(recording.age_y, recording.sex)
    hypnogram = _run_yasa(recording, channels, facts)
    stages = np.asarray(hypnogram.as_int(), dtype=np.int8)
    proba = hypnogram.proba[_COLUMNS].to_numpy(dtype=np.float32)
    n_epochs = min(len(stages), *(len(one.missing) for one in seen.values()))
    missing = np.max([one.missing[:n_epochs] for one in seen.values()], axis=0)
    is_usable = missing <= LARGEST_MISSING_SHARE
    name = "+".join([*(kind.value for kind in seen), *(["demo"] if facts else [])])
    scoring = Scoring(
        stages=np.where(is_usable, stages[:n_epochs], Stage.UNS.value).astype(np.int8),
        epoch_s=EPOCH_S,
        start=recording.start,
        scorer=f"{NAME} {metadata.version('yasa')} ({name})",
        is_automatic=True,
        proba=np.where(is_usable[:, np.newaxis], proba[:n_epochs], np.nan),
    )
    n_without = int(np.sum(~is_usable))
    return Staging(
        scoring=scoring,
        channels_used={
            f"staging_{kind.value}": f"{channel.role} ({channel.label})"
            for kind, channel in channels.items()
        },
        issues=(*issues, *scope_issues(recording, channels, n_without, n_epochs)),
    )


def _look(recording: Recording, channel: Channel) -> _Seen | None:
    found = changing_signal(recording, channel)
    if found is None:
        return None
    return _Seen(channel, missing_share(found[1], channel.rate_hz))


def _run_yasa(
    recording: Recording, channels: Mapping[Kind, Channel], facts: Mapping[str, int]
) -> "yasa.Hypnogram":
    eeg = channels[Kind.EEG].label
    # EOG and EMG are staged as they are where their electrode was off.
    lost = tuple(one for one in recording.lost if one[0] == eeg)
    fastest_hz = max(channel.rate_hz for channel in channels.values())
    raw = replace(recording, lost=lost).to_raw(
        tuple(channels.values()),
        rate_hz=fastest_hz if fastest_hz > LOWEST_RATE_HZ else RATE_HZ,
    )
    names = dict(zip(channels, raw.ch_names, strict=True))
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # YASA's classifiers were pickled long ago
        import yasa  # noqa: PLC0415 - costs seconds

        try:
            return yasa.SleepStaging(
                raw,
                eeg_name=names[Kind.EEG],
                eog_name=names.get(Kind.EOG),
                emg_name=names.get(Kind.EMG),
                metadata=dict(facts) or None,
            ).predict()
        except (AssertionError, ValueError) as fault:
            raise InputError(
                f"{recording.id}: yasa {metadata.version('yasa')} cannot stage this "
                f"recording: {fault}"
            ) from fault

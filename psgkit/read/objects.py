"""Objects of MNE and YASA: what they hold as psgkit's, and psgkit's as theirs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import mne
import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.night import Night
from psgkit.domain.recording import Channel, Gap, Recording
from psgkit.domain.roles import Kind, Role
from psgkit.domain.scoring import Scoring
from psgkit.domain.scoring_texts import facts_of, rows_of
from psgkit.errors import InputError, MissingChannel
from psgkit.read.formats.edf_plus import draft_of
from psgkit.read.raw import recording_of_raw
from psgkit.read.recording import read_recording
from psgkit.read.scorings.reader import assemble, read_scoring
from psgkit.settings import ReadSettings

FloatArray = npt.NDArray[np.float64]

GAP_TEXT = "BAD_ACQ_SKIP"
LOST_TEXT = "BAD_electrode"
_MICROVOLT = 1e-6
_MNE_TYPES = {
    Kind.EEG: "eeg",
    Kind.REFERENCE: "eeg",
    Kind.EOG: "eog",
    Kind.EMG: "emg",
    Kind.LEG: "emg",
    Kind.ECG: "ecg",
}


class RecordingRaw(mne.io.BaseRaw):  # type: ignore[misc]  # MNE has no types
    """A recording whose channels have one rate, read when MNE asks for a part."""

    def __init__(self, recording: Recording, channels: Sequence[Channel]) -> None:
        rate_hz = channels[0].rate_hz
        super().__init__(
            _info(recording, channels, rate_hz),
            preload=False,
            last_samps=[_n_samples(recording, rate_hz) - 1],
            raw_extras=[{"recording": recording, "channels": tuple(channels)}],
            verbose="error",
        )

    def _read_segment_file(
        self,
        data: FloatArray,
        idx: Any,
        fi: int,
        start: int,
        stop: int,  # noqa: ARG002 - MNE's signature; the array has its length
        cals: Any,
        mult: Any,
    ) -> None:
        """Fill MNE's array with the samples that begin at ``start``."""
        extras = self._raw_extras[fi]
        rows = np.stack(
            [
                _samples(extras["recording"], channel, start, data.shape[1])
                for channel in np.array(extras["channels"], dtype=object)[idx]
            ]
        )
        data[:] = rows * cals if mult is None else mult @ rows


def recording_to_raw(
    recording: Recording,
    channels: Sequence[Channel] | None = None,
    *,
    rate_hz: float | None = None,
) -> mne.io.BaseRaw:
    """Return channels of a recording as an `mne.io.Raw`; see `Recording.to_raw`."""
    if channels is None:
        channels = [c for c in recording.channels if c.role is not Role.OTHER]
    if not channels:
        raise MissingChannel(
            f"{recording.id}: no channel has a role; name one with "
            'channels={"C4_M1": "LABEL"}.'
        )
    rates = {channel.rate_hz for channel in channels}
    if rate_hz is None:
        eeg = {c.rate_hz for c in channels if c.role.kind is Kind.EEG}
        rate_hz = max(eeg or rates)
    if rates == {rate_hz}:
        raw = RecordingRaw(recording, channels)
    else:
        raw = _of_one_rate(recording, channels, rate_hz)
    raw.set_annotations(_missing_parts(recording, channels, raw.ch_names))
    return raw


def scoring_to_annotations(scoring: Scoring) -> mne.Annotations:
    """Return a scoring as `mne.Annotations`; see `Scoring.to_annotations`."""
    facts = facts_of(scoring)
    facts.pop("start", None)  # the Raw knows it
    rows = [(0.0, 0.0, f"{name.capitalize()}: {fact}") for name, fact in facts.items()]
    rows += rows_of(scoring)
    return mne.Annotations(
        onset=[onset_s for onset_s, _, _ in rows],
        # MNE has no unknown length; a moment is what is left.
        duration=[0.0 if np.isnan(length) else length for _, length, _ in rows],
        description=[text for _, _, text in rows],
    )


def night_to_raw(night: Night, recording: Recording) -> mne.io.BaseRaw:
    """Return a recording with a night's stages and events; see `Night.to_raw`."""
    if abs(night.duration_s - recording.duration_s) > 1.0:
        raise InputError(
            f"{night.id}: the night lasts {night.duration_s:g} s, the recording "
            f"{recording.id} {recording.duration_s:g} s; give the recording of this "
            "night."
        )
    raw = recording_to_raw(recording)
    raw.set_annotations(
        raw.annotations + _at(raw, scoring_to_annotations(night.scoring))
    )
    return raw


def recording_of(
    source: object, *, id: str = "", settings: ReadSettings | None = None
) -> Recording:
    """Return a recording from what a caller has of it; see `Recording.of`.

    Parameters
    ----------
    source : str, Path, mne.io.BaseRaw, Recording or SimulatedNight
    id : str, optional
        Name of the night in every output.
    settings : ReadSettings, optional
        Channels and unit of a file or a Raw; a `Recording` has them already.

    Raises
    ------
    InputError
        If it is something else, or cannot be used.
    """
    if isinstance(source, str | Path):
        return read_recording(source, id=id, settings=settings)
    if isinstance(source, mne.io.BaseRaw):
        return recording_of_raw(source, id=id, settings=settings)
    held = getattr(source, "recording", source)  # of a simulated night
    if not isinstance(held, Recording):
        raise InputError(
            "A recording is a path, an mne.io.Raw, a psgkit.Recording or a simulated "
            f"night; got a {type(source).__name__}."
        )
    if settings is not None and settings != ReadSettings():
        raise InputError(
            "Channels and unit are settled when a recording is read; give them to "
            "psgkit.read_recording, or hand over the path or the Raw."
        )
    return replace(held, id=id or held.id)


def scoring_of(
    source: object, *, recording_start: dt.datetime | None = None, **layout: Any
) -> Scoring:
    """Return a scoring from what a caller has of it; see `Scoring.of`.

    Parameters
    ----------
    source : str, Path, Scoring, yasa.Hypnogram, mne.Annotations or sequence of stages
        A sequence begins with the recording. A night gives its scoring.
    recording_start : datetime.datetime, optional
        Clock time of the recording's first sample.
    **layout
        Of a file, as `read_scoring` takes it.

    Raises
    ------
    InputError
        If it is something else, or cannot be used.
    """
    if isinstance(source, str | Path):
        return read_scoring(source, recording_start=recording_start, **layout)
    if isinstance(source, mne.Annotations):
        return annotations_to_scoring(
            source, recording_start=recording_start, epoch_s=layout.get("epoch_s")
        )
    if type(source).__module__.startswith("yasa."):
        return hypnogram_to_scoring(source)
    held = getattr(getattr(source, "truth", source), "scoring", source)
    if isinstance(held, Scoring):
        return held
    if isinstance(held, Sequence | np.ndarray | pd.Series):
        return Scoring.from_stages(list(held), epoch_s=layout.get("epoch_s") or 30.0)
    raise InputError(
        "A scoring is a path, a psgkit.Scoring, a yasa.Hypnogram, mne.Annotations or a "
        f"sequence of stages; got a {type(source).__name__}."
    )


def annotations_to_scoring(
    annotations: mne.Annotations,
    *,
    recording_start: dt.datetime | None = None,
    epoch_s: float | None = None,
) -> Scoring:
    """Return the stages, events and lights among annotations.

    Parameters
    ----------
    annotations : mne.Annotations
        Texts as of EDF+, such as ``"Sleep stage N2"``.
    recording_start : datetime.datetime, optional
        Clock time of the recording's first sample.
    epoch_s : float, optional
        Length of an epoch; told from the annotations by default.

    Raises
    ------
    InputError
        If none of them is a sleep stage.
    """
    texts = np.asarray(annotations.description, dtype=object)
    is_own = np.array([str(text).upper().startswith("BAD") for text in texts], bool)
    table = pd.DataFrame(
        {
            "onset_s": np.asarray(annotations.onset, float)[~is_own],
            "duration_s": np.asarray(annotations.duration, float)[~is_own],
            "text": texts[~is_own],
        }
    )
    start = annotations.orig_time
    draft = draft_of(
        table,
        epoch_s=epoch_s,
        start=None if start is None else start.replace(tzinfo=None),
    )
    if not draft.stages:
        raise InputError(
            "None of the annotations is a sleep stage such as 'Sleep stage N2'."
        )
    return assemble(draft, "MNE annotations", "The annotations", recording_start)


def hypnogram_to_scoring(hypnogram: Any) -> Scoring:
    """Return the stages of a `yasa.Hypnogram`, and their probabilities where it has any.

    Raises
    ------
    InputError
        If it has fewer than five stages.
    """
    if hypnogram.n_stages != 5:
        raise InputError(
            f"The hypnogram has {hypnogram.n_stages} stages; psgkit needs five: W, N1, "
            "N2, N3 and R."
        )
    start = hypnogram.start
    proba = hypnogram.proba
    return Scoring.from_stages(
        [str(stage) for stage in hypnogram.hypno],
        epoch_s=1.0 / hypnogram.sampling_frequency,
        start=None if start is None else start.to_pydatetime().replace(tzinfo=None),
        scorer=hypnogram.scorer or "unknown",
        proba=None if proba is None else proba[["WAKE", "N1", "N2", "N3", "REM"]],
    )


def _at(raw: mne.io.BaseRaw, annotations: mne.Annotations) -> mne.Annotations:
    """Return annotations on the clock of a Raw."""
    return mne.Annotations(
        annotations.onset,
        annotations.duration,
        annotations.description,
        orig_time=raw.annotations.orig_time,
    )


def _info(
    recording: Recording, channels: Sequence[Channel], rate_hz: float
) -> mne.Info:
    names = _unique([channel.label for channel in channels])
    types = [
        "misc" if channel.to_uv is None else _MNE_TYPES.get(channel.role.kind, "resp")
        for channel in channels
    ]
    info = mne.create_info(names, rate_hz, types)
    if recording.start is not None:
        info.set_meas_date(recording.start.replace(tzinfo=dt.UTC))
    with info._unlock():  # noqa: SLF001 - MNE has no other way to say it
        # One pair for all channels: as of a file, the widest.
        info["highpass"] = min((c.highpass_hz or 0.0) for c in channels)
        nyquist = rate_hz / 2
        info["lowpass"] = min(max((c.lowpass_hz or nyquist) for c in channels), nyquist)
    return info


def _unique(labels: Sequence[str]) -> list[str]:
    """Return labels of which each occurs once, as MNE wants them."""
    counts: dict[str, int] = {}
    names = []
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
        names.append(label if counts[label] == 1 else f"{label}-{counts[label] - 1}")
    return names


def _n_samples(recording: Recording, rate_hz: float) -> int:
    return int(np.floor(recording.duration_s * rate_hz + 1e-6))


def _samples(
    recording: Recording, channel: Channel, start: int, count: int
) -> FloatArray:
    """Return samples in volts, or in their own unit; zero where none was recorded."""
    rate_hz = channel.rate_hz
    values = recording.signal(channel, start / rate_hz, (start + count) / rate_hz)
    scale = 1.0 if channel.to_uv is None else _MICROVOLT
    whole = np.zeros(count)
    whole[: len(values)] = np.nan_to_num(values[: len(whole)], nan=0.0) * scale
    return whole


def _of_one_rate(
    recording: Recording, channels: Sequence[Channel], rate_hz: float
) -> mne.io.BaseRaw:
    """Return channels of several rates at one, in memory."""
    n_samples = _n_samples(recording, rate_hz)
    data = np.zeros((len(channels), n_samples))
    for row, channel in zip(data, channels, strict=True):
        count = _n_samples(recording, channel.rate_hz)
        values = _samples(recording, channel, 0, count)
        if channel.rate_hz != rate_hz:
            values = _resampled(values, channel, rate_hz, n_samples)
        row[: len(values)] = values[:n_samples]
    return mne.io.RawArray(data, _info(recording, channels, rate_hz), verbose="error")


def _resampled(
    values: FloatArray, channel: Channel, rate_hz: float, n_samples: int
) -> FloatArray:
    if channel.to_uv is None:
        # A saturation or a position holds until the next value.
        at = np.floor(np.arange(n_samples) * channel.rate_hz / rate_hz + 1e-6)
        held: FloatArray = values[np.minimum(at.astype(int), len(values) - 1)]
        return held
    resampled: FloatArray = mne.filter.resample(
        values, up=rate_hz, down=channel.rate_hz, npad="auto", verbose="error"
    )
    return resampled


def _missing_parts(
    recording: Recording, channels: Sequence[Channel], names: Sequence[str]
) -> mne.Annotations:
    """Return the gaps of a recording and the times in which an electrode was off."""
    lost: list[tuple[Gap, str, tuple[str, ...]]] = [
        (gap, GAP_TEXT, ()) for gap in recording.gaps
    ]
    for channel, name in zip(channels, names, strict=True):
        lost += [(gap, LOST_TEXT, (name,)) for gap in recording.lost_of(channel)]
    return mne.Annotations(
        onset=[gap.onset_s for gap, _, _ in lost],
        duration=[gap.duration_s for gap, _, _ in lost],
        description=[text for _, text, _ in lost],
        ch_names=[where for _, _, where in lost],
    )

"""A recording as an `mne.io.Raw`: read when MNE asks for it, gaps marked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import mne
import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import Channel, Gap, Recording
from psgkit.errors import MissingChannel

FloatArray = npt.NDArray[np.float64]

GAP_TEXT = "BAD_ACQ_SKIP"
LOST_TEXT = "BAD_electrode"
ARTEFACT_TEXT = "BAD_artefact"
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
    """An MNE Raw of a recording at one rate, read when MNE asks for a part."""

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
    raw.set_annotations(_annotations(recording, channels, raw.ch_names))
    return raw


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
        # One pair for all channels, the widest, as MNE has it for a file.
        info["highpass"] = min((c.highpass_hz or 0.0) for c in channels)
        nyquist = rate_hz / 2
        info["lowpass"] = min(max((c.lowpass_hz or nyquist) for c in channels), nyquist)
    return info


def _unique(labels: Sequence[str]) -> list[str]:
    """Return labels made unique, as MNE requires."""
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
    """Return samples in volts, or in their own unit; zero in gaps."""
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
        # A saturation or a position lasts until the next value.
        at = np.floor(np.arange(n_samples) * channel.rate_hz / rate_hz + 1e-6)
        held: FloatArray = values[np.minimum(at.astype(int), len(values) - 1)]
        return held
    resampled: FloatArray = mne.filter.resample(
        values, up=rate_hz, down=channel.rate_hz, npad="auto", verbose="error"
    )
    return resampled


def _annotations(
    recording: Recording, channels: Sequence[Channel], names: Sequence[str]
) -> mne.Annotations:
    """Return a recording's annotations, its gaps and when an electrode was off."""
    marks: list[tuple[Gap, str, tuple[str, ...]]] = [
        (Gap(onset_s, 0.0 if np.isnan(length_s) else length_s), text, ())
        for onset_s, length_s, text in recording.annotations
    ]
    marks += [(gap, GAP_TEXT, ()) for gap in recording.gaps]
    marks += [(stretch, ARTEFACT_TEXT, ()) for stretch in recording.artefacts]
    for channel, name in zip(channels, names, strict=True):
        marks += [(gap, LOST_TEXT, (name,)) for gap in recording.lost_of(channel)]
    return mne.Annotations(
        onset=[gap.onset_s for gap, _, _ in marks],
        duration=[gap.duration_s for gap, _, _ in marks],
        description=[text for _, text, _ in marks],
        ch_names=[where for _, _, where in marks],
    )

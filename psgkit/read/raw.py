"""A `Recording` over an `mne.io.BaseRaw`: any format of MNE, or a Raw in memory.

MNE gives volts, one rate for all channels, and annotations.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from psgkit.domain.channels.amplitude import ELECTRODE_KINDS, FACTORS_UV
from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.clock import UNKNOWN_DATE, without_date
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import (
    Channel,
    FloatArray,
    Gap,
    Recording,
    Unfit,
    sample_range,
)
from psgkit.errors import UnreadableRecording
from psgkit.read.annotations import Note, mark_stretches, with_lights
from psgkit.read.edf.file import start_unknown
from psgkit.read.labels.channel_roles import assign_roles, find_uses
from psgkit.read.labels.units import measure_level, wanted_units
from psgkit.read.raw_reader import RawReader
from psgkit.read.recording_size import check_size
from psgkit.settings import ReadSettings

if TYPE_CHECKING:
    from mne.io import BaseRaw

MARKED_BAD = Unfit("is marked as bad in the file", stages_too=True)

# How MNE writes a marker of BrainVision that is a text.
_COMMENT = re.compile(r"^Comment/")
_UV_PER_V = FACTORS_UV["V"]
# A saturation of 97 % that was stored as 97 µV reads as 0.000097 V.
_LEAST_PERCENT = 0.01
_MAX_AGE_Y = 120


@dataclass(frozen=True, slots=True, eq=False)
class RawSource:
    """Samples of a Raw, read when needed; see `domain.signal_source.SignalSource`.

    Parameters
    ----------
    reader : RawReader
        The Raw. It pickles: a Raw in memory by its samples, a file by its
        path.
    rate_hz : float
        Samples in a second.
    n_samples : int
        Of each channel.
    factors : tuple of float
        Factor for MNE's values of each channel.
    gaps : tuple of Gap
        Stretches without signal.
    """

    reader: RawReader
    rate_hz: float
    n_samples: int
    factors: tuple[float, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def raw(self) -> "BaseRaw":
        """The Raw that the samples come from."""
        return self.reader.raw

    def scale_of(self, index: int) -> None:
        """Return None: the samples are not whole numbers."""

    def read(self, index: int, start_s: float, stop_s: float) -> FloatArray:
        """Return one channel between two times, NaN in gaps."""
        return self.read_many((index,), start_s, stop_s)[0]

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Return several channels between two times, in one pass."""
        first, last = sample_range(start_s, stop_s, self.rate_hz)
        last = min(last, self.n_samples)
        unique = list(dict.fromkeys(indices))
        found = dict(zip(unique, self.reader.read(unique, first, last), strict=True))
        for index, values in found.items():
            np.multiply(values, self.factors[index], out=values)
            for gap in self.gaps:
                low, high = sample_range(
                    gap.onset_s, gap.onset_s + gap.duration_s, self.rate_hz
                )
                values[max(low - first, 0) : max(high - first, 0)] = np.nan
        return [found[index] for index in indices]


def recording_of_raw(
    source: "RawReader | BaseRaw",
    *,
    id: str = "",
    settings: ReadSettings | None = None,
    path: Path | None = None,
) -> Recording:
    """Describe a Raw as a recording; its samples are read when needed.

    Parameters
    ----------
    source : RawReader or mne.io.BaseRaw
        A reader of a file, or a Raw in memory.
    id : str, optional
        Name of the night in every output.
    settings : ReadSettings, optional
        Channels and unit where the labels and MNE do not say them.
    path : pathlib.Path, optional
        The file; None for a Raw in memory.

    Returns
    -------
    Recording
        One channel for each of the Raw, in microvolts where MNE gives volts.

    Raises
    ------
    UnreadableRecording
        If MNE refuses the file, or it has no samples.
    MissingChannel, SettingsError
        If a channel of the settings is missing, or its role is unknown.
    """
    settings = settings or ReadSettings()
    reader = source if isinstance(source, RawReader) else RawReader(source, "the Raw")
    raw = reader.raw
    name = path.name if path else "The Raw"
    if not (raw.n_times and raw.ch_names):
        raise UnreadableRecording(f"{name} holds no samples; give a recording.")
    check_size(name, channels=len(raw.ch_names))
    if _is_resampled_in_parts(raw):
        remedy = (
            "Export the recording as EDF+."
            if path
            else "Give the path of the file instead, or call raw.load_data() first."
        )
        raise UnreadableRecording(
            f"{name} holds channels of several rates. MNE resamples the slow ones with "
            f"errors at the edge of every part that it reads. {remedy}"
        )
    rate_hz = float(raw.info["sfreq"])
    labels = list(raw.ch_names)
    roles, issues = assign_roles(labels, [rate_hz] * len(labels), settings.channels)
    duration_s = round(raw.n_times / rate_hz, 9)
    marked = mark_stretches(_notes(raw), duration_s)
    check_size(name, gaps=len(marked.gaps))
    factors = tuple(
        _factor(reader, index, role, duration_s) for index, role in enumerate(roles)
    )
    units = wanted_units(labels, roles, settings)
    uses = find_uses(labels, settings.channels)
    channels = tuple(
        replace(
            _channel(raw, index, role, units[index]),
            wanted_for=uses.get(index, frozenset()),
        )
        for index, role in enumerate(roles)
    )
    start = _start(raw)
    if start is None:
        issues.append(start_unknown())
    issues += _bad_channels(channels)
    age_y, sex = _person(raw)
    recording = Recording(
        id=id or (path.name.partition(".")[0] if path else "raw"),
        start=start,
        duration_s=duration_s,
        channels=channels,
        source=RawSource(reader, rate_hz, raw.n_times, factors, marked.gaps),
        gaps=marked.gaps,
        artefacts=marked.artefacts,
        lost=marked.lost,
        issues=(*issues, *marked.issues),
        path=path,
        age_y=age_y,
        sex=sex,
        annotations=marked.others,
    )
    return with_lights(recording)


def _is_resampled_in_parts(raw: "BaseRaw") -> bool:
    """Return whether MNE resamples channels of several rates while it reads a part."""
    extras = next(iter(raw._raw_extras), None)  # noqa: SLF001 - MNE says it nowhere else
    if raw.preload or not isinstance(extras, dict) or "n_samps" not in extras:
        return False
    return len(set(np.asarray(extras["n_samps"])[extras["sel"]].tolist())) > 1


def _channel(
    raw: "BaseRaw", index: int, role: Role, unit_wanted: str | None
) -> Channel:
    info = raw.info["chs"][index]
    label, rate_hz = raw.ch_names[index], float(raw.info["sfreq"])
    is_voltage = _is_volt(info) and role.kind in ELECTRODE_KINDS
    unit, to_uv = ("uV", 1.0) if is_voltage else ("", None)
    if unit_wanted is not None:
        unit, to_uv = unit_wanted, FACTORS_UV[unit_wanted]
    highpass_hz, lowpass_hz = raw.info["highpass"], raw.info["lowpass"]
    place = info["loc"][:3]
    return Channel(
        role=role,
        label=label,
        index=index,
        rate_hz=rate_hz,
        unit=unit,
        to_uv=to_uv,
        # MNE writes 0 and half the rate where it does not know them.
        highpass_hz=float(highpass_hz) if highpass_hz else None,
        lowpass_hz=float(lowpass_hz) if 0 < lowpass_hz < rate_hz / 2 else None,
        position_m=(
            (float(place[0]), float(place[1]), float(place[2]))
            if np.isfinite(place).all() and np.any(place)
            else None
        ),
        unfit=MARKED_BAD if label in raw.info["bads"] else None,
    )


def _is_volt(channel_info: dict[str, Any]) -> bool:
    from mne.io.constants import FIFF  # noqa: PLC0415 - EDF headers need no MNE

    return bool(channel_info["unit"] == FIFF.FIFF_UNIT_V)


def _factor(reader: RawReader, index: int, role: Role, duration_s: float) -> float:
    """Return the factor of MNE's values: volts become microvolts."""
    if not _is_volt(reader.raw.info["chs"][index]):
        return 1.0
    if role.kind is Kind.OXIMETRY:
        rate_hz = float(reader.raw.info["sfreq"])
        plain = RawSource(
            reader, rate_hz, reader.raw.n_times, (1.0,) * len(reader.raw.ch_names)
        )
        if measure_level(plain, index, duration_s) >= _LEAST_PERCENT:
            return 1.0
    return _UV_PER_V


def _notes(raw: "BaseRaw") -> list[Note]:
    """Return the annotations; seconds count from the first sample."""
    shift_s = 0.0 if raw.annotations.orig_time is None else float(raw.first_time)
    return [
        Note(
            float(note["onset"]) - shift_s,
            float(note["duration"]),
            _COMMENT.sub("", str(note["description"])).strip(),
            tuple(note.get("ch_names", ())),  # absent where no mark names a channel
        )
        for note in raw.annotations
    ]


def _start(raw: "BaseRaw") -> dt.datetime | None:
    date = raw.info["meas_date"]
    if date is None:
        return None
    moment: dt.datetime = date.replace(tzinfo=None)
    moment += dt.timedelta(seconds=float(raw.first_time))
    return moment if moment.date() > UNKNOWN_DATE else without_date(moment)


def _person(raw: "BaseRaw") -> tuple[float | None, str | None]:
    """Return age in whole years and sex, and no other facts of the person."""
    person = raw.info["subject_info"] or {}
    sex = {1: "M", 2: "F"}.get(person.get("sex", 0))
    born, date = person.get("birthday"), raw.info["meas_date"]
    if born is None or date is None:
        return None, sex
    born = born if isinstance(born, dt.date) else dt.date(*born)
    had_birthday = (date.month, date.day) >= (born.month, born.day)
    age_y = float(date.year - born.year - (not had_birthday))
    return (age_y if 0 <= age_y <= _MAX_AGE_Y else None), sex


def _bad_channels(channels: Iterable[Channel]) -> list[Issue]:
    bad = [channel.label for channel in channels if channel.unfit]
    if not bad:
        return []
    return [
        Issue(
            Severity.WARNING,
            "channel_marked_bad",
            f"The file marks {', '.join(bad)} as bad; no number is made of it.",
            "Remove the mark in the program that set it if the channel is good.",
        )
    ]

"""A polysomnographic recording: facts at once, signals when needed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue
from psgkit.domain.signal_source import SignalSource
from psgkit.domain.small_gaps import SMALL_GAP_S, bridge_small_gaps
from psgkit.errors import MissingChannel

if TYPE_CHECKING:
    import mne

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without signal.

    Attributes
    ----------
    onset_s, duration_s : float
        Start after the recording's start, and length.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Gap(onset_s=600.0, duration_s=30.0).duration_s
    30.0
    """

    onset_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Unfit:
    """The reason why a channel is not measured.

    Attributes
    ----------
    why : str
        Reason, to be read after the channel's name: ``"is flat"``.
    stages_too : bool
        Whether staging leaves it out too. Otherwise staging uses it as the last choice.
    """

    why: str
    stages_too: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One signal of a recording, as it was recorded.

    Attributes
    ----------
    role : Role
        Standard name, such as ``C4_M1``.
    label : str
        Name in the file; ``"C4 - M1"`` for a difference that psgkit made.
    index : int
        Position in the recording's source.
    rate_hz : float
        Sampling rate.
    unit : str
        Physical unit, from the call or from the file; can be empty.
    to_uv : float or None
        Factor from the physical unit to microvolts; None if it is not a voltage or the
        unit is unknown.
    highpass_hz, lowpass_hz : float or None
        Limits of the hardware filter in the header; None if not in the header.
    limits : tuple of float or None
        Smallest and largest physical value of the file format, in the unit.
    reference_index : int or None
        Position of the signal that psgkit subtracts as reference.
    unfit : Unfit or None
        The reason why it is not measured; None for a good channel.
    position_m : tuple of float or None
        Electrode position on the head in metres, from the file's montage.
    wanted_for : frozenset of str
        Uses, such as ``"swa"``, for which the user prefers it.

    Examples
    --------
    >>> import psgkit
    >>> channel = psgkit.read_recording("night.edf").channel("C4")
    >>> channel.label, channel.rate_hz, channel.unit
    ('C4', 128.0, 'uV')
    """

    role: Role
    label: str
    index: int
    rate_hz: float
    unit: str = "uV"
    to_uv: float | None = 1.0
    highpass_hz: float | None = None
    lowpass_hz: float | None = None
    limits: tuple[float, float] | None = None
    reference_index: int | None = None
    unfit: Unfit | None = None
    position_m: tuple[float, float, float] | None = None
    wanted_for: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, from one file.

    Attributes
    ----------
    id : str
        Name of the night in every output.
    start : datetime.datetime or None
        Clock time of the first sample, without a time zone as in EDF. The date is
        ``clock.UNKNOWN_DATE`` if the file has no date.
    duration_s : float
        From the first sample to the end of the last, gaps included.
    channels : tuple of Channel
        In the order of the file; channels that psgkit derived come last.
    source : SignalSource
        Source of the samples.
    gaps : tuple of Gap
        Times without signal, in order.
    artefacts : tuple of Gap
        Times that the file itself marks as bad, in order.
    lost : tuple of (str, Gap)
        Times in which one channel, by its label, holds no signal of the person.
    issues : tuple of Issue
        Findings of the reader.
    path : pathlib.Path or None
        The file; None for a recording made in memory.
    age_y, sex : float or None, str or None
        Of the person, if known: ``sex`` is ``"F"`` or ``"M"``.
    lights_off_s, lights_on_s : float or None
        Lights-off and lights-on by annotations of the file.
    annotations : tuple of (float, float, str)
        Onset, duration (NaN where unknown) and text of each, in order, but for those
        that are gaps, artefacts or lost stretches.

    Examples
    --------
    >>> import psgkit
    >>> recording = psgkit.read_recording("night.edf")
    >>> recording.signal(recording.channel("C4"), 0, 2).shape  # microvolts
    (256,)
    """

    id: str
    start: dt.datetime | None
    duration_s: float
    channels: tuple[Channel, ...]
    source: SignalSource = field(repr=False, compare=False)
    gaps: tuple[Gap, ...] = ()
    artefacts: tuple[Gap, ...] = ()
    lost: tuple[tuple[str, Gap], ...] = ()
    issues: tuple[Issue, ...] = ()
    path: Path | None = None
    age_y: float | None = None
    sex: str | None = None
    lights_off_s: float | None = None
    lights_on_s: float | None = None
    annotations: tuple[tuple[float, float, str], ...] = field(default=(), repr=False)

    @property
    def cut_short(self) -> str:
        """A sentence for messages if the file is shorter than its header says."""
        is_cut = any(issue.code == "file_truncated" for issue in self.issues)
        return " The file is cut: copy it again from its source." if is_cut else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of all channels, in order."""
        return tuple(channel.label for channel in self.channels)

    def of_kind(self, kind: Kind) -> tuple[Channel, ...]:
        """Return the channels of one family, in order."""
        return tuple(c for c in self.channels if c.role.kind is kind)

    def without_unfit(self) -> "Recording":
        """Return the recording without its unfit channels."""
        fit = tuple(channel for channel in self.channels if channel.unfit is None)
        return self if fit == self.channels else replace(self, channels=fit)

    def find(self, roles: Iterable[Role]) -> Channel | None:
        """Return the first channel with one of these roles, in the order of roles."""
        by_role = {channel.role: channel for channel in reversed(self.channels)}
        return next((by_role[role] for role in roles if role in by_role), None)

    def ranked(self, roles: Iterable[Role], use: str) -> list[Channel]:
        """Return the channels for a use: preferred ones first, then by role."""
        place = {role: number for number, role in enumerate(roles)}
        serving = [c for c in self.channels if c.role in place or use in c.wanted_for]
        serving.sort(key=lambda c: (use not in c.wanted_for, place.get(c.role, 0)))
        return serving

    def channel(self, name: str) -> Channel:
        """Return the channel of a role or with a label.

        Raises
        ------
        MissingChannel
            If no channel has the role; the message lists the labels.
        """
        for channel in self.channels:
            if name in (channel.role.value, channel.label):
                return channel
        raise MissingChannel(
            f"{self.id}: no channel {name!r}; there are: {', '.join(self.labels)}"
        )

    def signal(
        self, channel: Channel, start_s: float = 0.0, stop_s: float | None = None
    ) -> FloatArray:
        """Read one channel at its own sampling rate.

        Parameters
        ----------
        channel : Channel
            One of ``channels``.
        start_s, stop_s : float, optional
            Seconds after the recording's start; the whole recording by default.

        Returns
        -------
        numpy.ndarray of float64, shape (n_samples,)
            Microvolts where the channel is a voltage of known unit, else its own
            unit. NaN where the channel is lost and in gaps; a gap of less than 0.1 s
            is bridged by a straight line.
        """
        stop_s = self.duration_s if stop_s is None else stop_s
        return self.signals([channel], start_s, stop_s)[0]

    def signals(
        self, channels: Sequence[Channel], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Read several channels between two times in one pass; see `signal`."""
        has_small = any(gap.duration_s < SMALL_GAP_S for gap in self.gaps)
        # Wider where small gaps are bridged, so that a part equals the whole there.
        reach_s = SMALL_GAP_S + 2 / min(c.rate_hz for c in channels) if has_small else 0
        read = self._read(channels, start_s - reach_s, stop_s + reach_s)
        for number, channel in enumerate(channels):
            if has_small:
                before = sample_range(start_s - reach_s, start_s, channel.rate_hz)[0]
                first, last = sample_range(start_s, stop_s, channel.rate_hz)
                wide = bridge_small_gaps(read[number], channel.rate_hz)
                read[number] = wide[first - before : last - before]
            read[number] = self._without_lost(read[number], channel, start_s)
        return read

    def _read(
        self, channels: Sequence[Channel], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        indices = [c.index for c in channels]
        indices += [i for c in channels if (i := c.reference_index) is not None]
        unique = list(dict.fromkeys(indices))
        read_many = self.source.read_many(unique, start_s, stop_s)
        read, found = dict(zip(unique, read_many, strict=True)), []
        for channel in channels:
            values = read[channel.index]
            if channel.reference_index is not None:
                reference = read[channel.reference_index]
                # A night at 512 Hz takes 130 MB: no third array where one can be reused.
                is_free = reference.flags.owndata and len(channels) == 1
                out = reference if is_free else None
                values = np.subtract(values, reference, out=out)
            if channel.to_uv not in (None, 1.0):
                values = values * channel.to_uv
            if len(channels) > 1 and self.lost_of(channel):
                values = values.copy()  # another channel may be made of it
            found.append(values)
        return found

    def lost_of(self, channel: Channel) -> tuple[Gap, ...]:
        """Return the times in which a channel holds no signal of the person."""
        return tuple(gap for label, gap in self.lost if label == channel.label)

    def _without_lost(
        self, values: FloatArray, channel: Channel, start_s: float
    ) -> FloatArray:
        lost = self.lost_of(channel)
        if lost and not values.flags.owndata:
            values = values.copy()
        for gap in lost:
            first, last = sample_range(
                gap.onset_s, gap.onset_s + gap.duration_s, channel.rate_hz
            )
            before = sample_range(start_s, start_s, channel.rate_hz)[0]
            values[max(first - before, 0) : max(last - before, 0)] = np.nan
        return values

    @classmethod
    def of(cls, source: object) -> "Recording":
        """Make a recording from a file or an object.

        Parameters
        ----------
        source : Recording, str, Path, mne.io.BaseRaw or SimulatedNight
            A file, a Raw of MNE in memory, or a simulated night.

        Raises
        ------
        InputError
            If it is something else, or cannot be used.
        """
        if isinstance(source, cls):
            return source
        from psgkit.read.objects import recording_of  # noqa: PLC0415 - knows MNE

        return recording_of(source)

    def to_raw(
        self,
        channels: Iterable[Channel] | None = None,
        *,
        rate_hz: float | None = None,
    ) -> "mne.io.BaseRaw":
        """Return the recording as an `mne.io.Raw`.

        Parameters
        ----------
        channels : iterable of Channel, optional
            Channels to convert; by default all that have a role.
        rate_hz : float, optional
            Sampling rate of the Raw; by default the highest of an EEG channel.

        Returns
        -------
        mne.io.BaseRaw
            In volts, with the recording's annotations. Gaps are zero and annotated
            ``BAD_ACQ_SKIP``; times with an electrode off are annotated
            ``BAD_electrode``. Samples are read when MNE asks for them, unless channels
            must be resampled to one rate.

        Raises
        ------
        MissingChannel
            If no channel has a role.
        """
        from psgkit.read.objects import recording_to_raw  # noqa: PLC0415 - knows MNE

        chosen = None if channels is None else tuple(channels)
        return recording_to_raw(self, chosen, rate_hz=rate_hz)

    def with_issues(self, *issues: Issue) -> "Recording":
        """Return the same recording with more issues."""
        return replace(self, issues=(*self.issues, *issues))

    def _repr_html_(self) -> str:
        """Return a table of the channels for a notebook."""
        from psgkit.report import notebook  # noqa: PLC0415 - it draws

        return notebook.recording_html(self)


@dataclass(frozen=True, slots=True)
class ArraySource:
    """Samples in memory, one array for each signal, each at its own rate."""

    arrays: tuple[FloatArray, ...]
    rates_hz: tuple[float, ...]

    def scale_of(self, index: int) -> None:
        """Return None: the samples are not whole numbers."""

    def read(self, index: int, start_s: float, stop_s: float) -> FloatArray:
        """Return a part of one array; see `SignalSource`."""
        first, last = sample_range(start_s, stop_s, self.rates_hz[index])
        return self.arrays[index][first:last]

    def read_many(
        self, indices: Sequence[int], start_s: float, stop_s: float
    ) -> list[FloatArray]:
        """Return a part of several arrays; see `SignalSource`."""
        return [self.read(index, start_s, stop_s) for index in indices]


def sample_range(start_s: float, stop_s: float, rate_hz: float) -> tuple[int, int]:
    """Return the first sample at or after a time and the first at or after another.

    A time within a millionth of a sample of one means it: times are decimal.
    """
    first, last = (int(np.ceil(s * rate_hz - 1e-6)) for s in (start_s, stop_s))
    return max(first, 0), max(last, 0)

"""Faults of recordings, added on demand.

A fault is written ``KIND[:CHANNEL][@ONSET+DURATION]``, seconds after the start, such as
``flat:C4-M1``, ``line_50``, ``gap@1800+60``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from psgkit.domain.channels.roles import Kind
from psgkit.domain.recording import Gap
from psgkit.errors import InputError
from psgkit.simulate.digital import DIGITAL_MAX, Digital
from psgkit.simulate.montages import Lead
from psgkit.simulate.signals.tracks import Canvas, put, seconds_of
from psgkit.simulate.sleep_state import draw_times


class FaultKind(StrEnum):
    """The known faults."""

    FLAT = "flat"  # a channel that records nothing
    RAILED = "railed"  # a channel that sits at the end of its range
    LINE_50 = "line_50"  # mains hum
    LINE_60 = "line_60"
    POPS = "pops"  # an electrode that comes loose, some two times a minute
    SWAPPED_EOG = "swapped_eog"  # left and right eye exchanged
    VOLTS = "volts"  # numbers in V, and the header says so
    VOLTS_AS_UV = "volts_as_uv"  # numbers in V, and the header says µV
    GAP = "gap"  # a stretch without record: the file becomes EDF+D
    MIXED_RATES = "mixed_rates"  # EOG and ECG at half the rate


# Faults that one channel has; without a name it is the first EEG channel.
_OF_ONE_CHANNEL = (FaultKind.FLAT, FaultKind.RAILED, FaultKind.POPS)
_OF_SOME_TIME = (*_OF_ONE_CHANNEL, FaultKind.LINE_50, FaultKind.LINE_60, FaultKind.GAP)
_OF_CHANNELS = (*_OF_ONE_CHANNEL, FaultKind.LINE_50, FaultKind.LINE_60)
_HUM_UV = 40.0
_POPS_PER_MIN = 2.0
_WRITTEN = re.compile(
    r"(?P<kind>\w+)(:(?P<channel>[^@]+))?(@(?P<on>[\d.]+)\+(?P<len>[\d.]+))?"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes
    ----------
    kind : FaultKind
        The kind of fault.
    channel : str
        Label of the channel; empty for the first EEG channel, or for all where the
        fault is the recording's.
    onset_s, duration_s : float or None
        When; None for the whole night (for a gap: a minute in the middle).
    """

    kind: FaultKind
    channel: str = ""
    onset_s: float | None = None
    duration_s: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Read a fault as it is written.

        Raises
        ------
        InputError
            If the fault is unknown, or takes no channel or time.
        """
        match = _WRITTEN.fullmatch(text.strip())
        kinds = ", ".join(FaultKind)
        if match is None:
            raise InputError(
                f"The fault {text!r} is not written KIND[:CHANNEL][@ONSET+DURATION]; "
                f"kinds are {kinds}."
            )
        if match["kind"] not in list(FaultKind):
            raise InputError(f"There is no fault {match['kind']!r}; there are {kinds}.")
        kind = FaultKind(match["kind"])
        if match["channel"] and kind not in _OF_CHANNELS:
            raise InputError(f"The fault {kind.value} takes no channel: {text!r}.")
        if match["on"] and kind not in _OF_SOME_TIME:
            raise InputError(f"The fault {kind.value} takes no time: {text!r}.")
        try:
            times = [
                None if match[k] is None else float(match[k]) for k in ("on", "len")
            ]
        except ValueError:
            raise InputError(
                f"The fault {text!r} has a time that is not a number."
            ) from None
        return cls(kind, match["channel"] or "", *times)

    def __str__(self) -> str:
        channel = f":{self.channel}" if self.channel else ""
        time = "" if self.onset_s is None else f"@{self.onset_s:g}+{self.duration_s:g}"
        return f"{self.kind.value}{channel}{time}"

    @property
    def hum_hz(self) -> float:
        """Frequency of the hum of this fault; zero for other faults."""
        return {FaultKind.LINE_50: 50.0, FaultKind.LINE_60: 60.0}.get(self.kind, 0.0)

    def stretch(self, duration_s: float) -> tuple[float, float]:
        """Return when it begins and ends in a night of some length."""
        if self.onset_s is None or self.duration_s is None:
            return 0.0, duration_s
        return min(self.onset_s, duration_s), min(
            self.onset_s + self.duration_s, duration_s
        )

    def hits(self, lead: Lead, leads: Sequence[Lead]) -> bool:
        """Return whether the fault is of a channel."""
        if self.channel:
            return lead.label == self.channel
        if self.kind in _OF_ONE_CHANNEL:
            return lead is next(
                (one for one in leads if one.role.kind is Kind.EEG), leads[0]
            )
        return lead.is_voltage and lead.role.kind is not Kind.ECG


def has(faults: Sequence[Fault], kind: FaultKind) -> bool:
    """Return whether a kind of fault is in a list."""
    return any(fault.kind is kind for fault in faults)


def refuse_outside(faults: Sequence[Fault], duration_s: float) -> None:
    """Refuse faults that would begin after the recording's end.

    Raises
    ------
    InputError
        If a fault begins too late.
    """
    for fault in faults:
        if fault.onset_s is not None and fault.onset_s >= duration_s:
            raise InputError(
                f"The fault {fault} begins after the recording, which lasts "
                f"{duration_s:g} s."
            )


def disturb(canvas: Canvas, faults: Sequence[Fault]) -> None:
    """Lay hum and pops onto voltages, exchange the eyes, and write it down."""
    for fault in faults:
        match fault.kind:
            case FaultKind.LINE_50 | FaultKind.LINE_60:
                _hum(canvas, fault)
            case FaultKind.POPS:
                _pop(canvas, fault)
            case FaultKind.SWAPPED_EOG:
                _swap_eyes(canvas)
            case _:
                pass


def break_signals(
    signals: Sequence[Digital], leads: Sequence[Lead], faults: Sequence[Fault]
) -> tuple[Digital, ...]:
    """Make signals flat, railed, or in volts, as the faults ask."""
    out = []
    for lead, signal in zip(leads, signals, strict=True):
        counts = signal.counts
        for fault in faults:
            if fault.kind in (FaultKind.FLAT, FaultKind.RAILED) and fault.hits(
                lead, leads
            ):
                on, off = fault.stretch(len(counts) / signal.rate_hz)
                part = slice(round(on * signal.rate_hz), round(off * signal.rate_hz))
                counts = counts.copy()
                counts[part] = 0 if fault.kind is FaultKind.FLAT else DIGITAL_MAX
        limit = signal.limit
        if lead.unit == "uV" and (
            has(faults, FaultKind.VOLTS) or has(faults, FaultKind.VOLTS_AS_UV)
        ):
            limit *= 1e-6
        out.append(replace(signal, counts=counts, limit=limit))
    return tuple(out)


def unit_of(lead: Lead, faults: Sequence[Fault]) -> tuple[str, float | None]:
    """Return the unit in the header, and its size in µV."""
    if lead.unit != "uV":
        return lead.unit, None
    return ("V", 1e6) if has(faults, FaultKind.VOLTS) else ("uV", 1.0)


def mixed(leads: Sequence[Lead], faults: Sequence[Fault]) -> tuple[Lead, ...]:
    """Return the leads with the rates that the faults give them."""
    if not has(faults, FaultKind.MIXED_RATES):
        return tuple(leads)
    slower = (Kind.EOG, Kind.ECG)
    return tuple(
        replace(lead, rate_share=0.5) if lead.role.kind in slower else lead
        for lead in leads
    )


def gaps(faults: Sequence[Fault], duration_s: float) -> tuple[Gap, ...]:
    """Return the gaps of a recording, in order.

    Raises
    ------
    InputError
        If one is not within the recording, two touch, or one does not begin and end on
        a whole second, as data records do.
    """
    found = []
    for fault in faults:
        if fault.kind is FaultKind.GAP:
            middle = float(duration_s // 2)
            onset = middle if fault.onset_s is None else fault.onset_s
            length = 60.0 if fault.duration_s is None else fault.duration_s
            found.append(Gap(onset, min(length, duration_s - onset - 1.0)))
    found.sort(key=lambda gap: gap.onset_s)
    for gap in found:
        is_whole = gap.onset_s.is_integer() and gap.duration_s.is_integer()
        if not is_whole or gap.onset_s < 1.0 or gap.duration_s < 1.0:
            raise InputError(
                f"A gap of {gap.duration_s:g} s at {gap.onset_s:g} s cannot be made; "
                f"it must lie within the recording of {duration_s:g} s and begin and "
                "end on whole seconds."
            )
    for gap, after in pairwise(found):
        if gap.onset_s + gap.duration_s >= after.onset_s:
            raise InputError(f"Two gaps meet at {after.onset_s:g} s; leave a second.")
    return tuple(found)


def log_faults(canvas: Canvas, leads: Sequence[Lead], faults: Sequence[Fault]) -> None:
    """Write faults as events ``fault_...`` of their channels."""
    duration_s = canvas.timeline.duration_s
    for fault in faults:
        on, off = fault.stretch(duration_s)
        if fault.kind is FaultKind.GAP:
            continue
        labels = [""]
        if fault.kind in _OF_CHANNELS:
            labels = [lead.label for lead in leads if fault.hits(lead, leads)]
        canvas.events += [
            (on, off - on, f"fault_{fault.kind.value}", label) for label in labels
        ]
    canvas.events += [
        (gap.onset_s, gap.duration_s, "fault_gap", "")
        for gap in gaps(faults, duration_s)
    ]


def _hum(canvas: Canvas, fault: Fault) -> None:
    timeline = canvas.timeline
    times = np.arange(timeline.n_samples) / timeline.rate_hz
    hum = _HUM_UV * np.sin(2.0 * np.pi * fault.hum_hz * times)
    on, off = fault.stretch(timeline.duration_s)
    hum[(times < on) | (times >= off)] = 0.0
    for lead, voltage in zip(canvas.leads, canvas.voltages, strict=True):
        if fault.hits(lead, canvas.leads):
            np.add(voltage, hum.astype(np.float32), out=voltage)


def _pop(canvas: Canvas, fault: Fault) -> None:
    """Add steps of 150 to 500 µV that decay within a second."""
    timeline = canvas.timeline
    rng = timeline.rng(f"pops {fault.channel}")
    on, off = fault.stretch(timeline.duration_s)
    seconds = np.arange(len(timeline.states))
    rate = np.where((seconds >= on) & (seconds < off), _POPS_PER_MIN, 0.0)
    for lead, voltage in zip(canvas.leads, canvas.voltages, strict=True):
        if not fault.hits(lead, canvas.leads):
            continue
        for onset in draw_times(rate, rng, gap_s=2.0):
            times = seconds_of(1.5, timeline.rate_hz)
            uv = rng.uniform(150.0, 500.0) * rng.choice((-1.0, 1.0))
            shape = (uv * np.exp(-times / 0.3)).astype(np.float32)
            put(voltage, timeline.rate_hz, onset, shape)
            length = min(1.0, timeline.duration_s - onset)
            canvas.events.append((onset, length, "electrode_pop", lead.label))


def _swap_eyes(canvas: Canvas) -> None:
    eyes = [n for n, lead in enumerate(canvas.leads) if lead.role.kind is Kind.EOG]
    left, right = eyes
    canvas.voltages[left], canvas.voltages[right] = (
        canvas.voltages[right],
        canvas.voltages[left],
    )

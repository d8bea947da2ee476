"""The header of an EDF, EDF+, BDF or BDF+ file.

Layout (Kemp 1992, Kemp and Olivan 2003; BDF differs in its first byte and in samples of
three bytes): 256 bytes on the file, then 256 bytes a signal, stored field by field: all
labels, all transducers and so on. Every field is padded text.

Real headers are read as they are: text in UTF-8 or Latin-1, numbers padded with NUL or
written with a decimal comma. All faults of a header are reported together.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from psgkit.domain.quoting import quoted
from psgkit.errors import UnreadableRecording

FIXED_BYTES = 256
BYTES_PER_SIGNAL = 256
MAX_RECORDING_S = 31 * 86400.0
MAX_RATE_HZ = 100_000.0
MAX_NUMBER = 1e15  # -3e768, one flipped bit from -32768, would be infinite
FAULTS_SHOWN = 8

_EDF_VERSION = b"0"
_BDF_VERSION = b"\xffBIOSEMI"
_COMPRESSED = {b"\x1f\x8b": "gzip", b"PK": "zip"}
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?")
_INTEGER = re.compile(r"[+-]?\d+")
# Width in bytes of each field of a signal, in the order of the file.
SIGNAL_FIELDS = {
    "label": 16,
    "transducer": 80,
    "unit": 8,
    "physical_min": 8,
    "physical_max": 8,
    "digital_min": 8,
    "digital_max": 8,
    "prefilter": 80,
    "samples": 8,
    "reserved": 32,
}
_ANNOTATION_LABELS = ("edf annotations", "bdf annotations")


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """One signal as its header describes it.

    Attributes
    ----------
    label, unit, prefilter : str
        As written, without padding.
    physical, digital : tuple of float
        Values that belong together: ``digital[0]`` stands for ``physical[0]`` of the
        unit, ``digital[1]`` for ``physical[1]``. NaN where the field is not a number.
    samples : int
        Samples in a data record.
    offset : int
        Where the signal starts in a data record, in bytes.
    """

    label: str
    unit: str
    physical: tuple[float, float]
    digital: tuple[float, float]
    prefilter: str
    samples: int
    offset: int

    @property
    def is_annotations(self) -> bool:
        """Whether the signal holds annotations in place of samples."""
        return self.label.casefold() in _ANNOTATION_LABELS

    @property
    def has_limits(self) -> bool:
        """Whether all four limits are numbers."""
        return all(map(math.isfinite, (*self.physical, *self.digital)))

    @property
    def has_scale(self) -> bool:
        """Whether its limits say how samples turn into physical values."""
        return (
            self.has_limits
            and self.physical[0] != self.physical[1]
            and abs(self.digital[0] - self.digital[1]) >= 1
        )

    @property
    def limits(self) -> tuple[float, float] | None:
        """The smallest and the largest physical value, None where not known."""
        if not self.has_limits:
            return None
        return min(self.physical), max(self.physical)

    @property
    def is_inverted(self) -> bool:
        """Whether its limits turn the signal upside down."""
        rises = self.physical[0] < self.physical[1]
        return self.has_scale and rises != (self.digital[0] < self.digital[1])


@dataclass(frozen=True, slots=True)
class EdfHeader:
    """The header of a file.

    Attributes
    ----------
    sample_bytes : int
        2 in EDF, 3 in BDF.
    start_date, start_time : str
        As written: ``dd.mm.yy`` and ``hh.mm.ss``.
    patient, recording : str
        The two free fields; they identify the patient and go no further than the
        functions that take age, sex and date from them.
    kind : str
        The reserved field: ``EDF+C``, ``EDF+D`` and the like, or anything.
    records_declared : int
        Number of data records that the header claims; -1 where it does not know.
    record_s : float
        Length of a data record in seconds.
    signals : tuple of SignalHeader
        In the order of the file, annotation signals too.
    """

    sample_bytes: int
    start_date: str
    start_time: str
    patient: str = field(repr=False)
    recording: str = field(repr=False)
    kind: str
    records_declared: int
    record_s: float
    signals: tuple[SignalHeader, ...]

    @property
    def header_bytes(self) -> int:
        """Where the first data record starts."""
        return FIXED_BYTES + BYTES_PER_SIGNAL * len(self.signals)

    @property
    def record_bytes(self) -> int:
        """Size of a data record."""
        return self.sample_bytes * sum(signal.samples for signal in self.signals)

    @property
    def fastest_hz(self) -> float:
        """The highest sampling rate, 0 where there are annotations alone."""
        counts = [
            signal.samples for signal in self.signals if not signal.is_annotations
        ]
        return max(counts, default=0) / self.record_s if self.record_s else 0.0

    @property
    def is_discontinuous(self) -> bool:
        """Whether the header says that there may be gaps between records."""
        return self.kind.upper().startswith(("EDF+D", "BDF+D"))

    @property
    def annotation_signals(self) -> tuple[SignalHeader, ...]:
        """The signals that hold annotations."""
        return tuple(signal for signal in self.signals if signal.is_annotations)


class _Fields:
    """Reads padded text fields and collects their faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def number(self, raw: bytes, what: str) -> float:
        text = decode_text(raw)
        if not _NUMBER.fullmatch(text):
            self.faults.append(f"{what} is {quoted(text, 16)}, not a number")
            return 0.0
        value = float(text.replace(",", "."))
        self.check(
            holds=abs(value) <= MAX_NUMBER, otherwise=f"{what} is {quoted(text, 16)}"
        )
        return value

    def integer(self, raw: bytes, what: str) -> int:
        text = decode_text(raw)
        if not _INTEGER.fullmatch(text):
            self.faults.append(f"{what} is {quoted(text, 16)}, not a whole number")
            return 0
        return int(text)

    def check(self, *, holds: bool, otherwise: str) -> None:
        if not holds:
            self.faults.append(otherwise)


def decode_text(raw: bytes) -> str:
    """Return a padded field as text: UTF-8 where it is valid, else Latin-1."""
    bare = raw.strip(b" \0\t\r\n")
    try:
        return bare.decode("utf-8")
    except UnicodeDecodeError:
        return bare.decode("latin-1")


def read_header(path: Path) -> EdfHeader:
    """Read and check the header of an EDF, EDF+, BDF or BDF+ file.

    Raises
    ------
    UnreadableRecording
        If the file does not exist, has another format, or has faults in its header;
        all of them are named.
    """
    name = path.name
    try:
        if path.is_dir():
            raise UnreadableRecording(f"{name} is a folder; give one EDF file of it.")
        if not path.exists():
            raise UnreadableRecording(f"There is no file {name}; check its path.")
        if not path.is_file():
            # Opening a pipe would wait for ever.
            raise UnreadableRecording(
                f"{name} is a pipe or device, not a regular file."
            )
        with path.open("rb") as stream:
            return _read(stream, name, path.stat().st_size)
    except OSError as fault:
        raise UnreadableRecording(
            f"{name} cannot be read: {fault.strerror or fault}."
        ) from None


def _read(stream: BinaryIO, name: str, file_bytes: int) -> EdfHeader:
    if file_bytes == 0:
        raise UnreadableRecording(f"{name} is empty; copy it again from its source.")
    fixed = stream.read(FIXED_BYTES)
    sample_bytes = _sample_bytes(fixed[:8])
    if packed := _COMPRESSED.get(fixed[:2]):
        raise UnreadableRecording(
            f"{name} is compressed ({packed}). Unpack it first, for example with "
            f"{'unzip' if packed == 'zip' else 'gunzip'}, and give the EDF or BDF file."
        )
    if sample_bytes is None:
        raise UnreadableRecording(
            f"{name} is not an EDF or BDF file: it does not start with an EDF version "
            "number; export the recording as EDF+ and give that file."
        )
    if len(fixed) < FIXED_BYTES:
        raise UnreadableRecording(
            f"{name} ends within its header after {file_bytes} bytes; copy it again "
            "from its source."
        )
    fields = _Fields()
    count = fields.integer(fixed[252:256], "the number of signals")
    fields.check(holds=count > 0 or bool(fields.faults), otherwise="it has no signal")
    wanted = FIXED_BYTES + BYTES_PER_SIGNAL * max(count, 0)
    fields.check(
        holds=wanted <= file_bytes,
        otherwise=f"its {count} signals need a header of {wanted} bytes and the file "
        f"has {file_bytes}",
    )
    _refuse(name, fields.faults)
    header = _parse(fixed, stream.read(wanted - FIXED_BYTES), sample_bytes, fields)
    _check_header_size(fixed, header, file_bytes, fields)
    _refuse(name, fields.faults)
    return header


def _sample_bytes(version: bytes) -> int | None:
    if version == _BDF_VERSION:
        return 3
    return 2 if version.strip(b" \0") == _EDF_VERSION else None


def _refuse(name: str, faults: list[str]) -> None:
    if not faults:
        return
    told = "; ".join(faults[:FAULTS_SHOWN])
    if (more := len(faults) - FAULTS_SHOWN) > 0:
        told += f"; and {more} more"
    raise UnreadableRecording(
        f"The header of {name} cannot be used: {told}. "
        "Export the recording again, or repair the header with an EDF editor."
    )


def _parse(fixed: bytes, table: bytes, sample_bytes: int, fields: _Fields) -> EdfHeader:
    count = len(table) // BYTES_PER_SIGNAL
    record_s = fields.number(fixed[244:252], "the length of a data record")
    signals = _parse_signals(_columns(table, count), count, sample_bytes, fields)
    has_samples = any(not signal.is_annotations for signal in signals)
    fields.check(
        holds=record_s > 0 or (record_s == 0 and not has_samples),
        otherwise=f"a data record lasts {record_s:g} s",
    )
    fields.check(
        holds=any(signal.samples for signal in signals),
        otherwise="no signal has samples",
    )
    limited = [signal for signal in signals if not signal.is_annotations]
    fields.check(
        holds=not limited or any(signal.has_limits for signal in limited),
        otherwise="the limits of every signal are blank or not numbers",
    )
    for number, signal in enumerate(signals, start=1):
        fields.check(
            holds=signal.is_annotations or signal.samples <= MAX_RATE_HZ * record_s,
            otherwise=f"signal {number} has {signal.samples} samples in {record_s:g} s",
        )
    return EdfHeader(
        sample_bytes=sample_bytes,
        start_date=decode_text(fixed[168:176]),
        start_time=decode_text(fixed[176:184]),
        patient=decode_text(fixed[8:88]),
        recording=decode_text(fixed[88:168]),
        kind=decode_text(fixed[192:236]),
        records_declared=fields.integer(fixed[236:244], "the number of data records"),
        record_s=record_s,
        signals=signals,
    )


def _columns(table: bytes, count: int) -> Callable[[str, int], bytes]:
    starts = {}
    start = 0
    for name, width in SIGNAL_FIELDS.items():
        starts[name] = start
        start += width * count

    def column(name: str, index: int) -> bytes:
        width = SIGNAL_FIELDS[name]
        first = starts[name] + index * width
        return table[first : first + width]

    return column


def _parse_signals(
    column: Callable[[str, int], bytes],
    count: int,
    sample_bytes: int,
    fields: _Fields,
) -> tuple[SignalHeader, ...]:
    signals = []
    offset = 0
    for index in range(count):
        where = f"of signal {index + 1}"
        label = decode_text(column("label", index))
        samples = fields.integer(
            column("samples", index), f"samples per record {where}"
        )
        fields.check(
            holds=samples >= 0, otherwise=f"samples per record {where} are {samples}"
        )
        physical, digital = (
            _limits(column, index, word) for word in ("physical", "digital")
        )
        if label.casefold() in _ANNOTATION_LABELS:  # its limits mean nothing
            physical = digital = (0.0, 0.0)
        signals.append(
            SignalHeader(
                label=label,
                unit=decode_text(column("unit", index)),
                physical=physical,
                digital=digital,
                prefilter=decode_text(column("prefilter", index)),
                samples=samples,
                offset=offset,
            )
        )
        offset += samples * sample_bytes
    return tuple(signals)


def _limits(
    column: Callable[[str, int], bytes], index: int, word: str
) -> tuple[float, float]:
    """Return two limits, NaN for ``NaN``, ``1.#INF``, asterisks and blanks."""
    texts = (decode_text(column(f"{word}_{end}", index)) for end in ("min", "max"))
    low, high = (
        float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.nan
        for text in texts
    )
    return tuple(v if abs(v) <= MAX_NUMBER else math.nan for v in (low, high))  # type: ignore[return-value]  # two


def _check_header_size(
    fixed: bytes, header: EdfHeader, file_bytes: int, fields: _Fields
) -> None:
    text = decode_text(fixed[184:192])
    if text == str(header.header_bytes):
        return
    data_bytes = header.records_declared * header.record_bytes
    fields.check(
        holds=header.header_bytes + data_bytes == file_bytes,
        otherwise=f"its size is given as {quoted(text, 16)} and its {len(header.signals)} "
        f"signals need {header.header_bytes} bytes",
    )

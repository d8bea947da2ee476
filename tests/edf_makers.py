"""EDF and BDF files by hand, right ones and broken ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class EdfSignal:
    """One signal; every header field is written as it stands here.

    ``samples`` are digital values; without any the signal is a ramp of one step a
    sample, so that a sample's value tells its place.
    """

    label: str | bytes = "EEG C4-A1"
    rate: int = 100
    unit: str | bytes = "uV"
    physical: tuple[str, str] = ("-3276.8", "3276.7")
    digital: tuple[str, str] = ("-32768", "32767")
    prefilter: str = ""
    samples: Sequence[int] | None = None


def make_edf(
    path: Path,
    signals: Sequence[EdfSignal] = (EdfSignal(),),
    *,
    n_records: int = 10,
    record_s: str = "1",
    declared: str | None = None,
    patient: str = "X X X X",
    recording: str = "Startdate 02-MAR-2021 X X X",
    date: str = "02.03.21",
    time: str = "22.15.30",
    kind: str = "EDF+C",
    version: bytes = b"0",
    header_bytes: str | None = None,
    onsets: Sequence[str] | None = None,
    texts: dict[int, bytes] | None = None,
    tail: bytes = b"",
    drop: int = 0,
) -> Path:
    """Write a file.

    ``onsets`` are the times of the records and bring an annotation signal with them,
    ``texts`` the further annotations of a record; ``tail`` is added behind the last
    record, ``drop`` bytes are cut off.
    """
    is_bdf = version.startswith(b"\xff")
    width = 3 if is_bdf else 2
    columns = [list(signals)]
    if onsets is not None:
        name = "BDF Annotations" if is_bdf else "EDF Annotations"
        columns[0].append(EdfSignal(label=name, rate=120 // width, unit=""))
    everything = columns[0]
    header = b"".join(
        (
            _pad(version, 8),
            _pad(patient, 80),
            _pad(recording, 80),
            _pad(date, 8),
            _pad(time, 8),
            _pad(header_bytes or str(256 * (len(everything) + 1)), 8),
            _pad(kind, 44),
            _pad(declared or str(n_records), 8),
            _pad(record_s, 8),
            _pad(str(len(everything)), 4),
        )
    )
    for width_of, field in (
        (16, "label"),
        (80, ""),
        (8, "unit"),
        (8, "physical0"),
        (8, "physical1"),
        (8, "digital0"),
        (8, "digital1"),
        (80, "prefilter"),
        (8, "rate"),
        (32, ""),
    ):
        header += b"".join(_pad(_field(s, field), width_of) for s in everything)
    records = b"".join(
        _record(record, signals, width, onsets, texts or {})
        for record in range(n_records)
    )
    data = header + records + tail
    path.write_bytes(data[: len(data) - drop])
    return path


def make_night_edf(path: Path, labels: Sequence[str], **changes: object) -> Path:
    """Write ten seconds of a few channels that differ by their labels."""
    return make_edf(path, [EdfSignal(label=label) for label in labels], **changes)  # type: ignore[arg-type]


def _field(signal: EdfSignal, name: str) -> str | bytes:
    if name in {"label", "unit", "prefilter"}:
        value: str | bytes = getattr(signal, name)
        return value
    if name == "rate":
        return str(signal.rate)
    return getattr(signal, name[:-1])[int(name[-1])] if name else ""


def _record(
    record: int,
    signals: Sequence[EdfSignal],
    width: int,
    onsets: Sequence[str] | None,
    texts: dict[int, bytes],
) -> bytes:
    parts = []
    for signal in signals:
        first = record * signal.rate
        samples = (
            np.arange(first, first + signal.rate)
            if signal.samples is None
            else np.asarray(signal.samples)[first : first + signal.rate]
        )
        parts.append(_encode(samples, width))
    if onsets is not None:
        stamp = onsets[record].encode() + (b"\x14\x14\x00" if onsets[record] else b"")
        parts.append((stamp + texts.get(record, b"")).ljust(120, b"\0"))
    return b"".join(parts)


def _encode(samples: "np.ndarray", width: int) -> bytes:
    wide = samples.astype("<i4").view(np.uint8).reshape(-1, 4)
    return wide[:, :width].tobytes()


def _pad(value: str | bytes, width: int) -> bytes:
    raw = value if isinstance(value, bytes) else value.encode("latin-1")
    assert len(raw) <= width, value
    return raw.ljust(width)

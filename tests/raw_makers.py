"""Raws of MNE in memory, and files of the formats that MNE reads."""

import struct
from collections.abc import Sequence
from pathlib import Path

import mne
import numpy as np

LABELS = ("C4-M1", "E1-M2", "E2-M2", "Chin")


def make_raw(
    microvolts: np.ndarray | None = None,
    labels: Sequence[str] = LABELS,
    *,
    rate_hz: float = 100.0,
    seconds: float = 60.0,
) -> mne.io.RawArray:
    """Return a Raw; without values, each channel is noise of 30 µV."""
    if microvolts is None:
        random = np.random.default_rng(7)
        shape = (len(labels), round(seconds * rate_hz))
        microvolts = np.round(random.normal(0, 30, shape), 1)
    info = mne.create_info(list(labels), rate_hz, "eeg")
    return mne.io.RawArray(microvolts * 1e-6, info, verbose="ERROR")


def write_gdf(
    path: Path,
    counts: Sequence[np.ndarray],
    labels: Sequence[str],
    *,
    rates_hz: Sequence[int],
    limit: float,
) -> Path:
    """Write a GDF 1.25 file (Schloegl 1998): records of a second, samples of 16 bits.

    ``counts`` has the samples of each channel; 32767 stands for ``limit`` microvolts.
    """
    n_channels = len(counts)
    n_records = len(counts[0]) // rates_hz[0]
    header_bytes = 256 * (n_channels + 1)

    def column(text: str, width: int) -> bytes:
        return text.encode().ljust(width, b"\0") * n_channels

    fixed = (
        b"GDF 1.25"
        + b"X X".ljust(80, b"\0")
        + b"".ljust(80, b"\0")
        + b"2021030222153000"
        + struct.pack("<q", header_bytes)
        + b"\0" * 44
        + struct.pack("<qIII", n_records, 1, 1, n_channels)
    )
    signals = (
        b"".join(label.encode().ljust(16, b"\0") for label in labels)
        + column("", 80)
        + column("uV", 8)
        + struct.pack("<d", -limit) * n_channels
        + struct.pack("<d", limit) * n_channels
        + struct.pack("<q", -32767) * n_channels
        + struct.pack("<q", 32767) * n_channels
        + column("", 80)
        + struct.pack(f"<{n_channels}i", *rates_hz)
        + struct.pack("<i", 3) * n_channels
        + b"\0" * 32 * n_channels
    )
    assert len(fixed) + len(signals) == header_bytes
    pairs = zip(counts, rates_hz, strict=True)
    records = np.hstack([np.reshape(one, (n_records, rate)) for one, rate in pairs])
    events = b"\1" + b"\0\0\0" + struct.pack("<I", 0)
    path.write_bytes(fixed + signals + records.astype("<i2").tobytes() + events)
    return path

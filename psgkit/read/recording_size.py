"""Limits on the size of a recording.

Each channel and gap costs time in every step. MNE believes the sizes that a header claims,
so they are compared with the file before MNE opens it.
"""

import gzip
import struct
from io import BufferedIOBase
from pathlib import Path

from psgkit.errors import UnreadableRecording

MAX_CHANNELS = 1_000
MAX_GAPS = 2_000
_MAX_FIF_TAGS = 1_000_000
# Bytes of a sample by GDF's code of its type.
_GDF_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 8, 8: 8, 16: 4, 17: 8}


def check_size(name: str, *, channels: int = 0, gaps: int = 0) -> None:
    """Refuse a recording with more channels or gaps than a night can have.

    Raises
    ------
    UnreadableRecording
        If there are too many of either.
    """
    for count, most, what in (
        (channels, MAX_CHANNELS, "channels"),
        (gaps, MAX_GAPS, "gaps"),
    ):
        if count > most:
            raise UnreadableRecording(
                f"{name} has {count} {what}; psgkit reads up to {most}. Export the "
                "recording with fewer, or look for a fault of the export."
            )


def check_claims(path: Path) -> None:
    """Refuse a FIF or GDF file whose header claims more than the file holds.

    Raises
    ------
    UnreadableRecording
        If a FIF file's tags have no end, or a GDF file is shorter than its header says.
    """
    name = path.name.lower()
    if name.endswith((".fif", ".fif.gz")):
        opened = gzip.open if name.endswith(".gz") else open
        with opened(path, "rb") as file:
            _check_fif(file, path.name)
    elif name.endswith(".gdf"):
        with path.open("rb") as file:
            _check_gdf(file, path.name, path.stat().st_size)


def _check_fif(file: BufferedIOBase, name: str) -> None:
    """Follow the tags of a FIF file: each names the place of the next."""
    place, seen = 0, set[int]()
    while len(tag := _bytes_at(file, place, 16)) == 16:
        seen.add(place)
        _, _, size, following = struct.unpack(">4i", tag)
        if following < 0:
            return
        place = following or place + 16 + size
        if size < 0 or place in seen or len(seen) > _MAX_FIF_TAGS:
            raise _damaged(name, "its list of tags has no end")


def _check_gdf(file: BufferedIOBase, name: str, n_bytes: int) -> None:
    """Compare a GDF header's channels, records and events with the file's length."""
    fixed = _bytes_at(file, 0, 256)
    if len(fixed) < 256:
        raise _damaged(name, "it ends within its header")
    is_first_version = fixed[4:5] == b"1" and fixed[6:8] < b"90"
    n_channels = struct.unpack_from("<I" if is_first_version else "<H", fixed, 252)[0]
    check_size(name, channels=n_channels)
    (n_records,) = struct.unpack_from("<q", fixed, 236)
    # After 216 bytes per channel: samples of a record and type, 4 bytes each.
    rows = _bytes_at(file, 256 + 216 * n_channels, 8 * n_channels)
    if len(rows) < 8 * n_channels:
        raise _damaged(name, "it ends within its header")
    numbers = struct.unpack(f"<{2 * n_channels}i", rows)
    samples, types = numbers[:n_channels], numbers[n_channels:]
    n_record_bytes = sum(
        count * _GDF_BYTES.get(kind, 8)
        for count, kind in zip(samples, types, strict=True)
    )
    if min(n_records, *samples) < 0 or n_records * n_record_bytes > n_bytes:
        raise _damaged(name, "it is shorter than its header says")
    header = struct.unpack_from("<q" if is_first_version else "<H", fixed, 184)[0]
    place = header * (1 if is_first_version else 256) + n_records * n_record_bytes
    table = _bytes_at(file, place, 8) if 0 <= place < n_bytes else b""
    if len(table) == 8:
        events = table[4:] if is_first_version else table[1:4]
        if int.from_bytes(events, "little") * 6 > n_bytes:
            raise _damaged(name, "it claims more events than it holds")


def _bytes_at(file: BufferedIOBase, place: int, count: int) -> bytes:
    file.seek(place)
    return file.read(count)


def _damaged(name: str, found: str) -> UnreadableRecording:
    return UnreadableRecording(
        f"{name} is damaged: {found}. Copy the file again, or export it as EDF+."
    )

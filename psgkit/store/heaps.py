"""Damage in an HDF5 file over which the HDF5 library loops for ever.

Looked for without that library, by the steps that read a saved night.
"""

import mmap
import struct
from pathlib import Path

_HEAP = b"GCOL\x01\0\0\0"
_LENGTH = struct.Struct("<Q")


def has_damaged_heap(path: Path) -> bool:
    """Tell whether an object of a file's heaps of text is larger than its heap.

    A global heap is ``GCOL``, a version, its size and its objects, each with an index
    and a size (HDF5 file format specification, III.E); index 0 is the space left.
    """
    if path.stat().st_size == 0:
        return False
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw,
    ):
        place = raw.find(_HEAP)
        while place >= 0:
            if not _is_whole(raw, place):
                return True
            place = raw.find(_HEAP, place + 8)
    return False


def _is_whole(raw: mmap.mmap, place: int) -> bool:
    """Tell whether the objects of one heap lie within it."""
    at = place + 16
    if at > len(raw):
        return False
    end = place + int(_LENGTH.unpack_from(raw, place + 8)[0])
    if end > len(raw):
        return False
    while at + 16 <= end:
        index = int.from_bytes(raw[at : at + 2], "little")
        length = int(_LENGTH.unpack_from(raw, at + 8)[0])
        # The space left counts its own header, an object does not.
        step = length if index == 0 else 16 + -(-length // 8) * 8
        if step < 16 or step > end - at:
            return False
        at += step
    return True

"""What an HDF5 file may hold before any of it is read.

A file from elsewhere could point to other files of this computer, or unpack to more
than its memory.
"""

import mmap
import struct
from pathlib import Path

import h5py

from psgkit.errors import UnreadableNight

MAX_BYTES = 4_000_000_000  # of all datasets together, once unpacked

_HEAP = b"GCOL\x01\0\0\0"
_LENGTH = struct.Struct("<Q")


def check_content(group: h5py.Group, name: str, seen: int = 0) -> int:
    """Refuse links, references and data that would not fit in memory.

    Parameters
    ----------
    group : h5py.Group
        What is looked through, with all below it.
    name : str
        The file's, for the message.
    seen : int
        Bytes counted so far.

    Returns
    -------
    int
        Bytes that all datasets take once unpacked.

    Raises
    ------
    UnreadableNight
        If the file holds what a saved night never does.
    """
    for key in group:
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise UnreadableNight(f"{name} is refused: {key!r} links elsewhere.")
        item = group[key]
        if isinstance(item, h5py.Group):
            seen = check_content(item, name, seen)
        else:
            _check_dataset(item, name, key)
            seen += item.size * item.dtype.itemsize
        if seen > MAX_BYTES:
            raise UnreadableNight(
                f"{name} is refused: it unpacks to over {MAX_BYTES} bytes."
            )
    return seen


def _check_dataset(item: object, name: str, key: str) -> None:
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
        raise UnreadableNight(f"{name} is refused: the data of {key!r} lie elsewhere.")
    if item.dtype.kind == "O" and h5py.check_string_dtype(item.dtype) is None:
        raise UnreadableNight(f"{name} is refused: {key!r} holds references.")


def check_heaps(path: Path) -> None:
    """Refuse damaged heaps of text, over which the HDF5 library loops for ever.

    A global heap is ``GCOL``, a version, its size and its objects, each with an index
    and a size (HDF5 file format specification, III.E); index 0 is the space left.

    Raises
    ------
    UnreadableNight
        If an object of a heap is larger than the heap.
    """
    if path.stat().st_size == 0:
        return
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw,
    ):
        place = raw.find(_HEAP)
        while place >= 0:
            if not _is_whole(raw, place):
                raise UnreadableNight(
                    f"{path.name} is damaged: its text cannot be read. Make it again "
                    "with psgkit report."
                )
            place = raw.find(_HEAP, place + 8)


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

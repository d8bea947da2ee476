"""Checks of an HDF5 file before any of it is read.

A file from elsewhere could point to other files of this computer, lead in circles, or
unpack to more than its memory.
"""

import h5py

from psgkit.errors import UnreadableNight

MAX_BYTES = 1_000_000_000  # of all datasets together, once unpacked
_KINDS = "biufO"  # of numbers and text


def check_content(group: h5py.Group, name: str, *, max_bytes: int = MAX_BYTES) -> None:
    """Refuse links, references and data that would not fit in memory.

    Parameters
    ----------
    group : h5py.Group
        The group to check, with all below it.
    name : str
        The file's, for the message.
    max_bytes : int
        Of all datasets together, once unpacked.

    Raises
    ------
    UnreadableNight
        If the file has content that a saved night never has.
    """
    waiting, seen, unpacked = [group], {group.id}, 0
    while waiting:
        group = waiting.pop()
        for key in group:
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise UnreadableNight(f"{name} is refused: {key!r} links elsewhere.")
            item = group[key]
            if item.id in seen:
                # Every pair of these links would double the paths to the groups below.
                raise UnreadableNight(f"{name} is refused: {key!r} is there twice.")
            seen.add(item.id)
            if isinstance(item, h5py.Group):
                waiting.append(item)
                continue
            _check_dataset(item, name, key)
            unpacked += item.size * item.dtype.itemsize
            if unpacked > max_bytes:
                raise UnreadableNight(
                    f"{name} is refused: it unpacks to over {max_bytes} bytes."
                )


def _check_dataset(item: object, name: str, key: str) -> None:
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
        raise UnreadableNight(
            f"{name} is refused: the data of {key!r} are outside the file."
        )
    kind = item.dtype.kind
    if kind not in _KINDS or (
        kind == "O" and h5py.check_string_dtype(item.dtype) is None
    ):
        raise UnreadableNight(f"{name} is refused: {key!r} holds references.")

"""What an HDF5 file may hold before any of it is read.

A file from elsewhere could point to other files of this computer, or unpack to more
than its memory.
"""

import h5py

from psgkit.errors import UnreadableNight

MAX_BYTES = 4_000_000_000  # of all datasets together, once unpacked


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

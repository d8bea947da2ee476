"""The numbers of an HDF5 group, without an object of h5py's for each.

A table of a thousand nights reads some 150 numbers per night; h5py's own objects and the
check of all that a file holds take eight times as long.
"""

import math
from collections.abc import Iterator

import h5py
import numpy as np
from h5py import h5a, h5d, h5l, h5s

from psgkit.errors import UnreadableNight


def read_numbers(group: h5py.Group) -> Iterator[tuple[str, float, float, float]]:
    """Read every number of a group.

    Parameters
    ----------
    group : h5py.Group
        One dataset per number, its limits in the attributes ``low`` and ``high``.

    Yields
    ------
    name : str
    value, low, high : float
        Missing limits are NaN.

    Raises
    ------
    UnreadableNight
        If the group has anything but numbers, or data outside its file.
    """
    for name in group:
        link = group.id.links.get_info(name.encode())
        if link.type != h5l.TYPE_HARD:
            raise UnreadableNight(f"The file is refused: {name!r} links elsewhere.")
        dataset = h5d.open(group.id, name.encode())
        layout = dataset.get_create_plist()
        if layout.get_layout() == h5d.VIRTUAL or layout.get_external_count():
            raise UnreadableNight(f"The file is refused: {name!r} is outside the file.")
        if dataset.get_space().get_simple_extent_ndims() != 0:
            raise UnreadableNight(f"The file is damaged: {name!r} is not a number.")
        value = np.empty((), dtype=np.float64)
        dataset.read(h5s.ALL, h5s.ALL, value)
        yield name, float(value), _limit(dataset, b"low"), _limit(dataset, b"high")


def _limit(dataset: h5d.DatasetID, name: bytes) -> float:
    if not h5a.exists(dataset, name):
        return math.nan
    value = np.empty((), dtype=np.float64)
    h5a.open(dataset, name).read(value)
    return float(value)

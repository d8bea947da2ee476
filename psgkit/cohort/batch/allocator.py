"""Keep a worker's memory until the end of a night.

A night makes and frees large arrays all the time. glibc would return free memory to the
system at once and fetch it again for the next array. A worker keeps it.

Dask starts its workers with ``MALLOC_TRIM_THRESHOLD_`` at 64 KiB. With so low a threshold
each array is fetched anew, which doubles the processor time of a night (measured by
``scripts/bench.py --dask``).
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VARIABLE = "MALLOC_TRIM_THRESHOLD_"

# Of <malloc.h>.
_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_THRESHOLD = -3

# glibc's own value in the long run, and at its start.
_LARGEST_MMAP_THRESHOLD = 32 << 20
_FIRST_MMAP_THRESHOLD = 128 << 10
# A worker keeps most memory of a night, except whole signals.
_KEPT = 256 << 20
_FETCHED_AHEAD = 32 << 20


def keep_memory() -> None:
    """Keep up to 256 MB of freed memory in this process, for the next night.

    Does nothing where the system's C library is not glibc.
    """
    library = _glibc()
    if library is not None:
        _set(library, mmap=_LARGEST_MMAP_THRESHOLD, trim=_KEPT)
        library.mallopt(_M_TOP_PAD, _FETCHED_AHEAD)


@contextmanager
def memory_kept() -> Iterator[None]:
    """Keep freed memory until the end, then give all of it back.

    Does nothing where nobody set the variable, or the system's C library is not glibc.
    """
    low = os.environ.get(VARIABLE, "")
    library = _glibc() if low.isdecimal() else None
    if library is None:
        yield
        return
    _set(library, mmap=_LARGEST_MMAP_THRESHOLD, trim=2 * _LARGEST_MMAP_THRESHOLD)
    try:
        yield
    finally:
        _set(library, mmap=_FIRST_MMAP_THRESHOLD, trim=int(low))
        library.malloc_trim(0)


def _glibc() -> Any:
    """Return the C library if it has `mallopt`."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # TypeError: Windows wants a name
        return None
    return library if hasattr(library, "gnu_get_libc_version") else None


def _set(library: Any, *, mmap: int, trim: int) -> None:
    library.mallopt(_M_MMAP_THRESHOLD, mmap)
    library.mallopt(_M_TRIM_THRESHOLD, trim)

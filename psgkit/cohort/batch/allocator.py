"""Memory that a worker keeps from one night to the next.

A night makes and frees arrays of many megabytes all the time. glibc gives freed memory
back at once and fetches it anew. Dask sets its threshold to 64 KiB, which doubles the
processor time of a night (measured by ``scripts/bench.py --dask``).

Variables of the environment would have to be set before a worker starts. Pebble and Dask
start workers on their own, so the environment of the caller would change for good.
"""

import ctypes
from contextlib import suppress

# Of <malloc.h>: how much free memory is kept, how much is fetched in advance, and from
# which size on an array has separate memory, which is always given back.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_SIZES = {_MMAP_THRESHOLD: 32 << 20, _TRIM_THRESHOLD: 256 << 20, _TOP_PAD: 32 << 20}


def keep_memory() -> None:
    """Keep up to 256 MB of freed memory in this process, for the next night.

    Does nothing if the system's C library is not glibc.
    """
    # Windows wants a name; other C libraries have no `mallopt`.
    with suppress(OSError, TypeError, AttributeError):
        for parameter, size in _SIZES.items():
            ctypes.CDLL(None).mallopt(parameter, size)

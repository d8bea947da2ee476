"""A worker keeps its memory, also if it was started to give memory back at once."""

import ctypes
import resource
import subprocess
import sys
from pathlib import Path

import pytest

# Makes and frees an array of 2 MB a hundred times, and prints how often a page had to
# be fetched from the system.
PROGRAM = """
import resource, sys
import numpy as np
from psgkit.cohort.batch.allocator import keep_memory
if sys.argv[1] == "kept":
    keep_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    np.ones(250_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_fetched(how: str) -> int:
    # The threshold is the one with which Dask starts its workers.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        env={
            "MALLOC_TRIM_THRESHOLD_": "65536",
            "PYTHONPATH": str(Path(__file__).parents[4]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"),
    reason="another C library",
)
def test_memory_that_is_kept_is_not_fetched_again() -> None:
    once = 2_000_000 // resource.getpagesize()
    assert pages_fetched("as Dask has it") > 50 * once
    assert pages_fetched("kept") < 20 * once  # the first fetch is of 32 MB


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from psgkit.cohort.batch.allocator import keep_memory

    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    keep_memory()

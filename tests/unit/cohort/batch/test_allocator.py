"""A worker that was told to give memory back at once keeps it for a night."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from psgkit.cohort.batch import allocator
from psgkit.cohort.batch.allocator import VARIABLE, memory_kept

# Makes and frees an array of 2 MB a hundred times, and prints how often a page had to
# be fetched from the system, with the memory kept or not.
PROGRAM = """
import contextlib, resource, sys
import numpy as np
from psgkit.cohort.batch.allocator import keep_memory, memory_kept
kept = memory_kept() if sys.argv[1] == "kept" else contextlib.nullcontext()
if sys.argv[1] == "a worker":
    keep_memory()
with kept:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(100):
        np.ones(250_000)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

glibc = pytest.mark.skipif(allocator._glibc() is None, reason="another C library")


def pages_fetched(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        env={VARIABLE: "65536", "PYTHONPATH": str(Path(__file__).parents[4])},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@glibc
def test_memory_that_is_kept_is_not_fetched_again() -> None:
    once = 2_000_000 // resource.getpagesize()
    assert pages_fetched("as Dask has it") > 50 * once
    assert pages_fetched("kept") < 5 * once
    assert pages_fetched("a worker") < 20 * once  # the first fetch is of 32 MB


@glibc
def test_afterwards_all_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, int]] = []
    monkeypatch.setattr(allocator, "_set", lambda _, **sizes: told.append(sizes))
    monkeypatch.setenv(VARIABLE, "65536")
    with pytest.raises(RuntimeError), memory_kept():
        raise RuntimeError
    assert told == [
        {"mmap": 32 << 20, "trim": 64 << 20},
        {"mmap": 128 << 10, "trim": 65536},
    ]


@pytest.mark.parametrize("value", [None, "", "much"])
def test_where_nobody_set_it_nothing_is_done(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("told the C library something")

    monkeypatch.setattr(allocator, "_set", fail)
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    with memory_kept():
        pass

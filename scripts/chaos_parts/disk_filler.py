"""A neighbour that fills and frees the disk while nights are saved on it."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import psgkit

BLOCK = bytes(16_384)


def save_under_attack(
    night: psgkit.Night, disk: Path, calm: dict[str, bytes], *, times: int
) -> tuple[int, int, int]:
    """Save a night again and again on a small disk that another thread fills.

    Returns
    -------
    saved, refused, different : int
        How often it was written, how often it was refused in a sentence, and how many
        of all sealed files differed from the calm run.
    """
    end = threading.Event()
    neighbour = threading.Thread(target=_fill_and_free, args=(disk, end), daemon=True)
    neighbour.start()
    saved = refused = different = 0
    for _ in range(times):
        try:
            home = psgkit.save_night(night, disk / "out")
        except psgkit.OutputError:
            refused += 1
            home = disk / "out" / night.id
        else:
            saved += 1
        files = (home / name for name in calm)
        there = {file.name: file.read_bytes() for file in files if file.is_file()}
        different += any(calm[name] != raw for name, raw in there.items())
    end.set()
    neighbour.join()
    return saved, refused, different


def _fill_and_free(disk: Path, end: threading.Event) -> None:
    filling = disk / "neighbour"
    while not end.is_set():
        with suppress(OSError), filling.open("wb", buffering=0) as file:
            while not end.is_set() and file.write(BLOCK):
                pass
        time.sleep(0.002)
        with suppress(OSError):
            os.truncate(filling, 0)
        time.sleep(0.02)

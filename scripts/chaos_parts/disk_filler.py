"""A neighbour that fills and frees the disk while nights are saved on it."""

import os
import random
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
    neighbour = Neighbour(disk)
    neighbour.start()
    saved = refused = different = 0
    for _ in range(times):
        try:
            home = psgkit.save_night(night, disk / "out")
        except psgkit.OutputError:
            refused += 1
            neighbour.longest_pause_s *= 1.3
            home = disk / "out" / night.id
        else:
            saved += 1
            neighbour.longest_pause_s /= 1.3
        files = (home / name for name in calm)
        there = {file.name: file.read_bytes() for file in files if file.is_file()}
        different += any(calm[name] != raw for name, raw in there.items())
    neighbour.end.set()
    neighbour.join()
    return saved, refused, different


class Neighbour(threading.Thread):
    """Fills the disk and frees it, with pauses by chance.

    A pause that grows after each refusal and shrinks after each save lets about half of
    the saves through, on a fast disk and on a slow one.
    """

    def __init__(self, disk: Path) -> None:
        super().__init__(daemon=True)
        self.filling = disk / "neighbour"
        self.end = threading.Event()
        self.longest_pause_s = 0.1

    def run(self) -> None:
        """Go on until the end is set."""
        dice = random.Random(27)  # noqa: S311 - no secret
        while not self.end.is_set():
            with suppress(OSError), self.filling.open("wb", buffering=0) as file:
                while not self.end.is_set() and file.write(BLOCK):
                    pass
            time.sleep(0.002)
            with suppress(OSError):
                os.truncate(self.filling, 0)
            time.sleep(dice.uniform(0, self.longest_pause_s))

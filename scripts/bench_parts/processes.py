"""What whole processes cost: several commands in turn, so that load falls on all alike."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Cost:
    """What one process took: seconds, those of processors, and its peak memory."""

    seconds: float
    processor_s: float
    peak_mb: float


@dataclass(frozen=True)
class Costs:
    """The runs of one command, in the order of the turns."""

    runs: tuple[Cost, ...]

    @property
    def best(self) -> Cost:
        """The least seconds of all runs, for other processes only add; the most memory."""
        return Cost(
            min(run.seconds for run in self.runs),
            min(run.processor_s for run in self.runs),
            max(run.peak_mb for run in self.runs),
        )

    def share_of(self, other: "Costs") -> tuple[float, float]:
        """Return the share of another command's seconds: of the best runs, and the median.

        The second is the median over the turns. Where the two differ by much, the
        machine was busy with something else.
        """
        turns = zip(self.runs, other.runs, strict=True)
        return (
            self.best.seconds / other.best.seconds,
            statistics.median(mine.seconds / theirs.seconds for mine, theirs in turns),
        )


def environment() -> dict[str, str]:
    """Return the environment of every process that is measured.

    Byte code is kept in one folder for all: a user compiles a package once, some
    machines at every start.
    """
    kept = Path(tempfile.gettempdir()) / "psgkit-bench-bytecode"
    found = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return found | {"PYTHONPYCACHEPREFIX": str(kept)}


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it took."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, env=environment())
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            err.seek(0)
            raise SystemExit(
                f"{' '.join(command)} ended with {child.returncode}:\n"
                f"{err.read().decode(errors='replace')[-2000:]}"
            )
    unit = 1024.0**2 if sys.platform == "darwin" else 1024.0
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def in_turn(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, Costs]:
    """Run commands one after the other, all of them as often as asked."""
    turns = [
        {name: run(command) for name, command in commands.items()}
        for _ in range(repeats)
    ]
    return {name: Costs(tuple(turn[name] for turn in turns)) for name in commands}


def apart(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process of its own.

    A process that is measured starts as a copy of this one, whose peak memory it would
    be said to have: what makes nights must not be done here.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def row(name: str, found: str, bound: str, *, is_met: bool) -> None:
    """Print one row: what was measured, the bound, and whether it is met."""
    print(f"{name:<44}{found:>34}   {bound:<20}{'' if is_met else 'OVER'}", flush=True)

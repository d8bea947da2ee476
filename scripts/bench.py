"""What psgkit costs: seconds and peak memory of whole processes from a cold start.

    python scripts/bench.py --against-yasa              # ratios to scripts/yasa_night.py
    python scripts/bench.py --night NIGHT.edf           # a night of your own

Every case is a fresh process on the same night, so that imports count, and all cases
run in one go, so that the ratios hold on any machine. Without ``--night``, a night of
8 hours and 8 channels at 256 Hz is simulated first.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent

# Of the simulated night, for the script that must be told: EEG, both EOG, chin EMG.
YASA_CHANNELS = ("C4-M1", "E1-M2", "E2-M2", "Chin1-Chin2")


@dataclass(frozen=True)
class Case:
    """One command to measure, and what it may cost."""

    name: str
    options: tuple[str, ...]
    time_share: float
    peak_mb: float


# The bounds that the project set itself.
CASES = (Case("report --only staging", ("--only", "staging"), 0.25, 500.0),)


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    seconds: float
    peak_mb: float


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it took."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err)
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
    return Cost(seconds, usage.ru_maxrss / unit)


def best(command: Sequence[str], repeats: int) -> Cost:
    """Return the least of several runs: other processes only ever add to it."""
    costs = [run(command) for _ in range(repeats)]
    return Cost(
        min(cost.seconds for cost in costs), max(cost.peak_mb for cost in costs)
    )


def simulated_night(folder: Path) -> Path:
    """Write the night that the promises are about."""
    from psgkit.simulate import simulate_night

    return simulate_night(hours=8.0, seed=1, rate_hz=256.0).write(folder / "night.edf")


def report(night: Path, folder: Path, case: Case) -> list[str]:
    """Return the command that a case measures."""
    psgkit = [sys.executable, "-m", "psgkit", "report"]
    return [*psgkit, str(night), "--out", str(folder / "out"), *case.options]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--night", type=Path, help="an EDF in place of a simulated one")
    parser.add_argument("--against-yasa", action="store_true")
    parser.add_argument("--yasa-channels", nargs=4, default=YASA_CHANNELS)
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        night = options.night or simulated_night(folder)
        yasa = None
        if options.against_yasa:
            script = [sys.executable, str(HERE / "yasa_night.py"), str(night)]
            yasa = best([*script, *options.yasa_channels], options.repeats)
            print(
                f"{'plain YASA script':<28}{yasa.seconds:7.1f} s{yasa.peak_mb:8.0f} MB"
            )
        for case in CASES:
            cost = best(report(night, folder, case), options.repeats)
            line = f"{case.name:<28}{cost.seconds:7.1f} s{cost.peak_mb:8.0f} MB"
            if yasa is not None:
                share = cost.seconds / yasa.seconds
                line += f"   {share:.2f} of YASA's time (at most {case.time_share:.2f})"
            print(f"{line}, at most {case.peak_mb:.0f} MB")


if __name__ == "__main__":
    main()

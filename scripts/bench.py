"""What psgkit costs: seconds and peak memory of whole processes from a cold start.

    python scripts/bench.py --against-yasa              # ratios to scripts/yasa_night.py
    python scripts/bench.py --night NIGHT.edf           # a night of your own
    python scripts/bench.py --later 20                  # first and later nights, by step
    python scripts/bench.py --wide                      # 9 h, 25 channels, up to 512 Hz
    python scripts/bench.py --dask 8                    # a Dask cluster to the pool

Every case is a fresh process on the same night, so that imports count, and all cases
run in one go, so that the ratios hold on any machine. Without ``--night``, a night of
8 hours and 8 channels at 256 Hz is simulated first. How the cost grows is measured by
``bench_growth.py``, and the history of single steps is kept by ``bench_steps.py``.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

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
CASES = (
    Case("report --only staging", ("--only", "staging"), 0.25, 500.0),
    Case("report --only numbers", ("--only", "numbers"), 0.45, 700.0),
    Case("report", (), 0.60, 700.0),
)

# Of the pool's time, for the same nights on a cluster of this machine.
DASK_SHARE = 1.15

# A night that follows others in the same worker: of how many, and what it may take.
LATER_NIGHTS = 4
LATER_SHARE = 0.30

# Of a night of 9 h with 25 channels of one to 512 Hz.
WIDE_MB = 900.0

# What AASM recommends of the EEG, with one spare, and what goes with it.
EIGHT = ("F4-M1", "C4-M1", "C3-M2", "O2-M1", "E1-M2", "E2-M2", "Chin1-Chin2", "ECG")

# What a worker of a batch does, night after night; prints a line a night, with the
# seconds of each step and the peak memory at its end.
WORKER = """
import resource, sys, time
begun = time.perf_counter()
from pathlib import Path
from psgkit.cohort.batch.allocator import keep_memory
from psgkit.domain.jobs import Job
from psgkit.pipeline import analyse_night
from psgkit.report import save_night
from psgkit.settings import Settings
settings = Settings()
keep_memory()

def mark(step):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    marks.append((step, time.perf_counter(), peak))

for number in range(int(sys.argv[3])):
    marks = []
    night = analyse_night(
        Job(recording=Path(sys.argv[1]), id=f"n{number}"), settings, progress=mark
    )
    mark("writing")
    save_night(night, Path(sys.argv[2]))
    mark("end")
    steps = [
        f"{name} {after - at:.2f} s {peak:.0f} MB"
        for (name, at, _), (_, after, peak) in zip(marks, marks[1:])
    ]
    _, ended, peak = marks[-1]
    print(f"night {number + 1:2d} {ended - begun:7.2f} s {peak:6.0f} MB: {', '.join(steps)}")
    begun = time.perf_counter()
"""


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


def apart(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process of its own.

    A process that is measured starts as a copy of this one, whose peak memory it would
    be said to have: what makes nights must not be done here.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def simulated_night(folder: Path) -> Path:
    """Write the night that the promises are about."""
    from edfio import read_edf

    from psgkit.simulate import simulate_night

    path = folder / "night.edf"
    whole = simulate_night(hours=8.0, seed=1, rate_hz=256.0).write(folder / "whole.edf")
    edf = read_edf(whole)
    edf.drop_signals([s.label for s in edf.signals if s.label not in EIGHT])
    edf.write(path)
    return path


def show_later_nights(night: Path, folder: Path, count: int) -> float:
    """Print what each night costs in one process that does several.

    Returns
    -------
    float
        Seconds of the median night after the first.
    """
    from psgkit.cohort.batch.workers import ONE_THREAD

    arguments = [str(night), str(folder / "later"), str(count)]
    command = [sys.executable, "-c", WORKER, *arguments]
    environment = os.environ | dict.fromkeys(ONE_THREAD, "1")
    seconds = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            seconds.append(float(line.split()[2]))
    if child.returncode:
        raise SystemExit(f"the worker ended with {child.returncode}")
    return statistics.median(seconds[1:])


def report(night: Path, folder: Path, case: Case) -> list[str]:
    """Return the command that a case measures."""
    psgkit = [sys.executable, "-m", "psgkit", "report"]
    return [*psgkit, str(night), "--out", str(folder / "out"), *case.options]


def wide_night(folder: Path) -> Path:
    """Write a night of 9 h with 25 channels of 1 to 512 Hz."""
    from psgkit.simulate import MontageName, simulate_night

    made = simulate_night(hours=9.0, seed=1, rate_hz=512.0, montage=MontageName.WIDE)
    return made.write(folder / "wide.edf")


def show_wide_night(folder: Path) -> None:
    """Print what a whole report of a large recording costs."""
    night = apart(wide_night, folder)
    cost = run(report(night, folder, CASES[-1]))
    size = night.stat().st_size / 1e6
    print(
        f"9 h, 25 channels, {size:.0f} MB: {cost.seconds:.1f} s, "
        f"{cost.peak_mb:.0f} MB, at most {WIDE_MB:.0f} MB"
    )


@dataclass(frozen=True)
class BatchTime:
    """Seconds that a batch took: until workers were there, its nights, and processors'."""

    starting: float
    nights: float
    processor: float


def show_dask(folder: Path, count: int, hours: float, repeats: int) -> None:
    """Print what the same nights take on a Dask cluster and in the pool.

    Two workers of one thread each, new ones for every batch, so that both load their
    libraries in their first night. The best of the repeats, which take turns.
    """
    from psgkit.domain.jobs import Job
    from psgkit.simulate import simulate_night

    night = simulate_night(hours=hours, seed=1).write(folder / "night.edf")
    jobs = [Job(recording=night, id=f"n{number}") for number in range(count)]
    took: dict[str, list[BatchTime]] = {"pool": [], "Dask": []}
    for turn in range(repeats):
        took["pool"].append(time_pool(jobs, folder / f"pool{turn}"))
        took["Dask"].append(time_dask(jobs, folder / f"dask{turn}"))
    nights = {name: min(t.nights for t in times) for name, times in took.items()}
    whole = {
        name: min(t.starting + t.nights for t in times) for name, times in took.items()
    }
    print(f"{count} nights of {hours:g} h, two workers, best of {repeats}")
    busy = {name: min(t.processor for t in times) for name, times in took.items()}
    for name in took:
        print(
            f"{name:<8}{nights[name]:7.1f} s, with the start {whole[name]:7.1f} s; "
            f"processor time of its workers {busy[name]:7.1f} s"
        )
    print(
        f"Dask to pool {nights['Dask'] / nights['pool']:.3f} (at most {DASK_SHARE:.2f}), "
        f"with the cluster's start {whole['Dask'] / whole['pool']:.3f}, "
        f"of processor time {busy['Dask'] / busy['pool']:.3f}"
    )


def time_pool(jobs: Sequence[Any], out: Path) -> BatchTime:
    """Time a batch in the pool, whose workers start within it."""
    from psgkit.cohort.batch.run import run_cohort

    begun, before = time.perf_counter(), children_processor_s()
    finish(run_cohort(jobs, out=out, workers=2), len(jobs))
    ended = time.perf_counter()
    return BatchTime(0.0, ended - begun, children_processor_s() - before)


def time_dask(jobs: Sequence[Any], out: Path) -> BatchTime:
    """Time a batch on a cluster that is started for it."""
    from distributed import LocalCluster

    from psgkit.cohort.batch.run import run_cohort

    begun, before = time.perf_counter(), children_processor_s()
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        started = time.perf_counter()
        finish(run_cohort(jobs, out=out, dask=cluster.scheduler_address), len(jobs))
        ended = time.perf_counter()
    busy = children_processor_s() - before
    return BatchTime(started - begun, ended - started, busy)


def children_processor_s() -> float:
    """Return what all processes took that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def finish(outcomes: Iterable[Any], count: int) -> None:
    """Run a batch to its end, of which every night must be done."""
    done = [type(outcome).__name__ for outcome in outcomes].count("Done")
    if done != count:
        raise SystemExit(f"{count - done} of {count} nights were not done")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--night", type=Path, help="an EDF in place of a simulated one")
    parser.add_argument(
        "--against-yasa", action="store_true", help="time yasa_night.py beside it"
    )
    parser.add_argument(
        "--yasa-channels",
        nargs=4,
        default=YASA_CHANNELS,
        metavar=("EEG", "LEFT_EOG", "RIGHT_EOG", "CHIN"),
        help="labels in --night",
    )
    parser.add_argument(
        "--repeats", type=int, default=1, help="of which the quickest counts"
    )
    parser.add_argument(
        "--later",
        type=int,
        metavar="NIGHTS",
        default=0,
        help="one after the other in one process",
    )
    parser.add_argument(
        "--wide", action="store_true", help="a night of 9 h and 25 channels alone"
    )
    parser.add_argument(
        "--dask",
        type=int,
        metavar="NIGHTS",
        default=0,
        help="in the pool and on a cluster of two workers",
    )
    parser.add_argument("--hours", type=float, default=1.5, help="of --dask's nights")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.wide:
            show_wide_night(folder)
            return
        if options.dask:
            show_dask(folder, options.dask, options.hours, options.repeats)
            return
        night = options.night or apart(simulated_night, folder)
        if options.later:
            show_later_nights(night, folder, options.later)
            return
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
            print(f"{line}, at most {case.peak_mb:.0f} MB", flush=True)
        if yasa is not None:
            later = show_later_nights(night, folder, LATER_NIGHTS)
            print(
                f"{'a later night':<28}{later:7.1f} s   {later / yasa.seconds:.2f} of "
                f"YASA's time (at most {LATER_SHARE:.2f})"
            )


if __name__ == "__main__":
    main()

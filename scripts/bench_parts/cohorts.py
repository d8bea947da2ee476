"""What many nights cost: in one worker, in two, on a cluster, and as scorings alone."""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_parts.nights import stage_strings, write_scorings
from bench_parts.processes import apart, environment, in_turn, row

# A worker's memory may move by this much after its first nights and has not grown.
STEADY_MB = 10.0
SETTLED = 5

# What a worker of a batch does, night after night; prints a line a night, with the
# seconds of each step, the memory that it holds at its end and the most it held.
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
    marks.append((step, time.perf_counter()))

for number in range(int(sys.argv[3])):
    marks = []
    night = analyse_night(
        Job(recording=Path(sys.argv[1]), id=f"n{number}"), settings, progress=mark
    )
    mark("writing")
    save_night(night, Path(sys.argv[2]))
    mark("end")
    steps = [f"{name} {b - a:.2f}" for (name, a), (_, b) in zip(marks, marks[1:])]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"night {number + 1:2d} {marks[-1][1] - begun:7.2f} s {peak:6.0f} MB at most: "
          + ", ".join(steps))
    begun = time.perf_counter()
"""


@dataclass(frozen=True)
class BatchTime:
    """Seconds that a batch took: until workers were there, its nights, and processors'."""

    starting: float
    nights: float
    processor: float


def later_nights(night: Path, folder: Path, count: int) -> tuple[float, float]:
    """Print what each night costs in one process that does several.

    Returns
    -------
    seconds : float
        Of the median night after the first.
    growth_mb : float
        How much the most memory grew after the first nights.
    """
    from psgkit.cohort.batch.workers import ONE_THREAD

    arguments = [str(night), str(folder / "later"), str(count)]
    command = [sys.executable, "-c", WORKER, *arguments]
    seconds, peaks = [], []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=environment() | dict.fromkeys(ONE_THREAD, "1"),
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            words = line.split()
            seconds.append(float(words[2]))
            peaks.append(float(words[4]))
    if child.returncode:
        raise SystemExit(f"the worker ended with {child.returncode}")
    settled = peaks[min(SETTLED, len(peaks)) - 1]
    return statistics.median(seconds[1:]), peaks[-1] - settled


def show_workers(night: Path, folder: Path, count: int, repeats: int) -> None:
    """Print what two workers take of one worker's time."""
    from psgkit.domain.jobs import Job

    jobs = [Job(recording=night, id=f"n{number}") for number in range(count)]
    took: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(repeats):
        for workers, times in took.items():
            out = folder / f"workers{workers}_{turn}"
            times.append(_time_pool(jobs, out, workers).nights)
    one, two = min(took[1]), min(took[2])
    row(
        f"{count} nights, two workers against one",
        f"{two:.1f} s of {one:.1f} s = {two / one:.2f}",
        "at most 0.60",
        is_met=two / one <= 0.6,
    )


def show_dask(night: Path, folder: Path, count: int, repeats: int) -> None:
    """Print what the same nights take on a Dask cluster and in the pool.

    Two workers of one thread each, new ones for every batch, so that both load their
    libraries in their first night. The best of the repeats, which take turns.
    """
    from psgkit.domain.jobs import Job

    jobs = [Job(recording=night, id=f"n{number}") for number in range(count)]
    took: dict[str, list[BatchTime]] = {"pool": [], "Dask": []}
    for turn in range(repeats):
        took["pool"].append(_time_pool(jobs, folder / f"pool{turn}", 2))
        took["Dask"].append(_time_dask(jobs, folder / f"dask{turn}"))
    for name, times in took.items():
        print(
            f"{name:<8}{min(t.nights for t in times):7.1f} s, with the start "
            f"{min(t.starting + t.nights for t in times):7.1f} s; processor time of its "
            f"workers {min(t.processor for t in times):7.1f} s"
        )
    share = min(t.nights for t in took["Dask"]) / min(t.nights for t in took["pool"])
    row(f"{count} nights, Dask against the pool", f"{share:.2f}", "at most 1.15",
        is_met=share <= 1.15)  # fmt: skip


def _time_pool(jobs: Sequence[Any], out: Path, workers: int) -> BatchTime:
    """Time a batch in the pool, whose workers start within it."""
    from psgkit.cohort.batch.run import run_cohort

    begun, before = time.perf_counter(), _children_processor_s()
    _finish(run_cohort(jobs, out=out, workers=workers), len(jobs))
    ended = time.perf_counter()
    return BatchTime(0.0, ended - begun, _children_processor_s() - before)


def _time_dask(jobs: Sequence[Any], out: Path) -> BatchTime:
    """Time a batch on a cluster that is started for it."""
    from distributed import LocalCluster

    from psgkit.cohort.batch.run import run_cohort

    begun, before = time.perf_counter(), _children_processor_s()
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        started = time.perf_counter()
        _finish(run_cohort(jobs, out=out, dask=cluster.scheduler_address), len(jobs))
        ended = time.perf_counter()
    busy = _children_processor_s() - before
    return BatchTime(started - begun, ended - started, busy)


def _children_processor_s() -> float:
    """Return what all processes took that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _finish(outcomes: Iterable[Any], count: int) -> None:
    """Run a batch to its end, of which every night must be done."""
    done = [type(outcome).__name__ for outcome in outcomes].count("Done")
    if done != count:
        raise SystemExit(f"{count - done} of {count} nights were not done")


def show_scorings(count: int) -> None:
    """Print what it costs to measure scorings and to make one table of them."""
    each_ms, columns = apart(_measure_scorings, count)
    row(
        f"{count} scorings measured and collected",
        f"{each_ms:.1f} ms a night, {columns} columns",
        "at most 10 ms",
        is_met=each_ms <= 10.0,
    )


def _measure_scorings(count: int) -> tuple[float, int]:
    """Return milliseconds of processor time a night, and how many columns there are."""
    import pandas as pd

    from psgkit import Scoring, measure_scoring

    names = {"1": "N1", "2": "N2", "3": "N3", "?": "UNS"}
    scorings = [
        Scoring.from_stages([names.get(letter, letter) for letter in stages])
        for stages in stage_strings(count)
    ]
    measure_scoring(scorings[0])  # imports
    begun = time.process_time()
    table = pd.DataFrame([measure_scoring(scoring) for scoring in scorings])
    took = time.process_time() - begun
    return 1000 * took / count, table.shape[1]


def show_resume(folder: Path, count: int) -> None:
    """Print what it costs to find that every scoring is done, and to collect them."""
    scorings = write_scorings(folder / "scorings", count)
    manifest = folder / "study.csv"
    lines = [f"{path.stem},{path}" for path in sorted(scorings.iterdir())]
    manifest.write_text("\n".join(["id,scoring", *lines]) + "\n", encoding="utf-8")
    psgkit = [sys.executable, "-m", "psgkit"]
    out = str(folder / "study")
    batch = [*psgkit, "batch", "--manifest", str(manifest), "--out", out]
    first = in_turn({"batch": batch}, 1)["batch"].best
    print(
        f"{count} scorings by batch: {first.seconds:.1f} s, "
        f"{1000 * first.processor_s / count:.0f} ms of processor time a night"
    )
    for name, command in (
        (f"{count} scorings resumed, nothing to do", batch),
        (f"{count} scorings collected", [*psgkit, "collect", out]),
    ):
        cost = in_turn({name: command}, 1)[name].best
        row(name, f"{cost.seconds:.1f} s", "at most 10 s", is_met=cost.seconds <= 10.0)


def show_bytes(night: Path) -> None:
    """Print how many times its size is read for a report."""
    times = apart(_times_read, night)
    row(
        "bytes read for a report",
        f"{times:.2f} times the file's size",
        "at most 4 times",
        is_met=times <= 4.0,
    )


def _times_read(night: Path) -> float:
    from psgkit import analyse

    sample = Path(__file__).parents[2] / "sample_data" / "nap.edf"
    analyse(sample)  # imports read files, too
    before = _bytes_read()
    analyse(night)
    return (_bytes_read() - before) / night.stat().st_size


def _bytes_read() -> int:
    return int(Path(f"/proc/{os.getpid()}/io").read_text(encoding="ascii").split()[1])

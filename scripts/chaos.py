"""Show that a batch loses no night: break it in every way, and compare.

Usage: python scripts/chaos.py FOLDER [DEMONSTRATION...]

FOLDER is made and filled with simulated nights. Every demonstration prints what it
found and the script ends with status 1 if one of them is not as it should be. ``disk``
and ``filler`` mount a small tmpfs, which needs root; the others need Linux.
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chaos_parts.disk_filler import save_under_attack
from chaos_parts.nights import (
    SENTENCES,
    break_eight,
    make_nights,
    make_scored_nights,
)

import psgkit

TABLES = ("cohort.csv", "failures.csv", "data_dictionary.csv")
BATCH = (sys.executable, "-m", "psgkit", "batch")


def main() -> None:
    """Run the demonstrations that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "folder", type=Path, help="where nights and results are written"
    )
    parser.add_argument(
        "which",
        nargs="*",
        metavar="demonstration",
        help=f"of {', '.join(SHOWS)}; all by default",
    )
    parser.add_argument(
        "--nights", type=int, default=200, help="of the largest batch (200)"
    )
    words = parser.parse_intermixed_args()
    if unknown := set(words.which) - set(SHOWS):
        parser.error(f"no demonstration is called {', '.join(sorted(unknown))}")
    words.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in words.which or SHOWS:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        if not SHOWS[name](words.folder, words.nights):
            failed.append(name)
        print(f"   {time.monotonic() - begun:.1f} s", flush=True)
    print(f"not as it should be: {', '.join(failed)}" if failed else "all as it should")
    sys.exit(bool(failed))


def show_nights(folder: Path, nights: int) -> bool:
    """Run many nights of which eight are broken, each in a way of its own."""
    study = folder / "nights"
    make_nights(study, nights - len(SENTENCES), folder / "seeds")
    break_eight(study, folder / "seeds")
    out = fresh(folder / "nights-out")
    with batch(study, "--out", out, "--workers", "2") as process:
        kill_who_reads(process.pid, "broken-8-worker-dies.edf")
        status = process.wait()
    table = psgkit.read_cohort(out).set_index("id")
    counts = table["status"].value_counts().to_dict()
    print(f"   {counts}, exit status {status}")
    failures = table.loc[table["status"] == "failed", "message"]
    for night, message in failures.items():
        print(f"   {night}: {message}")
    fitting = [
        night
        for night, words in SENTENCES.items()
        if night in failures.index and re.search(words, failures[night])
    ]
    good = counts == {"done": nights - len(SENTENCES), "failed": len(SENTENCES)}
    return good and status == 1 and len(fitting) == len(SENTENCES)


def show_kill(folder: Path, nights: int) -> bool:
    """Kill the whole batch five times at a random moment, and go on each time."""
    study = folder / "kill"
    make_nights(study, min(nights, 40), folder / "seeds")
    calm, out = fresh(folder / "kill-calm"), fresh(folder / "kill-out")
    begun = time.monotonic()
    run_batch(study, "--out", calm)
    whole_s = time.monotonic() - begun
    dice = random.Random(6)  # noqa: S311 - no secret
    seen: dict[Path, int] = {}
    twice = 0
    for turn in range(5):
        with batch(study, "--out", out) as process:
            time.sleep(dice.uniform(0.15, 0.35) * whole_s)
            # Once with its workers, once alone: they must notice.
            kill = os.killpg if turn % 2 else os.kill
            kill(process.pid, signal.SIGKILL)
            process.wait()
        twice += sum(file.stat().st_mtime_ns != seen[file] for file in seen)
        broken = [file for file in out.rglob("*.h5") if not is_whole(file)]
        seen = {file: file.stat().st_mtime_ns for file in finished(out)}
        print(f"   killed: {len(seen)} nights finished, {len(broken)} files broken")
        if broken:
            return False
    run_batch(study, "--out", out)
    twice += sum(file.stat().st_mtime_ns != seen[file] for file in seen)
    same = same_tables(calm, out) and same_nights(calm, out)
    print(f"   {twice} finished nights analysed twice; tables and HDF5 same: {same}")
    return same and not twice


def show_kills(folder: Path, nights: int) -> bool:
    """Kill a batch of scored nights 30 times, each time a few nights further."""
    manifest = make_scored_nights(folder / "kills", min(nights, 150))
    calm, out = fresh(folder / "kills-calm"), fresh(folder / "kills-out")
    run_batch("--manifest", manifest, "--out", calm)
    dice = random.Random(27)  # noqa: S311 - no secret
    killed = broken = 0
    for turn in range(30):
        with batch("--manifest", manifest, "--out", out) as process:
            wanted = len(finished(out)) + dice.randrange(1, 8)
            while process.poll() is None and len(finished(out)) < wanted:
                time.sleep(0.02)
            time.sleep(dice.uniform(0.0, 0.3))
            killed += process.poll() is None
            with suppress(ProcessLookupError):
                (os.killpg if turn % 2 else os.kill)(process.pid, signal.SIGKILL)
            process.wait()
        broken += sum(not is_whole(file) for file in out.rglob("*.h5"))
    done = len(finished(out))
    run_batch("--manifest", manifest, "--out", out)
    same = same_tables(calm, out) and same_nights(calm, out)
    print(f"   {killed} kills, {done} nights done by then, {broken} files broken")
    print(
        f"   all {len(finished(out))} nights in the end; tables and HDF5 same: {same}"
    )
    return same and not broken


def show_stop(folder: Path, nights: int) -> bool:
    """Press Ctrl-C once and wait, press it twice, then let the batch end."""
    study = folder / "kill"
    make_nights(study, min(nights, 40), folder / "seeds")
    out = fresh(folder / "stop-out")
    for presses in (1, 2):
        with batch(study, "--out", out) as process:
            wait_until_finished(out, 3 * presses)
            for _ in range(presses):
                process.send_signal(signal.SIGINT)
                time.sleep(0.5)
            begun = time.monotonic()
            status = process.wait(120)
        print(
            f"   {presses} x Ctrl-C: status {status} after "
            f"{time.monotonic() - begun:.1f} s, {len(finished(out))} nights finished"
        )
        if status != 130:
            return False
    status = run_batch(study, "--out", out)
    print(f"   then {len(finished(out))} nights finished, status {status}")
    return status == 0


def show_disk(folder: Path, nights: int) -> bool:
    """Fill a small disk, free it, and go on."""
    study = folder / "kill"
    make_nights(study, min(nights, 40), folder / "seeds")
    calm = folder / "kill-calm"
    if not (calm / "cohort.csv").is_file():
        run_batch(study, "--out", calm)
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    used = sum(f.stat().st_size for f in calm.rglob("*") if f.is_file())
    with tmpfs(disk, used // 2) as resize:
        out = disk / "out"
        status = run_batch(study, "--out", out)
        first = {file: file.stat().st_mtime_ns for file in finished(out)}
        log = (out / "batch.log").read_text().splitlines()
        full = sum("disk is full" in line for line in log)
        print(f"   full disk: {len(first)} done, {full} lines say so, status {status}")
        resize(4 * used)
        status = run_batch(study, "--out", out)
        again = sum(file.stat().st_mtime_ns != first[file] for file in first)
        same = same_tables(calm, out) and same_nights(calm, out)
        print(f"   freed: status {status}, {again} done again, same result: {same}")
    return same and not again and status == 0 and len(first) > 0


def show_filler(folder: Path, nights: int) -> bool:
    """Save a night while a neighbour fills and frees the disk."""
    study = folder / "filler"
    make_nights(study, 1, folder / "seeds", seeds=1)
    night = psgkit.analyse(next(study.glob("*.edf")))
    home = psgkit.save_night(night, fresh(folder / "filler-calm"))
    calm = {file.name: file.read_bytes() for file in home.iterdir()}
    disk = folder / "filler-disk"
    disk.mkdir(exist_ok=True)
    # Room for the earlier set and a half of the next one.
    with tmpfs(disk, sum(map(len, calm.values())) * 5 // 2):
        saved, refused, different = save_under_attack(night, disk, calm, times=nights)
    print(f"   {saved} saved, {refused} refused, {different} differ from the calm run")
    return different == 0 and refused > 0 and saved > 0


def show_two_batches(folder: Path, nights: int) -> bool:
    """Start a second batch into a folder in which one is at work."""
    study = folder / "kill"
    make_nights(study, min(nights, 40), folder / "seeds")
    out = fresh(folder / "two-out")
    with batch(study, "--out", out) as process:
        wait_until_finished(out, 1)
        second = subprocess.run(
            [*BATCH, study, "--out", out], capture_output=True, text=True, check=False
        )
        first = process.wait()
    print(f"   second: status {second.returncode}, {second.stderr.splitlines()[-1]}")
    print(f"   first: status {first}")
    return second.returncode == 2 and first == 0


def show_workers(folder: Path, nights: int) -> bool:
    """Time eight whole nights with one worker and with two."""
    del nights
    study = folder / "whole"
    make_nights(study, 8, folder / "whole-seeds", hours=8.0, seeds=1)
    took = {}
    for workers in (1, 2):
        out = fresh(folder / "whole-out")
        begun = time.monotonic()
        run_batch(study, "--out", out, "--workers", str(workers))
        took[workers] = time.monotonic() - begun
    ratio = took[2] / took[1]
    print(f"   one worker {took[1]:.0f} s, two {took[2]:.0f} s, ratio {ratio:.2f}")
    return ratio <= 0.6


def show_memory(folder: Path, nights: int) -> bool:
    """Follow the memory of one worker and its parent over twenty nights."""
    del nights
    study = folder / "memory"
    make_nights(study, 20, folder / "whole-seeds", hours=8.0, seeds=1)
    out = fresh(folder / "memory-out")
    sizes: dict[int, tuple[int, int]] = {}
    peak = 0
    with batch(study, "--out", out, "--workers", "1") as process:
        while process.poll() is None:
            done = len(finished(out))
            workers = [p for p in children(process.pid) if "spawn_main" in command(p)]
            for pid in workers:
                sizes[done] = rss_mib(pid), rss_mib(process.pid)
                peak = max(peak, rss_mib(pid, "VmHWM"))
            time.sleep(0.1)
    for done, (worker, parent) in sizes.items():
        print(f"   {done:2} nights done: worker {worker} MiB, parent {parent} MiB")
    print(f"   peak of the worker: {peak} MiB")
    early = max(sizes[n][0] for n in sizes if 3 <= n <= 6)
    late = max(sizes[n][0] for n in sizes if n >= 17)
    return late - early < 50


@contextmanager
def batch(*words: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a batch in a process group of its own."""
    process = subprocess.Popen(
        [*BATCH, *map(str, words), "--quiet"],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_batch(*words: object) -> int:
    """Run a batch to its end and return its status."""
    with batch(*words) as process:
        return process.wait()


def kill_who_reads(pid: int, name: str) -> None:
    """Kill the worker that has a file open."""
    while True:
        for child in children(pid):
            with suppress(OSError):
                opened = [fd.readlink() for fd in Path(f"/proc/{child}/fd").iterdir()]
                if any(place.name == name for place in opened):
                    os.kill(child, signal.SIGKILL)
                    return
        time.sleep(0.002)


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = Path(f"/proc/{pid}/task").iterdir()
        found = [w for t in threads for w in (t / "children").read_text().split()]
        return [int(word) for word in found]
    return []


def command(pid: int) -> str:
    """Return how a process was started."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def rss_mib(pid: int, field: str = "VmRSS") -> int:
    """Return the memory of a process; 0 once it has gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) // 1024
    return 0


def finished(out: Path) -> list[Path]:
    """Return the HDF5 files of the nights that count as done."""
    records = (out / ".psgkit/nights").glob("*.json")
    done = [r.stem for r in records if json.loads(r.read_text())["status"] == "done"]
    return [out / name / f"{name}.h5" for name in done]


def is_whole(file: Path) -> bool:
    """Tell whether a saved night can be read."""
    try:
        psgkit.read_night(file)
    except psgkit.PsgkitError:
        return False
    return True


def same_tables(one: Path, other: Path) -> bool:
    """Tell whether two cohorts have the same tables, byte by byte."""
    return all((one / n).read_bytes() == (other / n).read_bytes() for n in TABLES)


def same_nights(one: Path, other: Path) -> bool:
    """Tell whether two cohorts have the same HDF5 files, byte by byte."""
    names = [{f.relative_to(p) for f in p.rglob("*.h5")} for p in (one, other)]
    return names[0] == names[1] and all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in names[0]
    )


def wait_until_finished(out: Path, nights: int, *, timeout_s: float = 600.0) -> None:
    """Wait until so many nights are done."""
    deadline = time.monotonic() + timeout_s
    while len(finished(out)) < nights:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{nights} nights are not done after {timeout_s} s")
        time.sleep(0.05)


def fresh(folder: Path) -> Path:
    """Return a folder that is not there."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@contextmanager
def tmpfs(place: Path, size: int) -> Iterator[Callable[[int], None]]:
    """Mount a disk of some bytes, which can be made larger."""

    def mount(options: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True
        )

    mount(f"size={size}")
    try:
        yield lambda larger: mount(f"remount,size={larger}")
    finally:
        subprocess.run(["umount", str(place)], check=True)


SHOWS = {
    "nights": show_nights,
    "kill": show_kill,
    "kills": show_kills,
    "stop": show_stop,
    "disk": show_disk,
    "filler": show_filler,
    "two-batches": show_two_batches,
    "workers": show_workers,
    "memory": show_memory,
}

if __name__ == "__main__":
    main()

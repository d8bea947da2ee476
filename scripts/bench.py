"""What psgkit costs: every row of docs/speed.md, each with its bound.

    python scripts/bench.py --against-yasa --repeats 3   # reports, against a plain script
    python scripts/bench.py --later 20                   # nights in one worker, its memory
    python scripts/bench.py --workers 8                  # two workers against one
    python scripts/bench.py --wide                       # 9 h, 25 channels, up to 512 Hz
    python scripts/bench.py --hours 60                   # a long recording
    python scripts/bench.py --scorings 497 --resume 2000 # scorings alone
    python scripts/bench.py --bytes --start              # bytes of the file; --help, import
    python scripts/bench.py --dask 8                     # a Dask cluster against the pool

Every case is a fresh process on the same night, so that imports count, and the cases of
one call take turns, so that the ratios hold on any machine. The least seconds of the
turns count; the median ratio of the turns stands beside it, and the two differ where
the machine was busy. Without ``--night``, a night of 8 hours and 8 channels at 256 Hz
is simulated first. How the cost grows is measured by ``bench_growth.py``, and the
history of single steps is kept by ``bench_steps.py``.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench_parts.cohorts import (
    STEADY_MB,
    later_nights,
    show_bytes,
    show_dask,
    show_resume,
    show_scorings,
    show_workers,
)
from bench_parts.nights import long_recording, simulated_night, wide_night
from bench_parts.processes import Costs, apart, in_turn, row, run

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "sample_data" / "nap.edf"

# Labels of the simulated night, which the script is given: EEG, both EOG, chin, ECG.
SCRIPT_CHANNELS = ("C4-M1", "E1-M2", "E2-M2", "Chin1-Chin2", "ECG")

# A later night in the same worker, of the script's time.
LATER_SHARE = 0.45
LATER_NIGHTS = 4

# Of a night of 9 h with 25 channels of one to 512 Hz.
WIDE_MB = 900.0
# Of a recording of 60 h with 8 channels.
LONG_MB = 1000.0


@dataclass(frozen=True)
class Case:
    """One command to measure, and what it may cost.

    ``of`` names the script that it is compared with: ``script`` does all that a report
    does, ``stages and EEG`` leaves out arousals and heart rate.
    """

    name: str
    options: tuple[str, ...]
    of: str
    time_share: float
    peak_mb: float


# The bounds that the project set itself.
CASES = (
    Case("report --only staging", ("--only", "staging"), "script", 0.20, 400.0),
    Case("report", (), "script", 0.50, 700.0),
    Case(
        "report, arousals by rules", ("--arousals", "rules"), "EEG script", 0.45, 700.0
    ),
    Case("report --only staging ", ("--only", "staging"), "EEG script", 0.25, 400.0),
)


def report(night: Path, folder: Path, options: tuple[str, ...] = ()) -> list[str]:
    """Return the command of a report."""
    psgkit = [sys.executable, "-m", "psgkit", "report"]
    return [*psgkit, str(night), "--out", str(folder / "out"), *options]


def script(night: Path, channels: tuple[str, ...], *words: str) -> list[str]:
    """Return the command of the plain script."""
    return [sys.executable, str(HERE / "yasa_night.py"), str(night), *channels, *words]


def show_reports(
    night: Path, folder: Path, channels: tuple[str, ...], repeats: int
) -> None:
    """Print what reports take of the script's time, and their memory."""
    run(report(SAMPLE, folder))  # byte code, and what the system keeps of files
    run(script(SAMPLE, channels[:4], "--only-eeg"))
    staging, whole, rules = (report(night, folder, case.options) for case in CASES[:3])
    costs = in_turn(
        {
            "script": script(night, channels),
            "report --only staging": staging,
            "report": whole,
            "EEG script": script(night, channels[:4], "--only-eeg"),
            "report, arousals by rules": rules,
        },
        repeats,
    )
    for name in ("script", "EEG script"):
        best = costs[name].best
        print(f"{name:<44}{best.seconds:7.1f} s {best.peak_mb:5.0f} MB")
    for case in CASES:
        _show_case(case, costs[case.name.strip()], costs[case.of])
    later_s, _ = later_nights(night, folder, LATER_NIGHTS)
    share = later_s / costs["script"].best.seconds
    row(
        "a later night in a worker",
        f"{later_s:.1f} s = {share:.2f}",
        f"at most {LATER_SHARE:.2f}",
        is_met=share <= LATER_SHARE,
    )


def _show_case(case: Case, mine: Costs, theirs: Costs) -> None:
    best, median = mine.share_of(theirs)
    cost = mine.best
    row(
        f"{case.name.strip()}, of the {case.of}",
        f"{cost.seconds:.1f} s = {best:.2f} (median {median:.2f}), {cost.peak_mb:.0f} MB",
        f"{case.time_share:.2f}, {case.peak_mb:.0f} MB",
        is_met=best <= case.time_share and cost.peak_mb <= case.peak_mb,
    )


def show_later(night: Path, folder: Path, count: int) -> None:
    """Print each night of a worker, and whether its memory grew."""
    seconds, growth_mb = later_nights(night, folder, count)
    row(
        f"{count} nights in one worker",
        f"{seconds:.1f} s a night, {growth_mb:+.0f} MB after the fifth",
        f"at most {STEADY_MB:+.0f} MB",
        is_met=growth_mb <= STEADY_MB,
    )


def show_wide(folder: Path) -> None:
    """Print what a report of a large recording costs."""
    night = apart(wide_night, folder)
    cost = run(report(night, folder))
    row(
        f"9 h, 25 channels, {night.stat().st_size / 1e6:.0f} MB",
        f"{cost.seconds:.1f} s, {cost.peak_mb:.0f} MB",
        f"at most {WIDE_MB:.0f} MB",
        is_met=cost.peak_mb <= WIDE_MB,
    )


def show_long(folder: Path, hours: float) -> None:
    """Print what a report of a long recording costs, at two sampling rates."""
    for rate_hz in (128.0, 256.0):
        recording = apart(long_recording, folder, hours, rate_hz)
        cost = run(report(recording, folder))
        recording.unlink()
        row(
            f"{hours:g} h, 8 channels, {rate_hz:g} Hz",
            f"{cost.seconds:.0f} s, {cost.peak_mb:.0f} MB",
            f"at most {LONG_MB:.0f} MB",
            is_met=cost.peak_mb <= LONG_MB,
        )


def show_start() -> None:
    """Print how long it takes until the program or the package answers."""
    python = sys.executable
    costs = in_turn(
        {
            "psgkit --help": [python, "-m", "psgkit", "--help"],
            "import psgkit": [python, "-c", "import psgkit"],
        },
        7,
    )
    for (name, cost), bound in zip(costs.items(), (0.3, 0.1), strict=True):
        seconds = cost.best.seconds
        row(name, f"{seconds:.2f} s", f"at most {bound:g} s", is_met=seconds <= bound)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--night", type=Path, help="an EDF in place of a simulated one")
    parser.add_argument(
        "--channels",
        nargs=5,
        default=SCRIPT_CHANNELS,
        metavar=("EEG", "LEFT_EOG", "RIGHT_EOG", "CHIN", "ECG"),
        help="labels in --night, for the script",
    )
    parser.add_argument(
        "--repeats", type=int, default=1, help="turns, of which the quickest counts"
    )
    parser.add_argument("--against-yasa", action="store_true", help="reports")
    parser.add_argument("--wide", action="store_true", help="9 h, 25 channels")
    parser.add_argument(
        "--hours", type=float, default=0.0, help="a recording of so many hours"
    )
    parser.add_argument("--bytes", action="store_true", help="read for a report")
    parser.add_argument("--start", action="store_true", help="--help and import")
    for name, words in (
        ("--later", "nights in one worker"),
        ("--workers", "nights by two workers and by one"),
        ("--dask", "nights in the pool and on a cluster"),
        ("--scorings", "scorings measured"),
        ("--resume", "scorings resumed and collected"),
    ):
        parser.add_argument(name, type=int, metavar="N", default=0, help=words)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if asked.start:
            show_start()
        if asked.scorings:
            show_scorings(asked.scorings)
        if asked.resume:
            show_resume(folder, asked.resume)
        needs_night = asked.against_yasa, asked.bytes, asked.later, asked.workers
        if any((*needs_night, asked.dask)):
            night = asked.night or apart(simulated_night, folder)
        if asked.bytes:
            show_bytes(night)
        if asked.against_yasa:
            show_reports(night, folder, tuple(asked.channels), asked.repeats)
        if asked.later:
            show_later(night, folder, asked.later)
        if asked.workers:
            show_workers(night, folder, asked.workers, asked.repeats)
        if asked.dask:
            show_dask(night, folder, asked.dask, asked.repeats)
        if asked.wide:
            show_wide(folder)
        if asked.hours:
            show_long(folder, asked.hours)


if __name__ == "__main__":
    main()

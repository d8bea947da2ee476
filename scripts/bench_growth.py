"""How the cost of a report grows: with hours, with EEG channels, and with a cap's.

    python scripts/bench_growth.py --plot docs/growth.svg

Each night is simulated, then reported by a process of its own, so that seconds and peak
memory are those of a user. Through the seconds of each series a straight line is laid;
how far the farthest lies off it tells whether the cost is linear.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench import report
from bench_parts.processes import Cost, apart, in_turn
from edfio import Edf, EdfSignal
from mne.channels import make_standard_montage

from psgkit.domain.channels.roles import Kind
from psgkit.simulate import simulate_night

HOURS = (2, 4, 8, 16)
EEG_CHANNELS = (1, 2, 4, 8)
SITES = ("C4-M1", "C3-M2", "F4-M1", "F3-M2", "O2-M1", "O1-M2", "P4-M1", "P3-M2")
# Two hours of a cap of 64 electrodes and of parts of it, with `--eeg all`.
ELECTRODES = (8, 16, 32, 64)


@dataclass(frozen=True)
class Growth:
    """What it cost at each size."""

    unit: str
    sizes: tuple[int, ...]
    costs: tuple[Cost, ...]

    @property
    def seconds(self) -> list[float]:
        """Seconds at each size."""
        return [cost.seconds for cost in self.costs]

    def line(self) -> tuple[float, float, float]:
        """Return seconds at size nought, seconds a unit, and the farthest, in percent."""
        slope, start = np.polyfit(self.sizes, self.seconds, 1)
        on_line = start + slope * np.array(self.sizes)
        off = np.abs(np.array(self.seconds) / on_line - 1)
        return float(start), float(slope), float(100 * off.max())


def measure(
    unit: str,
    sizes: tuple[int, ...],
    write: Callable[[int, Path], Path],
    folder: Path,
    repeats: int,
    options: tuple[str, ...] = (),
) -> Growth:
    """Report the nights of one series, print each and the line through them."""
    costs: list[Cost] = []
    for size in sizes:
        night = apart(write, size, folder / f"{size}.edf")
        command = report(night, folder, options)
        cost = in_turn({"report": command}, repeats)["report"].best
        print(
            f"{size:>3} {unit:<14}{cost.seconds:7.1f} s{cost.peak_mb:8.0f} MB",
            flush=True,
        )
        costs.append(cost)
        night.unlink()
    growth = Growth(unit, sizes, tuple(costs))
    start, slope, off = growth.line()
    print(f"    {start:.1f} s and {slope:.2f} s each; {off:.0f} % off the line at most")
    return growth


def with_hours(hours: int, path: Path) -> Path:
    """Write a night of so many hours."""
    return simulate_night(hours=float(hours), seed=1).write(path)


def with_eeg_channels(count: int, path: Path) -> Path:
    """Write 8 h with so many EEG channels, some of them twice under two names."""
    return write_eeg(SITES[:count], 8.0, path)


def with_electrodes(count: int, path: Path) -> Path:
    """Write two hours with so many electrodes of a cap."""
    names = make_standard_montage("biosemi64").ch_names
    first = [site.partition("-")[0] for site in SITES]
    return write_eeg([*first, *(n for n in names if n not in first)][:count], 2.0, path)


def write_eeg(labels: Sequence[str], hours: float, path: Path) -> Path:
    """Write a night with EEG under some labels, its signals in turn."""
    recording = simulate_night(hours=hours, seed=1).recording
    eeg = recording.of_kind(Kind.EEG)
    chosen = [(label, eeg[i % len(eeg)]) for i, label in enumerate(labels)]
    chosen += [
        (channel.label, channel)
        for channel in recording.channels
        if channel.role.kind is not Kind.EEG
    ]
    signals = []
    for label, channel in chosen:
        values = recording.signal(channel)
        limit = float(np.abs(values).max()) + 1.0
        signals.append(
            EdfSignal(
                values,
                channel.rate_hz,
                label=label,
                physical_dimension="uV",
                physical_range=(-limit, limit),
            )
        )
    Edf(signals).write(path)
    return path


def plot(growths: list[Growth], path: Path) -> None:
    """Draw seconds and peak memory against each size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots(2, len(growths), sharex="col", sharey="row")
    for (above, below), growth in zip(axes.T, growths, strict=True):
        start, slope, _ = growth.line()
        ends = np.array([0, max(growth.sizes)])
        above.plot(ends, start + slope * ends, color="0.7")
        above.plot(growth.sizes, growth.seconds, "o", color="C0")
        below.plot(growth.sizes, [c.peak_mb for c in growth.costs], "o-", color="C1")
        below.set_xlabel(growth.unit)
        below.set_xticks((0, *growth.sizes))
    axes[0, 0].set_ylabel("seconds")
    axes[1, 0].set_ylabel("peak memory, MB")
    for each in axes.flat:
        each.set_ylim(bottom=0)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    """Measure the three series."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw them, too")
    parser.add_argument(
        "--repeats", type=int, default=1, help="of which the quickest counts"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        growths = [
            measure("hours", HOURS, with_hours, folder, options.repeats),
            measure(
                "EEG channels",
                EEG_CHANNELS,
                with_eeg_channels,
                folder,
                options.repeats,
            ),
            measure(
                "electrodes, 2 h",
                ELECTRODES,
                with_electrodes,
                folder,
                options.repeats,
                ("--eeg", "all"),
            ),
        ]
    if options.plot is not None:
        plot(growths, options.plot)


if __name__ == "__main__":
    main()

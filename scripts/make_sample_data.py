"""Make sample_data/: a short night and a nap with known truth, byte for byte the same.

python scripts/make_sample_data.py [FOLDER]
"""

import argparse
import hashlib
from pathlib import Path

from psgkit.simulate import simulate_night


def make(folder: Path) -> None:
    """Write both recordings, their truth, and the checksums of all files."""
    folder.mkdir(parents=True, exist_ok=True)
    night = simulate_night(
        hours=3.4,
        seed=20,
        montage="mixed",
        rate_hz=200,
        respiratory_events_per_h=12.0,
        alpha_swells_per_min=0.0,
        arousal_clusters=False,
        start="23:10",
    )
    night.write(folder / "night.edf", annotations=("breathing", "lights"))
    nap = simulate_night(
        hours=1.5,
        seed=4,
        montage="minimal",
        rate_hz=128,
        alpha_swells_per_min=0.0,
        arousal_clusters=False,
        start="13:30",
    )
    nap.write(folder / "nap.edf")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("n*"))
    ]
    sums = folder / "SHA256SUMS"
    sums.write_text("".join(lines), encoding="ascii", newline="\n")


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "sample_data"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=default, help="by default sample_data/"
    )
    make(parser.parse_args().folder)

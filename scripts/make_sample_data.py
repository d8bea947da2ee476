"""Make sample_data/: one nap with known truth, the same again byte for byte.

python scripts/make_sample_data.py [FOLDER]
"""

import argparse
import hashlib
from pathlib import Path

from psgkit.simulate import simulate_night

NAME = "nap.edf"
SEED = 4


def make(folder: Path) -> None:
    """Write the recording, its truth, and the checksums of all four files."""
    folder.mkdir(parents=True, exist_ok=True)
    night = simulate_night(
        hours=1.5, seed=SEED, montage="minimal", rate_hz=128, start="13:30"
    )
    night.write(folder / NAME)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("nap*"))
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

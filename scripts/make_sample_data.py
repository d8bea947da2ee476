"""Make sample_data/: one nap with known truth, the same again byte for byte.

Usage: python scripts/make_sample_data.py [FOLDER]
"""

import hashlib
import sys
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
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else default)

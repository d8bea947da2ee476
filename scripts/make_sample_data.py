"""Make sample_data/: one nap with known truth, the same again byte for byte.

Usage: python scripts/make_sample_data.py [FOLDER]
"""

import hashlib
import sys
from pathlib import Path

from psgkit.simulate import simulate_night

NAME = "nap.edf"
SEED = 2


def make(folder: Path) -> None:
    """Write the recording, its truth and the checksums of both."""
    folder.mkdir(parents=True, exist_ok=True)
    night = simulate_night(hours=1.5, seed=SEED, montage="minimal", rate_hz=128)
    night.write(folder / NAME)
    files = sorted(folder.glob("nap*"))
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}" for f in files]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "sample_data"
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else default)

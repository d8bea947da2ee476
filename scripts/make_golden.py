"""Write what psgkit computes from the sample nap, number by number, to tests/golden/.

    python scripts/make_golden.py

Run it when a number changes on purpose: raise `METRIC_VERSION`, say what changed under
"Numbers" in the changelog, and commit the file with both. `tests/flow/test_golden.py`
compares, with a tolerance for other processors' sines and Fourier transforms.
"""

import argparse
import csv
import hashlib
import sys
from pathlib import Path

from psgkit.domain.provenance import METRIC_VERSION
from psgkit.pipeline import analyse

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data" / "nap.edf"
TARGET = ROOT / "tests" / "golden" / "nap.csv"


def main() -> int:
    """Write the file."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    night = analyse(SAMPLE)
    TARGET.parent.mkdir(exist_ok=True)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# metric_version {METRIC_VERSION}\n")
        file.write(f"# nap.edf {hashlib.sha256(SAMPLE.read_bytes()).hexdigest()}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["name", "value", "unit"])
        for measure in night.results:
            rows.writerow([measure.name, f"{measure.value:.9g}", measure.unit])
        for name, stage_n in _stage_counts(night.scoring.stage_names).items():
            rows.writerow([f"epochs_{name}", stage_n, ""])
    print(f"Written: {TARGET.relative_to(ROOT)}, {len(night.results)} measures")
    return 0


def _stage_counts(names: list[str]) -> dict[str, int]:
    return {name: names.count(name) for name in sorted(set(names))}


if __name__ == "__main__":
    sys.exit(main())

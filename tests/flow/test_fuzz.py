"""A few damaged files for each reader, by the script that tries as many as wanted."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz.py"


@pytest.mark.slow
def test_damaged_files_are_read_or_refused():
    for package in ("eeglabio", "pybv", "wfdb"):
        pytest.importorskip(package)
    # Ten cases or more for each of 31 readers, two for those in a process of their own
    # (a quarter of the others'); the right file of each is read first.
    run = subprocess.run(
        [sys.executable, SCRIPT, "--cases", "310", "--seed", "7", "--seconds", "600"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    counts = dict(line.rsplit(maxsplit=6)[:2] for line in run.stdout.splitlines()[1:32])
    assert len(counts) == 31
    assert set(counts.values()) <= {"2", "3", "10", "11"}, run.stdout

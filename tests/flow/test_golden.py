"""The sample nap's every number stays as it was, or the metric version rises.

`python scripts/make_golden.py` writes ``tests/golden/nap.csv`` anew.
"""

import csv
import hashlib
import math
import re
import time
from pathlib import Path

import pytest
from night_makers import write_night

import psgkit
from psgkit.domain.night import Night
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.pipeline import analyse

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "nap.edf"
GOLDEN = ROOT / "tests" / "golden" / "nap.csv"
HINT = (
    "A number changed. If that is meant: raise METRIC_VERSION, say why under 'Numbers' "
    "in CHANGELOG.md, and run scripts/make_golden.py."
)


@pytest.fixture(scope="module")
def night() -> Night:
    return analyse(SAMPLE)


def golden_lines() -> list[str]:
    return GOLDEN.read_text(encoding="utf-8").splitlines()


def golden() -> dict[str, float]:
    rows = csv.DictReader(line for line in golden_lines() if not line.startswith("#"))
    return {row["name"]: float(row["value"]) for row in rows}


def test_the_golden_numbers_are_of_this_sample_and_this_metric_version() -> None:
    version, sample = golden_lines()[:2]
    assert version == f"# metric_version {METRIC_VERSION}", HINT
    assert sample.split()[-1] == hashlib.sha256(SAMPLE.read_bytes()).hexdigest(), HINT


def test_every_number_of_the_sample_is_as_it_was(night: Night) -> None:
    measured = night.measures.to_dict()
    known = golden()
    stages = {name: n for name, n in known.items() if name.startswith("epochs_")}
    expected = {name: value for name, value in known.items() if name not in stages}
    assert set(measured) == set(expected), HINT
    differing = {
        name: (measured[name], value)
        for name, value in expected.items()
        if not _same(measured[name], value)
    }
    assert differing == {}, HINT
    names = night.scoring.stage_names
    assert {f"epochs_{name}": names.count(name) for name in set(names)} == stages, HINT


def test_the_changelog_has_numbers_for_every_metric_version() -> None:
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    told = {int(number) for number in re.findall(r"[Mm]etric version (\d+)", log)}
    assert set(range(1, METRIC_VERSION + 1)) <= told
    assert METRIC_VERSION == 1 or "### Numbers" in log


@pytest.mark.slow
def test_the_same_night_twice_gives_the_same_bytes(
    night: Night, tmp_path: Path
) -> None:
    """Every file of it, by two runs of the whole pipeline."""
    once, again = (
        psgkit.save_night(night, tmp_path / "a"),
        psgkit.save_night(analyse(SAMPLE), tmp_path / "b"),
    )
    names = sorted(path.name for path in once.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert len(names) == 6
    for name in names:
        assert (once / name).read_bytes() == (again / name).read_bytes(), name


def test_writing_a_night_twice_gives_the_same_bytes(
    night: Night, tmp_path: Path
) -> None:
    for name in ("a.h5", "b.h5"):
        write_night(night, tmp_path / name)
        time.sleep(1.1)  # HDF5's own stamps count seconds
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def _same(found: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=1e-4, abs_tol=1e-6)

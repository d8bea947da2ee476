"""The scripts that measure reliability, against what the package and the papers say."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

import psgkit.measure

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load


def test_the_table_in_the_package_is_what_the_script_measures(
    script, real_data, tmp_path
):
    reliability, errors = (
        script("reliability"),
        script("reliability_parts.staging_errors"),
    )
    dod, boas = reliability.read_nights(real_data / "scoring")
    rated = reliability.rate_columns(dod, boas)
    intervals = errors.measure_intervals(*boas.measures)
    reliability.write_table(tmp_path / "again.csv", rated, intervals)
    packaged = Path(psgkit.measure.catalogue.__file__).with_name("reliability.csv")
    assert (tmp_path / "again.csv").read_text() == packaged.read_text(), (
        "run scripts/reliability.py"
    )


def test_the_bench_of_missed_epochs_comes_out_again(script):
    # Median bout, interruptions per hour of REM, % of REM in
    # bouts of 10 min, and that with one epoch bridged.
    expected = [
        (22.5, 0, 100, 100),
        (10.8, 2.3, 82, 99),
        (6.1, 5.8, 57, 97),
        (3.2, 11.5, 27, 90),
    ]
    rows = script("rem_bench").bench_table().splitlines()[2:]
    for row, (median, interruptions, raw, bridged) in zip(rows, expected, strict=True):
        found = [float(cell) for cell in row.strip("| ").split(" | ")[1:]]
        assert found[0] == pytest.approx(median, rel=0.05)
        assert found[1] == pytest.approx(interruptions, rel=0.05)
        assert found[2] == pytest.approx(raw, abs=2)
        assert found[3] == pytest.approx(bridged, abs=2)


def test_smoothing_removes_a_lone_epoch_and_keeps_a_bout(script):
    import numpy as np

    search = script("reliability_parts.rem_search")
    course = np.array([0] * 20 + [1] + [0] * 20 + [1] * 20 + [0] + [1] * 20, dtype=bool)
    smooth = search.smooth_rem(course, 0.1, 0.95, 0.99)
    assert smooth.tolist() == [0] * 41 + [1] * 41

"""The scripts that measure reliability, against what the package and the papers say."""

import importlib
from pathlib import Path
from types import ModuleType

import pandas as pd
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
    rated = reliability.rate_columns([dod], boas)
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


def test_sets_of_experts_count_by_their_nights(script):
    weigh = script("reliability").weigh_sets
    dod = [(0.5, 51), (0.7, 51), (0.6, 51)]
    # By hand: (51 * 0.6 + 17 * 0.8) / 68.
    assert weigh([dod, [(0.8, 17)]]) == (pytest.approx(0.65), 68)
    assert weigh([dod]) == (pytest.approx(0.6), 51)
    assert weigh([dod, [(float("nan"), 9)]]) == (pytest.approx(0.6), 51)


def test_a_set_of_experts_is_a_folder_a_scorer(script, tmp_path):
    for scorer, nights in (("ann", "ab"), ("bea", "abc")):
        (tmp_path / scorer).mkdir()
        for night in nights:
            stages = ["W", *["N2"] * 20, *["R"] * 30]
            (tmp_path / scorer / f"{night}.txt").write_text("\n".join(stages))
    found = script("reliability").read_set(tmp_path)
    assert [len(one) for one in found.scorings] == [2, 2]
    assert found.measures[1]["rem_min"].tolist() == [15.0, 15.0]
    assert found.measures[0]["se_pct"].tolist() == pytest.approx([100 * 50 / 51] * 2)


def test_the_page_on_power_has_the_figures_of_the_page_on_reliability():
    path = Path(psgkit.measure.catalogue.__file__).with_name("reliability.csv")
    rho = pd.read_csv(path, index_col="name")["automatic"]
    page = " ".join((ROOT / "docs/power.md").read_text("utf-8").split())
    assert f"(rho {rho['rem_frag_per_h']:.2f} by program) needs about five" in page
    assert 1 / rho["rem_frag_per_h"] == pytest.approx(5, abs=0.5)
    assert f"2 min ({rho['rem_wmean_min_b2m']:.2f}) needs half as many again" in page
    assert 1 / rho["rem_wmean_min_b2m"] == pytest.approx(1.5, abs=0.1)

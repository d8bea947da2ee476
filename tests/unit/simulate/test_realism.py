"""The figures that drawn nights are held beside real ones by."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def realism(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("judge_simulator_parts.realism")


def test_the_figures_of_a_night_by_hand(realism: ModuleType) -> None:
    # 2 epochs of wake, 240 of N2, 2 of wake, 60 of N3, 60 of REM, 5 of wake: 3 h of sleep
    stages = "WW" + "2" * 240 + "WW" + "3" * 60 + "R" * 60 + "WWWWW"
    # Eleven arousals in N2, 100 s apart, from 90 s; the last one in its last epoch,
    # before wake: 11 in 2 h of N2 are 5.5 an hour. One in REM (30 min): 2 an hour.
    n2 = [90.0 + 100.0 * number for number in range(10)] + [241 * 30 + 5.0]
    rem = [(2 + 240 + 2 + 60) * 30 + 300.0]
    found = realism.figures(stages, np.array([*n2, *rem]))
    assert found["share_N2_pct"] == pytest.approx(100 * 240 / 360)
    assert found["wake_in_period_min"] == 1.0
    assert found["bout_N3_mean_min"] == 30.0
    assert found["bouts_R_per_h"] == pytest.approx(1 / 3)
    assert found["arousals_per_h"] == pytest.approx(12 / 3)
    assert found["rate_R_over_N2"] == pytest.approx(2 / 5.5)
    assert found["rate_N3_over_N2"] == 0.0
    assert np.isnan(found["rate_N1_over_N2"])
    assert found["interval_median_s"] == 100.0
    assert found["to_wake_pct"] == pytest.approx(100 / 12)


def test_a_night_of_under_two_hours_is_left_out(realism: ModuleType) -> None:
    assert realism.figures("2" * 239, np.array([])) == {}


@pytest.mark.slow
def test_every_row_is_in_the_range_of_real_nights(
    realism: ModuleType, real_data: Path
) -> None:
    table = realism.compare(
        realism.read_real(real_data / "cinc2018"), realism.draw_nights(20)
    )
    assert len(table) == 27
    assert table.index[~table["in_range"]].tolist() == []

"""Band power by stage in real recordings, as Luna's PSD has it in the same windows.

scripts/judge_bands.py prints the figures.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "judge_bands.py"

pytestmark = pytest.mark.luna


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    pytest.importorskip("lunapi")
    spec = importlib.util.spec_from_file_location("judge_bands", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judge_bands"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", range(4))
def test_band_powers_of_a_stage_are_lunas(
    judge: ModuleType, real_data: Path, case: int
) -> None:
    file, stage = judge.CASES[case]
    table = judge.compare(real_data / "recordings" / file, stage)
    assert len(table) == 10 * len(judge.EEG[file])
    assert table["psgkit"].to_numpy() == pytest.approx(table["luna"], rel=0.03)

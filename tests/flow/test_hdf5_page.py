"""What docs/hdf5.md says of the file, by the very code that stands there."""

import re
from pathlib import Path
from typing import Any

import h5py
import pandas as pd
import pytest

import psgkit

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/hdf5.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which a night lies where the page has it."""
    folder = tmp_path_factory.mktemp("page")
    night = psgkit.analyse(ROOT / "sample_data/nap.edf", id="night")
    psgkit.save_night(night, folder / "results")
    return folder


@pytest.mark.slow
def test_the_code_of_the_page_reads_a_night_with_h5py_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    said: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    for block in blocks:
        exec(block, said)  # noqa: S102 - what stands on our own page
    night = psgkit.read_night("results/night/night.h5")
    assert f"{night.measures['n3_min']} minutes" in capsys.readouterr().out
    assert list(said["stages"]) == [int(stage) for stage in night.scoring.stages]
    assert list(said["kinds"]) == list(night.scoring.events["kind"])
    with h5py.File("results/night/night.h5") as file:
        for name, group in file["tables"].items():
            pd.testing.assert_frame_equal(
                said["table_of"](group).astype(object),
                night.tables[name].astype(object),
            )


@pytest.mark.slow
def test_every_table_of_a_night_stands_on_the_page(folder: Path) -> None:
    tables = psgkit.read_night(folder / "results/night/night.h5").tables
    section = PAGE.partition("| `tables/…` |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert set(tables) <= named
    # A nap gives rise to all of them.
    assert {"bouts", "arousal_candidates", "spindles", "rem_density"} <= set(tables)

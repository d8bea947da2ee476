"""The scoring in psgkit's own HDF5 file, and HDF5 of others."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from night_makers import make_night, write_night

from psgkit.cohort.statistics.scorer_agreement import Source, compare_folders
from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring


def test_the_scoring_of_a_saved_night_is_read_back_the_same(tmp_path: Path) -> None:
    night = make_night()
    write_night(night, tmp_path / "night.h5")
    assert read_scoring(tmp_path / "night.h5") == night.scoring


def test_output_folders_can_be_compared(tmp_path: Path) -> None:
    for name in ("mine", "yours"):
        folder = tmp_path / name / "night"
        folder.mkdir(parents=True)
        write_night(make_night(), folder / "night.h5")
        (tmp_path / name / "cohort.csv").write_text("id,stage\nnight,W\n")
    found = compare_folders(Source(tmp_path / "mine"), Source(tmp_path / "yours"))
    assert found.nights.loc["night", "kappa"] == 1.0


def test_another_hdf5_file_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.zeros(3)
    with pytest.raises(UnreadableScoring, match="not a night that psgkit saved"):
        read_scoring(tmp_path / "other.h5")


def test_a_damaged_night_is_refused(tmp_path: Path) -> None:
    write_night(make_night(), tmp_path / "night.h5")
    whole = (tmp_path / "night.h5").read_bytes()
    (tmp_path / "night.h5").write_bytes(whole[: len(whole) // 3])
    with pytest.raises(UnreadableScoring, match="lost the seal"):
        read_scoring(tmp_path / "night.h5")

"""Folders of scorings compared, pair by pair."""

import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from makers import make_scoring
from surveys import ALL_NIGHTS, sampled

from psgkit.cohort.statistics.scorer_agreement import (
    Source,
    compare_folders,
    compare_nights,
    compare_raters,
)
from psgkit.errors import InputError
from psgkit.read import read_scoring

NIGHT = "W" * 10 + "1" * 4 + "2" * 60 + "3" * 20 + "2" * 20 + "R" * 30 + "W" * 6


def write(folder: Path, name: str, stages: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    letters = {"W": "W", "1": "N1", "2": "N2", "3": "N3", "R": "R"}
    path.write_text("\n".join(letters[s] for s in stages) + "\n")
    return path


def test_nights_are_paired_by_name_and_the_rest_is_named(tmp_path: Path) -> None:
    write(tmp_path / "test", "a.txt", NIGHT)
    write(tmp_path / "test", "b.txt", NIGHT)
    write(tmp_path / "reference", "a.csv", NIGHT)
    write(tmp_path / "reference", "c.txt", NIGHT)
    found = compare_folders(Source(tmp_path / "test"), Source(tmp_path / "reference"))
    assert found.nights.index.tolist() == ["a"]
    assert found.nights.loc["a", "kappa"] == 1.0
    assert sorted(found.left_out) == ["b", "c"]


def test_two_files_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    found = compare_folders(
        Source(write(tmp_path, "mine.txt", NIGHT)),
        Source(write(tmp_path, "yours.txt", NIGHT.replace("3", "2"))),
    )
    # 150 epochs, of which 20 differ
    assert found.nights.loc["mine", "accuracy"] == pytest.approx(130 / 150)
    assert found.differences.loc["mine", "n3_min"] == 10.0
    assert found.numbers.loc["n3_min", "bias"] == 10.0


def test_a_good_kappa_does_not_hide_a_wrong_rem_continuity() -> None:
    reference = make_scoring("2" * 200 + "R" * 40 + "2" * 20)
    broken = "R" * 13 + "1" + "R" * 12 + "1" + "R" * 13
    test = make_scoring("2" * 200 + broken + "2" * 20)
    found = compare_nights({"a": (test, reference)})
    assert found.nights.loc["a", "kappa"] > 0.95
    # bouts of 6.5, 6 and 6.5 min for one of 20
    assert found.differences.loc["a", "rem_bout_max_min_raw"] == pytest.approx(-13.5)


def test_a_night_that_cannot_be_compared_is_left_out_with_its_reason() -> None:
    fine = (make_scoring(NIGHT), make_scoring(NIGHT))
    other = (make_scoring(NIGHT, epoch_s=20.3), make_scoring(NIGHT))
    found = compare_nights({"a": fine, "b": other})
    assert found.nights.index.tolist() == ["a"]
    assert "no common epoch" in found.left_out["b"]
    with pytest.raises(InputError, match="no common epoch"):
        compare_nights({"b": other})


def test_folders_without_a_common_night_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "test", "a.txt", NIGHT)
    write(tmp_path / "reference", "b.txt", NIGHT)
    with pytest.raises(InputError, match="no night in common"):
        compare_folders(Source(tmp_path / "test"), Source(tmp_path / "reference"))


def test_one_table_with_two_scorings(real_data: Path) -> None:
    path = real_data / "scoring/boas/sub-101_task-Sleep_acq-psg_events.tsv"
    found = compare_folders(Source(path, "stage_ai"), Source(path, "stage_hum"))
    test = read_scoring(path, column="stage_ai")
    reference = read_scoring(path, column="stage_hum")
    held = (test.stages >= 0) & (reference.stages >= 0)
    share = np.mean(test.stages[held] == reference.stages[held])
    assert found.nights["accuracy"].iloc[0] == pytest.approx(share)


def test_three_experts_of_dod_o_each_with_each(real_data: Path, tmp_path: Path) -> None:
    skm = pytest.importorskip("sklearn.metrics")
    names = sorted(p.name for p in (real_data / "scoring/dod-o/scorer_1").iterdir())[:3]
    folders = [tmp_path / f"scorer_{n}" for n in (1, 2, 3)]
    for folder in folders:
        folder.mkdir()
        for name in names:
            source = real_data / "scoring/dod-o" / folder.name / name
            (folder / name).write_bytes(source.read_bytes())
    found = compare_raters([Source(folder) for folder in folders])
    kappas = []
    for name in names:
        stages = [read_scoring(folder / name).stages for folder in folders]
        for first, second in combinations(stages, 2):
            held = (first >= 0) & (second >= 0)
            kappas.append(skm.cohen_kappa_score(first[held], second[held]))
    assert len(found.pairs) == 9
    assert found.means["kappa"] == pytest.approx(np.mean(kappas))
    assert found.by_pair.index.tolist() == list(
        combinations([folder.name for folder in folders], 2)
    )


@pytest.mark.slow
def test_five_experts_of_dod_o(real_data: Path, tmp_path: Path) -> None:
    source = real_data / "scoring/dod-o"
    names = sorted(path.name for path in (source / "scorer_1").iterdir())
    kept = sampled(names, 9)
    for number in range(1, 6):
        folder = tmp_path / f"scorer_{number}"
        folder.mkdir()
        for name in kept:
            if (scoring := source / folder.name / name).is_file():
                shutil.copy(scoring, folder)
    found = compare_raters([Source(tmp_path / f"scorer_{n}") for n in range(1, 6)])
    # mean over nights of the mean of sklearn.metrics.cohen_kappa_score over ten pairs
    nights, kappa = (55, 0.67488666) if ALL_NIGHTS else (7, 0.72451947)
    assert found.pairs["night"].nunique() == nights
    assert found.means["kappa"] == pytest.approx(kappa, abs=1e-6)

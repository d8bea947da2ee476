"""U-Sleep's NumPy files, in the two layouts that `ut predict_one` writes."""

from pathlib import Path

import numpy as np
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring

NUMBERS = [0, 0, 1, 2, 2, 3, 3, 2, 4, 4, 0]
NAMES = ["W", "W", "N1", "N2", "N2", "N3", "N3", "N2", "R", "R", "W"]


def save(folder: Path, array: object) -> Path:
    path = folder / "night.npy"
    np.save(path, np.asarray(array))
    return path


def test_a_number_an_epoch(tmp_path: Path):
    scoring = read_scoring(save(tmp_path, np.array(NUMBERS)[:, np.newaxis]))

    assert scoring.stage_names == NAMES
    assert scoring.epoch_s == 30.0
    assert scoring.proba is None
    assert "epoch_length_assumed" in {issue.code for issue in scoring.issues}


def test_probabilities_that_were_summed_over_two_groups_of_channels(tmp_path: Path):
    proba = np.full((len(NUMBERS), 5), 0.1)
    proba[np.arange(len(NUMBERS)), NUMBERS] = 0.6  # a row adds up to 1
    scoring = read_scoring(save(tmp_path, 2 * proba), epoch_s=15.0)

    assert scoring.stage_names == NAMES
    assert (scoring.epoch_s, scoring.is_automatic) == (15.0, True)
    assert scoring.proba is not None
    np.testing.assert_allclose(scoring.proba, proba, atol=1e-7)
    assert scoring.issues == ()


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((4, 3)), "shape"),
        (np.array([[0.5, 0.5, -0.1, 0.0, 0.1]]), "not probabilities"),
        (np.array([[np.nan] * 5]), "not probabilities"),
        (np.array([0.5, 1.0]), "shape"),
        (np.array(["W", "N1"]), "no numbers"),
        (np.array([0, 1, 99]), "not a stage"),
    ],
)
def test_another_array_is_refused_with_the_reason(
    tmp_path: Path, array: np.ndarray, said: str
):
    with pytest.raises(UnreadableScoring, match=said):
        read_scoring(save(tmp_path, array))


def test_a_cut_file_is_refused(tmp_path: Path):
    path = save(tmp_path, NUMBERS * 20)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(UnreadableScoring, match="damaged"):
        read_scoring(path)

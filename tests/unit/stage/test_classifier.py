"""YASA's trees: the right file, nothing run, and LightGBM's own probabilities."""

import importlib.util
import pickle
import warnings
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest

from psgkit.errors import InputError
from psgkit.stage import classifier
from psgkit.stage.classifier import (
    KNOWN_SHA256,
    Classifier,
    load_classifier,
    parse_classifier,
)


def _file_of(name: str) -> Path:
    spec = importlib.util.find_spec("yasa")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "classifiers"
    return folder / f"clf_{name}_lgb_0.5.0.joblib"


@pytest.mark.parametrize("name", ["eeg", "eeg+emg", "eeg+eog+emg", "eeg+eog+emg+demo"])
def test_probabilities_are_those_of_lightgbm(name: str) -> None:
    with warnings.catch_warnings():  # scikit-learn on its own older pickles
        warnings.simplefilter("ignore")
        oracle = joblib.load(_file_of(name))
    ours = load_classifier(name)
    assert list(ours.feature_names) == oracle.feature_name_
    rng = np.random.default_rng(3)
    table = rng.normal(size=(300, len(ours.feature_names))).astype(np.float32)
    table[:, ::3] *= 30.0
    table[7] = np.nan
    expected = oracle.booster_.predict(table)
    np.testing.assert_allclose(ours.predict_proba(table), expected, rtol=0, atol=1e-12)


def test_a_tree_is_walked_to_its_leaf() -> None:
    # Node 0 asks whether column 0 is at most 1.5; leaves 1 and 2 hold 0.2 and 0.9.
    stump = {"feature": [0, 0, 0], "children": [[1, 2], [1, 1], [2, 2]]}
    trees = 5
    tree = Classifier(
        name="stumps",
        feature_names=("x",),
        depth=1,
        feature=np.array(stump["feature"] * trees, dtype=np.int32),
        threshold=np.array([1.5, 0.0, 0.0] * trees),
        children=np.concatenate(
            [np.array(stump["children"], dtype=np.int32) + 3 * t for t in range(trees)]
        ),
        value=np.array([0.0, 0.2, 0.9] + [0.0, 0.0, 0.0] * (trees - 1)),
        roots=np.arange(trees, dtype=np.int32) * 3,
    )
    proba = tree.predict_proba(np.array([[1.5], [1.6], [np.nan]], dtype=np.float32))
    left, right = np.exp(0.2), np.exp(0.9)
    expected = [left / (left + 4), right / (right + 4), left / (left + 4)]
    np.testing.assert_allclose(proba[:, 0], expected)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


def test_a_changed_file_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(classifier.KNOWN_SHA256, "eeg", "0" * 64)
    load_classifier.cache_clear()
    with pytest.raises(InputError, match="does not know the classifier for eeg"):
        load_classifier("eeg")
    load_classifier.cache_clear()


def test_nothing_in_a_classifier_file_is_run(tmp_path: Path) -> None:
    witness = tmp_path / "ran"

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (witness,)

    data = zlib.compress(pickle.dumps(Hostile()))
    with pytest.raises(InputError, match="holds no description of its trees"):
        parse_classifier(data, "eeg")
    assert not witness.exists()


def test_there_is_a_classifier_for_every_combination_of_channels() -> None:
    kinds = {"eeg", "eeg+eog", "eeg+emg", "eeg+eog+emg"}
    assert set(KNOWN_SHA256) == kinds | {f"{kind}+demo" for kind in kinds}

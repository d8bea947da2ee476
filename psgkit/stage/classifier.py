"""YASA's trained classifier, read from the installed package and applied with numpy.

A classifier file of YASA is a pickled ``LGBMClassifier``: a few attributes around one
long text, LightGBM's own description of its trees. Here the text is taken out and
numpy walks the trees. This gives LightGBM's probabilities to the last digits, and saves
the import of lightgbm and scikit-learn (two seconds and 100 MB in every process).

A pickle can run code. Therefore a file is opened only when its SHA-256 is one of those
listed below, and even then nothing is unpickled: the text is a string in the stream.
"""

import hashlib
import importlib.util
import pickletools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from psgkit.errors import InputError, UnknownClassifier

# Files of YASA 0.5 to 0.8.1, by the channels and facts that each was trained on.
KNOWN_SHA256 = {
    "eeg": "330c1afdc86396e0b6d9f1294d4c4796beb5f7e7cd38be424c10feae98867e31",
    "eeg+demo": "686fd99ad834d657833d7d7c2b3256f9689c023cf13aee16381b2b2cd6f0e86b",
    "eeg+emg": "9771995bcf7d1c90456986fbf9f991a5b5e8fe68cf0a8c410ec38ad3615a3c78",
    "eeg+emg+demo": "035191c5ffbb84ef9f4b09864bf54f01bd302a94188c34a9d6535460e74f4b49",
    "eeg+eog": "86d726a3e6aa6195197ffbc9765f5e194c74358295ef331998c21f8badcebcc3",
    "eeg+eog+demo": "e4762d95dddce707ee8da922dbc505dea4be6a5a5070cbc9a06e0a88f2fc2b43",
    "eeg+eog+emg": "3d27d440c94c61d8013c81c91693ad88810af2ddae85b62f4bc797f6e2464beb",
    "eeg+eog+emg+demo": (
        "d915de033ecbce0833600151d73a5b271b8f305d63bbc774400ee64bdb9df8ff"
    ),
}

# Tree ``t`` votes for class ``t % 5``.
CLASSES = ("N1", "N2", "N3", "R", "W")

MAX_UNPACKED_BYTES = 50_000_000
EPOCHS_AT_A_TIME = 128

# LightGBM's decision_type of a numerical split for which a missing value counts as 0.
NUMERICAL_MISSING_AS_ZERO = 2


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A forest of binary trees, one sum of trees for each class.

    Inner nodes and leaves of a tree share one numbering, inner nodes first: a
    walk is a chain of look-ups; a leaf is its own child.

    Attributes
    ----------
    name : str
        Its training channels, such as ``"eeg+eog+emg"``.
    feature_names : tuple of str
        Its inputs, in the order of its columns.
    depth : int
        Steps after which every walk has reached its leaf.
    feature, threshold, children, value : numpy.ndarray
        Of each node, all trees in one row: the column that it looks at, the largest
        value that goes left, its left and right child (shape ``(n_nodes, 2)``), and
        the value that it adds to its class if it is a leaf.
    roots : numpy.ndarray, shape (n_trees,)
        First node of each tree.
    """

    name: str
    feature_names: tuple[str, ...]
    depth: int
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    children: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    roots: npt.NDArray[np.int32]

    def predict_proba(
        self, features: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float64]:
        """Return the probability of each class in each epoch.

        Parameters
        ----------
        features : numpy.ndarray, shape (n_epochs, n_features)
            Columns in the order of ``feature_names``; NaN is taken as 0, as LightGBM
            does for a feature that was never missing in training.

        Returns
        -------
        numpy.ndarray of float64, shape (n_epochs, n_classes)
        """
        known = np.nan_to_num(features.astype(np.float64), nan=0.0, posinf=np.inf)
        blocks = [
            self._scores(known[first : first + EPOCHS_AT_A_TIME])
            for first in range(0, len(known), EPOCHS_AT_A_TIME)
        ]
        scores = np.concatenate(blocks)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def _scores(self, block: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rows = np.arange(len(block))[:, np.newaxis]
        node = np.broadcast_to(self.roots, (len(block), len(self.roots)))
        for _ in range(self.depth):
            goes_right = block[rows, self.feature[node]] > self.threshold[node]
            node = self.children[node, goes_right.astype(np.intp)]
        per_class = self.value[node].reshape(len(block), -1, len(CLASSES))
        return np.asarray(per_class.sum(axis=1))


@cache
def load_classifier(name: str) -> Classifier:
    """Return one of YASA's classifiers.

    Parameters
    ----------
    name : str
        Its training channels, a key of ``KNOWN_SHA256``.

    Raises
    ------
    UnknownClassifier
        If the installed YASA has no classifier of that name, or an unknown one.
    InputError
        If YASA is not installed.
    """
    return parse_classifier(_read_known_file(name), name)


def parse_classifier(data: bytes, name: str) -> Classifier:
    """Build a classifier from the bytes of its file; see `load_classifier`."""
    unpacker = zlib.decompressobj()
    pickled = unpacker.decompress(data, MAX_UNPACKED_BYTES)
    header, trees = _split_model(_model_text(pickled))
    return _join_trees(
        name,
        feature_names=tuple(header["feature_names"].split()),
        trees=[_read_tree(tree) for tree in trees],
    )


def _read_known_file(name: str) -> bytes:
    path = _newest_file(name)
    data = b"" if path is None else path.read_bytes()
    if path is not None and hashlib.sha256(data).hexdigest() == KNOWN_SHA256[name]:
        return data
    found = "none" if path is None else path.name
    raise UnknownClassifier(
        f"yasa-fast does not know the classifier for {name} of the installed yasa "
        f"(found: {found}). Stage with --stager yasa, or install yasa 0.8.1."
    )


def _newest_file(name: str) -> Path | None:
    """Return the file that `yasa.SleepStaging` would take: the one of the last version."""
    spec = importlib.util.find_spec("yasa")
    if spec is None or spec.origin is None:
        raise InputError(
            "Staging needs the package yasa, which is not installed: "
            "install it with pip install yasa."
        )
    versions = {}
    for path in (Path(spec.origin).parent / "classifiers").iterdir():
        match = re.fullmatch(rf"clf_{re.escape(name)}_lgb_([\d.]+)\.joblib", path.name)
        if match:
            versions[tuple(int(part) for part in match[1].split("."))] = path
    return versions[max(versions)] if versions else None


def _model_text(pickled: bytes) -> str:
    """Return the text of the trees, by reading the pickle without running it."""
    for _, argument, _ in pickletools.genops(pickled):
        if isinstance(argument, str) and argument.startswith("tree\n"):
            return argument
    raise UnknownClassifier(
        "A classifier of YASA holds no description of its trees. Stage with "
        "--stager yasa, or install yasa 0.8.1."
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tree:
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    leaf_value: npt.NDArray[np.float64]


def _split_model(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return LightGBM's text as the fields of its header and of each tree."""
    header, *trees = text.partition("\nend of trees")[0].split("\nTree=")
    return dict(_fields(header)), [dict(_fields(tree)) for tree in trees]


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            yield key, value


def _read_tree(fields: dict[str, str]) -> _Tree:
    if fields["num_cat"] != "0" or set(fields["decision_type"].split()) != {
        str(NUMERICAL_MISSING_AS_ZERO)
    }:
        raise UnknownClassifier(
            "A classifier of YASA has a kind of split that yasa-fast does not know. "
            "Stage with --stager yasa, or install yasa 0.8.1."
        )
    return _Tree(
        feature=np.array(fields["split_feature"].split(), dtype=np.int32),
        threshold=np.array(fields["threshold"].split(), dtype=np.float64),
        left=np.array(fields["left_child"].split(), dtype=np.int32),
        right=np.array(fields["right_child"].split(), dtype=np.int32),
        leaf_value=np.array(fields["leaf_value"].split(), dtype=np.float64),
    )


def _join_trees(
    name: str,
    *,
    feature_names: tuple[str, ...],
    trees: list[_Tree],
) -> Classifier:
    sizes = [len(tree.feature) + len(tree.leaf_value) for tree in trees]
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
    children = [_children(tree) + root for tree, root in zip(trees, roots, strict=True)]
    leaves = [np.zeros(len(tree.leaf_value)) for tree in trees]
    return Classifier(
        name=name,
        feature_names=feature_names,
        depth=max(_depth(tree) for tree in trees),
        feature=np.concatenate(
            [
                part
                for tree, leaf in zip(trees, leaves, strict=True)
                for part in (tree.feature, leaf.astype(np.int32))
            ]
        ),
        threshold=np.concatenate(
            [
                part
                for tree, leaf in zip(trees, leaves, strict=True)
                for part in (tree.threshold, leaf)
            ]
        ),
        children=np.concatenate(children).astype(np.int32),
        value=np.concatenate(
            [
                part
                for tree in trees
                for part in (np.zeros(len(tree.feature)), tree.leaf_value)
            ]
        ),
        roots=roots,
    )


def _children(tree: _Tree) -> npt.NDArray[np.int32]:
    """Return the two children of every node; LightGBM writes leaf k as -(k + 1)."""
    n_inner = len(tree.feature)
    inner = np.stack([tree.left, tree.right], axis=1)
    inner = np.where(inner < 0, n_inner - 1 - inner, inner)
    leaves = np.arange(n_inner, n_inner + len(tree.leaf_value))
    return np.concatenate([inner, np.stack([leaves, leaves], axis=1)]).astype(np.int32)


def _depth(tree: _Tree) -> int:
    """Return the number of splits on the longest way down."""
    depths = np.zeros(len(tree.feature), dtype=int)
    for node, pair in enumerate(zip(tree.left, tree.right, strict=True)):
        for child in pair:
            if child >= 0:  # LightGBM numbers a split after the one above it
                depths[child] = depths[node] + 1
    return int(depths.max()) + 1

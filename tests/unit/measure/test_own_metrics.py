"""Metrics of one's own: names, entry points and failures."""

import sys
import types
from collections.abc import Iterator
from importlib import metadata

import pytest

import psgkit
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.measure.catalogue import own_rows

SCORING = Scoring.from_stages(["W"] * 4 + ["N2"] * 20 + ["N3"] * 10)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    own_rows.REGISTERED.clear()
    own_rows.load_faults.cache_clear()
    yield
    own_rows.REGISTERED.clear()
    own_rows.load_faults.cache_clear()


@pytest.mark.parametrize(
    ("name", "meaning", "scale", "words"),
    [
        ("n3_min", "Mine.", "plain", "psgkit has a column of that name"),
        ("scorer", "Mine.", "plain", "psgkit has a column of that name"),
        ("N3 min", "Mine.", "plain", "small letters, digits and single underscores"),
        ("own__n2", "Mine.", "plain", "small letters, digits and single underscores"),
        ("own_low", "Mine.", "plain", "does not end in _low, _high, _version"),
        ("own_n", " ", "plain", "its meaning is empty"),
        ("own_n", "Mine.", "count", "its scale is 'count'; choose log, "),
    ],
)
def test_names_that_are_taken_or_cannot_be_are_refused(
    name: str, meaning: str, scale: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        psgkit.metric(name, "count", meaning, scale=scale)(lambda _: 1.0)
    assert own_rows.REGISTERED == {}


def test_two_functions_cannot_declare_one_name() -> None:
    @psgkit.metric("own_n", "count", "First.")
    def first(_: psgkit.Night) -> float:
        return 1.0

    with pytest.raises(InputError, match=r"first declares that name"):

        @psgkit.metric("own_n", "count", "Second.")
        def second(_: psgkit.Night) -> float:
            return 2.0

    # The same function may be declared again, as a notebook does.
    psgkit.metric("own_n", "count", "First, in other words.")(first)


def test_a_manifest_cannot_overwrite_a_metric_of_ones_own(tmp_path) -> None:
    psgkit.metric("own_n", "count", "Mine.")(lambda _: 1.0)
    (tmp_path / "study.csv").write_text("scoring,own_n\na.xml,3\n")
    with pytest.raises(InputError, match="'own_n' has the name of a result"):
        psgkit.read_manifest(tmp_path / "study.csv")


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_no_number_is_undefined_with_its_reason(value: float | None) -> None:
    psgkit.metric("own_n", "count", "Mine.")(lambda _: value)
    night = psgkit.analyse(scoring=SCORING)
    assert night.reasons["own_n"] == "the function of this metric returned no number"


def test_a_function_that_fails_gives_a_reason_and_a_warning() -> None:
    @psgkit.metric("own_n", "count", "Mine.")
    def broken(_: psgkit.Night) -> float:
        raise KeyError("no such table")

    night = psgkit.analyse(scoring=SCORING)
    assert "KeyError: 'no such table'" in night.reasons["own_n"]
    assert night.measures["n3_min"] == 5.0
    assert "own_metric_failed" in {issue.code for issue in night.issues}


class _Point:
    """An installed package's entry point."""

    dist = None

    def __init__(self, module: str) -> None:
        self.module = module


def test_metrics_of_installed_packages_are_found_by_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Offered(types.ModuleType):
        """A module that declares its metric when it is imported."""

    def declare() -> None:
        @psgkit.metric("offered_n", "count", "Epochs of N2.")
        def count(night: psgkit.Night) -> float:
            return night.scoring.stage_names.count("N2")

    def load(name: str) -> types.ModuleType:
        if name == "broken":
            raise ImportError("no module named torch")
        declare()
        return Offered(name)

    asked: list[str] = []

    def entry_points(group: str) -> list[_Point]:
        asked.append(group)
        return [_Point("offered"), _Point("broken")]

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    monkeypatch.setattr(own_rows.importlib, "import_module", load)
    night = psgkit.analyse(scoring=SCORING)
    assert asked == ["psgkit.metrics"]
    assert night.measures["offered_n"] == 20
    (issue,) = (i for i in night.issues if i.code == "own_metrics_not_loaded")
    assert "broken were not loaded: ImportError: no module named torch" in issue.message
    assert "offered" not in sys.modules

"""Which stager stages: psgkit's own, another package's, the caller's."""

import datetime as dt
from dataclasses import replace
from importlib import metadata

import numpy as np
import pytest

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, UnknownClassifier
from psgkit.stage import (
    Staging,
    choice,
    classifier,
    find_stager,
    stage_recording,
    stager_names,
)
from psgkit.stage.classifier import load_classifier

PROBA = np.tile(np.array([0.1, 0.1, 0.6, 0.1, 0.1]), (12, 1))


def _recording() -> Recording:
    rng = np.random.default_rng(5)
    signals = tuple(rng.normal(0.0, scale, 36_000) for scale in (15.0, 20.0, 4.0))
    roles = (Role.C4_M1, Role.EOG_L, Role.EMG_CHIN)
    return Recording(
        id="night",
        start=dt.datetime(1985, 1, 1, 23, 0),
        duration_s=360.0,
        channels=tuple(
            Channel(role, f"label {role}", index, 100.0)
            for index, role in enumerate(roles)
        ),
        source=ArraySource(signals, (100.0,) * 3),
    )


def all_n2(recording: Recording) -> Scoring:
    """Stand in for the stager of another package."""
    n_epochs = int(recording.duration_s // 30)
    proba = np.tile(PROBA[0], (n_epochs, 1))
    return Scoring.from_stages(["N2"] * n_epochs, proba=proba, scorer="all_n2 1.0")


class _Point:
    """An entry point as an installed package declares it."""

    name = "all-n2"
    value = "other_package:all_n2"

    def __init__(self, loaded: object) -> None:
        self._loaded = loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def _install(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    def entry_points(group: str, name: str = "all-n2") -> list[_Point]:
        is_ours = group == "psgkit.stagers" and name == "all-n2"
        return [_Point(loaded)] if is_ours else []

    monkeypatch.setattr(metadata, "entry_points", entry_points)


def test_a_function_stages_and_its_name_and_probabilities_are_kept() -> None:
    scoring = stage_recording(_recording(), all_n2).scoring
    assert scoring.stage_names == ["N2"] * 12
    assert scoring.scorer == "all_n2 1.0"
    assert scoring.is_automatic
    assert scoring.start == dt.datetime(1985, 1, 1, 23, 0)
    np.testing.assert_allclose(scoring.proba, PROBA, atol=1e-6)


def test_a_stager_without_a_name_in_its_scoring_is_called_as_its_function() -> None:
    def mine(recording: Recording) -> Scoring:
        return Scoring.from_stages(["W"] * int(recording.duration_s // 30))

    assert stage_recording(_recording(), mine).scoring.scorer == "mine"


def test_a_stager_of_another_package_is_found_by_its_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _install(monkeypatch, all_n2)
    assert stager_names() == ("yasa-fast", "yasa", "all-n2")
    assert stage_recording(_recording(), "all-n2").scoring.scorer == "all_n2 1.0"


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        (
            ImportError("no module named torch"),
            "cannot be loaded: no module named torch",
        ),
        (3, "is not a function"),
    ],
)
def test_an_entry_point_that_cannot_be_used_says_why(
    loaded: object, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install(monkeypatch, loaded)
    with pytest.raises(InputError, match=words):
        find_stager("all-n2")


def test_an_unknown_stager_is_refused_with_those_that_are_there() -> None:
    with pytest.raises(InputError, match=r"'yaza'. Installed are: yasa-fast, yasa"):
        stage_recording(_recording(), "yaza")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (["W"] * 12, "returned a list; it must return a psgkit.Scoring"),
        (Scoring.from_stages(["W"] * 30), "it ends at 900 s, the recording at 360 s"),
        (
            replace(Scoring.from_stages(["W"] * 12), proba=PROBA * 2),
            "do not add up to 1",
        ),
    ],
)
def test_what_is_no_scoring_of_this_recording_is_refused(
    found: object, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        stage_recording(_recording(), lambda _: found)  # type: ignore[arg-type,return-value]


def test_a_changed_classifier_is_left_to_yasa_and_the_issue_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def by_yasa(_: Recording) -> Staging:
        return Staging(Scoring.from_stages(["W"] * 12, scorer="yasa 9.9 (eeg)"))

    monkeypatch.setitem(classifier.KNOWN_SHA256, "eeg+eog+emg", "0" * 64)
    monkeypatch.setattr(choice.yasa_stager, "stage_with_yasa", by_yasa)
    load_classifier.cache_clear()
    staging = stage_recording(_recording())
    with pytest.raises(UnknownClassifier, match="--stager yasa"):
        stage_recording(_recording(), "yasa-fast")
    load_classifier.cache_clear()
    assert staging.scoring.scorer == "yasa 9.9 (eeg)"
    (issue,) = [one for one in staging.issues if one.code == "classifier_unknown"]
    assert "YASA itself staged the night" in issue.message

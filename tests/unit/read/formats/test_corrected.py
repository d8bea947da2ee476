"""The file that the page for corrections saves."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.read import read_scoring

BEFORE = {
    "scorer": "yasa-fast 0.8.1 (eeg)",
    "is_automatic": True,
    "epoch_s": 30,
    "onset_s": 0,
    "lights_off_s": 0,
    "lights_on_s": 120,
    "kinds_scored": ["arousal_in_nrem"],
    "stages": ["W", "N2", "N2", "R"],
    "events": [
        {"onset_s": 40.5, "duration_s": 4, "kind": "arousal", "cause": "limb",
         "source": "arousal_rule_v1"},
        {"onset_s": 70, "duration_s": None, "kind": "arousal", "cause": "",
         "source": "arousal_rule_v1"},
    ],
}  # fmt: skip
CONTENT = {
    "format": "psgkit corrected scoring",
    "format_version": 1,
    "night": "0" * 32,
    "start": "23:10:00.000000",
    **BEFORE,
    "stages": ["W", "N2", "N3", "R"],
    "events": BEFORE["events"][:1],
    "proba": [[0.9, 0.1, 0, 0, 0], None, [0, 0, 0.5, 0.5, 0], [0, 0, 0, 0, 1]],
    "original": BEFORE,
    "changes": [],
}


def saved(folder: Path, **changes: object) -> Path:
    file = folder / "n1_corrected.json"
    file.write_text(json.dumps({**copy.deepcopy(CONTENT), **changes}), encoding="utf-8")
    return file


def test_both_scorings_are_read(tmp_path):
    scoring = read_scoring(saved(tmp_path))
    assert scoring.stage_names == ["W", "N2", "N3", "R"]
    assert scoring.scorer == "corrected by a person"
    assert scoring.is_automatic
    assert scoring.events.to_dict("records") == [
        {"onset_s": 40.5, "duration_s": 4.0, "kind": "arousal", "cause": "limb",
         "source": "arousal_rule_v1"}
    ]  # fmt: skip
    assert scoring.kinds_scored == {"arousal_in_nrem"}
    assert scoring.proba is not None
    assert np.isnan(scoring.proba[1]).all()
    assert scoring.proba[2].tolist() == [0, 0, 0.5, 0.5, 0]
    assert scoring.original is not None
    assert scoring.original.stage_names == ["W", "N2", "N2", "R"]
    assert scoring.original.scorer == "yasa-fast 0.8.1 (eeg)"
    assert len(scoring.original.arousals) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 2}, "format_version"),
        ({"stages": ["W", "N2", "N4", "R"]}, "stages.2"),
        ({"stages": ["W", "N2", "R"]}, "3 stages"),
        ({"epoch_s": 0}, "epoch_s"),
        ({"epoch_s": "30"}, "epoch_s"),
        ({"events": [{"onset_s": 1, "duration_s": -1, "kind": "x"}]}, "events.0"),
        ({"proba": [None]}, "1 rows"),
        ({"proba": [[2, 0, 0, 0, 0]] * 4}, "proba.0"),
        ({"start": "yesterday"}, "time of day"),
        ({"original": None}, "original"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_the_place(tmp_path, changes, words):
    with pytest.raises(UnreadableScoring, match=words):
        read_scoring(saved(tmp_path, **changes))


def test_a_cut_file_is_refused(tmp_path):
    file = saved(tmp_path)
    file.write_text(file.read_text()[:-40])
    with pytest.raises(UnreadableScoring, match="not JSON"):
        read_scoring(file)

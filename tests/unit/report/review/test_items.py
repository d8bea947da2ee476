"""Places of a night to check, and how its signals are packed."""

import base64
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from makers import make_scoring
from night_makers import make_night

from psgkit.domain.channels.roles import Role
from psgkit.domain.night import Night
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.measure.night import measure_scored
from psgkit.report.review.items import find_items
from psgkit.report.review.page import content_key
from psgkit.report.review.signals import (
    bring_to_rate,
    choose_channels,
    join_stretches,
    pack_signals,
)


def night_of(stages: str, **facts: object) -> Night:
    scoring = replace(make_scoring(stages, arousals=[(95.0, 4.0)]), **facts)
    tables = measure_scored(scoring).tables
    return replace(
        make_night(),
        scoring=scoring,
        tables=tables,
        duration_s=len(stages) * 30.0,
    )


def kinds_by_epoch(night: Night) -> dict[int, list[str]]:
    return {i.epoch: i.kinds for i in find_items(night)[0] if i.event < 0}


def test_edges_and_interruptions_of_rem_are_places():
    # REM from epoch 10 to 29, broken in epochs 20 and 21.
    night = night_of("2" * 10 + "R" * 10 + "WW" + "R" * 8 + "2" * 10)
    assert kinds_by_epoch(night) == {
        9: ["edge"],
        10: ["edge"],
        20: ["interruption"],
        21: ["interruption"],
        29: ["edge"],
        30: ["edge"],
    }


def test_of_a_long_interruption_its_ends_are_places():
    night = night_of("R" * 12 + "2" * 9 + "R" * 12)
    found = kinds_by_epoch(night)
    assert [e for e, k in found.items() if "interruption" in k] == [12, 13, 19, 20]


def test_an_epoch_of_two_nearly_equal_stages_is_doubtful():
    proba = np.tile([0.0, 0.0, 1.0, 0.0, 0.0], (20, 1))
    proba[7] = [0.0, 0.0, 0.55, 0.45, 0.0]  # a margin of 0.1
    proba[8] = [0.0, 0.0, 0.65, 0.35, 0.0]  # a margin of 0.3
    night = night_of("2" * 20, proba=proba.astype(np.float32), is_automatic=True)
    assert kinds_by_epoch(night) == {7: ["doubtful"]}


def test_an_arousal_has_ten_seconds_before_it_and_its_reasons():
    night = night_of("2" * 20)
    candidates = pd.DataFrame(
        {"onset_s": [95.0], "band": ["alpha"], "peak_ratio": [4.0], "emg": [True]}
    )
    night = replace(night, tables={**night.tables, "arousal_candidates": candidates})
    (item,) = (item for item in find_items(night)[0] if item.event >= 0)
    assert (item.start_s, item.epoch) == (85.0, 3)
    assert "The alpha band rises to 4 times its level before." in item.reasons
    assert "The chin EMG rises." in item.reasons


def test_the_key_of_a_night_follows_its_scoring():
    night = night_of("2" * 20)
    assert content_key(night) == content_key(night_of("2" * 20))
    assert content_key(night) != content_key(night_of("2" * 19 + "3"))


def test_windows_that_overlap_become_one_stretch():
    assert join_stretches([70.5, 0.0, 20.0], 30.0, 90.0) == [(0.0, 50.0), (70.0, 90.0)]


def recording_of(values: np.ndarray, rate_hz: float) -> Recording:
    channel = Channel(Role.C4_M1, "C4-M1", 0, rate_hz)
    source = ArraySource((values,), (rate_hz,))
    return Recording("n", None, len(values) / rate_hz, (channel,), source)


def test_missing_samples_are_packed_as_missing():
    values = np.linspace(-50.0, 50.0, 100 * 60)
    values[1000:1500] = np.nan
    recording = recording_of(values, 100.0)
    (packed,) = pack_signals(recording, choose_channels(recording), [(0.0, 30.0)])
    codes = np.frombuffer(base64.b64decode(packed["pieces"][0]["data"]), np.int8)
    assert (np.flatnonzero(codes == -128) == np.arange(1000, 1500)).all()


@pytest.mark.parametrize("rate_hz", [128.0, 200.0, 256.0, 512.0])
def test_a_sine_is_the_same_sine_at_100_hz(rate_hz):
    seconds = np.arange(int(10 * rate_hz)) / rate_hz
    found = bring_to_rate(np.sin(2 * np.pi * 10 * seconds), rate_hz)
    expected = np.sin(2 * np.pi * 10 * np.arange(len(found)) / 100)
    assert np.abs(found - expected)[100:-100].max() < 0.01


def test_a_slow_channel_keeps_its_own_rate():
    values = np.arange(40.0)
    assert bring_to_rate(values, 1.0) is values

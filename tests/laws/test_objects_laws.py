"""A Raw with annotations goes in, comes out, and goes in again: the same numbers."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from surveys import ALL_NIGHTS

import psgkit
from psgkit.read.objects import recording_of


@pytest.mark.slow
@settings(max_examples=8 if ALL_NIGHTS else 2)
@given(
    seed=st.integers(0, 10_000),
    rate_hz=st.sampled_from([100.0, 128.0, 256.0]),
    montage=st.sampled_from(["minimal", "aasm"]),
)
def test_a_raw_with_annotations_comes_back_with_the_same_numbers(
    seed: int, rate_hz: float, montage: str
) -> None:
    night = psgkit.simulate_night(
        hours=0.5, seed=seed, rate_hz=rate_hz, montage=montage
    )
    raw = night.recording.to_raw()
    marks = night.truth.scoring.to_annotations()
    marks.append([300.0, 905.0], [20.0, 10.0], ["BAD_movement", "BAD_ACQ_SKIP"])
    raw.set_annotations(marks)

    first = psgkit.analyse(raw)
    recording = recording_of(raw)
    again = psgkit.analyse(recording.to_raw())
    of_night = first.to_raw(recording)
    by_scoring = psgkit.analyse(of_night, scoring=of_night.annotations)

    assert first.scoring.stage_names == night.truth.scoring.stage_names
    assert [gap.duration_s for gap in first.gaps] == [10.0]
    for other in (again, by_scoring):
        pd.testing.assert_series_equal(first.measures, other.measures, rtol=1e-9)
        assert first.reasons == other.reasons
    assert first.provenance.recording_sha256 == ""
    assert "input_without_file" in {issue.code for issue in first.issues}

"""A Raw with annotations goes in, comes out, and goes in again: the same numbers."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import psgkit
from psgkit.read.objects import recording_of


@pytest.mark.slow
@settings(max_examples=4)
@given(
    seed=st.integers(0, 10_000),
    rate_hz=st.sampled_from([100.0, 128.0, 256.0]),
    montage=st.sampled_from(["minimal", "aasm"]),
)
def test_a_raw_with_annotations_comes_back_with_the_same_numbers(
    seed: int, rate_hz: float, montage: str
) -> None:
    night = psgkit.simulate_night(
        hours=0.75, seed=seed, rate_hz=rate_hz, montage=montage
    )
    raw = night.recording.to_raw()
    raw.set_annotations(night.truth.scoring.to_annotations())
    first = psgkit.analyse(raw, scoring=raw.annotations)
    again = first.to_raw(recording_of(raw))
    second = psgkit.analyse(again, scoring=again.annotations)
    pd.testing.assert_series_equal(first.measures, second.measures, rtol=1e-9)
    assert first.reasons == second.reasons
    assert first.provenance.recording_sha256 == ""
    assert "input_without_file" in {issue.code for issue in first.issues}

"""Whatever night is asked for, its truth is consistent."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from psgkit.domain.scoring import SLEEP_STAGES
from psgkit.simulate import simulate_night
from psgkit.simulate.hypnogram import draw_stages

NAMES = ("W", "N1", "N2", "N3", "R", "ART", "UNS")
BOUTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 6)), min_size=1, max_size=6
)


@settings(max_examples=25, deadline=None)
@given(bouts=BOUTS, seed=st.integers(0, 10**6), per_h=st.floats(0.0, 100.0))
def test_the_truth_of_any_night_is_consistent(bouts, seed, per_h):
    stages = [name for name, count in bouts for _ in range(count)]
    night = simulate_night(
        hypnogram=stages,
        seed=seed,
        arousals_per_h=per_h,
        montage="minimal",
        rate_hz=100,
    )
    scoring, events = night.truth.scoring, night.truth.events
    assert scoring.stage_names == stages
    assert night.recording.duration_s == 30.0 * len(stages)
    assert (events["onset_s"] >= 0.0).all()
    ends = events["onset_s"] + events["duration_s"]
    assert (ends <= night.recording.duration_s + 1e-3).all()
    for onset, length in scoring.arousals[["onset_s", "duration_s"]].to_numpy():
        assert 3.0 <= length <= 15.0
        epochs = (np.arange(onset - 10.0, onset + length) // 30.0).astype(int)
        assert epochs[0] >= 0
        assert np.isin(scoring.stages[epochs], SLEEP_STAGES).all()
    for channel in night.recording.channels:
        values = night.recording.signal(channel)
        assert np.isfinite(values).all()
        assert np.abs(values).max() < channel.limits[1]
        assert values.std() > 0.1


@settings(max_examples=60, deadline=None)
@given(hours=st.floats(1 / 120, 12.0), seed=st.integers(0, 10**6))
def test_a_drawn_night_of_any_length_is_full_of_stages(hours, seed):
    night = draw_stages(hours, np.random.default_rng(seed))
    assert len(night) == max(round(hours * 120), 1)
    assert set(night.tolist()) <= {0, 1, 2, 3, 4}

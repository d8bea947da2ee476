"""What is told of a part of a signal is what is told of the whole, cut there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import (
    ArraySource,
    Channel,
    Gap,
    Recording,
    sample_range,
)
from psgkit.measure.arousals.chin_rises import muscle_tone
from psgkit.measure.detectors.heart_beats import means_without, near_beats

# Time is the machine's affair.
RATES_HZ = st.sampled_from([60.0, 100.0, 137.3, 200.0, 62 / 0.3, 256.0, 500.0, 1024.0])
SECONDS = 40
MOMENTS_S = st.floats(0.0, SECONDS)


@given(RATES_HZ, MOMENTS_S, MOMENTS_S, MOMENTS_S, MOMENTS_S)
def test_a_part_of_a_channel_that_was_lost_is_a_part_of_the_whole(
    rate_hz: float, off_s: float, on_s: float, start_s: float, stop_s: float
) -> None:
    off_s, on_s = sorted((off_s, on_s))
    start_s, stop_s = sorted((start_s, stop_s))
    values = np.arange(int(SECONDS * rate_hz), dtype=float)
    channel = Channel(Role.EMG_CHIN, "chin", 0, rate_hz)
    lost = (("chin", Gap(off_s, on_s - off_s)), ("other", Gap(0.0, SECONDS)))
    recording = Recording(
        *("night", None, len(values) / rate_hz, (channel,)),
        ArraySource((values,), (rate_hz,)),
        lost=lost,
    )
    whole = recording.signal(channel)
    first, last = sample_range(start_s, stop_s, rate_hz)
    part = recording.signal(channel, start_s, stop_s)
    assert np.array_equal(part, whole[first:last], equal_nan=True)
    assert np.isnan(whole).sum() <= (on_s - off_s) * rate_hz + 1
    assert np.isfinite(values).all()


@given(RATES_HZ, st.floats(1.0, 39.0), st.floats(0.001, 0.099), MOMENTS_S, MOMENTS_S)
def test_a_small_gap_is_bridged_in_a_part_as_in_the_whole(
    rate_hz: float, gap_s: float, length_s: float, start_s: float, stop_s: float
) -> None:
    start_s, stop_s = sorted((start_s, stop_s))
    values = np.arange(int(SECONDS * rate_hz), dtype=float)
    straight = values.copy()
    values[slice(*sample_range(gap_s, gap_s + length_s, rate_hz))] = np.nan
    channel = Channel(Role.EMG_CHIN, "chin", 0, rate_hz)
    recording = Recording(
        *("night", None, len(values) / rate_hz, (channel,)),
        ArraySource((values,), (rate_hz,)),
        gaps=(Gap(gap_s, length_s),),
    )
    first, last = sample_range(start_s, stop_s, rate_hz)
    np.testing.assert_allclose(recording.signal(channel), straight)
    np.testing.assert_allclose(
        recording.signal(channel, start_s, stop_s), straight[first:last]
    )


@given(
    RATES_HZ,
    st.lists(st.floats(0.4, 3.0), max_size=30),
    st.integers(0, 2000),
    st.integers(1, 2000),
)
def test_where_the_heart_beats_in_a_part_it_beats_in_the_whole(
    rate_hz: float, intervals_s: list[float], first: int, length: int
) -> None:
    beats_s = np.cumsum(np.array(intervals_s, dtype=float))
    whole = near_beats(beats_s, rate_hz, 0, first + length)
    part = near_beats(beats_s, rate_hz, first, first + length)
    assert part.tolist() == whole[first:].tolist()


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=20),
    st.floats(0.0, 1.0),
    st.integers(0, 99),
)
def test_without_beats_a_mean_is_a_mean_and_with_them_lies_among_the_rest(
    lengths: list[int], share: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    edges = np.concatenate(([0], np.cumsum(lengths)))
    values = rng.gamma(2.0, 1.0, edges[-1])
    calm = np.zeros(edges[-1], dtype=bool)
    plain = means_without(calm, values, edges, least_left=0.7)
    parts = [part.mean() for part in np.split(values, edges[1:-1])]
    np.testing.assert_allclose(plain, parts)
    is_heart = rng.random(edges[-1]) < share
    means = means_without(is_heart, values, edges, least_left=0.7)
    assert np.isfinite(means).all()
    rest = values[~is_heart]
    if rest.size:
        assert means.max() <= rest.max() + 1e-9


@given(RATES_HZ, st.floats(0.1, 300.0), st.booleans())
def test_tone_has_a_value_each_quarter_second_and_scales(
    rate_hz: float, seconds: float, beats: bool
) -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, int(seconds * rate_hz) + 1)
    values = values.astype(np.float32)
    beats_s = np.arange(0.5, seconds, 0.9) if beats else np.zeros(0)
    tone = muscle_tone(values, rate_hz, beats_s)
    assert len(tone) == int(len(values) / rate_hz * 4 + 1e-6)
    assert (tone >= 0).all()
    np.testing.assert_allclose(
        muscle_tone(values * 8, rate_hz, beats_s), tone * 8, rtol=1e-4
    )

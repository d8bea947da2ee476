import numpy as np
import pytest
from signal_makers import make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.signals.excerpts import Excerpt, wanted_stretches

NREM = (Stage.N2, Stage.N3)


def test_stretches_keep_half_a_minute_on_both_sides():
    timeline = make_timeline("WWWW" + "22" + "WWWW")
    assert wanted_stretches(timeline, NREM, 30) == [(90, 210)]


def test_stretches_that_meet_are_one():
    timeline = make_timeline("WWW" + "2" + "WW" + "3" + "WWWWW")
    assert wanted_stretches(timeline, NREM, 30) == [(60, 240)]


@pytest.mark.parametrize("rate_hz", [10.0, 12.8])
def test_a_time_in_an_excerpt_is_found_in_the_recording(rate_hz):
    timeline = make_timeline("WWWW2WWWWWWWW3WWWW")
    size = int(18 * 30 * rate_hz)
    clock = (np.arange(size) / rate_hz).astype(np.float32)
    excerpt = Excerpt.of(timeline, NREM, rate_hz, size)
    cut = excerpt.cut(clock)
    assert len(cut) == excerpt.n_samples == len(excerpt.stages)
    within = np.arange(excerpt.n_samples) / rate_hz
    assert excerpt.recording_s(within) == pytest.approx(cut, abs=1e-3)


def test_bad_seconds_are_artefact_in_the_excerpt():
    timeline = make_timeline("2222", bad_s=(60, 61))
    excerpt = Excerpt.of(timeline, NREM, 10.0, 1200)
    assert np.flatnonzero(excerpt.stages == Stage.ART).tolist() == list(range(600, 620))


def test_without_the_stage_there_is_no_excerpt():
    excerpt = Excerpt.of(make_timeline("WWRR"), NREM, 10.0, 1200)
    assert excerpt.n_samples == 0
    assert len(excerpt.cut(np.zeros(1200, dtype=np.float32))) == 0


def test_seconds_that_are_further_than_the_margin_are_left_out():
    """N2 from 60 to 90 s and from 240 to 270 s, W else; margins of 30 s."""
    timeline = make_timeline("WW2WWWWW2WW")
    assert wanted_stretches(timeline, NREM, 30) == [(30, 120), (210, 300)]
    excerpt = Excerpt.of(timeline, NREM, 10.0, 3300)
    assert excerpt.first_samples.tolist() == [300, 2100]
    assert excerpt.offsets.tolist() == [0, 900]
    assert excerpt.n_samples == 1800
    assert np.flatnonzero(excerpt.stages == Stage.N2)[[0, 299, 300, -1]].tolist() == [
        *(300, 599, 1200, 1499)
    ]
    cut = excerpt.cut(np.arange(3300, dtype=np.float32))
    assert cut[[0, 899, 900, -1]].tolist() == [300, 1199, 2100, 2999]
    assert cut.dtype == np.float32


def test_a_signal_that_ends_early_ends_the_excerpt():
    timeline = make_timeline("2222")
    excerpt = Excerpt.of(timeline, NREM, 10.0, 1005)
    assert excerpt.n_samples == 1005
    assert len(excerpt.cut(np.zeros(1005, dtype=np.float32))) == 1005
    # it ends before the second stretch begins
    timeline = make_timeline("2" + "W" * 8 + "2")
    excerpt = Excerpt.of(timeline, NREM, 10.0, 2000)
    assert excerpt.first_samples.tolist() == [0]


def test_a_moment_at_the_seam_belongs_to_what_follows_it():
    timeline = make_timeline("WW2WWWWW2WW")
    excerpt = Excerpt.of(timeline, NREM, 10.0, 3300)
    assert excerpt.recording_s(np.array([0.0, 89.9, 90.0, 90.1])) == pytest.approx(
        [30.0, 119.9, 210.0, 210.1]
    )

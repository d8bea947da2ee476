import numpy as np
import pytest
from signal_makers import make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.excerpts import Excerpt, wanted_stretches

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

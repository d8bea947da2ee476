"""The size of the infraslow fluctuation around each epoch."""

import numpy as np
import pytest
from signal_makers import make_timeline

from psgkit.measure.body.body_epochs import infraslow_course

STAGES = "W" * 10 + "2" * 20 + "R" * 20


def sine(hz: float, size: float) -> np.ndarray:
    return 60 + size * np.sin(2 * np.pi * hz * 4.0 * np.arange(len(STAGES) * 30 // 4))


def test_a_sine_in_the_band_has_its_own_size_and_one_outside_has_none():
    """A Hann window of 2 min spreads a sine over 0.017 Hz to either side."""
    inside = infraslow_course(sine(0.025, 3.0), make_timeline(STAGES))
    assert np.nanmedian(inside) == pytest.approx(3.0, rel=0.1)
    outside = infraslow_course(sine(0.09, 3.0), make_timeline(STAGES))
    assert np.nanmax(outside) < 0.3


def test_epochs_near_a_change_of_state_or_a_gap_are_missing():
    course = sine(0.02, 2.0)
    course[200] = np.nan  # at 800 s, in epoch 26
    size = infraslow_course(course, make_timeline(STAGES))
    known = set(np.flatnonzero(np.isfinite(size)).tolist())
    # Two minutes around the middle: two epochs at each edge of a state are lost.
    assert {2, 7, 12, 23, 32, 47} <= known
    assert known.isdisjoint({0, 1, 8, 9, 10, 11, 25, 26, 28, 29, 30, 31, 48, 49})


def test_a_series_that_is_too_short_has_no_size():
    assert np.isnan(infraslow_course(np.zeros(0), make_timeline("22"))).all()

"""Events and the stages they belong to. Epochs of 30 s: N2, W, R, W, W."""

import numpy as np
import pandas as pd
import pytest

from psgkit.domain.scoring import Stage
from psgkit.measure.events.events_in_window import Marks, locate_events, look_back

STAGES = np.array([2, 0, 4, 0, 0])


def located(*onsets: float, start_s: float = 100.0) -> Marks:
    """Locate events of 4 s, onsets after the window's start."""
    events = pd.DataFrame({"onset_s": np.array(onsets) + start_s, "duration_s": 4.0})
    return locate_events(events, STAGES, start_s, 30.0)


def test_events_that_begin_within_the_window_have_the_stage_of_their_onset():
    found = located(-0.1, 0.0, 29.9, 30.0, 60.0, 149.9, 150.0)
    assert found.onsets_s == pytest.approx([0, 29.9, 30, 60, 149.9])
    assert found.stages.tolist() == [2, 2, 0, 4, 0]
    assert found.ends_s == pytest.approx([4, 33.9, 34, 64, 153.9])


def test_a_nanosecond_before_a_border_is_on_it():
    assert located(30 - 1e-9).stages.tolist() == [0]
    assert located(-1e-9).stages.tolist() == [2]
    assert len(located(150 - 1e-9)) == 0


def test_an_onset_in_wake_belongs_to_sleep_up_to_10_s_before():
    found = located(30.0, 39.9, 40.0, 60.0, 99.9, 100.0, 130.0)
    before = look_back(found, STAGES, 30.0)
    assert before.stages.tolist() == [2, 2, 0, 4, 4, 0, 0]
    assert before.onsets_s is found.onsets_s


def test_the_first_10_s_of_a_window_look_at_its_first_epoch():
    stages = np.array([0, 2])
    marks = Marks(np.array([3.0]), np.array([4.0]), np.array([0]))
    assert look_back(marks, stages, 30.0).stages.tolist() == [0]


def test_sleep_and_stages_are_counted():
    found = located(0.0, 30.0, 60.0, 61.0)
    assert found.in_sleep.stages.tolist() == [2, 4, 4]
    assert found.in_sleep.onsets_s.tolist() == [0, 60, 61]
    assert found.count(Stage.R) == 2
    assert found.count(Stage.N2, Stage.W) == 2
    assert len(found) == 4


def test_lengths_are_known_if_all_are():
    assert located(0.0, 30.0).lengths_known
    marks = Marks(np.zeros(2), np.array([4.0, np.nan]), np.zeros(2, dtype=int))
    assert not marks.lengths_known

import numpy as np
import pandas as pd
from makers import make_scoring
from signal_makers import make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.timeline import (
    Timeline,
    artefact_seconds,
    event_seconds,
    missing_seconds,
    still_seconds,
)


def test_each_second_has_the_stage_of_its_epoch():
    timeline = make_timeline("W2R")
    assert timeline.stages.tolist() == [0] * 30 + [2] * 30 + [4] * 30


def test_a_recording_longer_than_its_scoring_ends_unscored():
    scoring = make_scoring("22")
    timeline = Timeline.from_scoring(scoring, 70.0, (0, 2))
    assert timeline.stages[59:62].tolist() == [Stage.N2, Stage.UNS, Stage.UNS]


def test_epochs_outside_the_window_are_unscored():
    scoring = make_scoring("2222")
    timeline = Timeline.from_scoring(scoring, 120.0, (1, 3))
    assert timeline.epoch_stages.tolist() == [Stage.UNS, 2, 2, Stage.UNS]
    assert (timeline.stages == 2).sum() == 60


def test_clean_minutes_leave_bad_seconds_out():
    timeline = make_timeline("22", bad_s=tuple(range(15)))
    assert timeline.clean_min((Stage.N2,)) == 0.75


def test_a_stretch_touches_a_bad_second_or_leaves_the_recording():
    timeline = make_timeline("22", bad_s=(10,))
    starts = np.array([6.0, 6.5, 10.9, 11.0, 57.0])
    assert timeline.touches_bad(starts, 4.0).tolist() == [
        False,  # 6 to 10
        True,
        True,
        False,
        True,  # 57 to 61, the recording has 60 s
    ]


def test_five_second_marks_spread_over_seconds():
    marked = artefact_seconds(np.array([False, True]), 12)
    assert np.flatnonzero(marked).tolist() == [5, 6, 7, 8, 9]


def test_an_event_marks_every_second_it_touches():
    events = pd.DataFrame({"onset_s": [2.5], "duration_s": [3.0]})
    assert np.flatnonzero(event_seconds(events, 10)).tolist() == [2, 3, 4, 5]


def test_a_gap_and_what_lies_behind_the_signal_are_missing():
    is_missing = np.zeros(40, dtype=bool)
    is_missing[25] = True
    assert np.flatnonzero(missing_seconds(is_missing, 10.0, 6)).tolist() == [2, 4, 5]


def test_a_second_that_does_not_change_is_still():
    signal = np.arange(40, dtype=np.float32)
    signal[10:20] = 7
    assert np.flatnonzero(still_seconds(signal, 10.0, 4)).tolist() == [1]

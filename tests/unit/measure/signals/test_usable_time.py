from dataclasses import replace

import numpy as np
import pandas as pd
from makers import make_scoring
from signal_makers import make_timeline

from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Gap
from psgkit.domain.scoring import Stage
from psgkit.measure.signals.usable_time import (
    Timeline,
    artefact_seconds,
    event_seconds,
    missing_seconds,
    seconds_without_beats,
    still_seconds,
    usable_pct,
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


def test_gaps_that_had_a_part_stand_in_the_reason_of_a_missing_number():
    # from 33 to 41 s: of the second epoch, windows from 30 to 45 s
    gaps = (Gap(12.0, 0.05), Gap(33.0, 8.0))
    timeline = Timeline.from_scoring(make_scoring("2R"), 60.0, (0, 2), gaps)
    assert np.flatnonzero(timeline.in_gap).tolist() == list(range(30, 45))
    few = timeline.too_little((Stage.R,), 0.25, 1)
    assert few.reason == (
        "0.2 clean min of REM, at least 1 are needed; "
        "gaps in the recording take 50 % of REM"
    )
    assert "gaps" not in timeline.too_little((Stage.N2,), 0.5, 1).reason
    assert "gaps" not in timeline.too_little((Stage.W,), 0.0, 1).reason
    assert timeline.naming_gaps(3.0, (Stage.R,)) == 3.0


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


def test_a_scoring_that_begins_later_lies_where_it_begins():
    scoring = replace(make_scoring("2R"), onset_s=10.0)
    timeline = Timeline.from_scoring(scoring, 80.5, (0, 2))
    assert timeline.stages.tolist() == [-2] * 10 + [2] * 30 + [4] * 30 + [-2] * 11
    assert timeline.epoch_starts_s.tolist() == [10.0, 40.0]
    assert timeline.epoch_s == 30.0
    assert not timeline.is_bad.any()


def test_a_second_is_of_the_stage_in_which_its_middle_lies():
    """Epochs begin at -0.6 and at 29.4 s: the 29th second is of the second."""
    scoring = replace(make_scoring("2R"), onset_s=-0.6)
    timeline = Timeline.from_scoring(scoring, 59.4, (0, 2))
    assert timeline.stages.tolist() == [2] * 29 + [4] * 30 + [Stage.UNS]


def test_seconds_once_bad_stay_bad():
    timeline = make_timeline("2", bad_s=(3,))
    more = np.zeros(30, dtype=bool)
    more[7] = True
    assert np.flatnonzero(timeline.without(more).is_bad).tolist() == [3, 7]


def test_usable_are_the_good_seconds_of_the_stages_asked_for():
    timeline = make_timeline("2R3", bad_s=(0, 60))
    usable = timeline.usable((Stage.N2, Stage.N3))
    assert np.flatnonzero(usable).tolist() == [*range(1, 30), *range(61, 90)]


def test_a_stretch_that_fills_the_recording_lies_in_it():
    timeline = make_timeline("22")
    assert timeline.touches_bad(np.array([0.0, -0.5, 0.5]), 60.0).tolist() == [
        False,
        True,
        True,
    ]


def test_a_stretch_that_floats_put_a_nanosecond_over_a_border_does_not_touch():
    timeline = make_timeline("22", bad_s=(5, 10))
    starts = np.array([6 - 1e-9, 6 + 1e-9])
    assert not timeline.touches_bad(starts, 4.0).any()


def test_marks_beyond_the_recording_are_cut_off():
    assert artefact_seconds(np.array([True, True]), 7).tolist() == [True] * 7


def test_an_event_that_began_before_the_recording_marks_its_rest():
    events = pd.DataFrame({"onset_s": [-2.0, -9.0], "duration_s": [3.5, 4.0]})
    assert np.flatnonzero(event_seconds(events, 10)).tolist() == [0, 1]


def test_an_event_marks_no_second_that_it_only_borders():
    events = pd.DataFrame({"onset_s": [4.0], "duration_s": [2.0]})
    assert np.flatnonzero(event_seconds(events, 10)).tolist() == [4, 5]


def test_a_missing_sample_after_the_last_whole_second_marks_none_before():
    """45 samples at 10 Hz reach half into the fifth second, of which 4 are asked."""
    is_missing = np.zeros(45, dtype=bool)
    is_missing[42] = True
    assert not missing_seconds(is_missing, 10.0, 4).any()
    # and the fifth second holds samples of the signal
    assert missing_seconds(is_missing, 10.0, 6).tolist() == [False] * 4 + [True] * 2
    assert missing_seconds(np.zeros(45, dtype=bool), 10.0, 6).tolist() == [
        *[False] * 5,
        True,
    ]


def test_a_step_between_two_seconds_moves_neither():
    signal = np.repeat([1.0, 2.0, 3.0], 10)
    assert still_seconds(signal, 10.0, 3).tolist() == [True, True, True]


def test_one_step_within_a_second_moves_it():
    """The first, a middle and the last of the ten steps' places in their seconds."""
    signal = np.zeros(40)
    signal[1:] += 1
    signal[15:] += 1
    signal[29:] += 1
    assert still_seconds(signal, 10.0, 4).tolist() == [False, False, False, True]


def test_seconds_beyond_the_signal_and_those_not_asked_for_are_not_still():
    signal = np.zeros(25)
    assert still_seconds(signal, 10.0, 4).tolist() == [True, True, False, False]
    assert still_seconds(signal, 10.0, 1).tolist() == [True]
    assert not still_seconds(signal[:9], 10.0, 2).any()


def test_at_one_sample_a_second_nothing_can_be_told():
    assert not still_seconds(np.zeros(40), 1.0, 40).any()
    assert still_seconds(np.zeros(40), 2.0, 20).all()


def test_seconds_of_a_rate_that_is_no_whole_number():
    """At 2.5 Hz samples 0 to 2 are of the first second, 3 and 4 of the second."""
    signal = np.array([0.0, 0, 1, 2, 2, 2, 2, 3, 3, 3])
    assert still_seconds(signal, 2.5, 4).tolist() == [False, True, False, True]


def test_an_event_before_the_recording_marks_nothing():
    events = pd.DataFrame({"onset_s": [-9.0], "duration_s": [4.0]})
    assert not event_seconds(events, 10).any()


def test_a_bad_first_second_is_touched():
    timeline = make_timeline("22", bad_s=(0,))
    assert timeline.touches_bad(np.array([0.0, 1.0]), 4.0).tolist() == [True, False]


def test_the_usable_share_is_that_of_sleep_alone():
    timeline = make_timeline("WW22RR")
    is_bad = np.zeros(180, dtype=bool)
    is_bad[:90] = True  # wake, and 30 of 120 s of sleep
    assert usable_pct(timeline, is_bad) == 75.0
    assert usable_pct(make_timeline("WW"), is_bad[:60]) == Undefined("no sleep")


def test_a_heart_is_seen_where_the_next_beat_comes_within_2_s():
    beats_s = np.concatenate((np.arange(0.4, 10), np.arange(15.4, 18)))
    without = seconds_without_beats(beats_s, 20)
    # From 9.4 to 15.4 s, and after the last beat at 17.4 s.
    assert np.flatnonzero(without).tolist() == [9, 10, 11, 12, 13, 14, 17, 18, 19]
    assert seconds_without_beats(np.zeros(0), 3).all()

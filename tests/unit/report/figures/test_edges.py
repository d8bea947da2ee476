"""Nights of which a part is missing: pictures leave it out and invent nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
from night_makers import make_night

from psgkit.domain.scoring import NREM_AROUSALS
from psgkit.report.drawing.picture import (
    CLEAR,
    Boxes,
    Line,
    Raster,
    Segments,
    Surface,
    Words,
)
from psgkit.report.figures.arousals import arousals_picture
from psgkit.report.figures.hypnogram import hypnogram_panel
from psgkit.report.figures.probability import confidence_panel, hypnodensity_panel
from psgkit.report.figures.rem import rem_picture


def with_a_gap():
    """Return 60 epochs, of which YASA could stage all but 20 to 29."""
    night = make_night(stages="2" * 20 + "?" * 10 + "3" * 30, tables={})
    proba = np.array(night.scoring.proba)
    proba[20:30] = np.nan
    return replace(night, scoring=replace(night.scoring, proba=proba))


def mark_of(panel, kind):
    return next(mark for mark in panel.marks if isinstance(mark, kind))


def test_epochs_without_probabilities_have_no_colour():
    cells = mark_of(hypnodensity_panel(with_a_gap(), 940.0, 78.0), Raster).cells
    assert (cells[:, 20:30] == CLEAR).all()
    assert (np.delete(cells, np.s_[20:30], axis=1) != CLEAR).all()


def test_confidence_is_nothing_where_there_are_no_probabilities():
    # Two points an epoch, and one before the first.
    heights = mark_of(confidence_panel(with_a_gap(), 940.0, 45.0), Surface).y
    assert (heights[1 + 2 * 20 : 1 + 2 * 30] == 0.0).all()
    assert np.isclose(heights[1:41], 0.8).all()


def test_no_line_leads_through_what_is_not_scored():
    # From 0 to 10 min N2 at height 1, from 15 to 30 min N3 at height 0.
    line = mark_of(hypnogram_panel(with_a_gap(), 940.0, 168.0), Line)
    minutes = [round(hour * 60, 6) for hour in line.x if not np.isnan(hour)]
    assert minutes == [0.0, 10.0, 15.0, 30.0]
    assert np.flatnonzero(np.isnan(line.x)).tolist() == [2]
    assert np.flatnonzero(np.isnan(line.y)).tolist() == [2]


def test_stages_that_follow_on_one_another_are_one_line():
    night = make_night(stages="22R33", tables={})
    assert np.isfinite(mark_of(hypnogram_panel(night, 940.0, 168.0), Line).x).all()


def test_minutes_of_epochs_of_20_s_have_three_digits():
    # 37 epochs of 20 s.
    periods = pd.DataFrame({"onset_s": [0.0], "span_min": [13.0], "rem_min": [37 / 3]})
    night = make_night(stages="R" * 26, tables={"rem_periods": periods})
    (panel,) = rem_picture(night).panels
    assert mark_of(panel, Words).text == "12.3 min"


def hours_named(*, epochs):
    (panel,) = arousals_picture(make_night(stages="2" * epochs, tables={})).panels
    return [name for _, name in panel.x.ticks]


def test_hours_have_room_for_their_names():
    assert hours_named(epochs=10) == ["1"]
    assert hours_named(epochs=8 * 120) == [f"{hour}" for hour in range(1, 9)]
    assert hours_named(epochs=120 + 60) == ["1", "2"]
    # 380 px: of 24 h and 10 s the middles of the last two bars are 8 px apart.
    assert hours_named(epochs=24 * 120) == [f"{hour}" for hour in range(1, 25)]
    assert hours_named(epochs=24 * 120 + 1)[-1] == "24"
    assert hours_named(epochs=48 * 120)[:3] == ["1", "3", "5"]


def test_nrem_of_several_stages_in_a_rem_period_has_no_seam():
    # 1 min of REM, 2 min of N1, N2, N3 and N2, 1 min of REM, in the period's 4 min.
    periods = pd.DataFrame({"onset_s": [0.0], "span_min": [4.0], "rem_min": [2.0]})
    night = make_night(stages="RR1232RR", tables={"rem_periods": periods})
    (panel,) = rem_picture(night).panels
    boxes = [mark.x for mark in panel.marks if isinstance(mark, Boxes)]
    assert boxes == [(0.0, 1.0), (1.0, 3.0), (3.0, 4.0)]


def test_arousals_that_rem_sleep_does_not_tell_are_not_drawn_as_none():
    periods = pd.DataFrame({"onset_s": [900.0], "span_min": [15.0], "rem_min": [15.0]})
    night = make_night(stages="2" * 30 + "R" * 30, tables={"rem_periods": periods})
    (known,) = rem_picture(night).panels
    assert "arousal" in dict(known.legend)
    assert any(isinstance(mark, Segments) for mark in known.marks)
    kinds = night.scoring.kinds_scored - {"arousal"} | {NREM_AROUSALS}
    alone = replace(night, scoring=replace(night.scoring, kinds_scored=kinds))
    (panel,) = rem_picture(alone).panels
    assert "arousal" not in dict(panel.legend)
    assert not any(isinstance(mark, Segments) for mark in panel.marks)
    (panel,) = arousals_picture(alone).panels
    assert panel.title == "Arousals in NREM sleep"
    assert arousals_picture(night).panels[0].title == "Arousals"

"""Tracks of heart rate and saturation show what the table holds."""

from dataclasses import replace

import numpy as np
import pandas as pd
from makers import make_scoring
from night_makers import make_night

from psgkit.domain.night import Night
from psgkit.report.drawing.picture import Boxes, Line, Words
from psgkit.report.drawing.svg import svg_of
from psgkit.report.figures.body import body_panels, rem_body_picture
from psgkit.report.pages.night_html import night_page


def night(**columns: list[float]) -> Night:
    empty = [np.nan] * 8
    table = pd.DataFrame(
        {
            "onset_s": np.arange(8) * 30.0,
            "hr_bpm": columns.get("hr_bpm", empty),
            "spo2_min_pct": columns.get("spo2_min_pct", empty),
            "hr_infraslow_bpm": columns.get("hr_infraslow_bpm", empty),
            "sigma_infraslow_uv2": columns.get("sigma_infraslow_uv2", empty),
        }
    )
    made = make_night(scoring=make_scoring("W2222RRR"))
    return replace(made, tables={"body_epochs": table})


def lines(marks: tuple[object, ...]) -> list[Line]:
    return [mark for mark in marks if isinstance(mark, Line)]


def test_a_missing_epoch_breaks_the_line():
    rates = [60.0, 61.0, np.nan, 62.0, 63.0, 64.0, 65.0, 66.0]
    (panel,) = body_panels(night(hr_bpm=rates))
    first, second = lines(panel.marks)
    assert first.y.tolist() == [60.0, 61.0]
    assert second.y.tolist() == [62.0, 63.0, 64.0, 65.0, 66.0]
    assert (3600 * second.x).round(6).tolist() == [105.0, 135.0, 165.0, 195.0, 225.0]


def test_a_night_without_a_body_has_no_track_and_says_so():
    assert body_panels(night()) == []
    (panel,) = rem_body_picture(night()).panels
    (words,) = panel.marks
    assert isinstance(words, Words)
    assert "No heart rate" in words.text


def test_the_page_shows_the_picture_and_names_its_tracks():
    rates = [60.0, 61.0, 62.0, 62.0, 63.0, 64.0, 65.0, 66.0]
    page = night_page(night(hr_bpm=rates, hr_infraslow_bpm=[1.0] * 8))
    assert (
        "Tracks beneath: Heart rate, beats a minute; "
        "Infraslow fluctuation of heart rate, beats a minute." in page
    )
    assert "Tracks beneath" not in night_page(night())


def test_rem_sleep_stands_above_and_at_the_foot_of_each_track():
    picture = rem_body_picture(
        night(hr_bpm=[60.0] * 8, spo2_min_pct=[95.0] * 4 + [84.0] * 4)
    )
    rem, heart, oxygen = picture.panels
    for panel in (rem, heart, oxygen):
        spans = [mark.x for mark in panel.marks if isinstance(mark, Boxes)]
        assert (150 / 3600, 240 / 3600) in spans
    assert oxygen.y.low == 84.0
    assert "<svg" in svg_of(picture)


def test_the_infraslow_fluctuations_stand_beneath_the_heart():
    picture = rem_body_picture(
        night(
            hr_bpm=[60.0] * 8,
            hr_infraslow_bpm=[np.nan, 1.0, 2.0, 2.0, 1.0, 0.5, 0.5, 0.5],
            sigma_infraslow_uv2=[np.nan] + [3.0] * 7,
        )
    )
    _rem, _heart, of_heart, of_sigma = picture.panels
    (line,) = lines(of_heart.marks)
    assert line.y.tolist() == [1.0, 2.0, 2.0, 1.0, 0.5, 0.5, 0.5]
    (line,) = lines(of_sigma.marks)
    assert line.y.tolist() == [3.0] * 7

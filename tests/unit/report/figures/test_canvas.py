import numpy as np
import pytest
from night_makers import make_night

from psgkit.report.figures.canvas import round_axis, say, time_axis
from psgkit.report.figures.spectrogram import spectrogram_panel


def test_ticks_are_round_numbers_inside_the_axis():
    axis = round_axis(-13.0, 31.0)
    assert [place for place, _ in axis.ticks] == [-10, 0, 10, 20, 30]
    assert axis.ticks[0][1] == "\N{MINUS SIGN}10"


def test_counts_have_ticks_at_whole_numbers_alone():
    assert [name for _, name in round_axis(0.0, 2.2, whole=True).ticks] == [
        *("0", "1", "2"),
    ]


def test_a_long_sentence_goes_on_several_lines():
    panel = say("why there is nothing " * 10, 460.0, 44.0, title="x")
    (words,) = panel.marks
    assert all(len(line) < 60 for line in words.text.splitlines())
    assert len(words.text.splitlines()) > 1


def test_hours_of_the_clock_are_at_their_places():
    # The night starts at 22:47:30.
    ticks = {name: place for place, name in time_axis(make_night()).ticks}
    assert ticks["23:00"] == pytest.approx(12.5 / 60)


def test_power_that_is_not_known_is_left_clear():
    night = make_night()
    (raster,) = spectrogram_panel(night, 940.0, 112.0).marks
    unknown = ~np.isfinite(night.spectra["C4_M1"].psd_uv2_hz[:, 0])
    assert unknown.any()
    assert ((raster.cells == 255).all(axis=0) == unknown).all()

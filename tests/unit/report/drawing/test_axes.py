from dataclasses import replace

import numpy as np
import pytest
from night_makers import make_night

from psgkit.report.drawing.axes import round_axis, say, time_axis
from psgkit.report.figures.spectrogram import spectrogram_panel


def names_of(night):
    return [name for _, name in time_axis(night).ticks]


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


def test_without_a_clock_hours_are_counted_and_their_parts_are_minutes():
    # 25 minutes, 5 minutes a tick; then just under 1 h 40 min, and 24 hours.
    short = replace(make_night(stages="2" * 50, tables={}), start=None)
    assert names_of(short) == ["0:00", "0:05", "0:10", "0:15", "0:20", "0:25"]
    assert names_of(replace(make_night(), start=None))[-2:] == ["1:20", "1:30"]
    day = replace(make_night(stages="2" * 2880, tables={}), start=None)
    assert names_of(day)[:3] == ["0", "3", "6"]


def test_a_nap_of_five_minutes_has_its_minutes_named():
    # From 22:47:30 to 22:52:30.
    night = make_night(stages="2" * 10, tables={})
    assert names_of(night) == ["22:48", "22:49", "22:50", "22:51", "22:52"]


def test_an_eeg_without_any_power_is_said_to_have_no_spectra():
    night = make_night()
    flat = night.spectra["C4_M1"]
    flat = replace(flat, psd_uv2_hz=np.zeros_like(flat.psd_uv2_hz))
    panel = spectrogram_panel(replace(night, spectra={"C4_M1": flat}), 940.0, 112.0)
    assert not panel.has_axes
    assert "No power spectra" in panel.marks[0].text.replace("\n", " ")


def test_power_below_one_has_the_minus_sign_of_the_axes():
    assert (
        "\N{MINUS SIGN}5 (dark)" in spectrogram_panel(make_night(), 940.0, 112.0).title
    )


def test_power_that_is_not_known_is_left_clear():
    night = make_night()
    (raster,) = spectrogram_panel(night, 940.0, 112.0).marks
    unknown = ~np.isfinite(night.spectra["C4_M1"].psd_uv2_hz[:, 0])
    assert unknown.any()
    assert ((raster.cells == 255).all(axis=0) == unknown).all()

import numpy as np
import pytest
from makers import make_scoring
from matplotlib.figure import Figure
from matplotlib.text import Text
from night_makers import make_measure, make_night

import psgkit
from psgkit.domain.scoring import Stage
from psgkit.report import figures
from psgkit.report.drawing.palette import STAGE_COLOURS
from psgkit.report.figures.data import Run, stage_runs, thin

# A topography needs electrodes, which only --eeg all measures.
FUNCTIONS = [
    getattr(figures, name) for name in figures.__all__ if name != "plot_topography"
]
NIGHTS = {
    "whole": make_night(),
    "no REM": make_night(stages="WW" + "2" * 60 + "W", tables={}),
    "bare": make_night(
        stages="?" * 4, with_proba=False, with_spectra=False, arousals=None, tables={}
    ),
    "25 minutes": make_night(stages="W" * 10 + "2" * 30 + "R" * 10, tables={}),
    "one epoch": make_night(stages="2", tables={}),
    "24 hours": make_night(stages="W12R" * 720, tables={}),
}


def words_of(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("night", NIGHTS.values(), ids=NIGHTS)
@pytest.mark.parametrize("plot", FUNCTIONS, ids=lambda plot: plot.__name__)
def test_every_figure_can_be_drawn_of_every_night(plot, night):
    figure = plot(night)
    figure.canvas.draw()
    assert isinstance(figure, Figure)


@pytest.mark.parametrize("plot", FUNCTIONS, ids=lambda plot: plot.__name__)
def test_every_figure_takes_a_scoring(plot):
    scoring = make_scoring("WW" + "2" * 30 + "R" * 10 + "W")
    figure = plot(scoring)
    figure.canvas.draw()
    assert figure.axes


def test_a_scoring_is_measured_before_its_rem_periods_are_drawn():
    scoring = make_scoring("WW" + "2" * 30 + "R" * 20 + "W")
    assert "not measured" in words_of(figures.plot_rem_continuity(scoring))
    night = psgkit.analyse(scoring=scoring, id="n1")
    assert night.id == "n1"
    assert night.measures["rem_min"] == 10.0
    assert "10 min" in words_of(figures.plot_rem_continuity(night))


@pytest.mark.parametrize(
    "plot",
    [f for f in FUNCTIONS if f.__name__ not in ("plot_overview", "plot_rem_body")],
    ids=lambda plot: plot.__name__,
)
def test_figures_of_one_plot_are_drawn_where_the_caller_wants(plot):
    mine = Figure(figsize=(8, 4))
    left, right = mine.subplots(1, 2)
    assert plot(NIGHTS["whole"], ax=right) is mine
    mine.canvas.draw()
    alone = plot(NIGHTS["whole"]).axes[0]
    assert right.get_title(loc="left") == alone.get_title(loc="left")
    assert right.get_xlim() == alone.get_xlim()
    assert not left.has_data()


@pytest.mark.parametrize(
    ("plot", "words"),
    [
        (figures.plot_hypnogram, "No epoch of this night is scored"),
        (figures.plot_hypnodensity, "No probabilities"),
        (figures.plot_spectrogram, "No power spectra"),
        (figures.plot_rem_continuity, "No REM sleep was seen"),
        (figures.plot_swa_by_cycle, "the EEG was not analysed"),
        (figures.plot_arousals, "not scored"),
        (figures.plot_spectra, "No power spectra"),
    ],
)
def test_what_a_night_lacks_is_said_in_place_of_an_axis(plot, words):
    figure = plot(NIGHTS["bare"])
    assert words in words_of(figure)
    assert len(figure.axes[0].get_xticks()) == 0


def test_no_arousal_found_is_not_the_same_as_none_scored():
    night = make_night(arousals=())
    assert "No arousal was found" in words_of(figures.plot_arousals(night))
    assert "no arousal found" in words_of(figures.plot_hypnogram(night))


def test_rem_without_a_table_of_periods_is_not_called_absent():
    night = make_night(tables={})
    assert "not measured" in words_of(figures.plot_rem_continuity(night))


def test_a_cycle_that_does_not_count_is_drawn_apart():
    # The second of the two cycles is incomplete.
    words = words_of(figures.plot_overview(make_night())).splitlines()
    assert "cycle 1" in words
    assert "(2)" in words


def test_each_rem_period_is_a_bar_broken_where_it_was_interrupted():
    # The first period: 5 min of REM, 1 min of wake, 5 min of REM; the second 15 min.
    axes = figures.plot_rem_continuity(make_night()).axes[0]
    bars = [(bar.get_x(), bar.get_width(), bar.get_y()) for bar in axes.patches]
    lengths = [(round(x, 6), round(width, 6)) for x, width, _ in bars]
    assert lengths == [(0, 5), (5, 1), (6, 5), (0, 15)]
    assert "10 min" in words_of(axes.figure)
    # The arousal at second 2700 is 60 s after the period's start at 2640.
    (ticks,) = [c for c in axes.collections if len(c.get_segments())]
    assert ticks.get_segments()[0][0][0] == pytest.approx(1.0)


def test_arousals_are_counted_by_the_hour_and_stage_they_start_in():
    # N2 at 1000 s and R at 2700 s in the first hour, W at 5830 s in the second, of
    # which 39.5 min were recorded: its bar is so wide, with its middle at 1 h 19.75 min.
    night = make_night(arousals=((1000.0, 5.0), (2700.0, 8.0), (5830.0, 3.0)))
    axes = figures.plot_arousals(night).axes[0]
    heights = {
        (round(bar.get_x() + bar.get_width() / 2, 2), bar.get_facecolor()): (
            bar.get_height()
        )
        for bar in axes.patches
        if bar.get_height()
    }
    assert sorted((middle, height) for (middle, _), height in heights.items()) == [
        (0.5, 1),
        (0.5, 1),
        (1.33, 1),
    ]


def test_slow_wave_activity_is_a_bar_a_cycle_and_too_little_is_said():
    figure = figures.plot_swa_by_cycle(make_night())
    assert figure.axes[0].patches[0].get_height() == 420.0
    assert "420" in words_of(figure)
    assert "too little" in words_of(figure)


def test_the_decline_is_given_in_percent_an_hour():
    # exp(-0.2231) is 0.8: a fifth less each hour.
    night = make_night(results=(make_measure("swa_slope_ln_per_h", -0.22314355),))
    assert "-20 % per hour" in words_of(figures.plot_swa_by_cycle(night))


def test_runs_of_a_stage_are_found_with_their_seconds():
    runs = stage_runs(make_scoring("WW2R"))
    assert runs == [
        Run(Stage.W, 0.0, 60.0),
        Run(Stage.N2, 60.0, 90.0),
        Run(Stage.R, 90.0, 120.0),
    ]


def test_rows_are_averaged_without_what_is_undefined():
    rows = np.array([[1.0], [3.0], [np.nan], [5.0], [np.nan]])
    thinned = thin(rows, 3)
    assert thinned[:2].ravel().tolist() == [2.0, 5.0]
    assert np.isnan(thinned[2, 0])
    assert thin(rows, 5) is rows


def test_the_axis_shows_the_time_of_day_where_it_is_known():
    # The night starts at 22:47:30; the first full hour is 12.5 min later.
    axes = figures.plot_hypnogram(NIGHTS["24 hours"]).axes[0]
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels[0] == "00:00"
    assert axes.get_xticks()[0] == pytest.approx(1.2083333)


def test_stages_of_sleep_and_wake_each_have_a_colour_of_their_own():
    shown = [STAGE_COLOURS[stage] for stage in Stage if stage >= 0]
    assert len(set(shown)) == 5


def test_a_figure_shows_itself_in_a_notebook():
    assert figures.plot_hypnogram(make_night())._repr_png_()[:4] == b"\x89PNG"

"""REM continuity drawn: each REM period a bar, broken where it was interrupted."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from psgkit.domain.night import Night
from psgkit.domain.scoring import Scoring, Stage
from psgkit.report.figures.canvas import (
    SMALL_PT,
    dress,
    empty_picture,
    new_picture,
    put_legend,
)
from psgkit.report.figures.data import Run, stage_runs, table_with
from psgkit.report.figures.palette import INK, STAGE_COLOURS
from psgkit.report.language import _
from psgkit.report.tables import clock_at

WIDTH_PX = 460.0
LEAST_PX = 200.0
FEWEST_ROWS = 3  # room is left for, so that one period is not one thick block
TITLE = "REM periods"

_BAR = 0.56
_NREM = (Stage.N1, Stage.N2, Stage.N3)


def plot_rem_continuity(night: Night) -> Figure:
    """Draw each REM period as a bar, coloured by what interrupted it.

    Parameters
    ----------
    night : Night

    Returns
    -------
    matplotlib.figure.Figure
        Minutes from the period's start along the bar; arousals are ticks.
    """
    periods = table_with(night, "rem_periods", "onset_s", "span_min", "rem_min")
    if periods is None or periods.empty:
        return empty_picture(WIDTH_PX, _(TITLE), _why_none(night))
    figure = new_picture(WIDTH_PX, max(90 + 34 * len(periods), LEAST_PX))
    axes = figure.subplots()
    runs = stage_runs(night.scoring)
    for row, (onset_s, span_min) in enumerate(
        zip(periods["onset_s"], periods["span_min"], strict=True)
    ):
        _draw_period(axes, night.scoring, runs, row, (onset_s, onset_s + span_min * 60))
    _label_rows(axes, night, periods["onset_s"].tolist(), periods["rem_min"].tolist())
    longest = float(periods["span_min"].max())
    dress(axes, title=_(TITLE), xlabel=_("minutes from the start of the period"))
    axes.set_xlim(0, longest * 1.16)
    axes.set_ylim(max(len(periods), FEWEST_ROWS) - 0.4, -0.6)
    put_legend(axes, _legend(night))
    return figure


def _draw_period(
    axes: Axes,
    scoring: Scoring,
    runs: list[Run],
    row: int,
    span_s: tuple[float, float],
) -> None:
    start_s, stop_s = span_s
    for run in runs:
        onset_s, end_s = max(run.onset_s, start_s), min(run.end_s, stop_s)
        if end_s <= onset_s:
            continue
        is_rem = run.stage is Stage.R
        height = _BAR if is_rem else _BAR / 2
        axes.barh(
            row,
            (end_s - onset_s) / 60,
            left=(onset_s - start_s) / 60,
            height=height,
            color=_colour(run.stage),
        )
    arousals = scoring.arousals
    if arousals is None:
        return
    onsets_s = arousals["onset_s"].to_numpy()
    inside = onsets_s[(onsets_s >= start_s) & (onsets_s < stop_s)]
    axes.vlines(
        (inside - start_s) / 60, row - 0.42, row - 0.18, color=INK, linewidth=1.4
    )


def _label_rows(
    axes: Axes, night: Night, onsets_s: list[float], rem_min: list[float]
) -> None:
    names = [
        f"{number}   {clock_at(night.start, onset_s)[:5]}".strip()
        for number, onset_s in enumerate(onsets_s, start=1)
    ]
    axes.set_yticks(range(len(names)), names)
    for row, minutes in enumerate(rem_min):
        axes.annotate(
            f"{minutes:g} min",
            xy=(1.0, row),
            xycoords=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=SMALL_PT,
            color=INK,
        )


def _colour(stage: Stage) -> str:
    return STAGE_COLOURS[Stage.N2 if stage in _NREM else stage]


def _legend(night: Night) -> list[Patch]:
    handles = [
        Patch(facecolor=STAGE_COLOURS[Stage.R], label=_("REM")),
        Patch(facecolor=STAGE_COLOURS[Stage.W], label=_("wake")),
        Patch(facecolor=STAGE_COLOURS[Stage.N2], label=_("NREM")),
    ]
    if night.scoring.arousals is not None:
        handles.append(Patch(facecolor=INK, label=_("arousal")))
    return handles


def _why_none(night: Night) -> str:
    has_rem = bool(np.any(night.scoring.stages == Stage.R))
    if has_rem and "rem_periods" not in night.tables:
        return _("REM periods were not measured for this night.")
    if has_rem:
        return _("REM sleep was seen, but no REM period in the analysed window.")
    return _("No REM sleep was seen in this night.")

"""REM continuity drawn: one bar per REM period, broken where it was interrupted."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from psgkit.domain.clock import clock_at
from psgkit.domain.night import Night
from psgkit.domain.scoring import Scoring, Stage
from psgkit.report.drawing.axes import (
    SMALL_HEIGHT_PX,
    SMALL_WIDTH_PX,
    as_figure,
    empty_picture,
    round_axis,
)
from psgkit.report.drawing.palette import INK, STAGE_COLOURS
from psgkit.report.drawing.picture import (
    Axis,
    Boxes,
    Mark,
    Panel,
    Picture,
    Segments,
    Words,
)
from psgkit.report.figures.data import Run, as_night, stage_runs, table_with
from psgkit.report.language import _
from psgkit.report.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAST_ROW_PX = 34.0
FEWEST_ROWS = 3  # room is left for, so that one period is not one thick block
TITLE = "REM periods"

_BAR = 0.56
_NREM = (Stage.N1, Stage.N2, Stage.N3)


def plot_rem_continuity(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw each REM period as a bar, coloured by its interruptions.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        Minutes from the period's start along the bar; arousals are ticks.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_rem_continuity(night)
    >>> figure.savefig("rem_continuity.svg")
    """
    return as_figure(rem_picture(as_night(night)), ax)


def rem_picture(night: Night) -> Picture:
    """Return the picture of `plot_rem_continuity`."""
    periods = table_with(night, "rem_periods", "onset_s", "span_min", "rem_min")
    if periods is None or periods.empty:
        return empty_picture(SMALL_WIDTH_PX, _(TITLE), _why_none(night))
    onsets_s = periods["onset_s"].to_numpy(dtype=float)
    ends_s = onsets_s + periods["span_min"].to_numpy(dtype=float) * 60
    runs = _joined(stage_runs(night.scoring))
    longest_min = float(periods["span_min"].max()) * 1.16
    marks: list[Mark] = []
    for row, span_s in enumerate(zip(onsets_s, ends_s, strict=True)):
        marks += _bars(runs, row, span_s)
        marks += _arousals(night.scoring, row, span_s)
    marks += [
        Words(longest_min, row, f"{number(minutes)} min", "end", "middle")
        for row, minutes in enumerate(periods["rem_min"].tolist())
    ]
    rows = max(len(periods), FEWEST_ROWS)
    panel = Panel(
        title=_(TITLE),
        height_px=max(LEAST_ROW_PX * rows, SMALL_HEIGHT_PX),
        marks=tuple(marks),
        x=round_axis(0.0, longest_min, _("minutes from the start of the period")),
        y=Axis(rows - 0.4, -0.6, _names(night, onsets_s.tolist())),
        legend=_legend(night),
    )
    return Picture(SMALL_WIDTH_PX, (panel,))


def _joined(runs: list[Run]) -> list[Run]:
    """Join neighbours that are drawn alike: a seam would look like a break."""
    joined: list[Run] = []
    for run in runs:
        if joined and _colour(joined[-1].stage) == _colour(run.stage):
            joined[-1] = replace(joined[-1], end_s=run.end_s)
        else:
            joined.append(run)
    return joined


def _bars(runs: list[Run], row: int, span_s: tuple[float, float]) -> list[Mark]:
    start_s, stop_s = span_s
    return [
        Boxes(
            x=(
                (max(run.onset_s, start_s) - start_s) / 60,
                (min(run.end_s, stop_s) - start_s) / 60,
            ),
            y=(row - height / 2, row + height / 2),
            colour=_colour(run.stage),
        )
        for run in runs
        if run.onset_s < stop_s and run.end_s > start_s
        for height in (_BAR if run.stage is Stage.R else _BAR / 2,)
    ]


def _arousals(scoring: Scoring, row: int, span_s: tuple[float, float]) -> list[Mark]:
    if scoring.arousals is None or not scoring.knows_rem_arousals:
        return []
    onsets_s = scoring.arousals["onset_s"].to_numpy(dtype=float)
    start_s, stop_s = span_s
    inside = onsets_s[(onsets_s >= start_s) & (onsets_s < stop_s)]
    minutes = (inside - start_s) / 60
    return [Segments((minutes, minutes), (row - 0.42, row - 0.18), INK, 1.9)]


def _names(night: Night, onsets_s: list[float]) -> tuple[tuple[float, str], ...]:
    return tuple(
        (row, f"{row + 1}\N{EN SPACE}{clock_at(night.start, onset_s)[:5]}".strip())
        for row, onset_s in enumerate(onsets_s)
    )


def _colour(stage: Stage) -> str:
    return STAGE_COLOURS[Stage.N2 if stage in _NREM else stage]


def _legend(night: Night) -> tuple[tuple[str, str], ...]:
    legend = (
        (_("REM"), STAGE_COLOURS[Stage.R]),
        (_("wake"), STAGE_COLOURS[Stage.W]),
        (_("NREM"), STAGE_COLOURS[Stage.N2]),
    )
    # If arousals in REM sleep are unknown, an empty bar would look like zero.
    has_arousals = night.scoring.knows_rem_arousals
    return (*legend, (_("arousal"), INK)) if has_arousals else legend


def _why_none(night: Night) -> str:
    has_rem = bool(np.any(night.scoring.stages == Stage.R))
    if has_rem and "rem_periods" not in night.tables:
        return _("REM periods were not measured for this night.")
    if has_rem:
        return _("REM sleep was seen, but no REM period in the analysed window.")
    return _("No REM sleep was seen in this night.")

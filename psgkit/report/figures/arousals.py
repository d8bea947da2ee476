"""Arousals by hour of the night and by stage."""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.stages import stages_at
from psgkit.report.drawing.axes import (
    SMALL_HEIGHT_PX,
    SMALL_WIDTH_PX,
    as_figure,
    empty_picture,
    round_axis,
    stage_legend,
)
from psgkit.report.drawing.palette import STAGE_COLOURS
from psgkit.report.drawing.picture import (
    LEFT_PX,
    RIGHT_PX,
    Axis,
    Boxes,
    Mark,
    Panel,
    Picture,
)
from psgkit.report.figures.data import as_night
from psgkit.report.language import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Arousals"
TITLE_NREM = "Arousals in NREM sleep"  # REM arousals are not known
NAME_PX = 15.0  # least distance between the middles of two hours' names

_ORDER = (Stage.N3, Stage.N2, Stage.N1, Stage.R, Stage.W)


def plot_arousals(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw how many arousals start in each hour, by the stage they start in.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_arousals(night)
    >>> figure.savefig("arousals.svg")
    """
    return as_figure(arousals_picture(as_night(night)), ax)


def arousals_picture(night: Night) -> Picture:
    """Return the picture of `plot_arousals`."""
    arousals = night.scoring.arousals
    if arousals is None:
        words = _("Arousals were not scored in this night.")
        return empty_picture(SMALL_WIDTH_PX, _(TITLE), words)
    title = _(TITLE) if night.scoring.knows_rem_arousals else _(TITLE_NREM)
    if arousals.empty:
        words = _("No arousal was found.")
        return empty_picture(SMALL_WIDTH_PX, title, words)
    onsets_s = arousals["onset_s"].to_numpy(dtype=float)
    stages = stages_at(night.scoring, onsets_s)
    length_h = night.duration_s / 3600
    edges = np.minimum(np.arange(math.ceil(length_h) + 1.0), length_h)
    # The last bar is as wide as the recorded part of its hour.
    room = 0.1 * np.diff(edges)
    sides = (edges[:-1] + room, edges[1:] - room)
    marks: list[Mark] = []
    below = np.zeros(len(room))
    for stage in _ORDER:
        counts = np.histogram(onsets_s[stages == stage] / 3600, bins=edges)[0]
        marks.append(Boxes(sides, (below, below + counts), STAGE_COLOURS[stage]))
        below = below + counts
    panel = Panel(
        title=title,
        height_px=SMALL_HEIGHT_PX,
        marks=tuple(marks),
        x=Axis(
            0.0,
            length_h,
            _names((edges[:-1] + edges[1:]) / 2, length_h),
            _("hour of the recording"),
        ),
        y=round_axis(0.0, max(below.max(), 1.0) * 1.1, _("count"), whole=True),
        legend=stage_legend(
            stage for stage in reversed(_ORDER) if (stages == stage).any()
        ),
    )
    return Picture(SMALL_WIDTH_PX, (panel,))


def _names(
    middles: npt.NDArray[np.float64], length_h: float
) -> tuple[tuple[float, str], ...]:
    """Return the hours' numbers that fit, at their places."""
    px_per_h = (SMALL_WIDTH_PX - LEFT_PX - RIGHT_PX) / length_h
    named: list[tuple[float, str]] = []
    for number, middle in enumerate(middles.tolist(), start=1):
        if not named or (middle - named[-1][0]) * px_per_h >= NAME_PX:
            named.append((middle, f"{number}"))
    return tuple(named)

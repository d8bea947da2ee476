"""Slow-wave activity by sleep cycle, and how it declines."""

import math
from typing import TYPE_CHECKING

import numpy as np

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.drawing.axes import (
    SMALL_HEIGHT_PX,
    SMALL_WIDTH_PX,
    as_figure,
    empty_picture,
    round_axis,
)
from psgkit.report.drawing.palette import STAGE_COLOURS
from psgkit.report.drawing.picture import (
    TEXT_PX,
    Axis,
    Boxes,
    Mark,
    Panel,
    Picture,
    Words,
)
from psgkit.report.figures.data import as_night, table_with
from psgkit.report.language import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_BARS = 3  # room is left for, so that one cycle is not one wide block
TITLE = "Slow-wave activity by cycle"

_WIDTH = 0.62


def plot_swa_by_cycle(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the mean power from 0.5 to 4 Hz in the N2 and N3 of each sleep cycle.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        A bar a cycle, with the decline from the night's measures as text.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_swa_by_cycle(night)
    >>> figure.savefig("swa_by_cycle.svg")
    """
    return as_figure(swa_picture(as_night(night)), ax)


def swa_picture(night: Night) -> Picture:
    """Return the picture of `plot_swa_by_cycle`."""
    cycles = table_with(night, "swa_cycles", "cycle", "swa_uv2")
    if cycles is None:
        words = _("No slow-wave activity: the EEG was not analysed.")
        return empty_picture(SMALL_WIDTH_PX, _(TITLE), words)
    if cycles.empty:
        words = _("No sleep cycle was seen in this night.")
        return empty_picture(SMALL_WIDTH_PX, _(TITLE), words)
    values = cycles["swa_uv2"].to_numpy(dtype=float)
    if np.isnan(values).all():
        words = _("No cycle has 5 min of NREM sleep without artefact.")
        return empty_picture(SMALL_WIDTH_PX, _(TITLE), words)
    numbers = cycles["cycle"].to_numpy(dtype=float)
    heights = np.nan_to_num(values)
    right = max(len(numbers), FEWEST_BARS) + 0.6
    top = float(heights.max()) * 1.25 or 1.0
    sides = (numbers - _WIDTH / 2, numbers + _WIDTH / 2)
    marks: list[Mark] = [Boxes(sides, (0.0, heights), STAGE_COLOURS[Stage.N3])]
    marks += [
        Words(x, height, _value(value), "middle", "bottom")
        for x, height, value in zip(numbers, heights, values, strict=True)
    ]
    about = f"{_derivation(night)}\n{_decline(night)}".strip()
    marks.append(Words(right, top * 0.97, about, "end", "top", TEXT_PX))
    panel = Panel(
        title=_(TITLE),
        height_px=SMALL_HEIGHT_PX,
        marks=tuple(marks),
        x=Axis(0.4, right, tuple((x, f"{x:g}") for x in numbers.tolist()), _("cycle")),
        y=round_axis(0.0, top, _("µV², 0.5 to 4 Hz")),
    )
    return Picture(SMALL_WIDTH_PX, (panel,))


def _value(swa_uv2: float) -> str:
    return _("too little") if math.isnan(swa_uv2) else f"{swa_uv2:.0f}"


def _derivation(night: Night) -> str:
    """Return the roles of the channels that slow-wave activity was measured in."""
    used = night.provenance.channels_used.get("swa", "")
    roles = [part.split(" ")[0].replace("_", "-") for part in used.split(" + ")]
    return " + ".join(roles)


def _decline(night: Night) -> str:
    slope = next((m for m in night.results if m.name == "swa_slope_ln_per_h"), None)
    if slope is None or math.isnan(slope.value):
        return ""
    percent = 100 * (math.exp(slope.value) - 1)
    return _("{percent} % per hour").format(percent=f"{percent:+.0f}")

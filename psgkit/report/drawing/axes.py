"""Shared parts of figures: the axis of time, round numbers, notes on missing data."""

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.drawing.palette import STAGE_COLOURS, STAGE_LABELS
from psgkit.report.drawing.picture import (
    BOTTOM_PX,
    LEFT_PX,
    RIGHT_PX,
    TEXT_PX,
    TOP_PX,
    Axis,
    Panel,
    Picture,
    Words,
)
from psgkit.report.language import _
from psgkit.report.pages.strip_plot import nice_ticks
from psgkit.report.wording import marked

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL_WIDTH_PX = 460.0
SMALL_HEIGHT_PX = 260.0 - TOP_PX - BOTTOM_PX
EMPTY_PX = 110.0 - TOP_PX - BOTTOM_PX
LETTER_PX = 6.5  # wide, of text

_NO_AXIS = Axis(0.0, 1.0, ())
_STEPS_H = (1 / 60, 1 / 30, 1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 3)


def as_figure(picture: Picture, ax: "Axes | None" = None) -> "Figure":
    """Return a picture as a matplotlib figure, or draw its one plot into an axes."""
    from psgkit.report.drawing import chart  # noqa: PLC0415 - costs half a second

    if ax is None:
        return chart.Chart(picture)
    return chart.fill(ax, *picture.panels)


def empty_picture(width_px: float, title: str, words: str) -> Picture:
    """Return a low picture with the reason why nothing is drawn."""
    return Picture(width_px, (say(words, width_px, EMPTY_PX, title=title),))


def say(words: str, width_px: float, height_px: float, *, title: str) -> Panel:
    """Return a panel with a reason in place of a plot."""
    letters = int((width_px - LEFT_PX - RIGHT_PX) / LETTER_PX)
    text = "\n".join(textwrap.wrap(words, letters))
    mark = Words(0.5, 0.5, text, "middle", "middle", TEXT_PX)
    return Panel(title, height_px, (mark,), _NO_AXIS, _NO_AXIS, has_axes=False)


def stage_legend(stages: Iterable[Stage]) -> tuple[tuple[str, str], ...]:
    """Return label and colour of stages."""
    return tuple((_(STAGE_LABELS[stage]), STAGE_COLOURS[stage]) for stage in stages)


def round_axis(
    low: float, high: float, label: str = "", *, parts: int = 7, whole: bool = False
) -> Axis:
    """Return an axis with ticks at round numbers, whole ones if so wanted."""
    return Axis(
        low,
        high,
        tuple(
            (tick, signed(marked(f"{tick:g}")))
            for tick in nice_ticks(low, high, parts=parts)
            if low <= tick <= high and not (whole and tick % 1)
        ),
        label,
    )


def signed(number: str) -> str:
    """Return a number with the minus sign of print, as axes and titles show it."""
    return number.replace("-", "\N{MINUS SIGN}")


def time_axis(night: Night) -> Axis:
    """Return the night in hours as an axis, named by the clock where it is known."""
    length_h = night.duration_s / 3600
    start_h = clock_hours(night)
    step_h = next((step for step in _STEPS_H if length_h / step < 11), 6.0)
    first = math.ceil(start_h / step_h - 1e-9)
    last = math.floor((start_h + length_h) / step_h + 1e-9)
    return Axis(
        0.0,
        length_h,
        tuple(
            (mark * step_h - start_h, _hour_label(mark * step_h, night, step_h))
            for mark in range(first, last + 1)
        ),
        _("time of day") if night.start else _("hours after the start"),
    )


def clock_hours(night: Night) -> float:
    """Return the time of day of the night's start in hours, 0 where not known."""
    if night.start is None:
        return 0.0
    time = night.start.time()
    return time.hour + time.minute / 60 + time.second / 3600


def _hour_label(hour: float, night: Night, step_h: float) -> str:
    if night.start is None and step_h >= 1:
        return f"{hour:.0f}"
    hours, minutes = divmod(round(hour * 60), 60)
    shown = f"{hours}" if night.start is None else f"{hours % 24:02d}"
    return f"{shown}:{minutes:02d}"

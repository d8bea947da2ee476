"""What all figures share: size, lettering, the axis of time, and saying what lacks."""

import io
import math
from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.figures.palette import FAINT, INK, STAGE_COLOURS, STAGE_LABELS
from psgkit.report.language import _

DPI = 96.0
FONT_PT = 9.0
SMALL_PT = 8.0
EMPTY_PX = 110.0
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 58.0, 22.0, 24.0, 42.0


class Picture(Figure):
    """A figure that shows itself in a notebook without pyplot."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=2 * DPI)
        return buffer.getvalue()


def new_picture(width_px: float, height_px: float) -> Picture:
    """Return an empty figure of some size on the page, with room for labels.

    Margins are fixed: to find them anew for each figure takes as long as to draw it.
    """
    figure = Picture(
        figsize=(width_px / DPI, height_px / DPI), dpi=DPI, facecolor="white"
    )
    figure.subplots_adjust(
        left=LEFT_PX / width_px,
        right=1 - RIGHT_PX / width_px,
        top=1 - TOP_PX / height_px,
        bottom=BOTTOM_PX / height_px,
    )
    return figure


def empty_picture(width_px: float, title: str, words: str) -> Picture:
    """Return a low figure that says why there is nothing to draw."""
    figure = new_picture(width_px, EMPTY_PX)
    say(figure.subplots(), words, title=title)
    return figure


def dress(axes: Axes, *, title: str = "", xlabel: str = "", ylabel: str = "") -> None:
    """Give axes the common look."""
    axes.set_facecolor("none")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(FAINT)
    axes.tick_params(labelsize=SMALL_PT, labelcolor=INK, color=FAINT, length=3)
    if title:
        axes.set_title(title, fontsize=FONT_PT, color=INK, loc="left", weight="bold")
    axes.set_xlabel(xlabel, fontsize=SMALL_PT, color=INK)
    axes.set_ylabel(ylabel, fontsize=SMALL_PT, color=INK)


def say(axes: Axes, words: str, *, title: str = "") -> None:
    """Say in place of a plot why there is none."""
    dress(axes, title=title)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(
        0.5,
        0.5,
        words,
        transform=axes.transAxes,
        ha="center",
        va="center",
        wrap=True,
        fontsize=FONT_PT,
        color=INK,
    )


def label_stages(
    axes: Axes, stages: Iterable[Stage], *, is_inside: bool = False
) -> None:
    """Put a legend of stages above the plot, or in its upper right corner."""
    handles = [
        Patch(facecolor=STAGE_COLOURS[stage], label=_(STAGE_LABELS[stage]))
        for stage in stages
    ]
    put_legend(axes, handles, is_inside=is_inside)


def put_legend(axes: Axes, handles: list[Patch], *, is_inside: bool = False) -> None:
    """Put a legend in a row above the plot, or in a column in its upper corner."""
    axes.legend(
        handles=handles,
        loc="upper right" if is_inside else "lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=1 if is_inside else len(handles),
        frameon=False,
        fontsize=SMALL_PT,
        labelcolor=INK,
        handlelength=0.9,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        borderaxespad=0.1,
    )


def show_time(axes: Axes, night: Night) -> None:
    """Make the horizontal axis the night in hours, named by the clock where known."""
    length_h = night.duration_s / 3600
    start_h = clock_hours(night)
    step_h = next(
        (
            step
            for step in (1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 3)
            if length_h / step < 11
        ),
        6.0,
    )
    first = math.ceil(start_h / step_h - 1e-9)
    last = math.floor((start_h + length_h) / step_h + 1e-9)
    marks = np.arange(first, last + 1) * step_h
    axes.set_xlim(0, length_h)
    axes.set_xticks(marks - start_h)
    axes.set_xticklabels([_hour_label(mark, night) for mark in marks])
    axes.set_xlabel(
        _("time of day") if night.start else _("hours after the start"),
        fontsize=SMALL_PT,
        color=INK,
    )


def clock_hours(night: Night) -> float:
    """Return the time of day of the night's start in hours, 0 where not known."""
    if night.start is None:
        return 0.0
    time = night.start.time()
    return time.hour + time.minute / 60 + time.second / 3600


def _hour_label(hour: float, night: Night) -> str:
    if night.start is None:
        return f"{hour:g}"
    minutes = round(hour * 60) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

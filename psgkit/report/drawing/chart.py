"""A picture as a matplotlib figure, for a notebook or a paper, made without pyplot."""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from psgkit.report.drawing.palette import FAINT, INK
from psgkit.report.drawing.picture import (
    CLEAR,
    LEFT_PX,
    LIGHT,
    SMALL_PX,
    TEXT_PX,
    Boxes,
    Line,
    Mark,
    Panel,
    Picture,
    Raster,
    Segments,
    Surface,
    Words,
)

DPI = 96.0
PX = 72.0 / DPI  # in points
_ACROSS = {"start": "left", "middle": "center", "end": "right"}
_UPRIGHT = {"top": "top", "middle": "center", "bottom": "bottom"}


class NotebookFigure(Figure):
    """A figure that shows itself as PNG in a notebook."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=2 * DPI)
        return buffer.getvalue()


def figure_of(axes: Axes) -> Figure:
    """Return the figure that axes are in, also where that is a part of another."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)  # noqa: S101 - every axes is in a figure
    return figure


def axes_in(ax: Axes | None, size_in: tuple[float, float]) -> tuple[Axes, Figure]:
    """Return given axes or new axes, and their figure."""
    if ax is None:
        ax = NotebookFigure(figsize=size_in, layout="constrained").add_subplot()
    return ax, figure_of(ax)


class Chart(NotebookFigure):
    """A picture as a figure.

    Parameters
    ----------
    picture : Picture
    """

    def __init__(self, picture: Picture) -> None:
        width, height = picture.width_px, picture.height_px
        super().__init__(
            figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white"
        )
        first: Axes | None = None
        for panel, top in zip(picture.panels, picture.tops_px, strict=True):
            place = (
                LEFT_PX / width,
                1 - (top + panel.height_px) / height,
                picture.plot_width_px / width,
                panel.height_px / height,
            )
            axes = self.add_axes(place, sharex=first)
            fill(axes, panel)
            first = first or axes


def fill(axes: Axes, panel: Panel) -> Figure:
    """Draw a panel into axes, and return their figure."""
    for mark in panel.marks:
        _draw(axes, mark)
    axes.set_facecolor("none")
    axes.set_title(
        panel.title, fontsize=TEXT_PX * PX, color=INK, loc="left", weight="bold"
    )
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    _set_axes(axes, panel)
    if panel.legend:
        _set_legend(axes, panel)
    return figure_of(axes)


def _set_axes(axes: Axes, panel: Panel) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(panel.has_axes and side in ("left", "bottom"))
        spine.set_color(FAINT)
    names = [name for _place, name in panel.x.ticks]
    axes.set_xticks([place for place, _name in panel.x.ticks])
    if any(names):
        axes.set_xticklabels(names)
    axes.set_yticks(
        [place for place, _name in panel.y.ticks],
        [name for _place, name in panel.y.ticks],
    )
    axes.tick_params(
        labelsize=SMALL_PX * PX,
        labelcolor=INK,
        color=FAINT,
        length=3,
        labelbottom=any(names),
    )
    axes.set_xlabel(panel.x.label, fontsize=SMALL_PX * PX, color=INK)
    axes.set_ylabel(panel.y.label, fontsize=SMALL_PX * PX, color=INK)


def _set_legend(axes: Axes, panel: Panel) -> None:
    axes.legend(
        handles=[
            Patch(facecolor=colour, label=label) for label, colour in panel.legend
        ],
        loc="upper right" if panel.has_inner_legend else "lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=1 if panel.has_inner_legend else len(panel.legend),
        frameon=False,
        fontsize=SMALL_PX * PX,
        labelcolor=INK,
        handlelength=0.9,
        handleheight=0.9,
        handletextpad=0.4,
        columnspacing=0.9,
        borderaxespad=0.1,
    )


def _draw(axes: Axes, mark: Mark) -> None:
    match mark:
        case Line():
            axes.plot(mark.x, mark.y, color=mark.colour, linewidth=mark.width_px * PX)
        case Surface():
            axes.fill(mark.x, mark.y, color=mark.colour, alpha=LIGHT, linewidth=0)
        case Segments():
            _draw_segments(axes, mark)
        case Boxes():
            x0, x1, y0, y1 = np.broadcast_arrays(*mark.x, *mark.y)
            axes.bar(
                x0, y1 - y0, width=x1 - x0, bottom=y0, align="edge", color=mark.colour
            )
        case Raster():
            _draw_raster(axes, mark)
        case Words():
            axes.text(
                mark.x,
                mark.y,
                mark.text,
                ha=_ACROSS[mark.across],
                va=_UPRIGHT[mark.upright],
                fontsize=mark.size_px * PX,
                color=INK,
            )


def _draw_segments(axes: Axes, segments: Segments) -> None:
    x0, x1, y0, y1 = np.broadcast_arrays(*segments.x, *segments.y)
    ends = np.stack([x0, y0, x1, y1], axis=-1).reshape(-1, 2, 2)
    dash = segments.dash_px
    width = segments.width_px * PX
    # matplotlib counts dashes in widths of the line
    style = "-" if dash is None else (0, tuple(part * PX / width for part in dash))
    axes.add_collection(
        LineCollection(
            list(ends),
            colors=segments.colour,
            linewidths=width,
            linestyles=[style],
            capstyle="butt",
        ),
        autolim=False,
    )


def _draw_raster(axes: Axes, raster: Raster) -> None:
    opaque = np.full((len(raster.colours), 1), 255, dtype=np.uint8)
    palette = np.zeros((CLEAR + 1, 4), dtype=np.uint8)
    palette[: len(opaque)] = np.hstack([raster.colours, opaque])
    axes.imshow(
        palette[raster.cells],
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(*raster.x, *raster.y),
    )

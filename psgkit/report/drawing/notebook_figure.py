"""A matplotlib figure that a notebook shows without pyplot."""

import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure

DPI = 96.0


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
    """Return given axes, or those of a new figure, and their figure."""
    if ax is None:
        ax = NotebookFigure(figsize=size_in, layout="constrained").add_subplot()
    return ax, figure_of(ax)

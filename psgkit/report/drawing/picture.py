"""A picture as values: panels with axes, and the marks in them.

A figure is described once, in these; `psgkit.report.drawing.svg` draws it for a page,
which costs milliseconds, and `psgkit.report.drawing.chart` with matplotlib, for a
notebook or a paper. Sizes are in pixels of the page, 96 to the inch; places are in the
panel's own units.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 58.0, 22.0, 24.0, 42.0
GAP_PX = 36.0  # between panels, for the title of the lower one
TEXT_PX, SMALL_PX = 12.0, 10.7
LIGHT = 0.6  # opacity of a surface
CLEAR = 255  # in a raster, where nothing is known

Numbers = float | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line through points."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    colour: str
    width_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The area of a closed outline, half transparent."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight lines, each from one place to another; single numbers apply to all."""

    x: tuple[Numbers, Numbers]
    y: tuple[Numbers, Numbers]
    colour: str
    width_px: float
    dash_px: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Filled rectangles, each between two places; single numbers apply to all."""

    x: tuple[Numbers, Numbers]
    y: tuple[Numbers, Numbers]
    colour: str


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A grid of coloured cells that fills a rectangle.

    Attributes
    ----------
    cells : numpy.ndarray of uint8, shape (n_rows, n_columns)
        Numbers of colours, the lowest row first; `CLEAR` for none.
    colours : numpy.ndarray of uint8, shape (n_colours, 3)
        Red, green and blue.
    x, y : tuple of float
        The outer edges.
    """

    cells: npt.NDArray[np.uint8]
    colours: npt.NDArray[np.uint8]
    x: tuple[float, float]
    y: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Words:
    """Text beside a place; of several lines if it has line ends."""

    x: float
    y: float
    text: str
    across: Literal["start", "middle", "end"]
    upright: Literal["top", "middle", "bottom"]
    size_px: float = SMALL_PX


Shape = Line | Surface | Segments | Boxes | Raster
Mark = Shape | Words


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a panel: from where to where, and which places are named."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A plot with a left and a lower axis; without axes, only its title and marks.

    Attributes
    ----------
    title : str
    height_px : float
        Of the plot, without title and labels.
    marks : tuple of Mark
        From back to front, words before all. Shapes end where the plot ends.
    x, y : Axis
    legend : tuple of (str, str)
        Label and colour.
    has_inner_legend : bool
        Whether the legend is a column in the upper right corner and not a row above.
    has_axes : bool
    """

    title: str
    height_px: float
    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    legend: tuple[tuple[str, str], ...] = ()
    has_inner_legend: bool = False
    has_axes: bool = True

    def without_names(self) -> "Panel":
        """Return the panel with marks on the lower axis that nothing is written to."""
        ticks = tuple((place, "") for place, _name in self.x.ticks)
        return replace(self, x=replace(self.x, ticks=ticks, label=""))


@dataclass(frozen=True, slots=True)
class Picture:
    """Panels below one another, with fixed margins."""

    width_px: float
    panels: tuple[Panel, ...]

    @property
    def height_px(self) -> float:
        """Height of the whole."""
        *_upper, last = self.tops_px
        return last + self.panels[-1].height_px + BOTTOM_PX

    @property
    def tops_px(self) -> tuple[float, ...]:
        """Upper edge of each panel's plot."""
        heights = np.array([panel.height_px + GAP_PX for panel in self.panels[:-1]])
        return tuple((TOP_PX + np.append(0.0, np.cumsum(heights))).tolist())

    @property
    def plot_width_px(self) -> float:
        """Width between the margins."""
        return self.width_px - LEFT_PX - RIGHT_PX

"""A picture as SVG with the page's ink, light or dark.

Text stays text, in the reader's own letters, so that a page is small and sharp in print.
The width of a word is unknown here; it is estimated for a legend in a row.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from psgkit.report.drawing.palette import DARK_INK, FAINT, INK
from psgkit.report.drawing.picture import (
    CLEAR,
    LEFT_PX,
    LIGHT,
    SMALL_PX,
    TEXT_PX,
    Boxes,
    Line,
    Numbers,
    Panel,
    Picture,
    Raster,
    Segments,
    Shape,
    Surface,
    Words,
)
from psgkit.report.drawing.png import png_of
from psgkit.report.wording import plain

AXIS_PX = 1.0
TICK_PX = 4.0
KEY_PX = 9.0
LINE_EM = 1.25  # from one line of text to the next

_STYLE = (
    f"<style>:root{{color:{INK}}}"
    f"@media (prefers-color-scheme:dark){{:root{{color:{DARK_INK}}}}}"
    f"@media print{{:root{{color:{INK}}}}}"
    f"text{{font:{SMALL_PX}px system-ui,sans-serif;fill:currentColor}}</style>"
)
# From the middle of the letters to their base line.
_BASE_EM = 0.36
_NARROW, _WIDE = frozenset("fijlrt .,:;'()|I1"), frozenset("mwMW")


def svg_of(picture: Picture) -> str:
    """Return a picture as SVG. The same picture gives the same text each time."""
    width, height = picture.width_px, picture.height_px
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    body = "".join(
        part
        for panel, top in zip(picture.panels, picture.tops_px, strict=True)
        for part in _Frame(panel, LEFT_PX, top, picture.plot_width_px).parts()
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{_STYLE}{body}</svg>'


@dataclass(frozen=True, slots=True)
class _Frame:
    """A panel in its place, and the way from its own units to pixels."""

    panel: Panel
    left: float
    top: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.panel.height_px

    def across(self, x: Numbers) -> npt.NDArray[np.float64]:
        axis = self.panel.x
        share = (np.asarray(x, dtype=float) - axis.low) / (axis.high - axis.low)
        return self.left + share * self.width

    def upright(self, y: Numbers) -> npt.NDArray[np.float64]:
        axis = self.panel.y
        share = (np.asarray(y, dtype=float) - axis.low) / (axis.high - axis.low)
        return self.bottom - share * self.panel.height_px

    def parts(self) -> Iterator[str]:
        # A scoring may begin before the recording or outlast it; text may be outside.
        name = f"from-{_at(self.top)}"
        yield (
            f'<clipPath id="{name}"><rect x="{_at(self.left)}" y="{_at(self.top)}" '
            f'width="{_at(self.width)}" height="{_at(self.panel.height_px)}"/>'
            f'</clipPath><g clip-path="url(#{name})">'
        )
        marks = self.panel.marks
        yield from (_draw(self, mark) for mark in marks if not isinstance(mark, Words))
        yield "</g>"
        yield from (_words(self, mark) for mark in marks if isinstance(mark, Words))
        yield _text(
            self.left,
            self.top - 8,
            self.panel.title,
            f'style="font-size:{TEXT_PX:g}px;font-weight:600"',
        )
        if self.panel.has_axes:
            yield from self._axes()
        yield from self._legend()

    def _axes(self) -> Iterator[str]:
        axis_x, axis_y = self.panel.x, self.panel.y
        places_x = self.across(np.array([place for place, _name in axis_x.ticks]))
        places_y = self.upright(np.array([place for place, _name in axis_y.ticks]))
        lines = [
            f"M{_at(self.left)} {_at(self.top)}V{_at(self.bottom)}H{_at(self.right)}"
        ]
        lines += [f"M{_at(x)} {_at(self.bottom)}v{TICK_PX:g}" for x in places_x]
        lines += [f"M{_at(self.left)} {_at(y)}h{-TICK_PX:g}" for y in places_y]
        yield _path("".join(lines), FAINT, AXIS_PX)
        below, beside = self.bottom + TICK_PX, self.left - TICK_PX - 4
        for x, (_place, name) in zip(places_x, axis_x.ticks, strict=True):
            yield _text(x, below + 13, name, 'text-anchor="middle"')
        for y, (_place, name) in zip(places_y, axis_y.ticks, strict=True):
            yield _text(beside, y + _BASE_EM * SMALL_PX, name, 'text-anchor="end"')
        middle_x, middle_y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        yield _text(middle_x, below + 30, axis_x.label, 'text-anchor="middle"')
        turn = f'text-anchor="middle" transform="rotate(-90 18 {_at(middle_y)})"'
        yield _text(18, middle_y, axis_y.label, turn)

    def _legend(self) -> Iterator[str]:
        """Yield a row that ends above the right corner, or a column below it."""
        widths = [KEY_PX + 4 + _guess_px(label) for label, _c in self.panel.legend]
        if self.panel.has_inner_legend:
            x, y, step = self.right - max(widths), self.top + 4, SMALL_PX * LINE_EM + 2
            places = [(x, y + number * step) for number in range(len(widths))]
        else:
            y = self.top - 8 - KEY_PX
            places = [
                (self.right - sum(widths[number:]) - 10 * (len(widths) - number - 1), y)
                for number in range(len(widths))
            ]
        for (x, y), (label, colour) in zip(places, self.panel.legend, strict=True):
            yield (
                f'<rect x="{_at(x)}" y="{_at(y)}" width="{KEY_PX:g}" '
                f'height="{KEY_PX:g}" fill="{_ink(colour)}"/>'
            )
            yield _text(x + KEY_PX + 4, y + KEY_PX, label)


def _draw(frame: _Frame, mark: Shape) -> str:
    match mark:
        case Line():
            route = _route(frame, mark.x, mark.y)
            return _path(route, mark.colour, mark.width_px, 'stroke-linejoin="round"')
        case Surface():
            route = f"{_route(frame, mark.x, mark.y)}Z"
            return _fill(route, mark.colour, f'opacity="{LIGHT:g}"')
        case Segments():
            dash = " ".join(f"{part:g}" for part in mark.dash_px or ())
            style = f'stroke-dasharray="{dash}"' if dash else ""
            route = "".join(
                f"M{_at(x0)} {_at(y0)}L{_at(x1)} {_at(y1)}"
                for x0, x1, y0, y1 in _ends(frame, mark)
            )
            return _path(route, mark.colour, mark.width_px, style)
        case Boxes():
            route = "".join(
                f"M{_at(x0)} {_at(y0)}H{_at(x1)}V{_at(y1)}H{_at(x0)}Z"
                for x0, x1, y0, y1 in _ends(frame, mark)
            )
            return _fill(route, mark.colour)
        case Raster():
            return _image(frame, mark)


def _route(
    frame: _Frame, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> str:
    """Return the way through points; it begins anew after one that is not known."""
    known = np.isfinite(x) & np.isfinite(y)
    steps, is_down = [], False
    for x_px, y_px, is_known in zip(
        frame.across(x).tolist(), frame.upright(y).tolist(), known.tolist(), strict=True
    ):
        if is_known:
            steps.append(f"{'L' if is_down else 'M'}{_at(x_px)} {_at(y_px)}")
        is_down = is_known
    return "".join(steps)


def _ends(frame: _Frame, mark: Segments | Boxes) -> Iterator[tuple[float, ...]]:
    """Yield left, right, first and second height of each, in pixels."""
    (x0, x1), (y0, y1) = mark.x, mark.y
    ends = (frame.across(x0), frame.across(x1), frame.upright(y0), frame.upright(y1))
    yield from zip(
        *(np.atleast_1d(end).tolist() for end in np.broadcast_arrays(*ends)),
        strict=True,
    )


def _image(frame: _Frame, raster: Raster) -> str:
    png = png_of(raster.cells[::-1], raster.colours, clear=CLEAR)
    x0, x1 = frame.across(np.array(raster.x)).tolist()
    y0, y1 = frame.upright(np.array(raster.y)).tolist()
    # Where cells are narrower than pixels, all shall count; others keep their edges.
    style = "auto" if raster.cells.shape[1] > x1 - x0 else "pixelated"
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<image x="{_at(x0)}" y="{_at(y1)}" width="{_at(x1 - x0)}" '
        f'height="{_at(y0 - y1)}" preserveAspectRatio="none" '
        f'style="image-rendering:{style}" href="data:image/png;base64,{data}"/>'
    )


def _words(frame: _Frame, words: Words) -> str:
    lines = words.text.split("\n")
    step = LINE_EM * words.size_px
    first = {
        "top": 0.8 * words.size_px,
        "middle": _BASE_EM * words.size_px - step * (len(lines) - 1) / 2,
        "bottom": -0.25 * words.size_px - step * (len(lines) - 1),
    }[words.upright]
    x, y = float(frame.across(words.x)), float(frame.upright(words.y))
    style = f'text-anchor="{words.across}" style="font-size:{words.size_px:g}px"'
    return "".join(
        _text(x, y + first + number * step, line, style)
        for number, line in enumerate(lines)
    )


def _text(x: float, y: float, words: str, style: str = "") -> str:
    if not words:
        return ""
    # A channel's name may have characters that XML does not allow.
    shown = escape(plain(words))
    return f'<text x="{_at(x)}" y="{_at(y)}" {style}>{shown}</text>'


def _path(route: str, colour: str, width_px: float, style: str = "") -> str:
    return (
        f'<path d="{route}" fill="none" stroke="{_ink(colour)}" '
        f'stroke-width="{width_px:g}" {style}/>'
    )


def _fill(route: str, colour: str, style: str = "") -> str:
    return f'<path d="{route}" fill="{_ink(colour)}" {style}/>'


def _ink(colour: str) -> str:
    return "currentColor" if colour == INK else colour


def _at(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")


def _guess_px(words: str) -> float:
    """Return about how wide small text is."""
    ems = (
        0.3 if letter in _NARROW else 0.9 if letter in _WIDE else 0.64
        for letter in words
    )
    return SMALL_PX * sum(ems)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture ready for a page.

    Attributes
    ----------
    src : str
        Data URI.
    alt : str
        Description for people who cannot see the picture.
    width, height : int
        Size in CSS pixels.
    """

    src: str
    alt: str
    width: int
    height: int


def as_image(picture: Picture, alt: str) -> Image:
    """Draw a picture and wrap it for a page."""
    data = base64.b64encode(svg_of(picture).encode()).decode("ascii")
    return Image(
        f"data:image/svg+xml;base64,{data}",
        alt,
        round(picture.width_px),
        round(picture.height_px),
    )

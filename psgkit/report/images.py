"""Figures as pictures inside a page: SVG that follows light and dark, as data URIs."""

import base64
import io
import re
from dataclasses import dataclass

import matplotlib as mpl
from matplotlib.figure import Figure

from psgkit.report.figures.palette import INK

DARK_INK = "#e6e8eb"

_FONTS = re.compile(r"font-family: [^;\"]*")
_PROLOGUE = re.compile(r"^.*?(?=<svg )", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_STYLE = (
    f"<style>:root{{color:{INK}}}"
    f"@media (prefers-color-scheme:dark){{:root{{color:{DARK_INK}}}}}"
    f"@media print{{:root{{color:{INK}}}}}</style>"
)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture ready to stand in a page.

    Attributes
    ----------
    src : str
        Data URI.
    alt : str
        What it shows, for those who do not see it.
    width, height : int
        Size in CSS pixels.
    """

    src: str
    alt: str
    width: int
    height: int


def as_image(figure: Figure, alt: str) -> Image:
    """Draw a figure as SVG and wrap it for a page.

    Text stays text, so that a page is small and its letters are sharp in print.
    """
    width, height = (figure.get_size_inches() * 96).round().astype(int).tolist()
    data = base64.b64encode(as_svg(figure).encode()).decode("ascii")
    return Image(f"data:image/svg+xml;base64,{data}", alt, width, height)


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG whose ink is that of the page, light or dark.

    The same figure gives the same text each time.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "psgkit"}):
        figure.savefig(
            buffer,
            format="svg",
            facecolor="none",
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    svg = _METADATA.sub("", _PROLOGUE.sub("", buffer.getvalue(), count=1))
    svg = _FONTS.sub("font-family: system-ui, sans-serif", svg)
    svg = svg.replace(INK, "currentColor")
    return svg.replace("<defs>", f"{_STYLE}<defs>", 1)

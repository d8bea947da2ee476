"""Figures as pictures inside a page: SVG as data URIs."""

import base64
from dataclasses import dataclass

from psgkit.report.drawing.picture import Picture
from psgkit.report.drawing.svg import svg_of


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

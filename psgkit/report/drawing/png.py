"""Small PNG pictures of coloured cells.

A cell is the number of its colour: a quarter of the size and compression time of red,
green, blue and opacity.
"""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image


def png_of(
    cells: npt.NDArray[np.uint8], colours: npt.NDArray[np.uint8], *, clear: int
) -> bytes:
    """Return cells as a PNG file.

    Parameters
    ----------
    cells : numpy.ndarray of uint8, shape (n_rows, n_columns)
        Numbers of colours, the uppermost row first.
    colours : numpy.ndarray of uint8, shape (n_colours, 3)
        Red, green and blue.
    clear : int
        The number of transparent cells; at least ``n_colours``.
    """
    height, width = cells.shape
    palette = np.zeros((clear + 1, 3), dtype=np.uint8)
    palette[: len(colours)] = colours
    picture = Image.frombytes("P", (width, height), cells.tobytes())
    picture.putpalette(palette.tobytes())
    file = io.BytesIO()
    picture.save(file, "PNG", transparency=clear)
    return file.getvalue()

"""Small PNG files, read back."""

import io

import numpy as np
import pytest
from PIL import Image

from psgkit.report.drawing.png import png_of

COLOURS = np.array([[255, 0, 0], [0, 128, 255], [9, 8, 7]], dtype=np.uint8)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 700)])
@pytest.mark.parametrize("clear", [3, 16, 255])
def test_every_cell_has_its_colour_and_clear_ones_let_everything_through(
    shape: tuple[int, int], clear: int
) -> None:
    cells = np.random.default_rng(0).integers(0, 4, shape).astype(np.uint8)
    cells[cells == 3] = clear
    with Image.open(io.BytesIO(png_of(cells, COLOURS, clear=clear))) as found:
        assert found.format == "PNG"
        assert found.mode == "P"
        assert np.array_equal(np.asarray(found), cells)
        shown = np.asarray(found.convert("RGBA"))
    is_clear = cells == clear
    assert np.array_equal(shown[~is_clear][:, :3], COLOURS[cells[~is_clear]])
    assert (shown[~is_clear][:, 3] == 255).all()
    assert (shown[is_clear] == 0).all()

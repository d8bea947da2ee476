"""Small PNG files, read back by Pillow and held against the file's own rules."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from psgkit.report.figures.png import png_of

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


def test_a_file_is_of_the_parts_that_the_standard_asks_for_in_its_order() -> None:
    """ISO/IEC 15948: 5.2 the signature, 5.3 chunks, 11.2.1 width to interlace."""
    cells = np.array([[0, 1, 2], [4, 4, 0]], dtype=np.uint8)
    data = png_of(cells, COLOURS, clear=4)
    assert data[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10])
    parts, at = [], 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind, held = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        (check,) = struct.unpack(">I", data[at + 8 + size : at + 12 + size])
        assert check == zlib.crc32(kind + held)
        parts.append((kind.decode(), held))
        at += 12 + size
    assert [kind for kind, _ in parts] == ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]
    header, palette, opacity, rows, end = (held for _, held in parts)
    # 3 columns, 2 rows, 8 bits, a palette, deflate, the usual filters, not interlaced
    assert list(header) == [0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0]
    assert list(palette) == [255, 0, 0, 0, 128, 255, 9, 8, 7, 0, 0, 0, 0, 0, 0]
    assert list(opacity) == [255, 255, 255, 255, 0]
    # before each row the number of its filter: none
    assert list(zlib.decompress(rows)) == [0, 0, 1, 2, 0, 4, 4, 0]
    assert end == b""

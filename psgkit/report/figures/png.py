"""Small PNG pictures of coloured cells.

A cell is one byte, the number of its colour: a quarter of what it takes as red, green,
blue and opacity, in the file and in time to compress it.
"""

import struct
import zlib

import numpy as np
import numpy.typing as npt


def png_of(
    cells: npt.NDArray[np.uint8], colours: npt.NDArray[np.uint8], *, clear: int
) -> bytes:
    """Return cells as a PNG file (ISO/IEC 15948).

    Parameters
    ----------
    cells : numpy.ndarray of uint8, shape (n_rows, n_columns)
        Numbers of colours, the uppermost row first.
    colours : numpy.ndarray of uint8, shape (n_colours, 3)
        Red, green and blue.
    clear : int
        The number of cells that show what lies behind; at least ``n_colours``.

    Returns
    -------
    bytes
    """
    height, width = cells.shape
    palette = np.zeros((clear + 1, 3), dtype=np.uint8)
    palette[: len(colours)] = colours
    # Before each row stands the number of the filter that it went through: none.
    rows = np.pad(cells, ((0, 0), (1, 0)))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"tRNS", b"\xff" * clear + b"\x00"),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

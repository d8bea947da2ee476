"""A matplotlib figure that a notebook shows without pyplot."""

import io

from matplotlib.figure import Figure

DPI = 96.0


class NotebookFigure(Figure):
    """A figure that shows itself as PNG in a notebook."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=2 * DPI)
        return buffer.getvalue()

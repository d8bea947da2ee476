"""One colour for each stage, everywhere.

Sleep is blue and darkens with depth, REM is vermilion (after Okabe and Ito), wake is
grey: distinct for all colour vision, and in grey print. Each has a contrast of about
3 to 1 or more to white and to the page's dark background.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from psgkit.domain.scoring import Stage

STAGE_COLOURS: dict[Stage, str] = {
    Stage.W: "#868c95",
    Stage.N1: "#3f9fd6",
    Stage.N2: "#1f78b4",
    Stage.N3: "#5555c8",
    Stage.R: "#d55e00",
    Stage.ART: "#b8bcc2",
    Stage.UNS: "#b8bcc2",
}

STAGE_LABELS: dict[Stage, str] = {
    Stage.W: "Wake",
    Stage.R: "REM",
    Stage.N1: "N1",
    Stage.N2: "N2",
    Stage.N3: "N3",
}

# Text and lines; they take the colour of the page's text.
INK = "#1f2328"
DARK_INK = "#e6e8eb"
FAINT = "#8b929b"

# Of little power to much: "viridis" (S. van der Walt, N. Smith; CC0) at every fifteenth
# of its 256 places. Straight lines between them stay within 5 of 255 of it.
_VIRIDIS = (
    *("#440154", "#481769", "#472a7a", "#433d84", "#3d4e8a", "#355e8d"),
    *("#2e6d8e", "#297b8e", "#23898e", "#1f978b", "#21a585", "#2eb37c"),
    *("#46c06f", "#65cb5e", "#89d548", "#b0dd2f", "#d8e219", "#fde725"),
)


def rgb(colours: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Return colours as numbers, an array of shape (n_colours, 3).

    Examples
    --------
    >>> rgb(["#0000ff", "#102030"]).tolist()
    [[0, 0, 255], [16, 32, 48]]
    """
    return np.array([list(bytes.fromhex(name[1:])) for name in colours], dtype=np.uint8)


def power_colours(count: int) -> npt.NDArray[np.uint8]:
    """Return so many colours for power, the least first; of shape (count, 3)."""
    known = rgb(_VIRIDIS).astype(float)
    places = np.linspace(0, len(known) - 1, count)
    shown = [np.interp(places, np.arange(len(known)), part) for part in known.T]
    return np.stack(shown, axis=1).round().astype(np.uint8)

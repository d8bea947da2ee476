"""One colour for each stage, everywhere.

Sleep is blue and darkens with depth, REM is vermilion (after Okabe and Ito), wake is
grey: told apart with any colour vision, and in grey print. Each has a contrast of about
3 to 1 or more to white and to the page's dark background.
"""

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

# Text and lines; the page gives them the colour of its own text.
INK = "#1f2328"
FAINT = "#8b929b"
POWER_MAP = "viridis"

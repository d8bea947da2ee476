"""How sure the stages of a night are: confidence, and the chance of each stage."""

import numpy as np

from psgkit.domain.night import Night
from psgkit.domain.scoring import SCORED_STAGES, Stage
from psgkit.report.drawing.axes import say, stage_legend, time_axis
from psgkit.report.drawing.palette import FAINT, INK, STAGE_COLOURS, rgb
from psgkit.report.drawing.picture import (
    CLEAR,
    Axis,
    Panel,
    Raster,
    Segments,
    Surface,
)
from psgkit.report.figures.data import thin
from psgkit.report.language import _

MOST_COLUMNS = 1200

_ORDER = (Stage.N3, Stage.N2, Stage.N1, Stage.R, Stage.W)  # from below
_ROWS = 100
_SHARES = Axis(0.0, 1.0, ((0.0, "0"), (0.5, "½"), (1.0, "1")))


def confidence_panel(night: Night, width_px: float, height_px: float) -> Panel:
    """Return the largest probability of each epoch, or the reason for none."""
    title = _("Confidence")
    scoring = night.scoring
    if scoring.proba is None or scoring.n_epochs == 0:
        return say(_no_proba(), width_px, height_px, title=title)
    edges_s = scoring.onset_s + np.arange(scoring.n_epochs + 1) * scoring.epoch_s
    # Gaps have no probabilities; the outline stays closed over them.
    largest = np.nan_to_num(scoring.proba.max(axis=1).astype(float))
    heights = np.pad(largest.repeat(2), 1)
    time = time_axis(night)
    return Panel(
        title=title,
        height_px=height_px,
        marks=(
            Surface(edges_s.repeat(2) / 3600, heights, FAINT),
            Segments((time.low, time.high), (0.5, 0.5), INK, 0.8, (2.4, 1.6)),
        ),
        x=time,
        y=_SHARES,
    )


def hypnodensity_panel(night: Night, width_px: float, height_px: float) -> Panel:
    """Return the probability of each stage in each epoch, or the reason for none."""
    title = _("Probability of each stage")
    scoring = night.scoring
    if scoring.proba is None or scoring.n_epochs == 0:
        return say(_no_proba(), width_px, height_px, title=title)
    columns = [SCORED_STAGES.index(stage) for stage in _ORDER]
    shown = thin(scoring.proba[:, columns], MOST_COLUMNS)
    tops = np.cumsum(shown, axis=1)[:, :-1]
    levels = (np.arange(_ROWS) + 0.5) / _ROWS
    # A picture of n_epochs by 100 dots is smaller than five outlines of n_epochs.
    cells = (levels[:, None, None] > tops[None]).sum(axis=2).astype(np.uint8)
    cells[:, np.isnan(shown).any(axis=1)] = CLEAR
    hours = (scoring.onset_s / 3600, scoring.end_s / 3600)
    return Panel(
        title=title,
        height_px=height_px,
        marks=(
            Raster(cells, rgb(STAGE_COLOURS[stage] for stage in _ORDER), hours, (0, 1)),
        ),
        x=time_axis(night),
        y=_SHARES,
        legend=stage_legend(reversed(_ORDER)),
    )


def _no_proba() -> str:
    return _("No probabilities: the scoring has none.")

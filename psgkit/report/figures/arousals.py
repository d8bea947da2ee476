"""Arousals by hour of the night and by stage."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.figures.canvas import (
    dress,
    empty_picture,
    label_stages,
    new_picture,
)
from psgkit.report.figures.data import stages_at
from psgkit.report.figures.palette import STAGE_COLOURS
from psgkit.report.language import _

SIZE_PX = (460.0, 260.0)
TITLE = "Arousals"

_ORDER = (Stage.N3, Stage.N2, Stage.N1, Stage.R, Stage.W)


def plot_arousals(night: Night) -> Figure:
    """Draw how many arousals start in each hour, by the stage they start in.

    Parameters
    ----------
    night : Night

    Returns
    -------
    matplotlib.figure.Figure
    """
    arousals = night.scoring.arousals
    if arousals is None:
        return empty_picture(
            SIZE_PX[0], _(TITLE), _("Arousals were not scored in this night.")
        )
    if arousals.empty:
        return empty_picture(
            SIZE_PX[0], _(TITLE), _("Arousals were looked for, and none was found.")
        )
    figure = new_picture(*SIZE_PX)
    axes = figure.subplots()
    onsets_s = arousals["onset_s"].to_numpy(dtype=float)
    stages = stages_at(night.scoring, onsets_s)
    edges = np.arange(math.ceil(night.duration_s / 3600) + 1)
    middles = edges[:-1] + 0.5
    below = np.zeros(len(middles))
    for stage in _ORDER:
        counts = np.histogram(onsets_s[stages == stage] / 3600, bins=edges)[0]
        axes.bar(middles, counts, bottom=below, width=0.8, color=STAGE_COLOURS[stage])
        below += counts
    dress(axes, title=_(TITLE), xlabel=_("hour of the recording"), ylabel=_("count"))
    axes.set_xticks(middles, [str(number + 1) for number in range(len(middles))])
    axes.set_ylim(0, max(below.max(), 1) * 1.1)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    label_stages(axes, [stage for stage in reversed(_ORDER) if (stages == stage).any()])
    return figure

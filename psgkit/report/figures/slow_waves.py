"""Slow-wave activity by sleep cycle, and how it declines."""

import math

import numpy as np
from matplotlib.figure import Figure

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.figures.canvas import (
    FONT_PT,
    SMALL_PT,
    dress,
    empty_picture,
    new_picture,
)
from psgkit.report.figures.data import table_with
from psgkit.report.figures.palette import INK, STAGE_COLOURS
from psgkit.report.language import _

SIZE_PX = (460.0, 260.0)
FEWEST_BARS = 3  # room is left for, so that one cycle is not one wide block
TITLE = "Slow-wave activity by cycle"


def plot_swa_by_cycle(night: Night) -> Figure:
    """Draw the mean power from 0.5 to 4 Hz in the N2 and N3 of each sleep cycle.

    Parameters
    ----------
    night : Night

    Returns
    -------
    matplotlib.figure.Figure
        A bar a cycle, with the decline that the night's measures hold in words.
    """
    cycles = table_with(night, "swa_cycles", "cycle", "swa_uv2")
    if cycles is None:
        words = _("No slow-wave activity: the EEG was not analysed.")
        return empty_picture(SIZE_PX[0], _(TITLE), words)
    if cycles.empty:
        words = _("No sleep cycle was seen in this night.")
        return empty_picture(SIZE_PX[0], _(TITLE), words)
    values = cycles["swa_uv2"].to_numpy(dtype=float)
    if np.isnan(values).all():
        words = _("No cycle has 5 min of NREM sleep without artefact.")
        return empty_picture(SIZE_PX[0], _(TITLE), words)
    numbers = cycles["cycle"].to_numpy()
    figure = new_picture(*SIZE_PX)
    axes = figure.subplots()
    axes.bar(numbers, values, width=0.62, color=STAGE_COLOURS[Stage.N3])
    for number, value in zip(numbers, values, strict=True):
        words = _("too little") if math.isnan(value) else f"{value:.0f}"
        axes.annotate(
            words,
            xy=(number, 0 if math.isnan(value) else value),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL_PT,
            color=INK,
        )
    dress(axes, title=_(TITLE), xlabel=_("cycle"), ylabel=_("µV², 0.5 to 4 Hz"))
    axes.set_xticks(numbers)
    axes.set_xlim(0.4, max(len(numbers), FEWEST_BARS) + 0.6)
    axes.set_ylim(0, np.nanmax(values) * 1.25)
    axes.text(
        1.0,
        0.97,
        f"{_derivation(night)}\n{_decline(night)}".strip(),
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=FONT_PT,
        color=INK,
    )
    return figure


def _derivation(night: Night) -> str:
    """Return the roles of the channels that slow-wave activity was measured in."""
    used = night.provenance.channels_used.get("swa", "")
    roles = [part.split(" ")[0].replace("_", "-") for part in used.split(" + ")]
    return " + ".join(roles)


def _decline(night: Night) -> str:
    slope = next((m for m in night.results if m.name == "swa_slope_ln_per_h"), None)
    if slope is None or math.isnan(slope.value):
        return ""
    percent = 100 * (math.exp(slope.value) - 1)
    return _("{percent} % per hour").format(percent=f"{percent:+.0f}")

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
from psgkit.report.figures.data import (
    epoch_middles_s,
    frontal_spectra,
    slow_wave_activity,
    table_with,
)
from psgkit.report.figures.palette import INK, STAGE_COLOURS
from psgkit.report.language import _

SIZE_PX = (460.0, 260.0)
TITLE = "Slow-wave activity by cycle"
MIN_CYCLE_MIN = 5.0


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
    found = frontal_spectra(night)
    cycles = table_with(night, "cycles", "onset_s", "nrem_period_min")
    if found is None:
        return empty_picture(
            SIZE_PX[0], _(TITLE), _("No power spectra: the EEG was not analysed.")
        )
    if cycles is None or cycles.empty:
        return empty_picture(
            SIZE_PX[0], _(TITLE), _("No sleep cycle was seen in this night.")
        )
    role, spectra = found
    values = _means(
        night,
        slow_wave_activity(spectra),
        list(zip(cycles["onset_s"], cycles["nrem_period_min"], strict=True)),
    )
    if all(math.isnan(value) for value in values):
        return empty_picture(
            SIZE_PX[0],
            _(TITLE),
            _("No cycle has 5 min of NREM sleep without artefact."),
        )
    figure = new_picture(*SIZE_PX)
    axes = figure.subplots()
    numbers = np.arange(1, len(values) + 1)
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
    axes.set_ylim(0, np.nanmax(values) * 1.25)
    axes.text(
        1.0,
        0.97,
        f"{role.replace('_', '-')}\n{_decline(night)}".strip(),
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=FONT_PT,
        color=INK,
    )
    return figure


def _means(
    night: Night, swa_uv2: np.ndarray, spans: list[tuple[float, float]]
) -> list[float]:
    scoring = night.scoring
    count = min(len(swa_uv2), scoring.n_epochs)
    middles_s = epoch_middles_s(scoring)[:count]
    stages, values = scoring.stages[:count], swa_uv2[:count]
    usable = np.isin(stages, (Stage.N2, Stage.N3)) & np.isfinite(values)
    means = []
    for onset_s, minutes in spans:
        inside = usable & (middles_s >= onset_s) & (middles_s < onset_s + minutes * 60)
        is_enough = inside.sum() * scoring.epoch_s >= MIN_CYCLE_MIN * 60
        means.append(float(values[inside].mean()) if is_enough else math.nan)
    return means


def _decline(night: Night) -> str:
    slope = next((m for m in night.results if m.name == "swa_slope_ln_per_h"), None)
    if slope is None or math.isnan(slope.value):
        return ""
    percent = 100 * (math.exp(slope.value) - 1)
    return _("{percent} % per hour").format(percent=f"{percent:+.0f}")

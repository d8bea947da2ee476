"""The night on one axis of time: stages, confidence, probabilities, spectrogram."""

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from psgkit.domain.night import Night
from psgkit.domain.scoring import SCORED_STAGES, Stage
from psgkit.report.figures.canvas import (
    BOTTOM_PX,
    SMALL_PT,
    TOP_PX,
    dress,
    label_stages,
    new_picture,
    say,
    show_time,
)
from psgkit.report.figures.data import shown_spectra, stage_runs, table_with, thin
from psgkit.report.figures.palette import (
    FAINT,
    INK,
    POWER_MAP,
    STAGE_COLOURS,
    STAGE_LABELS,
)
from psgkit.report.language import _

WIDTH_PX = 940.0
MAX_HZ = 30.0
MOST_COLUMNS = 1200
UNIT_PX = 56.0  # height of a part whose ratio is one
TITLE_PX = 36.0  # between parts, for the title of the lower one

_HEIGHTS = {Stage.W: 4, Stage.R: 3, Stage.N1: 2, Stage.N2: 1, Stage.N3: 0}
NO_PROBA = "No probabilities: the stages were scored by a person."
_ORDER = (Stage.N3, Stage.N2, Stage.N1, Stage.R, Stage.W)  # from below
_AROUSAL_ROW = 4.75
_ROWS_OF_DENSITY = 100


def plot_overview(night: Night) -> Figure:
    """Draw stages, confidence, hypnodensity and spectrogram on one axis of time.

    Parameters
    ----------
    night : Night

    Returns
    -------
    matplotlib.figure.Figure
        What the night lacks is left out here; each part's own function says so.
    """
    parts: list[tuple[Callable[[Axes, Night], bool], float]] = [(draw_hypnogram, 3.0)]
    if night.scoring.proba is not None:
        parts += [(draw_confidence, 0.8), (draw_hypnodensity, 1.4)]
    if shown_spectra(night) is not None:
        parts += [(draw_spectrogram, 2.0)]
    ratios = [ratio for _draw, ratio in parts]
    gap_px = TITLE_PX * (len(parts) - 1)
    plots_px = UNIT_PX * sum(ratios)
    figure = new_picture(WIDTH_PX, TOP_PX + plots_px + gap_px + BOTTOM_PX)
    figure.subplots_adjust(hspace=TITLE_PX * len(parts) / plots_px)
    rows = figure.subplots(
        len(parts), 1, sharex=True, height_ratios=ratios, squeeze=False
    )
    for axes, (draw, _ratio) in zip(rows[:, 0], parts, strict=True):
        draw(axes, night)
    show_time(rows[-1, 0], night)  # the others share its axis
    return figure


def plot_hypnogram(night: Night) -> Figure:
    """Draw the stages with REM marked, cycles, lights and arousals."""
    return _single(night, draw_hypnogram, 240)


def plot_hypnodensity(night: Night) -> Figure:
    """Draw the probability of each stage in each epoch."""
    return _single(night, draw_hypnodensity, 160)


def plot_spectrogram(night: Night) -> Figure:
    """Draw the power of the EEG that staging used, in time and frequency."""
    return _single(night, draw_spectrogram, 220)


def _single(
    night: Night, draw: Callable[[Axes, Night], bool], height_px: float
) -> Figure:
    figure = new_picture(WIDTH_PX, height_px)
    axes = figure.subplots()
    if draw(axes, night):
        show_time(axes, night)
    return figure


def draw_hypnogram(axes: Axes, night: Night) -> bool:
    """Draw the stages; return whether there was anything to draw."""
    runs = [run for run in stage_runs(night.scoring) if run.stage in _HEIGHTS]
    title = _("Stages")
    if not runs:
        say(axes, _("No epoch of this night is scored."), title=title)
        return False
    points = [
        (second / 3600, _HEIGHTS[run.stage])
        for run in runs
        for second in (run.onset_s, run.end_s)
    ]
    axes.plot(*zip(*points, strict=True), color=FAINT, linewidth=0.6, zorder=1)
    bars = [
        [(second / 3600, _HEIGHTS[run.stage]) for second in (run.onset_s, run.end_s)]
        for run in runs
    ]
    axes.add_collection(
        LineCollection(
            bars,
            colors=[STAGE_COLOURS[run.stage] for run in runs],
            linewidths=[7.0 if run.stage is Stage.R else 4.0 for run in runs],
            capstyle="butt",
            zorder=2,
        )
    )
    _draw_cycles(axes, night)
    _draw_lights(axes, night)
    _draw_arousals(axes, night)
    dress(axes, title=title)
    axes.set_yticks(
        [*_HEIGHTS.values()], [_(STAGE_LABELS[stage]) for stage in _HEIGHTS]
    )
    axes.set_ylim(-0.5, 5.9)
    return True


def _draw_cycles(axes: Axes, night: Night) -> None:
    """Draw a line under the top for each sleep cycle, with its number.

    An incomplete one, which `cycle_n` does not count, is dotted, its number in brackets.
    """
    wanted = ("onset_s", "duration_min", "is_complete")
    cycles = table_with(night, "cycles", *wanted)
    if cycles is None:
        return
    for number, (onset_s, minutes, is_complete) in enumerate(
        zip(*(cycles[name] for name in wanted), strict=True), start=1
    ):
        onset_h, end_h = onset_s / 3600, onset_s / 3600 + minutes / 60
        axes.plot(
            [onset_h, end_h],
            [5.35, 5.35],
            color=INK,
            linewidth=1.0,
            linestyle="-" if is_complete else (0, (1, 2)),
        )
        axes.plot([onset_h, onset_h], [5.2, 5.5], color=INK, linewidth=1.0)
        axes.plot([end_h, end_h], [5.2, 5.5], color=INK, linewidth=1.0)
        axes.text(
            (onset_h + end_h) / 2,
            5.42,
            _cycle_name(number, is_complete=is_complete),
            ha="center",
            va="bottom",
            fontsize=SMALL_PT,
            color=INK,
        )


def _cycle_name(number: int, *, is_complete: bool) -> str:
    """Return ``cycle 1``, ``2``, or ``(3)`` for an incomplete one."""
    name = _("cycle {number}").format(number=number) if number == 1 else str(number)
    return name if is_complete else f"({name})"


def _draw_lights(axes: Axes, night: Night) -> None:
    for second, words, side in (
        (night.scoring.lights_off_s, _("lights off"), "left"),
        (night.scoring.lights_on_s, _("lights on"), "right"),
    ):
        if second is None:
            continue
        axes.axvline(second / 3600, color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.text(
            second / 3600,
            -0.45,
            f" {words} ",
            ha=side,
            va="bottom",
            fontsize=SMALL_PT,
            color=INK,
        )


def _draw_arousals(axes: Axes, night: Night) -> None:
    arousals = night.scoring.arousals
    if arousals is None or arousals.empty:
        words = _("no arousal found")
        if arousals is None:
            words = _("no arousals scored")
        axes.text(
            0.995,
            _AROUSAL_ROW,
            words,
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=SMALL_PT,
            color=INK,
        )
        return
    axes.eventplot(
        arousals["onset_s"].to_numpy() / 3600,
        lineoffsets=_AROUSAL_ROW,
        linelengths=0.5,
        linewidths=0.8,
        colors=INK,
    )


def draw_confidence(axes: Axes, night: Night) -> bool:
    """Draw the largest probability of each epoch; return whether there was one."""
    title = _("Confidence")
    scoring = night.scoring
    if scoring.proba is None or scoring.n_epochs == 0:
        say(axes, _(NO_PROBA), title=title)
        return False
    edges = (scoring.onset_s + np.arange(scoring.n_epochs + 1) * scoring.epoch_s) / 3600
    axes.stairs(
        scoring.proba.max(axis=1), edges, fill=True, color=FAINT, alpha=0.6, baseline=0
    )
    axes.axhline(0.5, color=INK, linewidth=0.6, linestyle=(0, (3, 2)))
    dress(axes, title=title)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    return True


def draw_hypnodensity(axes: Axes, night: Night) -> bool:
    """Draw the probability of each stage; return whether there was one."""
    title = _("Probability of each stage")
    scoring = night.scoring
    if scoring.proba is None or scoring.n_epochs == 0:
        say(axes, _(NO_PROBA), title=title)
        return False
    columns = [SCORED_STAGES.index(stage) for stage in _ORDER]
    shown = thin(scoring.proba[:, columns], MOST_COLUMNS)
    tops = np.cumsum(shown, axis=1)[:, :-1]
    levels = (np.arange(_ROWS_OF_DENSITY) + 0.5) / _ROWS_OF_DENSITY
    # A picture of n_epochs by 100 dots is smaller than five outlines of n_epochs.
    which = (levels[:, None, None] > tops[None]).sum(axis=2)
    colours = np.array([to_rgb(STAGE_COLOURS[stage]) for stage in _ORDER])
    image = (colours[which] * 255).round().astype(np.uint8)
    axes.imshow(
        image,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(scoring.onset_s / 3600, scoring.end_s / 3600, 0, 1),
    )
    dress(axes, title=title)
    label_stages(axes, reversed(_ORDER))
    axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    return True


def draw_spectrogram(axes: Axes, night: Night) -> bool:
    """Draw power in time and frequency; return whether there were spectra."""
    found = shown_spectra(night)
    if found is None or not np.isfinite(found[1].psd_uv2_hz).any():
        say(
            axes,
            _(
                "No power spectra: no EEG was analysed, or no epoch is free of artefact."
            ),
            title=_("Spectrogram"),
        )
        return False
    role, spectra = found
    inside = spectra.freqs_hz <= MAX_HZ
    freqs_hz = spectra.freqs_hz[inside]
    with np.errstate(divide="ignore"):
        power_db = 10 * np.log10(thin(spectra.psd_uv2_hz[:, inside], MOST_COLUMNS).T)
    finite = power_db[np.isfinite(power_db)]
    low, high = np.percentile(finite, [2, 98])
    scoring = night.scoring
    half = (freqs_hz[-1] - freqs_hz[0]) / max(len(freqs_hz) - 1, 1) / 2
    axes.imshow(
        np.ma.masked_invalid(power_db),
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        cmap=mpl.colormaps[POWER_MAP],
        vmin=low,
        vmax=high,
        extent=(
            scoring.onset_s / 3600,
            (scoring.onset_s + len(spectra.psd_uv2_hz) * scoring.epoch_s) / 3600,
            freqs_hz[0] - half,
            freqs_hz[-1] + half,
        ),
    )
    site = role.replace("_", "-")
    dress(
        axes,
        title=_("Spectrogram of {site}, {low} (dark) to {high} dB re 1 µV²/Hz").format(
            site=site, low=f"{low:.0f}", high=f"{high:.0f}"
        ),
        ylabel="Hz",
    )
    axes.set_ylim(0, freqs_hz[-1])
    return True

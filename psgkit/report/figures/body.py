"""Heart rate and oxygen saturation over the night, and beside REM sleep."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.report.drawing.axes import as_figure, empty_picture, round_axis, time_axis
from psgkit.report.drawing.palette import INK, STAGE_COLOURS
from psgkit.report.drawing.picture import (
    Axis,
    Boxes,
    Line,
    Mark,
    Panel,
    Picture,
    Segments,
)
from psgkit.report.figures.data import as_night, stage_runs, table_with
from psgkit.report.language import _

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_PX = 940.0
TRACK_PX = 56.0
TITLE = "REM sleep, arousals and the body"

_HEART = "#b3446c"
_OXYGEN = "#2f7d4f"
_SIGMA = "#8a6d1c"
_LINE_PX = 1.2
_NORMAL_PCT = 90.0
_LEAST_SPAN_BPM = 20.0
_LOWEST_PCT = 88.0


def plot_rem_body(night: object) -> "Figure":
    """Draw REM sleep and arousals on the clock, heart rate and saturation beneath.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes

    Returns
    -------
    matplotlib.figure.Figure
        Shows whether the body was quiet in REM sleep. It measures no transmitter. The
        infraslow fluctuations are of the 2 min around each epoch.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_rem_body(night)
    >>> figure.savefig("rem_body.svg")
    """
    return as_figure(rem_body_picture(as_night(night)))


def rem_body_picture(night: Night) -> Picture:
    """Return the picture of `plot_rem_body`."""
    tracks = body_panels(night, mark_rem=True)
    if not tracks:
        return empty_picture(
            WIDTH_PX, _(TITLE), _("No heart rate or saturation was measured.")
        )
    *upper, last = (_rem_panel(night), *tracks, *_infraslow_panels(night))
    return Picture(WIDTH_PX, (*(panel.without_names() for panel in upper), last))


def body_panels(night: Night, *, mark_rem: bool = False) -> list[Panel]:
    """Return the tracks of heart rate and saturation that were measured."""
    table = table_with(night, "body_epochs", "onset_s", "hr_bpm", "spo2_min_pct")
    if table is None:
        return []
    middles_h = (table["onset_s"].to_numpy(float) + night.scoring.epoch_s / 2) / 3600
    band = _rem_band if mark_rem else _no_band
    panels = []
    bpm = table["hr_bpm"].to_numpy(float)
    if np.isfinite(bpm).any():
        low, high = _range(bpm)
        marks = (*band(night, low, high), *_lines(middles_h, bpm, _HEART))
        panels.append(_track(night, _("Heart rate, beats a minute"), marks, low, high))
    lowest = table["spo2_min_pct"].to_numpy(float)
    if np.isfinite(lowest).any():
        low = min(float(np.nanmin(lowest)), _LOWEST_PCT)
        shades = band(night, low, 100.0)
        limit = Segments(
            (0.0, night.duration_s / 3600), (_NORMAL_PCT, _NORMAL_PCT), INK, 0.7, (3, 3)
        )
        marks = (*shades, limit, *_lines(middles_h, lowest, _OXYGEN))
        panels.append(
            _track(night, _("Lowest saturation of each epoch, %"), marks, low, 100.0)
        )
    return panels


def _infraslow_panels(night: Night) -> list[Panel]:
    """Return how much heart rate and sigma power fluctuate from 0.01 to 0.04 Hz."""
    columns = {
        "hr_infraslow_bpm": (
            _("Infraslow fluctuation of heart rate, beats a minute"),
            _HEART,
        ),
        "sigma_infraslow_uv2": (_("Infraslow fluctuation of sigma power, µV²"), _SIGMA),
    }
    table = table_with(night, "body_epochs", "onset_s", *columns)
    if table is None:
        return []
    middles_h = (table["onset_s"].to_numpy(float) + night.scoring.epoch_s / 2) / 3600
    panels = []
    for column, (title, colour) in columns.items():
        size = table[column].to_numpy(float)
        if np.isfinite(size).any():
            high = float(np.nanpercentile(size, 99.5)) or 1.0
            shades = _rem_band(night, 0.0, high)
            marks = (*shades, *_lines(middles_h, size, colour))
            panels.append(_track(night, title, marks, 0.0, high))
    return panels


def _track(
    night: Night, title: str, marks: tuple[Mark, ...], low: float, high: float
) -> Panel:
    axis = round_axis(low, high, parts=3)
    return Panel(title, TRACK_PX, marks, time_axis(night), axis)


def _range(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return limits that single epochs of movement do not stretch."""
    low, high = np.nanpercentile(values, (0.5, 99.5))
    spare = max(_LEAST_SPAN_BPM - (high - low), 0.0) / 2
    return float(low - spare - 2), float(high + spare + 2)


def _lines(
    hours: npt.NDArray[np.float64], values: npt.NDArray[np.float64], colour: str
) -> list[Mark]:
    """Return a line for each stretch without a missing epoch."""
    return [
        Line(hours[first:last], values[first:last], colour, _LINE_PX)
        for first, last in true_runs(np.isfinite(values)).tolist()
    ]


def _rem_band(night: Night, low: float, high: float) -> list[Mark]:
    """Return REM sleep as a band at the foot of a track."""
    foot = low + 0.08 * (high - low)
    return [
        Boxes(
            (run.onset_s / 3600, run.end_s / 3600), (low, foot), STAGE_COLOURS[Stage.R]
        )
        for run in stage_runs(night.scoring)
        if run.stage is Stage.R
    ]


def _no_band(_night: Night, _low: float, _high: float) -> list[Mark]:
    return []


def _rem_panel(night: Night) -> Panel:
    """Return REM sleep on the clock, with the arousals above it."""
    scoring = night.scoring
    marks: list[Mark] = [
        Boxes(
            (run.onset_s / 3600, run.end_s / 3600), (0.0, 0.6), STAGE_COLOURS[run.stage]
        )
        for run in stage_runs(scoring)
        if run.stage in (Stage.R, Stage.W)
    ]
    legend = [
        (_("REM"), STAGE_COLOURS[Stage.R]),
        (_("wake"), STAGE_COLOURS[Stage.W]),
    ]
    if scoring.arousals is not None:
        hours = scoring.arousals["onset_s"].to_numpy(float) / 3600
        marks.append(Segments((hours, hours), (0.68, 0.98), INK, 0.9))
        legend.append((_("arousal"), INK))
    return Panel(
        title=_(TITLE),
        height_px=44.0,
        marks=tuple(marks),
        x=time_axis(night),
        y=Axis(0.0, 1.0, ()),
        legend=tuple(legend),
    )

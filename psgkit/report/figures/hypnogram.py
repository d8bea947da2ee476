"""The stages of a night over time, with cycles, lights and arousals."""

import numpy as np

from psgkit.domain.night import Night
from psgkit.domain.scoring import Stage
from psgkit.report.drawing.axes import say, time_axis
from psgkit.report.drawing.palette import FAINT, INK, STAGE_COLOURS, STAGE_LABELS
from psgkit.report.drawing.picture import Axis, Line, Mark, Panel, Segments, Words
from psgkit.report.figures.data import Run, stage_runs, table_with
from psgkit.report.language import _

_HEIGHTS = {Stage.W: 4, Stage.R: 3, Stage.N1: 2, Stage.N2: 1, Stage.N3: 0}
_LOW, _HIGH = -1.3, 5.9
_LIGHTS_ROW = -0.9
_AROUSAL_ROW = 4.75
_CYCLE_ROW = 5.35


def hypnogram_panel(night: Night, width_px: float, height_px: float) -> Panel:
    """Return the stages, or a panel that says that no stage is scored.

    Parameters
    ----------
    night : Night
    width_px, height_px : float
        Of the whole picture, and of the plot.
    """
    runs = [run for run in stage_runs(night.scoring) if run.stage in _HEIGHTS]
    if not runs:
        words = _("No epoch of this night is scored.")
        return say(words, width_px, height_px, title=_("Stages"))
    return Panel(
        title=_("Stages"),
        height_px=height_px,
        marks=(
            *_stages(runs),
            *_cycles(night),
            *_lights(night),
            _arousals(night),
        ),
        x=time_axis(night),
        y=Axis(
            _LOW,
            _HIGH,
            (
                *((y, _(STAGE_LABELS[stage])) for stage, y in _HEIGHTS.items()),
                (_AROUSAL_ROW, _("arousals")),
            ),
        ),
    )


def _stages(runs: list[Run]) -> list[Mark]:
    """Return a thin line through the stages, and a bar in its colour for each.

    Where nothing is scored between two, the line begins anew.
    """
    hours = np.array([(run.onset_s, run.end_s) for run in runs]) / 3600
    heights = np.array([_HEIGHTS[run.stage] for run in runs], dtype=float)
    pauses = 2 * (np.flatnonzero(hours[1:, 0] > hours[:-1, 1]) + 1)
    route = np.insert(hours.ravel(), pauses, np.nan)
    marks: list[Mark] = [
        Line(route, np.insert(heights.repeat(2), pauses, np.nan), FAINT, 0.8)
    ]
    for stage, height in _HEIGHTS.items():
        here = hours[heights == height]
        width_px = 9.0 if stage is Stage.R else 5.4
        ends = (here[:, 0], here[:, 1])
        marks.append(Segments(ends, (height, height), STAGE_COLOURS[stage], width_px))
    return marks


def _cycles(night: Night) -> list[Mark]:
    """Return a line under the top for each sleep cycle, with its number.

    An incomplete one, which `cycle_n` does not count, is dotted, its number in brackets.
    """
    wanted = ("onset_s", "duration_min", "is_complete")
    cycles = table_with(night, "cycles", *wanted)
    if cycles is None:
        return []
    marks: list[Mark] = []
    for number, (onset_s, minutes, is_complete) in enumerate(
        zip(*(cycles[name].tolist() for name in wanted), strict=True), start=1
    ):
        onset_h, end_h = onset_s / 3600, onset_s / 3600 + minutes / 60
        dash = None if is_complete else (1.5, 3.0)
        both = np.array([onset_h, end_h])
        row = (_CYCLE_ROW, _CYCLE_ROW)
        marks += [
            Segments((onset_h, end_h), row, INK, 1.3, dash),
            Segments((both, both), (5.2, 5.5), INK, 1.3),
            Words(
                (onset_h + end_h) / 2,
                _CYCLE_ROW + 0.07,
                _cycle_name(number, is_complete=is_complete),
                "middle",
                "bottom",
            ),
        ]
    return marks


def _cycle_name(number: int, *, is_complete: bool) -> str:
    """Return ``cycle 1``, ``2``, or ``(3)`` for an incomplete one."""
    name = _("cycle {number}").format(number=number) if number == 1 else str(number)
    return name if is_complete else f"({name})"


def _lights(night: Night) -> list[Mark]:
    marks: list[Mark] = []
    scoring, blank = night.scoring, "\N{NO-BREAK SPACE}"
    if scoring.lights_off_s is not None:
        hour, words = scoring.lights_off_s / 3600, blank + _("lights off")
        marks.append(Segments((hour, hour), (_LOW, _HIGH), INK, 1.1, (3.3, 2.2)))
        marks.append(Words(hour, _LIGHTS_ROW, words, "start", "middle"))
    if scoring.lights_on_s is not None:
        hour, words = scoring.lights_on_s / 3600, _("lights on") + blank
        marks.append(Segments((hour, hour), (_LOW, _HIGH), INK, 1.1, (3.3, 2.2)))
        marks.append(Words(hour, _LIGHTS_ROW, words, "end", "middle"))
    return marks


def _arousals(night: Night) -> Mark:
    arousals = night.scoring.arousals
    if arousals is None or arousals.empty:
        words = _("no arousals scored") if arousals is None else _("no arousal found")
        return Words(night.duration_s / 3600, _AROUSAL_ROW, words, "end", "middle")
    hours = arousals["onset_s"].to_numpy(dtype=float) / 3600
    row = (_AROUSAL_ROW - 0.25, _AROUSAL_ROW + 0.25)
    return Segments((hours, hours), row, INK, 1.1)

"""Breathing events, desaturations and limb movements as rows under the hypnogram."""

from collections.abc import Iterable

from psgkit.domain.night import Night
from psgkit.domain.scoring import (
    APNEA_KINDS,
    DESATURATION_KINDS,
    HYPOPNEA_KINDS,
    LIMB_KINDS,
)
from psgkit.report.drawing.axes import time_axis
from psgkit.report.drawing.palette import INK
from psgkit.report.drawing.picture import Axis, Boxes, Mark, Panel
from psgkit.report.language import _

ROW_PX = 13.0
_SHORTEST_H = 4.0 / 3600  # an event stays visible at the scale of a night
_BAR = 0.62
TRACKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("apnoea", APNEA_KINDS),
    ("hypopn.", HYPOPNEA_KINDS),
    ("RERA", ("rera",)),
    ("desat.", DESATURATION_KINDS),
    ("limbs", LIMB_KINDS),
)


def event_panel(night: Night) -> Panel | None:
    """Return a row for each kind of event that was marked, or None."""
    marked = set(night.scoring.events["kind"])
    shown = [(name, kinds) for name, kinds in TRACKS if marked.intersection(kinds)]
    if not shown:
        return None
    lowest = len(shown) - 1
    rows = [(float(lowest - row), name) for row, (name, _kinds) in enumerate(shown)]
    return Panel(
        title=_("Events"),
        height_px=ROW_PX * len(shown),
        marks=tuple(
            _track(night, kinds, lowest - row)
            for row, (_name, kinds) in enumerate(shown)
        ),
        x=time_axis(night),
        y=Axis(-0.5, lowest + 0.5, tuple((place, _(name)) for place, name in rows)),
    )


def _track(night: Night, kinds: Iterable[str], row: int) -> Mark:
    events = night.scoring.events_of(kinds)
    starts = events["onset_s"].to_numpy(dtype=float) / 3600
    lengths = events["duration_s"].to_numpy(dtype=float) / 3600
    stops = starts + lengths.clip(min=_SHORTEST_H)
    return Boxes((starts, stops), (row - _BAR / 2, row + _BAR / 2), INK)

"""Luna ``.annot``: a row an annotation, tab-separated, times elapsed or by the clock.

Six columns: class, instance, channel, start, stop, meta (older files have the first,
second, start and stop alone). Times are seconds, ``hh:mm:ss``, or ``0+hh:mm:ss`` for
elapsed ones; a stop of ``+30`` is a length and ``...`` reaches to the next row. Stages
are the classes W, N1, N2, N3, R and ``?``; ``L`` is lights on, during which nothing is
scored. Lines that begin with ``#`` are comments. Epoch lists (``.eannot``) are text of
one stage per line. After Luna's documentation of annotations.
"""

import math
import re
from functools import lru_cache
from typing import NamedTuple

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.formats.preamble import parse_facts
from psgkit.read.scorings.clock import NightClock, parse_time
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    kind_of,
    lights_of,
    stage_of,
)

_HEADER = {"class", "annot", "annotation"}
_CLOCK = re.compile(r"^\d{1,2}:\d{2}:\d{2}(\.\d+)?$")
_ELAPSED = re.compile(r"^0\+(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_DATE = re.compile(r"^\d{1,4}[-./]\w{1,9}[-./]\d{1,4}$")
_FACTS = {"start hms", "duration hms", "epoch sec", "duration sec"}


def recognises(file: ScoringFile) -> bool:
    """Recognise rows of four to six tabs with times in Luna's columns."""
    lines = file.head_text.splitlines()[:40]
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    if rows and plain(rows[0][0]) in _HEADER and "start" in map(plain, rows[0]):
        return True
    # the header of a table
    if any(_DATE.match(row[0]) for row in rows):
        return False  # Polyman's rows begin with a date
    return bool(rows) and all(
        len(row) in {4, 5, 6} and _is_time(_times(row)[0]) for row in rows
    )


class _Row(NamedTuple):
    where: str
    name: str
    instance: str
    start: str
    stop: str
    meta: str


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    rows = _rows(file)
    clock = _clock_of(rows)
    builder = DraftBuilder()
    facts = parse_facts(line for line in file.text.splitlines() if line.startswith("#"))
    builder.groups_scored |= facts.groups_scored
    starts = [_seconds(row.start, clock, file, row.where) for row in rows]
    following = [*starts[1:], math.nan]
    for row, onset_s, next_s in zip(rows, starts, following, strict=True):
        if plain(row.name) in _FACTS:
            continue
        stop = row.stop
        if stop == "...":
            duration_s = next_s - onset_s
        elif stop.startswith("+"):
            duration_s = _seconds(stop[1:], None, file, row.where)
        elif clock is not None and _CLOCK.match(stop):
            duration_s = clock.length(onset_s, stop)
        else:
            # undo the rounding error of the difference
            duration_s = round(_seconds(stop, clock, file, row.where) - onset_s, 6)
        if "duration=unknown" in row.meta:
            duration_s = math.nan
        _add(builder, row, onset_s, duration_s)
    return builder.build(
        start=facts.start if clock is None else clock.start,
        epoch_s=options.epoch_s,
        scorer=facts.scorer,
        is_automatic=facts.is_automatic,
        arousal_source=facts.arousal_source,
    )


def _rows(file: ScoringFile) -> list[_Row]:
    rows = []
    for number, line in enumerate(file.text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = list(map(str.strip, line.split("\t")))
        if plain(cells[0]) in _HEADER and "start" in map(plain, cells):
            continue
        if len(cells) < 4:
            raise file.fault(f"line {number} has {len(cells)} columns, Luna's has six.")
        times = _times(cells)
        rows.append(_Row(f"line {number}", cells[0], cells[1], *times, cells[-1]))
    if not rows:
        raise file.fault("there is no row below the header.")
    return rows


def _times(cells: list[str]) -> tuple[str, str]:
    return (cells[2], cells[3]) if len(cells) == 4 else (cells[3], cells[4])


def _is_time(text: str) -> bool:
    return any(p.match(text.strip()) for p in (_CLOCK, _ELAPSED, _NUMBER))


def _clock_of(rows: list[_Row]) -> NightClock | None:
    """Return the clock of a file whose times are times of day."""
    facts = [row.start for row in rows if plain(row.name) == "start hms"]
    stages = [r.start for r in rows if _stage(r.name, r.instance) is not None]
    texts = (*facts, *stages, *(row.start for row in rows))
    anchor = next((t for t in texts if _CLOCK.match(t) and parse_time(t)), None)
    if anchor is None:
        return None
    clock = NightClock((), anchor)
    clock.allow_stages(stages)
    return clock


def _seconds(
    text: str, clock: NightClock | None, file: ScoringFile, where: str
) -> float:
    elapsed = _ELAPSED.match(text)
    if elapsed:
        hours, minutes, rest = elapsed.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(rest)
    if _CLOCK.match(text) and clock is not None:
        seconds = clock.seconds(text)
        if seconds is not None:
            return seconds
    try:
        return float(text)
    except ValueError:
        raise file.fault(f"{where} has the time {quoted(text)}.") from None


def _add(builder: DraftBuilder, row: _Row, onset_s: float, duration_s: float) -> None:
    stage = _stage(row.name, row.instance)
    state = lights_of(row.name)
    if stage is not None:
        builder.add_stage(onset_s, duration_s or None, stage, row.where)
    elif state is not None:
        builder.add_lights(state, onset_s)
    else:
        builder.add_event(onset_s, duration_s, row.name)


@lru_cache(maxsize=256)
def _stage(name: str, instance: str) -> Stage | None:
    """Return the stage of a row; None for lights, facts and events."""
    if name == "L":
        return Stage.UNS
    # SleepStage is a class whose instances are the stages
    word = instance if plain(name) in {"sleepstage", "stage"} else name
    is_event = word not in {"ART", "UNS"} and kind_of(word) is not None
    return None if is_event or lights_of(name) is not None else stage_of(word)


FORMAT = Format("Luna .annot", recognises, read)

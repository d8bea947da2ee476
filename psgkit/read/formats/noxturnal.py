"""Noxturnal event export: a CSV of clock times, usually UTF-16, in the lab's language.

Columns for start, end, event and duration, then a row of units; stages and events are
rows alike. ``configs/scoring.toml`` holds the words in English, French, German, Dutch
and Spanish.
"""

import math

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.formats.delimited import Table, split_table
from psgkit.read.formats.table_columns import role_of
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
    noxturnal_words,
    stage_of,
)


def recognises(file: ScoringFile) -> bool:
    """Recognise by the columns and by clock times in the first of them."""
    table = split_table(file.head_text)
    if table is None or not table.rows or _columns(table) is None:
        return False
    start, _, duration = _columns(table) or (0, 0, None)
    if duration is None and any(role_of(name)[0] == "end" for name in table.columns):
        return False  # a table of starts and ends
    return any(parse_time(cell) for cell in table.column(start)[:3])


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; second zero is the first stage's start."""
    table = split_table(file.text)
    columns = None if table is None else _columns(table)
    if table is None or columns is None:
        raise file.fault("line 1 has no columns of start, event and duration.")
    start, event, duration = columns
    rows = [row for row in table.rows if not row[1][start].startswith("[")]
    first = next((c[start] for _, c in rows if _is_stage(c[event])), None)
    if first is None:
        raise file.fault("no event is a sleep stage; export the stages along with it.")
    try:
        clock = NightClock([cells[start] for _, cells in rows], first)
    except ValueError:
        raise file.fault("its first stage has no clock time.") from None
    clock.allow_stages([c[start] for _, c in rows if _is_stage(c[event])])
    builder = DraftBuilder()
    for where, cells in rows:
        onset_s = clock.seconds(cells[start])
        if onset_s is None:
            raise file.fault(
                f"{where} has {quoted(cells[start], 30)}, which is not a time."
            )
        duration_s = _duration(cells, duration)
        _add(builder, cells[event], onset_s, duration_s, where)
    return builder.build(start=clock.start, epoch_s=options.epoch_s)


def _columns(table: Table) -> tuple[int, int, int | None] | None:
    start = table.find(tuple(noxturnal_words("start")))
    event = table.find(tuple(noxturnal_words("event")))
    duration = table.find(tuple(noxturnal_words("duration")))
    return None if start is None or event is None else (start, event, duration)


def _is_stage(word: str) -> bool:
    return stage_of(word) not in {None, Stage.ART} and kind_of(word) is None


def _duration(cells: tuple[str, ...], column: int | None) -> float:
    try:
        return math.nan if column is None else float(cells[column].replace(",", "."))
    except ValueError:
        return math.nan


def _add(
    builder: DraftBuilder, word: str, onset_s: float, duration_s: float, where: str
) -> None:
    state = lights_of(word)
    if state is not None:
        builder.add_lights(state, onset_s)
        return
    stage = stage_of(word)
    if stage is not None and _is_stage(word):
        has_length = duration_s > 0
        builder.add_stage(onset_s, duration_s if has_length else None, stage, where)
        return
    if plain(word) in noxturnal_words("plm_series"):
        builder.add_event(onset_s, duration_s, "plm_series")
        return
    builder.add_event(onset_s, duration_s, word)


FORMAT = Format("Noxturnal CSV", recognises, read)

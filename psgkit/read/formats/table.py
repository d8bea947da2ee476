"""Tables with a header: CSV of any delimiter, and BIDS ``events.tsv``.

A column of stages, beside it one of onsets (seconds or clock times) or of epoch
numbers, and one of durations. Or a column of labels that holds stages and events
together, as BIDS' ``trial_type`` does and ``psgkit export`` writes. A table without
onsets has an epoch a row. What codes mean may stand in BIDS' JSON sidecar.
"""

import datetime as dt
import math
from dataclasses import dataclass

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.formats.delimited import Table, split_table
from psgkit.read.formats.preamble import (
    facts_of_sidecar,
    free_text_left_out,
    parse_facts,
)
from psgkit.read.formats.sidecar import find_sidecar, level_names
from psgkit.read.formats.table_columns import (
    DURATION_COLUMNS,
    EPOCH_COLUMNS,
    FREE_COLUMNS,
    MIXED_COLUMNS,
    ONSET_COLUMNS,
    choose_column,
    stage_columns,
)
from psgkit.read.scorings.clock import NightClock, parse_time
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import is_stage, stages_of_words
from psgkit.read.scorings.vocabulary import (
    kind_of,
    lights_of,
    plain,
    slug,
    stage_of,
)

ABSENT = {"", "n/a", "na", "nan"}


@dataclass(frozen=True, slots=True)
class _Times:
    """When each row starts and how long it lasts; NaN where it does not say."""

    onsets_s: list[float] | None
    durations_s: list[float]
    start: dt.datetime | None = None


def recognises(file: ScoringFile) -> bool:
    """Tell by a header that names a column of stages, or onsets and durations."""
    table = split_table(file.head_text)
    if table is None or not table.rows:
        return False
    is_timed = None not in {table.find(ONSET_COLUMNS), table.find(DURATION_COLUMNS)}
    return is_timed or bool(stage_columns(table))


def read(file: ScoringFile, options: Options) -> Draft:
    """Read a table; see the module for what it may hold."""
    table = split_table(file.text)
    if table is None:
        raise file.fault("its rows have no columns.")
    if {"kind", "source"} <= set(table.columns):
        raise file.fault(
            "it is psgkit's table of events; the stages stand in the table of epochs, "
            "and both in the night's HDF5 file."
        )
    builder = DraftBuilder()
    position = choose_column(table, file, options, builder)
    sidecar = find_sidecar(file.path)
    names = level_names(sidecar, table.columns[position])
    facts = parse_facts(table.comments)
    if sidecar:
        facts = facts_of_sidecar(sidecar)
    builder.groups_scored |= facts.groups_scored
    times = _read_times(table, file, options)
    name = plain(table.columns[position])
    staged, left_out = [], 0
    for row, (where, cells) in enumerate(table.rows):
        word = names.get(cells[position], cells[position])
        if name in MIXED_COLUMNS and times.onsets_s is not None:
            if name in FREE_COLUMNS and _is_remark(word):
                left_out += 1
                continue
            if _add_other(builder, word, times.onsets_s[row], times.durations_s[row]):
                continue
        staged.append((row, "UNS" if word.lower() in ABSENT else word, where))
    if left_out:
        builder.issues.append(free_text_left_out(left_out))
    epoch_s = options.epoch_s or (30.0 if times.onsets_s is None else None)
    _add_stages(builder, staged, times, epoch_s or 30.0, file, options)
    return builder.build(
        start=times.start or facts.start,
        epoch_s=epoch_s,
        scorer=facts.scorer,
        is_automatic=facts.is_automatic,
        arousal_source=facts.arousal_source,
    )


def _add_stages(
    builder: DraftBuilder,
    staged: list[tuple[int, str, str]],
    times: _Times,
    epoch_s: float,
    file: ScoringFile,
    options: Options,
) -> None:
    """Note the rows that are stages: their number, word and place."""
    words = [(word, where) for _, word, where in staged]
    stages, issues = stages_of_words(words, file, options)
    builder.issues.extend(issues)
    for number, ((row, _, where), stage) in enumerate(zip(staged, stages, strict=True)):
        onset_s = number * epoch_s if times.onsets_s is None else times.onsets_s[row]
        length_s = times.durations_s[row]
        builder.add_stage(
            onset_s, None if math.isnan(length_s) else length_s, stage, where
        )


def _is_remark(word: str) -> bool:
    return (
        bool(word)
        and kind_of(word) is None
        and lights_of(word) is None
        and not is_stage(word)
    )


def _add_other(
    builder: DraftBuilder, word: str, onset_s: float, duration_s: float
) -> bool:
    """Note a row that is an event or tells of the lights; False where it is a stage."""
    state = lights_of(word)
    if state is not None:
        builder.add_lights(state, onset_s)
        return True
    kind = kind_of(word)
    stage = stage_of(word)
    is_event = kind is not None and stage in {None, Stage.ART, Stage.UNS}
    if not is_event and (stage is not None or is_stage(word) or not word):
        return False
    builder.add_event(onset_s, duration_s, kind or slug(word))
    return True


def _read_times(table: Table, file: ScoringFile, options: Options) -> _Times:
    durations_s = [math.nan] * len(table.rows)
    position = table.find(DURATION_COLUMNS)
    if position is not None:
        durations_s = [
            _number(cells[position], file, where) for where, cells in table.rows
        ]
    position = table.find(ONSET_COLUMNS)
    if position is not None:
        texts = table.column(position)
        if parse_time(texts[0]) is not None:
            return _clock_times(table, texts, durations_s, file)
        onsets_s = [
            _number(cells[position], file, where) for where, cells in table.rows
        ]
        return _Times(onsets_s, durations_s)
    position = table.find(EPOCH_COLUMNS)
    if position is None:
        return _Times(None, durations_s)
    numbers = [_number(cells[position], file, where) for where, cells in table.rows]
    first = 0.0 if 0.0 in numbers else 1.0
    epoch_s = options.epoch_s or 30.0
    return _Times([(number - first) * epoch_s for number in numbers], durations_s)


def _clock_times(
    table: Table, texts: list[str], durations_s: list[float], file: ScoringFile
) -> _Times:
    clock = NightClock(texts, texts[0])
    onsets_s = []
    for text, (where, _) in zip(texts, table.rows, strict=True):
        seconds = clock.seconds(text)
        if seconds is None:
            raise file.fault(f"{where} has {quoted(text, 30)}, which is no clock time.")
        onsets_s.append(seconds)
    return _Times(onsets_s, durations_s, clock.start)


def _number(text: str, file: ScoringFile, where: str) -> float:
    if text.lower() in ABSENT:
        return math.nan
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise file.fault(f"{where} has {quoted(text)} where a number is due.") from None


FORMAT = Format(
    "table (CSV, BIDS events.tsv)", recognises, read, frozenset({"codes", "column"})
)

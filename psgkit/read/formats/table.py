"""Tables with a header: CSV of any delimiter, and BIDS ``events.tsv``.

A column of stages, beside it one of onsets (seconds or clock times) or of epoch
numbers, and one of durations. Or a column of labels that holds stages and events
together, as BIDS' ``trial_type`` does and ``psgkit export`` writes. A table without
onsets has an epoch a row. What codes mean may stand in BIDS' JSON sidecar.
"""

import datetime as dt
import math
from dataclasses import dataclass

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import Stage
from psgkit.read.clock_times import NightClock, parse_time
from psgkit.read.draft import Draft, DraftBuilder, Format, Options, ScoringFile
from psgkit.read.formats.codes import is_stage, stages_of_words
from psgkit.read.formats.delimited import Table, split_table
from psgkit.read.formats.facts import (
    facts_of_sidecar,
    free_text_left_out,
    parse_facts,
)
from psgkit.read.formats.sidecar import find_sidecar, level_names
from psgkit.read.words import (
    kind_of,
    lights_of,
    plain,
    slug,
    stage_of,
)

# In order of preference where a table has several.
STAGE_COLUMNS = (
    "stage",
    "sleep stage",
    "stage hum",
    "stages",
    "sleep stages",
    "hypnogram",
    "hypno",
    "stage name",
    "staging",
    "label",
    "trial type",
    "annotation",
    "description",
    "event type",
    "event",
    "value",
)
# Columns that may hold events between the stages.
MIXED_COLUMNS = {
    "label",
    "trial type",
    "annotation",
    "description",
    "event type",
    "event",
    "value",
}
# Of these, columns in which people write what they like, names among it.
FREE_COLUMNS = {"annotation", "description"}
ONSET_COLUMNS = (
    "onset s",
    "onset",
    "recording onset",
    "start s",
    "start",
    "start time",
    "time",
    "clock time",
    "elapsed s",
)
DURATION_COLUMNS = ("duration s", "duration", "length")
EPOCH_COLUMNS = ("epoch", "epoch number", "epoch n", "epoch no")
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
    return is_timed or bool(_stage_columns(table))


def read(file: ScoringFile, options: Options) -> Draft:
    """Read a table; see the module for what it may hold."""
    table = split_table(file.text)
    if table is None:
        raise file.fault("its rows have no columns.")
    builder = DraftBuilder()
    position = _choose_column(table, file, options, builder)
    sidecar = find_sidecar(file.path)
    names = level_names(sidecar, table.columns[position])
    facts = parse_facts(table.comments)
    if sidecar:
        facts = facts_of_sidecar(sidecar)
    builder.groups_scored |= facts.groups_scored
    times = _read_times(table, file, options)
    name = plain(table.columns[position])
    words, rows, left_out = [], [], 0
    for row, (where, cells) in enumerate(table.rows):
        word = cells[position]
        if name in MIXED_COLUMNS and times.onsets_s is not None:
            meant = names.get(word, word)
            if name in FREE_COLUMNS and _is_remark(meant):
                left_out += 1
                continue
            if _add_other(builder, meant, times.onsets_s[row], times.durations_s[row]):
                continue
        words.append(("UNS" if word.lower() in ABSENT else word, where))
        rows.append(row)
    if left_out:
        builder.issues.append(free_text_left_out(left_out))
    stages, issues = stages_of_words(words, file, options, names)
    builder.issues.extend(issues)
    epoch_s = options.epoch_s or (30.0 if times.onsets_s is None else None)
    for number, (row, stage) in enumerate(zip(rows, stages, strict=True)):
        onset_s = (
            number * (epoch_s or 30.0)
            if times.onsets_s is None
            else times.onsets_s[row]
        )
        length = times.durations_s[row]
        builder.add_stage(
            onset_s, None if math.isnan(length) else length, stage, words[number][1]
        )
    return builder.build(
        start=times.start or facts.start,
        epoch_s=epoch_s,
        scorer=facts.scorer,
        is_automatic=facts.is_automatic,
    )


def _stage_columns(table: Table) -> list[int]:
    """Return the columns of stages: by name in order of preference, else by cells."""
    known = [plain(column) for column in table.columns]
    named = [known.index(name) for name in STAGE_COLUMNS if name in known]
    held = [
        position
        for position, name in enumerate(known)
        if name.startswith(("stage ", "hypno")) and position not in named
    ]
    return named + held


def _choose_column(
    table: Table, file: ScoringFile, options: Options, builder: DraftBuilder
) -> int:
    if options.column is not None:
        if options.column not in table.columns:
            raise file.fault(
                f"no column {options.column!r}; there are {', '.join(table.columns)}."
            )
        return table.columns.index(options.column)
    positions = _stage_columns(table)
    holding = [p for p in positions if any(is_stage(cell) for cell in table.column(p))]
    if not holding:
        raise file.fault(
            f"none of its columns holds stages ({', '.join(table.columns)}); "
            "name one with --column."
        )
    if len(holding) > 1:
        others = ", ".join(table.columns[p] for p in holding[1:])
        builder.issues.append(
            Issue(
                Severity.NOTE,
                "stage_column_chosen",
                f"The stages are those of column {table.columns[holding[0]]}; "
                f"there is also {others}.",
                "Name another with --column.",
            )
        )
    return holding[0]


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
            raise file.fault(f"{where} has {text[:30]!r}, which is no clock time.")
        onsets_s.append(seconds)
    return _Times(onsets_s, durations_s, clock.start)


def _number(text: str, file: ScoringFile, where: str) -> float:
    if text.lower() in ABSENT:
        return math.nan
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise file.fault(f"{where} has {text[:20]!r} where a number is due.") from None


FORMAT = Format("table (CSV, BIDS events.tsv)", recognises, read)

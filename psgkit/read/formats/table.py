"""Tables with a header: CSV of any delimiter, and BIDS ``events.tsv``.

A column of stages, beside it one of onsets (seconds or clock times) or of epoch
numbers, and one of ends or durations; equal epochs may be merged. Or a column of labels
that holds stages and events together, as BIDS' ``trial_type`` does and ``psgkit
export`` writes. A table without any time has one row per epoch. BIDS' JSON sidecar may
give the meaning of codes.
"""

import math
from itertools import pairwise

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.scoring import Stage
from psgkit.errors import listed
from psgkit.read.formats.delimited import Table, split_table
from psgkit.read.formats.headerless import name_columns
from psgkit.read.formats.preamble import (
    facts_of_sidecar,
    parse_facts,
)
from psgkit.read.formats.sidecar import find_sidecar, level_names
from psgkit.read.formats.table_columns import (
    FREE_COLUMNS,
    MIXED_COLUMNS,
    Columns,
    choose_column,
    find_columns,
    is_header,
)
from psgkit.read.formats.table_times import ABSENT, Times, read_times
from psgkit.read.scorings.grid import epoch_assumed
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    EventList,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import is_stage, number_of, stages_of_words
from psgkit.read.scorings.vocabulary import (
    kind_of,
    lights_of,
    stage_of,
)

# A night's epochs seldom change their stage so often.
_MANY_ROWS = 8
# BIDS' trial_type of rows whose stage is in another column.
_STAGE_ROWS = {"sleep stage", "stage", "sleep", "hypnogram"}


def recognises(file: ScoringFile) -> bool:
    """Recognise by a header that names a column of stages, or onsets and durations."""
    if file.head_text.lstrip().startswith(("<", "{", "[")):
        return False  # XML or JSON
    table = split_table(file.head_text, is_header)
    if table is None or not table.rows:
        return False
    if table.has_header:
        return True
    return name_columns(table) is not None or any(
        _holds_stages(table, position) for position in range(len(table.columns))
    )


def _holds_stages(table: Table, position: int) -> bool:
    cells = [cell for cell in table.column(position)[:-1] if cell]
    return len(cells) > 2 and all(map(is_stage, cells))


def read(file: ScoringFile, options: Options) -> Draft:
    """Read a table; see the module for its layouts."""
    table = split_table(file.text, is_header)
    if table is None or not table.rows:
        raise file.fault("its rows have no columns.")
    if {"kind", "source"} <= set(table.columns):
        raise file.fault(
            "it is psgkit's table of events; the stages are in the table of epochs, "
            "and both in the night's HDF5 file."
        )
    builder = DraftBuilder()
    table = _named(table, file, options, builder)
    position = choose_column(table, file, options, builder)
    columns = find_columns(table, position, file, options)
    table, scorer = _of_annotator(table, columns.annotator, file, options)
    sidecar = find_sidecar(file.path)
    facts = facts_of_sidecar(sidecar) if sidecar else parse_facts(table.comments)
    builder.groups_scored |= facts.groups_scored
    times = read_times(table, columns, file, options)
    builder.issues.extend(times.issues)
    staged = _add_events(
        builder, table, position, times, level_names(sidecar, table.columns[position])
    )
    if times.onsets_s is None:
        _refuse_runs(table, [word for _, word, _ in staged], columns, file)
    epoch_s = _add_stages(builder, staged, times, file, options)
    return builder.build(
        start=times.start or facts.start,
        epoch_s=epoch_s,
        scorer=scorer or facts.scorer,
        is_automatic=facts.is_automatic,
        arousal_source=facts.arousal_source,
    )


def _named(
    table: Table, file: ScoringFile, options: Options, builder: DraftBuilder
) -> Table:
    """Return a table without a header with column names from its values."""
    if table.has_header or options.columns:
        return table
    named = name_columns(table)
    if named is None:
        columns = "; ".join(
            f"{name}: {', '.join(table.column(n)[:3])} ..."
            for n, name in enumerate(table.columns)
        )
        raise file.fault(
            f"it is a table without column names ({columns}). Name them, for "
            "example --column onset=1 --column stage=2. Roles are stage, onset, end, "
            "duration and epoch."
        )
    known, note = named
    if note:
        builder.issues.append(Issue(Severity.NOTE, "columns_assumed", note))
    return known


def _of_annotator(
    table: Table, column: object, file: ScoringFile, options: Options
) -> tuple[Table, str]:
    """Return the rows of one annotator."""
    position = getattr(column, "position", None)
    if position is None:
        if options.annotator is not None:
            raise file.fault(
                "it has no column of annotators; leave --annotator out, or name the "
                "column with --column annotator=NAME."
            )
        return table, ""
    names = list(dict.fromkeys(cell for cell in table.column(position) if cell))
    wanted = options.annotator
    if wanted is None:
        if len(names) > 1:
            raise file.fault(
                f"it holds scorings of {len(names)} annotators: {listed(names)}. "
                f"Choose one, for example --annotator {names[0]}."
            )
        return table, "".join(names)
    if wanted not in names:
        raise file.fault(
            f"no annotator {wanted!r}; there are {listed(names or ['none'])}."
        )
    rows = tuple(row for row in table.rows if row[1][position] == wanted)
    return Table(table.columns, rows, table.comments), wanted


def _add_events(
    builder: DraftBuilder,
    table: Table,
    position: int,
    times: Times,
    names: dict[str, str],
) -> list[tuple[int, str, str]]:
    """Note the rows that are events; return the number, word and place of the others."""
    name = plain(table.columns[position])
    labels = [
        p
        for p, column in enumerate(table.columns)
        if p != position and plain(column) in MIXED_COLUMNS
    ]
    staged = []
    for row, (where, cells) in enumerate(table.rows):
        word = names.get(cells[position], cells[position])
        if times.onsets_s is not None:
            onset_s, length_s = times.onsets_s[row], times.durations_s[row]
            if name in MIXED_COLUMNS:
                if _add_other(builder, word, onset_s, length_s, _list_of(name)):
                    continue
            elif labels and word.lower() in ABSENT:
                label = cells[labels[0]]
                about = _list_of(plain(table.columns[labels[0]]))
                if plain(label) not in _STAGE_ROWS and _add_other(
                    builder, label, onset_s, length_s, about
                ):
                    continue
        staged.append((row, "UNS" if word.lower() in ABSENT else word, where))
    return staged


def _list_of(column: str) -> EventList:
    return "notes" if column in FREE_COLUMNS else "mixed"


def _refuse_runs(
    table: Table, words: list[str], columns: Columns, file: ScoringFile
) -> None:
    """Refuse rows that seem to be runs of epochs: no stage follows itself."""
    numeric = [
        table.columns[p]
        for p in columns.unknown
        if all(number_of(cell) is not None for cell in table.column(p))
    ]
    if numeric and len(words) >= _MANY_ROWS and all(a != b for a, b in pairwise(words)):
        raise file.fault(
            "each row has another stage than the row before, so a row may be several "
            f"epochs, and column {listed(numeric)} may be their length. Name the columns: "
            f"--column onset=NAME, or --column duration={numeric[0]} for seconds."
        )


def _add_stages(
    builder: DraftBuilder,
    staged: list[tuple[int, str, str]],
    times: Times,
    file: ScoringFile,
    options: Options,
) -> float | None:
    """Note the rows that are stages; return the length of an epoch, where known."""
    words = [(word, where) for _, word, where in staged]
    stages, issues = stages_of_words(words, file, options)
    builder.issues.extend(issues)
    onsets_s = times.onsets_s
    epoch_s = options.epoch_s
    if epoch_s is None and (onsets_s is None or times.by_epoch):
        epoch_s = epoch_assumed(builder, len(staged), file)
    rows = [row for row, _, _ in staged]
    lengths = [times.durations_s[row] for row in rows]
    if onsets_s is not None and all(map(math.isnan, lengths)):
        lengths = _lengths_of_runs([onsets_s[row] for row in rows], stages, builder)
    for number, ((row, _, where), stage) in enumerate(zip(staged, stages, strict=True)):
        onset_s = number * (epoch_s or 30.0) if onsets_s is None else onsets_s[row]
        length_s = lengths[number]
        builder.add_stage(
            onset_s, None if math.isnan(length_s) else length_s, stage, where
        )
    return epoch_s


def _lengths_of_runs(
    onsets_s: list[float], stages: list[Stage], builder: DraftBuilder
) -> list[float]:
    """Return lengths where each row is a change of stage, which lasts until the next."""
    steps = [later - onset for onset, later in pairwise(onsets_s)]
    # the last row may only mark the end
    changes = all(a is not b for a, b in pairwise(stages[:-1]))
    if len(steps) < 4 or not changes or min(steps) <= 0:
        return [math.nan] * len(stages)
    usual = sum(step == min(steps) for step in steps)
    if usual > len(steps) / 2:
        return [math.nan] * len(stages)
    builder.issues.append(
        Issue(
            Severity.NOTE,
            "stages_until_next",
            "Each row is a change of stage, and lasts until the next. The last lasts one "
            "epoch, for the table does not say its end.",
        )
    )
    return [*steps, math.nan]


def _add_other(
    builder: DraftBuilder,
    word: str,
    onset_s: float,
    duration_s: float,
    listed: EventList,
) -> bool:
    """Note a row with an event or lights; False for a stage."""
    state = lights_of(word)
    if state is not None:
        builder.add_lights(state, onset_s)
        return True
    kind = kind_of(word)
    stage = stage_of(word)
    is_event = kind is not None and stage in {None, Stage.ART, Stage.UNS}
    if not is_event and (stage is not None or is_stage(word) or not word):
        return False
    builder.add_event(onset_s, duration_s, word, listed)
    return True


FORMAT = Format(
    "table (CSV, BIDS events.tsv)",
    recognises,
    read,
    frozenset({"codes", "column", "annotator"}),
)

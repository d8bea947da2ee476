"""Find the columns of stages, times, lengths and scorers by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from psgkit.domain.issues import Issue, Severity
from psgkit.errors import listed
from psgkit.read.formats.delimited import Table
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import DraftBuilder, Options, ScoringFile
from psgkit.read.scorings.stage_codes import are_stages, is_stage, number_of

# In order of preference where a table has several.
STAGE_COLUMNS = (
    "stage",
    "sleep stage",
    "stage hum",
    "stages",
    "sleep stages",
    "sleepstage",
    "sleepstages",
    "hypnogram",
    "hypno",
    "stage name",
    "stage label",
    "scored stage",
    "manual stage",
    "staging",
    "sleep state",
    "vigilance state",
    "state",
    "scoring",
    "score",
    "schlafstadium",
    "stadium",
    "stade",
    "stade de sommeil",
    "fase",
    "fase del sueno",
    "slaapstadium",
    "slaapfase",
    "stadio",
    "fase del sonno",
    "somnstadium",
    "label",
    "trial type",
    "annotation",
    "annotations",
    "description",
    "event type",
    "event",
    "value",
)
# Columns that may contain events between the stages.
MIXED_COLUMNS = {
    "label",
    "trial type",
    "annotation",
    "annotations",
    "description",
    "event type",
    "event",
    "value",
}
# Of these, columns of free text, which may contain names.
FREE_COLUMNS = {"annotation", "annotations", "description"}
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunden"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
    **dict.fromkeys(("hh", "mm", "ss", "hhmmss", "in", "rel", "abs"), None),
}
_ROLES = {
    "onset": (
        "onset|start|begin|beginning|init|initial|from|time|t|t0|tstart|elapsed|latency|"
        "timestamp|starttime|begintime|onsettime|datetime|clock|recording onset|"
        "start time|begin time|onset time|time stamp|time start|t start|date time|"
        "clock time|clock start time|time of day|elapsed time|relative time|"
        "recording time|time from start|time since start|epoch start|epoch onset|"
        "epoch begin|epoch time|epoch start time|stage start|stage onset|event start|"
        "event onset|event start time|start datetime|start timestamp|onset datetime|"
        "beginn|start zeit|startzeit|startzeitpunkt|zeit|uhrzeit|anfang|von|"
        "debut|heure|heure de debut|temps|inicio|hora|hora de inicio|tiempo|"
        "inizio|ora|ora di inizio|tempo|tijd|begin tijd|begintijd|starttijd|tid|starttid"
    ),
    "end": (
        "end|stop|to|until|till|finish|offset|endtime|stoptime|t1|tend|tstop|end time|"
        "stop time|offset time|finish time|time end|t end|epoch end|epoch stop|"
        "stage end|event end|clock end time|epoch end time|end datetime|ende|endzeit|"
        "bis|fin|heure de fin|hora de fin|fine|ora di fine|eind|einde|eindtijd|slut|"
        "sluttid"
    ),
    "duration": (
        "duration|length|dur|len|duration time|epoch duration|epoch length|epoch dur|"
        "epoch len|stage duration|event duration|dauer|lange|lange der epoche|duree|"
        "duracion|durata|duur|duration epoch|varaktighet"
    ),
    "epoch": (
        "epoch|epochs|epoch number|epoch n|epoch no|epoch nr|epoch num|epoch index|"
        "epoch idx|epoch id|epochnumber|epoche|epoch count|epochen|epoque|epoca|epok|"
        "epoca numero|epoche nr|epochennummer"
    ),
    "annotator": "annotator|annotators|scorer|rater|scorer id|rater id|annotator id|expert",
    "index": "|index|idx|i|n|no|nr|num|number|row|id|unnamed 0|row number",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its position, and the seconds of its unit."""

    position: int
    scale: float = 1.0


@dataclass(slots=True)
class Columns:
    """The columns of a table by their roles; clock times and seconds can both occur."""

    onsets: list[Column] = field(default_factory=list)
    end: list[Column] = field(default_factory=list)
    duration: Column | None = None
    epoch: Column | None = None
    annotator: Column | None = None
    index: list[Column] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def is_header(cells: Sequence[str]) -> bool:
    """Return whether cells are names of columns: a stage or a time and one more."""
    if any(number_of(cell) is not None for cell in cells if cell):
        return False
    roles = [role_of(cell)[0] for cell in cells]
    held = sum(_is_stage_name(cell) for cell in cells)
    timed = len(set(roles) & {"onset", "end", "duration", "epoch"})
    # a row of Sleep stage W is a stage, not a heading
    return held + timed > 1 or (
        held == 1 and not any(map(is_stage, filter(None, cells)))
    )


@cache
def role_of(name: str) -> tuple[str | None, float]:
    """Return the role of a column by its name, and the seconds of its unit.

    Examples
    --------
    >>> role_of("init_sec"), role_of("EpochEnd (ms)"), role_of("probability")
    (('onset', 1.0), ('end', 0.001), (None, 1.0))
    """
    words = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).split()
    kept = [word for word in words if word not in _UNITS]
    scales = [_UNITS[w] for w in words if _UNITS.get(w) is not None]
    bare = " ".join(kept)
    scale = scales[0] if scales and scales[0] is not None else 1.0
    if words and not kept and scale == 1.0 and scales:
        return "onset", 1.0  # a column called seconds
    whole = _role_names().get(" ".join(words))
    if whole is not None:
        return whole, 1.0
    return (_role_names().get(bare) if kept else None), scale


@cache
def _role_names() -> dict[str, str]:
    return {name: role for role, names in _ROLES.items() for name in names.split("|")}


def _is_stage_name(name: str) -> bool:
    word = plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    return word in STAGE_COLUMNS or (
        word.startswith(("stage ", "hypno")) and role_of(name)[0] is None
    )


def stage_columns(table: Table) -> list[int]:
    """Return the columns that are called after stages, in order of preference."""
    known = [plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)) for name in table.columns]
    named = [known.index(name) for name in STAGE_COLUMNS if name in known]
    held = [
        position
        for position, name in enumerate(table.columns)
        if position not in named and _is_stage_name(name)
    ]
    return named + held


def find_columns(
    table: Table, stage: int, file: ScoringFile, options: Options
) -> Columns:
    """Find the columns of times, lengths and scorers.

    Raises
    ------
    UnreadableScoring
        If the call names a column that the table does not have.
    """
    found = Columns()
    named = {
        _position(table, name, file): role
        for role, name in options.columns.items()
        if role != "stage"
    }
    taken = set(named.values())
    for position, name in enumerate(table.columns):
        if position == stage:
            continue
        role, scale = role_of(name) if table.has_header else (None, 1.0)
        if position in named:
            role = named[position]
        elif role in taken:
            continue
        _note(found, role, Column(position, scale))
    return found


def _note(found: Columns, role: str | None, column: Column) -> None:
    match role:
        case "onset":
            found.onsets.append(column)
        case "end":
            found.end.append(column)
        case "duration":
            found.duration = found.duration or column
        case "epoch":
            found.epoch = found.epoch or column
        case "annotator":
            found.annotator = found.annotator or column
        case "index":
            found.index.append(column)
        case None:
            found.unknown.append(column.position)


def _position(table: Table, name: str, file: ScoringFile) -> int:
    if name not in table.columns:
        raise file.fault(f"no column {name!r}; there are {', '.join(table.columns)}.")
    return table.columns.index(name)


def choose_column(
    table: Table, file: ScoringFile, options: Options, builder: DraftBuilder
) -> int:
    """Return the position of the column of stages: the one named, else the likeliest.

    Raises
    ------
    UnreadableScoring
        If the column does not exist, or no column has stages.
    """
    if "stage" in options.columns:
        return _position(table, options.columns["stage"], file)
    positions = stage_columns(table)
    holding = [p for p in positions if any(is_stage(cell) for cell in table.column(p))]
    if not holding:
        words = [
            p for p in range(len(table.columns)) if _holds_words(table, p, options)
        ]
        if len(words) == 1:
            return words[0]
        raise file.fault(
            f"no column is named for stages ({', '.join(table.columns)}). "
            "Name the column of stages with --column stage=NAME."
        )
    if len(holding) > 1:
        others = listed([table.columns[p] for p in holding[1:]])
        builder.issues.append(
            Issue(
                Severity.NOTE,
                "stage_column_chosen",
                f"The stages come from column {table.columns[holding[0]]}; "
                f"there is also {others}.",
                "Name another with --column.",
            )
        )
    return holding[0]


def _holds_words(table: Table, position: int, options: Options) -> bool:
    cells = [cell for cell in table.column(position) if cell]
    return (
        bool(cells)
        and not any(number_of(cell) is not None for cell in cells)
        and are_stages(cells, options)
    )

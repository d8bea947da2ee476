"""Which columns of a table hold stages, times and lengths."""

from psgkit.domain.issues import Issue, Severity
from psgkit.read.formats.delimited import Table
from psgkit.read.scorings.listed import DraftBuilder, Options, ScoringFile
from psgkit.read.scorings.stage_codes import is_stage
from psgkit.read.scorings.vocabulary import plain

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


def stage_columns(table: Table) -> list[int]:
    """Return the columns that are called after stages, in order of preference."""
    known = [plain(column) for column in table.columns]
    named = [known.index(name) for name in STAGE_COLUMNS if name in known]
    held = [
        position
        for position, name in enumerate(known)
        if name.startswith(("stage ", "hypno")) and position not in named
    ]
    return named + held


def choose_column(
    table: Table, file: ScoringFile, options: Options, builder: DraftBuilder
) -> int:
    """Return the position of the column of stages: the one named, else the likeliest.

    Raises
    ------
    UnreadableScoring
        If there is no such column, or none that holds stages.
    """
    if "stage" in options.columns:
        name = options.columns["stage"]
        if name not in table.columns:
            raise file.fault(
                f"no column {name!r}; there are {', '.join(table.columns)}."
            )
        return table.columns.index(name)
    positions = stage_columns(table)
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

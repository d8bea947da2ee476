"""ISRUC-Sleep sheets (xlsx): one row per epoch, events by the epoch they fall into.

Columns ``Epoch``, ``Stage`` and ``Events``; the events of an epoch are in one cell,
by comma: ``AR`` arousal, ``OA``/``CA``/``MA`` apnoeas, ``OH``/``MH`` hypopnoeas,
``Awake`` an awakening, ``L Out`` and ``L On`` the lights. An event's onset is its
epoch's start and its duration is not known.
"""

import io
import math
import zipfile
import zlib
from typing import Any

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import stages_of_words
from psgkit.read.scorings.vocabulary import lights_of

EPOCH_S = 30.0
# Errors of openpyxl on a damaged file.
_UNREADABLE = (
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    RuntimeError,  # of encryption, and of zip versions and packings
    SyntaxError,  # of its XML
    zipfile.BadZipFile,
    zlib.error,
)
# Words of this sheet that mean other things elsewhere.
_OWN_WORDS = {"awake": "awakening"}


def recognises(file: ScoringFile) -> bool:
    """Recognise an xlsx file by its zip archive."""
    return file.head[:4] == b"PK\x03\x04" and b"[Content_Types].xml" in file.head


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events of the first sheet that has the columns."""
    rows = _rows(file)
    header = [plain(str(cell)) if cell is not None else "" for cell in rows[0]]
    if "stage" not in header:
        raise file.fault("its first row has no column 'Stage'.")
    epoch_s = options.epoch_s or EPOCH_S
    position = header.index("stage")
    staged = [
        (number, row)
        for number, row in enumerate(rows[1:], start=2)
        if row[position] is not None
    ]
    words = [(str(row[position]).strip(), f"row {number}") for number, row in staged]
    stages, issues = stages_of_words(words, file, options)
    builder = DraftBuilder(issues=list(issues))
    numbers = _epoch_numbers(header, staged, file)
    events = header.index("events") if "events" in header else None
    for (_, row), stage, number, (_, where) in zip(
        staged, stages, numbers, words, strict=True
    ):
        onset_s = number * epoch_s
        builder.add_stage(onset_s, epoch_s, stage, where)
        if events is not None and row[events]:
            for word in str(row[events]).split(","):
                _add_event(builder, word.strip(), onset_s, epoch_s)
    if builder.events:
        builder.issues.append(
            Issue(
                Severity.NOTE,
                "event_times_by_epoch",
                "The sheet gives events by epoch. Each event is placed at the start of its "
                "epoch; its duration is not known.",
            )
        )
    return builder.build(epoch_s=epoch_s)


def _rows(file: ScoringFile) -> list[tuple[Any, ...]]:
    import openpyxl  # noqa: PLC0415 - other formats do without

    try:
        # a stream, for openpyxl goes by the suffix of a path
        book = openpyxl.load_workbook(
            io.BytesIO(file.content), read_only=True, data_only=True
        )
        try:
            rows = list(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except _UNREADABLE:
        raise file.fault("it is not a readable Excel sheet.") from None
    if not rows:
        raise file.fault("its first sheet is empty.")
    return rows


def _epoch_numbers(
    header: list[str], staged: list[tuple[int, tuple[Any, ...]]], file: ScoringFile
) -> list[int]:
    """Return each row's epoch, from 0; without a column, in order of rows."""
    if "epoch" not in header:
        return list(range(len(staged)))
    position = header.index("epoch")
    numbers = []
    for number, row in staged:
        cell = row[position]
        if not isinstance(cell, int | float) or not float(cell).is_integer():
            raise file.fault(f"row {number} has {quoted(str(cell))}, no epoch number.")
        numbers.append(int(cell) - 1)
    return numbers


def _add_event(
    builder: DraftBuilder, word: str, onset_s: float, epoch_s: float
) -> None:
    if not word:
        return
    state = lights_of(word)
    if state is not None:
        # the lights go off as an epoch begins and on as one ends
        builder.add_lights(state, onset_s if state == "off" else onset_s + epoch_s)
        return
    builder.add_event(onset_s, math.nan, _OWN_WORDS.get(plain(word), word))


FORMAT = Format("ISRUC sheet (xlsx)", recognises, read, frozenset({"codes"}))

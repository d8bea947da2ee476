"""Plain text: one stage per line, as numbers, letters or names.

Lines that begin with ``#``, ``%`` or ``//`` are comments; empty lines are skipped. Headings
may be above the list, and say how long an epoch is (``Epoch length: 20 s``; ELAN's
``time_base``). Visbrain writes the length and the meaning of its numbers into a second
file, ``NAME_description.txt``. Else the epoch is 30 s unless the call gives another.
"""

import re

from psgkit.errors import InputError
from psgkit.read.formats.delimited import COMMENTS
from psgkit.read.scorings.grid import epoch_assumed
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import (
    StageCodes,
    is_stage,
    parse_codes,
    stages_of_words,
)

HEADERS = {"stage", "stages", "hypnogram", "hypno", "sleep stage", "sleep stages"}
_MAX_HEADINGS = 60
# Marks of a heading; without them it is a misspelt stage.
_HEADING = re.compile(r"[:=\[]|stage|hypno|sleep|epoch|scor|_|\S\s+\S", re.IGNORECASE)
_LENGTH = re.compile(
    r"(?:epoch|time_base|window|interval)\D{0,20}?(\d+(?:[.,]\d+)?)\s*(ms|s\b|sec|$)",
    re.IGNORECASE,
)
_DESCRIPTION_BYTES = 10_000
Words = list[tuple[str, str]]


def recognises(file: ScoringFile) -> bool:
    """Recognise lines of one word that are mostly stages."""
    words = [word for word, _ in _words(file.head_text)[1]]
    stages = sum(not _is_row(word) and is_stage(word) for word in words)
    return bool(words) and stages > 0.5 * len(words)


def read(file: ScoringFile, options: Options) -> Draft:
    """Read one stage per line."""
    headings, words = _words(file.text)
    told_s, codes = _told(file, headings)
    if options.codes is None and codes is not None:
        options = Options(codes, options.columns, options.epoch_s, options.annotator)
    stages, issues = stages_of_words(words, file, options)
    builder = DraftBuilder(issues=list(issues))
    epoch_s = options.epoch_told(told_s, file)
    epoch_s = epoch_s or epoch_assumed(builder, len(words), file)
    for number, (stage, (_, where)) in enumerate(zip(stages, words, strict=True)):
        builder.add_stage(number * epoch_s, epoch_s, stage, where)
    return builder.build(epoch_s=epoch_s)


def _is_row(word: str) -> bool:
    """Return whether a line is a row of columns; its last can be ``Sleep stage ?``."""
    return bool(set(word.strip(",; ")) & set("\t,;"))


def _words(text: str) -> tuple[list[str], Words]:
    """Return the headings and comments, and each further line with its place."""
    headings: list[str] = []
    words: Words = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip().strip("\"'").rstrip(",;")
        if word.startswith(COMMENTS):
            headings.append(word)
        elif word:
            words.append((word, f"line {number}"))
    above = 0
    for word, _ in words[:_MAX_HEADINGS]:
        if is_stage(word) or not (plain(word) in HEADERS or _HEADING.search(word)):
            break
        above += 1
    return headings + [word for word, _ in words[:above]], words[above:]


def _told(
    file: ScoringFile, headings: list[str]
) -> tuple[float | None, StageCodes | None]:
    """Return an epoch's length and the codes, from headings or Visbrain's second file."""
    description = file.path.with_name(f"{file.path.stem}_description.txt")
    pairs = []
    if description != file.path and description.is_file():
        with description.open(encoding="utf-8", errors="replace") as stream:
            pairs = [
                line.split() for line in stream.read(_DESCRIPTION_BYTES).splitlines()
            ]
    pairs = [pair for pair in pairs if len(pair) == 2]
    lengths = [number for name, number in pairs if name.lower() == "time"]
    meanings = [f"{name}={number}" for name, number in pairs if name.lower() != "time"]
    found = [match for match in map(_LENGTH.search, headings) if match]
    told_s = _seconds(lengths[0], "s") if lengths else None
    if told_s is None and found:
        told_s = _seconds(found[0][1], found[0][2])
    try:
        return told_s, parse_codes(",".join(meanings)) if meanings else None
    except InputError as fault:
        raise file.fault(
            f"{description.name} beside it cannot be used. {fault}"
        ) from None


def _seconds(text: str, unit: str) -> float | None:
    try:
        length_s = float(text.replace(",", ".")) * (0.001 if unit == "ms" else 1.0)
    except ValueError:
        return None
    return length_s if 0.1 <= length_s <= 600 else None


FORMAT = Format("one stage per line", recognises, read, frozenset({"codes"}))

"""Plain text: one stage a line, as numbers, letters or names.

Lines that begin with ``#``, ``%`` or ``//`` are comments; empty lines are none. The
epoch is 30 s unless the caller says otherwise.
"""

from psgkit.read.formats.delimited import COMMENTS
from psgkit.read.scorings.epochs import epoch_assumed
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import is_stage, stages_of_words

HEADERS = {"stage", "stages", "hypnogram", "hypno", "sleep stage", "sleep stages"}


def recognises(file: ScoringFile) -> bool:
    """Tell by lines of one word, most of which are stages."""
    words = [word for word, _ in _words(file.head_text)]
    stages = sum(not _is_row(word) and is_stage(word) for word in words)
    return bool(words) and stages > 0.5 * len(words)


def read(file: ScoringFile, options: Options) -> Draft:
    """Read one stage a line."""
    words = _words(file.text)
    stages, issues = stages_of_words(words, file, options)
    builder = DraftBuilder(issues=list(issues))
    epoch_s = options.epoch_s or epoch_assumed(builder, len(words), file)
    for number, (stage, (_, where)) in enumerate(zip(stages, words, strict=True)):
        builder.add_stage(number * epoch_s, epoch_s, stage, where)
    return builder.build(epoch_s=epoch_s)


def _is_row(word: str) -> bool:
    """Tell a row of columns, whose last may say ``Sleep stage ?``, from a word."""
    return bool(set(word.strip(",; ")) & set("\t,;"))


def _words(text: str) -> list[tuple[str, str]]:
    """Return each line's word and its place, without comments and a header."""
    words = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.strip().strip("\"'")
        if word and not word.startswith(COMMENTS):
            words.append((word, f"line {number}"))
    if words and plain(words[0][0]) in HEADERS:
        words = words[1:]
    return words


FORMAT = Format("one stage a line", recognises, read, frozenset({"codes"}))

"""Text of a clock time and one stage per line, as Philips Alice and others export it.

Such as ``1 10:05:30 pm WK`` or ``22:05:30,N2``: an epoch number may come first, the
stage comes last. Lines above the first of these are headings.

The Alice export was written from the description in another reader's source; no sample
of a whole night was at hand.
"""

import re
from itertools import pairwise

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.clock import READ_AS_ELAPSED, NightClock, parse_time
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    stage_of,
)

_LINE = re.compile(
    r"^\s*(?:\d+[\s,;]+)?(?P<time>(?:\S+ )?\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\s*(?:[AaPp][Mm])?)"
    r"[\s,;]+(?P<stage>[^\s,;]+(?: sleep)?)\s*$"
)

_NUMBER = re.compile(r"^\s*(\d+)[\s,;]+\d{1,2}:\d{2}:\d{2}")


def recognises(file: ScoringFile) -> bool:
    """Recognise the format if most first lines are a time and a stage."""
    lines = [line for line in file.head_text.splitlines()[:60] if line.strip()]
    numbers = [int(found[1]) for found in map(_NUMBER.match, lines) if found]
    if any(b - a != 1 for a, b in pairwise(numbers)):
        return False  # seconds before a length: a table
    return sum(_parse(line) is not None for line in lines) > 0.5 * len(lines) > 0


def read(file: ScoringFile, options: Options) -> Draft:
    """Read one stage per line."""
    rows: list[tuple[str, str, Stage]] = []
    for number, line in enumerate(file.text.splitlines(), start=1):
        parsed = _parse(line)
        if parsed is not None:
            rows.append((f"line {number}", *parsed))
        elif rows and line.strip():
            raise file.fault(
                f"line {number} has {quoted(line, 40)}, no time and stage."
            )
    if not rows:
        raise file.fault("no line has a time and a stage.")
    texts = [time for _, time, _ in rows]
    places = [where for where, _, _ in rows]
    try:
        clock = NightClock(texts, texts[0])
        onsets_s, issues = clock.of_epochs(texts, places)
    except ValueError as fault:
        raise file.fault(str(fault)) from None
    builder = DraftBuilder(issues=list(issues))
    for (where, _, stage), onset_s in zip(rows, onsets_s, strict=True):
        builder.add_stage(onset_s, None, stage, where)
    if clock.is_elapsed:
        builder.issues.append(READ_AS_ELAPSED)
        return builder.build(epoch_s=options.epoch_s)
    return builder.build(start=clock.start, epoch_s=options.epoch_s)


def _parse(line: str) -> tuple[str, Stage] | None:
    found = _LINE.match(line)
    if found is None or parse_time(found["time"]) is None:
        return None
    stage = stage_of(found["stage"])
    return None if stage is None else (found["time"], stage)


FORMAT = Format("time and stage per line (Philips Alice text)", recognises, read)

"""Text of a clock time and a stage a line, as Philips Alice and others export it.

Such as ``1 10:05:30 pm WK`` or ``22:05:30,N2``: an epoch number may come first, the
stage comes last. Lines above the first such line are headings.

The Alice export was written from the description in another reader's source; no sample
of a whole night was at hand.
"""

import re

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.clock import NightClock, parse_time
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import stage_of

_LINE = re.compile(
    r"^\s*(?:\d+[\s,;]+)?(?P<time>(?:\S+ )?\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\s*(?:[AaPp][Mm])?)"
    r"[\s,;]+(?P<stage>[^\s,;]+(?: sleep)?)\s*$"
)


def recognises(file: ScoringFile) -> bool:
    """Tell by the first lines, most of which must be a time and a stage."""
    lines = [line for line in file.head_text.splitlines()[:60] if line.strip()]
    return sum(_parse(line) is not None for line in lines) > 0.5 * len(lines) > 0


def read(file: ScoringFile, options: Options) -> Draft:
    """Read one stage a line."""
    builder = DraftBuilder()
    clock: NightClock | None = None
    texts = [
        found["time"] for found in map(_LINE.match, file.text.splitlines()) if found
    ]
    for number, line in enumerate(file.text.splitlines(), start=1):
        parsed = _parse(line)
        if parsed is None:
            if clock is None or not line.strip():
                continue
            raise file.fault(
                f"line {number} has {quoted(line, 40)}, no time and stage."
            )
        time, stage = parsed
        clock = clock or NightClock(texts, time)
        onset_s = clock.seconds(time)
        if onset_s is None:
            raise file.fault(f"line {number} has an impossible time.")
        builder.add_stage(onset_s, None, stage, f"line {number}")
    return builder.build(
        start=None if clock is None else clock.start, epoch_s=options.epoch_s
    )


def _parse(line: str) -> tuple[str, Stage] | None:
    found = _LINE.match(line)
    if found is None or parse_time(found["time"]) is None:
        return None
    stage = stage_of(found["stage"])
    return None if stage is None else (found["time"], stage)


FORMAT = Format("time and stage a line (Philips Alice text)", recognises, read)

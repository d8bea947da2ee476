"""A JSON list with one number per epoch, as in the DOD data sets.

0 to 4 are W, N1, N2, N3 and R; -1 is not scored.
"""

import json

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.grid import epoch_assumed
from psgkit.read.scorings.listed import (
    MAX_LINES,
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import choose_codes


def recognises(file: ScoringFile) -> bool:
    """Recognise by the opening of a list of numbers."""
    start = file.head_text.lstrip()[:200]
    inner = start[1:].lstrip()
    return start.startswith("[") and (inner[:1].isdigit() or inner.startswith("-"))


def read(file: ScoringFile, options: Options) -> Draft:
    """Read one number per epoch."""
    try:
        codes = json.loads(file.text)
    except (ValueError, RecursionError) as fault:
        raise file.fault(f"it is not JSON ({fault}).") from None
    if len(codes) > MAX_LINES:
        raise file.fault(f"it has {len(codes)} epochs, more than a night has.")
    numbers = [code for code in codes if isinstance(code, int)]
    counting, issues = choose_codes(numbers, options, file)
    builder = DraftBuilder(issues=list(issues))
    epoch_s = options.epoch_s or epoch_assumed(builder, len(codes), file)
    for number, code in enumerate(codes, start=1):
        known = isinstance(code, int) and not isinstance(code, bool)
        stage = counting.numbers.get(code) if known else None
        if stage is None:
            raise file.fault(
                f"epoch {number} is {quoted(str(code))}, which is not a stage."
            )
        # DOD's -1 is an unscored epoch; YASA's -1 is artefact
        stage = Stage.UNS if code == -1 else stage
        builder.add_stage((number - 1) * epoch_s, epoch_s, stage, f"epoch {number}")
    return builder.build(epoch_s=epoch_s)


FORMAT = Format("list of stages (JSON)", recognises, read, frozenset({"codes"}))

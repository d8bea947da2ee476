"""Show what missed epochs do to measures of REM continuity.

Four perfect REM periods of 10, 20, 25 and 30 min; each R epoch is scored N2 with
probability p, apart from all others. Means over many such nights, as a table::

    python scripts/rem_bench.py
"""

import argparse

import numpy as np

from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.stages.continuity import rem_frag_per_h, rem_in_long_bouts_pct
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import fill_interruptions, find_bouts

PERIODS_MIN = (10, 20, 25, 30)
MISSED = (0.0, 0.02, 0.05, 0.10)
NIGHTS = 300


def make_night(missed: float, rng: np.random.Generator) -> Evidence:
    """Build a night of four REM periods with 75 min of N2 around each."""
    stages = [Stage.N2] * 150
    for minutes in PERIODS_MIN:
        hit = rng.random(2 * minutes) >= missed
        stages += [Stage.R if is_hit else Stage.N2 for is_hit in hit]
        stages += [Stage.N2] * 150
    return Evidence.of(Scoring.from_stages(stages))


def one_epoch_bridged_pct(night: Evidence) -> float:
    """Return the share of R in bouts of 10 min, pauses of one epoch filled."""
    bouts = find_bouts(fill_interruptions(night.bridged, Stage.R, 1), Stage.R)
    rem = night.rem_epochs_in(bouts)
    return 100 * rem[bouts.lengths >= 20].sum() / rem.sum()


def bench_table() -> str:
    """Return the table in Markdown."""
    lines = [
        (
            "| p | median bout, min | interruptions/h REM | % REM in bouts of 10 min "
            "| same, one epoch bridged |"
        ),
        "| --- | --- | --- | --- | --- |",
    ]
    for missed in MISSED:
        rng = np.random.default_rng(1)
        rows = []
        for _ in range(NIGHTS):
            night = make_night(missed, rng)
            rows.append(
                (
                    np.median(night.lengths_min(night.rem_bouts["raw"])),
                    rem_frag_per_h(night),
                    rem_in_long_bouts_pct(night, "raw", 10),
                    one_epoch_bridged_pct(night),
                )
            )
        median, exits, raw, bridged = np.mean(rows, axis=0)
        lines.append(
            f"| {missed:.0%} | {median:.1f} | {exits:.1f} | {raw:.0f} | {bridged:.0f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    print(bench_table())

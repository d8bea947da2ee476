"""Write percentiles of real nights: docs/evidence/real_nights.md.

    python scripts/reference_nights.py [FOLDER]

FOLDER holds ``cinc2018/stages.csv`` and ``arousals.csv``; PSGKIT_REAL_DATA by default.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import pandas as pd

from psgkit.domain.scoring import Scoring
from psgkit.measure import measure_scoring, metric_of

ROOT = Path(__file__).parents[1]
STAGES = {"W": "W", "1": "N1", "2": "N2", "3": "N3", "R": "R", "?": "UNS"}
COLUMNS = (
    *("tst_min", "n3_min", "n3_pct", "n3_bout_max_min"),
    *("rem_min", "rem_pct", "remp_n", "remp_mean_min"),
    *("rem_wmean_min_b2m", "rem_wmean_min_b6m", "rem_bout_max_min_b2m"),
    *("awak_per_h", "shift_per_h"),
    *("ari_per_h", "ari_nrem_per_h", "rem_ari_per_h"),
)
PERCENTILES = (5, 25, 50, 75, 95)

# A region of the challenge begins about 2 s before its arousal.
MARGIN_S = 2.0
AROUSAL_S = 3.0

PAGE = """\
# Percentiles of {nights} real nights

Written by `scripts/reference_nights.py`; do not edit.

These are {nights} whole nights of the PhysioNet Challenge 2018 (doi 10.13026/6phb-r450):
adults who were sent to one hospital for a sleep study. Apnoea is common among them. One of
seven scorers scored each night. Ages are not known.

- They are **not** normal values. Do not judge a person by them.
- They show where numbers of real sleepers of a sleep clinic are.
- Lights-off and lights-on are not known. Latencies and efficiency are therefore missing.
- Arousals are those without apnoea or hypopnoea: spontaneous ones, and those of RERA,
  snoring, limb movements and bruxism. A full arousal index is higher. Regions that overlap
  were one region in the source, so that close arousals count once.

A night counts in a row if it has the number. Rates of a whole night need 180 min of sleep,
and rates of REM sleep need 10 min of it.

| number | column | unit | nights | {head} |
| --- | --- | --- | --- |{rule}
{rows}
"""


def read_nights(folder: Path) -> pd.DataFrame:
    """Measure every night; one a row."""
    stages = pd.read_csv(folder / "stages.csv", dtype=str, keep_default_na=False)
    arousals = pd.read_csv(folder / "arousals.csv", dtype={"night": str})
    onsets = {name: part["onset_s"] for name, part in arousals.groupby("night")}
    rows = []
    for name, letters in zip(stages["night"], stages["stages"], strict=True):
        marks = [(onset + MARGIN_S, AROUSAL_S) for onset in onsets.get(name, ())]
        scoring = Scoring.from_stages([STAGES[one] for one in letters], arousals=marks)
        rows.append(measure_scoring(scoring))
    return pd.DataFrame(rows)


def page_of(nights: pd.DataFrame) -> str:
    """Return the page with a row a number."""
    rows = []
    for column in COLUMNS:
        metric = metric_of(column)
        known = nights[column].dropna()
        cells = [f"{value:.1f}" for value in np.percentile(known, PERCENTILES)]
        name = metric.label or metric.meaning.split(";")[0].rstrip(".")
        words = (name, f"`{column}`", metric.unit, str(len(known)), *cells)
        rows.append(f"| {' | '.join(words)} |")
    return PAGE.format(
        nights=len(nights),
        head=" | ".join(f"{one}th" for one in PERCENTILES),
        rule=" --- |" * len(PERCENTILES),
        rows="\n".join(rows),
    )


def main() -> None:
    """Measure the nights and write the page."""
    default = os.environ.get("PSGKIT_REAL_DATA", ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(default))
    folder = parser.parse_args().folder / "cinc2018"
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    page = page_of(read_nights(folder))
    (ROOT / "docs/evidence/real_nights.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

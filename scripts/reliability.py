"""Measure what each column that a hypnogram alone gives is worth.

Reads the DOD-O nights (five experts each) and the BOAS nights (an automatic scoring
beside the experts' consensus), writes ``psgkit/measure/catalogue/reliability.csv``, which the
catalogue carries, and ``docs/reliability.md``::

    python scripts/reliability.py [FOLDER]

FOLDER holds ``scoring/dod-o/scorer_1..5/*.json`` and ``scoring/boas/*.tsv``; by default
the folder of tests/conftest.py. It takes about two minutes.
"""

import argparse
import csv
import json
import os
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from reliability_parts.page import make_page, show_rho
from reliability_parts.rem_search import Search, candidates_of
from reliability_parts.staging_errors import Interval, measure_intervals
from scipy.stats import spearmanr

from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure import METRICS, measure_scoring
from psgkit.measure.catalogue.reliability import PLAIN, StagingError

ROOT = Path(__file__).parents[1]
CODES = {0: Stage.W, 1: Stage.N1, 2: Stage.N2, 3: Stage.N3, 4: Stage.R, 8: Stage.ART}
EXPERTS = range(1, 6)
MIN_REM_MIN = 10
MIN_NIGHTS = 20
# The window is the whole file in both scorings, so these say nothing of the scorers.
NOT_SCORERS = {"rec_min", "tib_min"}


@dataclass(frozen=True)
class Nights:
    """Some nights, each scored by several.

    Attributes
    ----------
    scorings : list of list of Scoring
        By scorer, then night.
    measures : list of DataFrame
        By scorer; a night a row.
    """

    scorings: list[list[Scoring]]
    measures: list[pd.DataFrame]

    @classmethod
    def of(cls, scorings: list[list[Scoring]]) -> "Nights":
        """Measure scorings."""
        return cls(
            scorings,
            [pd.DataFrame([measure_scoring(s) for s in one]) for one in scorings],
        )

    def with_rem(self) -> "Nights":
        """Keep the nights with enough R in every scoring."""
        enough = [table["rem_min"] >= MIN_REM_MIN for table in self.measures]
        keep = np.flatnonzero(np.all(enough, axis=0))
        return Nights(
            [[one[index] for index in keep] for one in self.scorings],
            [table.iloc[keep] for table in self.measures],
        )


def read_nights(folder: Path) -> tuple[Nights, Nights]:
    """Read the DOD-O nights, and the BOAS nights: automatic, then experts."""
    dod = [
        [
            _scoring(json.loads(path.read_text(encoding="utf-8")))
            for path in sorted((folder / f"dod-o/scorer_{n}").glob("*.json"))
        ]
        for n in EXPERTS
    ]
    tables = [
        pd.read_csv(path, sep="\t").fillna(-1)
        for path in sorted((folder / "boas").glob("*.tsv"), key=_number)
    ]
    boas = [
        [_scoring(table[column]) for table in tables]
        for column in ("stage_ai", "stage_hum")
    ]
    return Nights.of(dod), Nights.of(boas)


def _number(path: Path) -> int:
    return int(path.name.split("_")[0].removeprefix("sub-"))


def _scoring(codes: "pd.Series | list[int]") -> Scoring:
    stages = [CODES.get(int(code), Stage.UNS) for code in codes]
    return Scoring.from_stages(stages, lights_off_s=0, lights_on_s=30 * len(stages))


def compare_scorers(
    left: pd.DataFrame, right: pd.DataFrame, name: str
) -> tuple[float, int]:
    """Return Spearman's rho of a column over the nights where both define it."""
    both = left[name].notna() & right[name].notna()
    one, other = left.loc[both, name], right.loc[both, name]
    if both.sum() < MIN_NIGHTS or one.nunique() < 2 or other.nunique() < 2:
        return np.nan, int(both.sum())
    return float(spearmanr(one, other).statistic), int(both.sum())


def rate_columns(dod: Nights, boas: Nights) -> pd.DataFrame:
    """Return a row a column: rho, numbers of nights, bias and limits of agreement."""
    experts = dod.with_rem().measures
    automatic, human = boas.with_rem().measures
    rows = []
    for spec in METRICS:
        name = spec.name
        if spec.unit == "0 or 1" or name in NOT_SCORERS or automatic[name].isna().all():
            continue
        pairs = list(combinations(experts, 2))
        rhos = [compare_scorers(one, other, name) for one, other in pairs]
        measured = [rho for rho, _ in rhos if not np.isnan(rho)]
        between = np.concatenate(
            [(one[name] - other[name]).dropna() for one, other in pairs]
        )
        rho, nights = compare_scorers(automatic, human, name)
        difference = (automatic[name] - human[name]).dropna()
        spread = 1.96 * difference.std()
        rows.append(
            {
                "name": name,
                "unit": spec.unit,
                "experts": np.median(measured) if measured else np.nan,
                "experts_nights": int(np.median([n for _, n in rhos])),
                # No expert is the reference: the difference has a spread and no sign.
                "experts_loa": 1.96 * np.sqrt(np.mean(between**2)),
                "automatic": rho,
                "automatic_nights": nights,
                "bias": difference.mean(),
                "low": difference.mean() - spread,
                "high": difference.mean() + spread,
            }
        )
    return pd.DataFrame(rows).set_index("name")


def write_table(
    path: Path,
    rated: pd.DataFrame,
    intervals: dict[str, Interval],
) -> None:
    """Write what the catalogue carries; limits of agreement where coverage fails."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["name", "experts", "automatic", "scale", "low", "high"])
        for name, row in rated.iterrows():
            cells = ["", "", ""]
            if name in intervals:
                error = intervals[name].error
                if not intervals[name].is_honest:
                    # Automatic less human is bias; the value less it is the expert's.
                    error = StagingError(PLAIN, -row["high"], -row["low"])
                cells = [error.scale, f"{error.low:.4g}", f"{error.high:.4g}"]
            writer.writerow(
                [name, show_rho(row["experts"]), show_rho(row["automatic"]), *cells]
            )


def main() -> None:
    """Measure all, write both files."""
    default = os.environ.get("PSGKIT_REAL_DATA", ROOT.parent / "shared" / "data")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(default),
        help="with the scorings; PSGKIT_REAL_DATA by default",
    )
    folder = parser.parse_args().folder / "scoring"
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    dod, boas = read_nights(folder)
    rated = rate_columns(dod, boas)
    intervals = measure_intervals(*boas.measures)
    write_table(ROOT / "psgkit/measure/catalogue/reliability.csv", rated, intervals)
    experts, (automatic, human) = (
        [
            [candidates_of(scoring) for scoring in one]
            for one in nights.with_rem().scorings
        ]
        for nights in (dod, boas)
    )
    page = make_page(
        rated,
        intervals,
        Search(experts, automatic, human),
        n_boas=len(boas.scorings[0]),
        min_rem_min=MIN_REM_MIN,
        min_nights=MIN_NIGHTS,
    )
    (ROOT / "docs/reliability.md").write_text(page, encoding="utf-8")
    print(f"{len(rated)} columns rated, {len(intervals)} intervals measured.")


if __name__ == "__main__":
    main()

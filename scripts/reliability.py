"""Measure what each column that a hypnogram alone gives is worth.

Reads the DOD-O nights (five experts each) and the BOAS nights (an automatic scoring
beside the experts' consensus), writes ``psgkit/measure/catalogue/reliability.csv``, which the
catalogue carries, and ``docs/reliability.md``::

    python scripts/reliability.py [FOLDER] [--experts SET ...]

FOLDER holds ``scoring/dod-o/scorer_1..5/*.json`` and ``scoring/boas/*.tsv``; by default
the folder of tests/conftest.py. SET is a folder of further nights, in it a folder a scorer
with a file a night. Experts' rho is then the mean over the sets, weighted by their
nights. It takes about two minutes.
"""

import argparse
import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pandas as pd
from reliability_parts.page import make_page, show_rho
from reliability_parts.rem_search import Search, candidates_of
from reliability_parts.staging_errors import (
    Interval,
    held_by_experts,
    measure_intervals,
)
from scipy.stats import spearmanr

from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure import METRICS, measure_scoring
from psgkit.measure.catalogue.reliability import PLAIN, StagingError
from psgkit.read import read_scoring

ROOT = Path(__file__).parents[1]
CODES = {0: Stage.W, 1: Stage.N1, 2: Stage.N2, 3: Stage.N3, 4: Stage.R, 8: Stage.ART}
MIN_REM_MIN = 10
MIN_NIGHTS = 20
# The window is the whole file in both scorings, so these say nothing of the scorers.
NOT_SCORERS = {"rec_min", "tib_min", "window_start_min", "window_day"}


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
    tables = [
        pd.read_csv(path, sep="\t").fillna(-1)
        for path in sorted((folder / "boas").glob("*.tsv"), key=_number)
    ]
    boas = [
        [_scoring(table[column]) for table in tables]
        for column in ("stage_ai", "stage_hum")
    ]
    return read_set(folder / "dod-o"), Nights.of(boas)


def read_set(folder: Path) -> Nights:
    """Read a folder a scorer; a night is what all of them scored under one name."""
    scorers = [
        {file.stem: file for file in one.iterdir()}
        for one in sorted(folder.iterdir())
        if one.is_dir()
    ]
    if len(scorers) < 2:
        raise SystemExit(f"{folder} has no two folders of scorers.")
    nights = sorted(set.intersection(*map(set, scorers)))
    return Nights.of(
        [[_whole(read_scoring(one[n])) for n in nights] for one in scorers]
    )


def _whole(scoring: Scoring) -> Scoring:
    return replace(scoring, lights_off_s=scoring.onset_s, lights_on_s=scoring.end_s)


def _number(path: Path) -> int:
    return int(path.name.split("_")[0].removeprefix("sub-"))


def _scoring(codes: pd.Series) -> Scoring:
    stages = [CODES.get(int(code), Stage.UNS) for code in codes]
    return _whole(Scoring.from_stages(stages))


def compare_scorers(
    left: pd.DataFrame, right: pd.DataFrame, name: str
) -> tuple[float, int]:
    """Return Spearman's rho of a column over the nights where both define it."""
    both = left[name].notna() & right[name].notna()
    one, other = left.loc[both, name], right.loc[both, name]
    if both.sum() < MIN_NIGHTS or one.nunique() < 2 or other.nunique() < 2:
        return np.nan, int(both.sum())
    return float(spearmanr(one, other).statistic), int(both.sum())


def weigh_sets(sets: list[list[tuple[float, int]]]) -> tuple[float, int]:
    """Return the mean of the sets' median rho, weighted by nights, and the nights.

    Parameters
    ----------
    sets : list of list of (float, int)
        Rho and nights of each pair of scorers. A set without any rho has no weight.
    """
    rated, nights = [], []
    for pairs in sets:
        rhos, counts = np.array(pairs, dtype=float).T
        nights.append(int(np.median(counts)))
        if not np.isnan(rhos).all():
            rated.append((float(np.nanmedian(rhos)), nights[-1]))
    if not rated:
        return np.nan, sum(nights)
    rhos, weights = zip(*rated, strict=True)
    return float(np.average(rhos, weights=weights)), sum(weights)


def rate_columns(experts: Sequence[Nights], boas: Nights) -> pd.DataFrame:
    """Return a row a column: rho, numbers of nights, bias and limits of agreement.

    Parameters
    ----------
    experts : sequence of Nights
        Sets of nights; a set's rho is the median over its pairs of scorers.
    boas : Nights
        Automatic, then experts.
    """
    sets = [list(combinations(one.with_rem().measures, 2)) for one in experts]
    automatic, human = boas.with_rem().measures
    rows = []
    for spec in METRICS:
        name = spec.name
        if spec.unit == "0 or 1" or name in NOT_SCORERS or automatic[name].isna().all():
            continue
        rho_experts, nights_experts = weigh_sets(
            [[compare_scorers(*pair, name) for pair in pairs] for pairs in sets]
        )
        between = np.concatenate(
            [(one[name] - other[name]).dropna() for one, other in chain(*sets)]
        )
        rho, nights = compare_scorers(automatic, human, name)
        difference = (automatic[name] - human[name]).dropna()
        spread = 1.96 * difference.std()
        rows.append(
            {
                "name": name,
                "unit": spec.unit,
                "experts": rho_experts,
                "experts_nights": nights_experts,
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


def shipped_error(interval: Interval, row: pd.Series) -> StagingError:
    """Return what the catalogue carries: limits of agreement where coverage fails."""
    if interval.is_honest:
        return interval.error
    # Automatic less human is bias; the value less it is the expert's.
    return StagingError(PLAIN, -row["high"], -row["low"])


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
                error = shipped_error(intervals[name], row)
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
    parser.add_argument(
        "--experts",
        nargs="+",
        type=Path,
        default=[],
        metavar="SET",
        help="folders of further nights, in each a folder a scorer",
    )
    asked = parser.parse_args()
    folder = asked.folder / "scoring"
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    dod, boas = read_nights(folder)
    further = {path.name: read_set(path) for path in asked.experts}
    rated = rate_columns([dod, *further.values()], boas)
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
        further=further,
        n3_held=held_by_experts(
            dod.with_rem().measures,
            "n3_min",
            shipped_error(intervals["n3_min"], rated.loc["n3_min"]),
        ),
    )
    (ROOT / "docs/reliability.md").write_text(page, encoding="utf-8")
    print(f"{len(rated)} columns rated, {len(intervals)} intervals measured.")


if __name__ == "__main__":
    main()

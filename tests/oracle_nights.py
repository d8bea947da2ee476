"""The nights that Luna measured, and what it found; see the data folder's README.

The whole hypnogram counts as lights-off to lights-on, as it did for Luna.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from psgkit.domain.scoring import Scoring, Stage
from psgkit.read import read_scoring

_CODES = {0: Stage.W, 1: Stage.N1, 2: Stage.N2, 3: Stage.N3, 4: Stage.R, 8: Stage.ART}


@cache
def oracle_nights(real_data: Path) -> dict[str, Scoring]:
    """Return the 124 nights by the oracle's name."""
    folder = real_data / "scoring"
    nights = {
        path.stem: _whole(read_scoring(path))
        for path in sorted((folder / "profusion").glob("*.xml"))
    }
    for path in sorted((folder / "boas").glob("*.tsv")):
        codes = pd.read_csv(path, sep="\t")["stage_hum"].fillna(-1)
        nights[f"boas-{path.name.split('_')[0]}"] = _scoring(codes)
    for path in sorted((folder / "dod-o/scorer_1").glob("*.json")):
        nights[f"dodo-{path.stem[:8]}"] = _scoring(json.loads(path.read_text("utf-8")))
    return nights


@cache
def luna(real_data: Path, table: str = "") -> pd.DataFrame:
    """Return one of Luna's tables: of nights, of ``_stages`` or of ``_cycles``."""
    return pd.read_csv(real_data / f"oracles/luna_hypno{table}.csv")


def _scoring(codes: "list[int] | pd.Series") -> Scoring:
    stages = [_CODES.get(int(code), Stage.UNS) for code in codes]
    return _whole(Scoring.from_stages(stages))


def _whole(scoring: Scoring) -> Scoring:
    return replace(scoring, lights_off_s=scoring.onset_s, lights_on_s=scoring.end_s)

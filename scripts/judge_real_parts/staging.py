"""Stages of psgkit's stagers against the experts', and the numbers they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import pandas as pd
from judge_real_parts.nights import LeftOut, TruthNight

from psgkit.domain.scoring import Scoring
from psgkit.errors import PsgkitError
from psgkit.measure import measure_scoring, metric_of
from psgkit.stage import compare_measures, compare_scorings

EXPERTS = "expert against expert"
SCORES = ("kappa", "accuracy", "macro_f1", "kappa_w", "kappa_n1", "kappa_n2")
SCORES = (*SCORES, "kappa_n3", "kappa_r")
# REM continuity and N3, the numbers that a report shows first, and what they rest on.
NUMBERS = (
    "rem_wmean_min_b2m",
    "rem_wmean_min_b6m",
    "remp_mean_min",
    "rem_min",
    "n3_min",
    "n3_pct",
    "tst_min",
)


@dataclass
class StagingTally:
    """Agreement of epochs and the numbers of each night, gathered night by night.

    Attributes
    ----------
    rows : list of dict
        A row a night, stager and expert: `SCORES`.
    numbers : list of dict
        A row a night and stager: `NUMBERS` of both.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    numbers: list[dict[str, object]] = field(default_factory=list)

    def add(self, night: str, who: str, test: Scoring, expert: Scoring) -> None:
        """Compare one staging with one expert's."""
        agreement = compare_scorings(test, expert).numbers
        self.rows.append(
            {"night": night, "who": who, **{name: agreement[name] for name in SCORES}}
        )
        own, other = measure_scoring(test), measure_scoring(expert)
        self.numbers.append(
            {
                "night": night,
                "who": who,
                **{name: own[name] for name in NUMBERS},
                **{f"expert_{name}": other[name] for name in NUMBERS},
            }
        )


def judge_night(
    night: TruthNight,
    staged: Mapping[str, Scoring],
    tally: StagingTally,
    left_out: LeftOut,
) -> None:
    """Compare every staging of a night with every expert, and these among themselves."""
    experts = [expert for expert in night.experts if expert.has_stages]
    if not experts:
        left_out.add(night.id, "stages were not scored")
    pairs = [
        *((who, test, expert) for who, test in staged.items() for expert in experts),
        *((EXPERTS, one, other) for one, other in combinations(experts, 2)),
    ]
    for who, test, expert in pairs:
        try:
            tally.add(night.id, who, test, expert)
        except PsgkitError as fault:
            left_out.add(f"{night.id}, {who}", fault)


def agreement_table(tally: StagingTally) -> pd.DataFrame:
    """Return the median over nights of each score, a row a stager."""
    rows = pd.DataFrame(tally.rows)
    by_night = rows.groupby(["who", "night"], sort=False)[list(SCORES)].mean()
    medians = by_night.groupby("who", sort=False).median()
    medians.insert(0, "nights", by_night.groupby("who", sort=False).size())
    medians = medians.rename(columns=lambda name: name.replace("_", " "))
    medians["lowest kappa"] = by_night["kappa"].groupby("who", sort=False).min()
    return medians.rename_axis("stager")


def number_table(tally: StagingTally) -> pd.DataFrame:
    """Return bias, limits of agreement and ICC of each number, by stager."""
    rows = pd.DataFrame(tally.numbers)
    tables = []
    for who, part in rows.groupby("who", sort=False):
        test = part[list(NUMBERS)].astype(float).reset_index(drop=True)
        expert = part[[f"expert_{name}" for name in NUMBERS]].astype(float)
        expert.columns = list(NUMBERS)
        compared = compare_measures(test, expert.reset_index(drop=True))
        compared = compared.reset_index().rename(columns={"column": "number"})
        compared["number"] = [f"{who}, {_words(name)}" for name in compared["number"]]
        tables.append(compared.rename(columns=_HEADINGS))
    return pd.concat(tables).set_index("number")


_HEADINGS = {
    "nights_n": "nights",
    "test_median": "stager's median",
    "reference_median": "expert's median",
    "loa_low": "95 % from",
    "loa_high": "to",
    "icc": "ICC",
    "spearman": "rho",
}


def _words(name: str) -> str:
    """Return a column's name for people, with its unit."""
    metric = metric_of(name)
    return f"{metric.label or name} ({metric.unit})"

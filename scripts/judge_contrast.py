"""Print how often `compare_groups` is right, in studies whose truth is planted.

    python scripts/judge_contrast.py [--draws 1000]

Type I error should be 0.03 to 0.07 and coverage 0.93 to 0.97. Power is compared with
that of the standard test of the same data: the paired t test or Welch's test.
"""

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from psgkit.cohort.statistics.contrast import compare_groups

# Named before anything was drawn; draw k of a case has the seed [SEED, case, k].
SEED = 26

COLUMN = "n3_min"


@dataclass(frozen=True)
class Case:
    """A kind of study, and the standard test of its data."""

    name: str
    draw: Callable[[np.random.Generator, float], pd.DataFrame]
    effect: float
    standard: Callable[[pd.DataFrame], float]
    column: str = COLUMN


@dataclass(frozen=True)
class Judged:
    """Counts over the draws of a case."""

    false: int
    found: int
    found_standard: int
    covered: int
    draws: int


def pairs(n: int) -> Callable[[np.random.Generator, float], pd.DataFrame]:
    """Return a maker of studies before and after, with correlation 0.6."""

    def draw(rng: np.random.Generator, effect: float) -> pd.DataFrame:
        own = rng.normal(60, 15, n)
        nights = [own + shift + rng.normal(0, 12, n) for shift in (0.0, effect)]
        return pd.DataFrame(
            {
                "person": np.tile(np.arange(n), 2),
                "group": np.repeat(["a before", "b after"], n),
                COLUMN: np.concatenate(nights),
            }
        )

    return draw


def groups(
    sizes: tuple[int, int],
    spreads: tuple[float, float] = (20.0, 20.0),
    zeros: float = 0,
) -> Callable[[np.random.Generator, float], pd.DataFrame]:
    """Return a maker of studies of two groups; a share of nights has no N3."""

    def draw(rng: np.random.Generator, effect: float) -> pd.DataFrame:
        parts = []
        for size, spread, shift in zip(sizes, spreads, (0.0, effect), strict=True):
            minutes = 50 + shift / (1 - zeros) + rng.normal(0, spread, size)
            parts.append(np.where(rng.random(size) < zeros, 0.0, minutes))
        return pd.DataFrame(
            {"group": np.repeat(["a", "b"], sizes), COLUMN: np.concatenate(parts)}
        )

    return draw


def counts(size: int) -> Callable[[np.random.Generator, float], pd.DataFrame]:
    """Return a maker of overdispersed counts an hour; the effect is a rate ratio."""

    def draw(rng: np.random.Generator, effect: float) -> pd.DataFrame:
        hours = rng.uniform(0.8, 2.2, 2 * size)
        ratio = np.repeat([1.0, np.exp(effect)], size)
        events = rng.poisson(rng.gamma(4, 12 * ratio * hours / 4))
        return pd.DataFrame(
            {
                "group": np.repeat(["a", "b"], size),
                "rem_min": 60 * hours,
                "rem_ari_per_h": events / hours,
            }
        )

    return draw


def nights_of_persons(
    people: int,
) -> Callable[[np.random.Generator, float], pd.DataFrame]:
    """Return a maker of two groups with two nights a person."""

    def draw(rng: np.random.Generator, effect: float) -> pd.DataFrame:
        own = rng.normal(60, 15, people) + effect * (np.arange(people) % 2)
        return pd.DataFrame(
            {
                "person": np.repeat(np.arange(people), 2),
                "group": np.repeat(np.where(np.arange(people) % 2, "b", "a"), 2),
                COLUMN: np.repeat(own, 2) + rng.normal(0, 12, 2 * people),
            }
        )

    return draw


def paired_t(table: pd.DataFrame) -> float:
    """Return p of the paired t test."""
    first, second = (part[COLUMN].to_numpy() for _, part in table.groupby("group"))
    return float(stats.ttest_rel(second, first).pvalue)


def welch(table: pd.DataFrame, column: str = COLUMN) -> float:
    """Return p of Welch's test, of the persons' means where they have several nights."""
    if "person" in table:
        table = table.groupby(["person", "group"], as_index=False)[column].mean()
    first, second = (part[column].to_numpy() for _, part in table.groupby("group"))
    return float(stats.ttest_ind(second, first, equal_var=False).pvalue)


def welch_of_logs(table: pd.DataFrame) -> float:
    """Return p of Welch's test of the logarithms of rates, half an event added."""
    hours = table["rem_min"] / 60
    logs = np.log((table["rem_ari_per_h"] * hours + 0.5) / hours)
    return welch(table.assign(log=logs), "log")


CASES = (
    *(Case(f"{n} pairs", pairs(n), effect, paired_t) for n, effect in
      ((6, 22.0), (8, 19.0), (12, 15.0))),
    Case("20 and 20 persons", groups((20, 20)), 16.0, welch),
    Case("20 and 20 persons, 32 % zeros", groups((20, 20), zeros=0.32), 24.0, welch),
    Case("10 and 30 persons, SD 30 and 15", groups((10, 30), (30.0, 15.0)), 24.0, welch),
    Case("8 and 40 persons", groups((8, 40)), 20.0, welch),
    Case("24 persons, 2 nights each", nights_of_persons(24), 18.0, welch),
    Case("20 and 20 persons, counts", counts(20), 0.5, welch_of_logs, "rem_ari_per_h"),
)  # fmt: skip


def judge(case: Case, draws: int) -> Judged:
    """Draw studies without and with the effect, and count what is found."""
    number = CASES.index(case)
    false = found = standard = covered = 0
    for each in range(draws):
        for effect in (0.0, case.effect):
            rng = np.random.default_rng([SEED, number, each])
            table = case.draw(rng, effect)
            row = compare_groups(table, group="group", columns=case.column).table.iloc[
                0
            ]
            truth = np.exp(effect) if row["scale"].startswith("rate") else effect
            if effect:
                found += row["p"] < 0.05
                standard += case.standard(table) < 0.05
                covered += row["low"] <= truth <= row["high"]
            else:
                false += row["p"] < 0.05
    return Judged(int(false), int(found), standard, int(covered), draws)


def main() -> None:
    """Print a row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000, help="studies a case")
    draws = parser.parse_args().draws
    print(f"{draws} studies a case, seeds [{SEED}, case, draw]")
    print("| study | type I | power | standard test | coverage |")
    print("| --- | --- | --- | --- | --- |")
    for case in CASES:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            judged = judge(case, draws)
        shares = (judged.false, judged.found, judged.found_standard, judged.covered)
        cells = " | ".join(f"{share / draws:.3f}" for share in shares)
        print(f"| {case.name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()

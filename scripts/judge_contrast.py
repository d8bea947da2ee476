"""Print how often `compare_groups` is right, in studies whose truth is planted.

    python scripts/judge_contrast.py [--draws 1000] [--only NUMBER ...]

Type I error should be 0.03 to 0.07 and coverage 0.93 to 0.97. Power is compared with
that of the best standard test of the same draws. A last table draws studies that lose
their worst nights, and asks how often the loss is said.
"""

import argparse
import re
import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from judge_contrast_parts.studies import CASES, Case, two_groups

from psgkit.cohort.statistics.contrast import compare_groups, make_study
from psgkit.cohort.statistics.fitted_column import Study, fit_column
from psgkit.cohort.statistics.model import ScaleChoice
from psgkit.cohort.statistics.persons import find_persons

# Named before anything was drawn; draw k of a case has the seed [SEED, case, k].
SEED = 26

# The case number of the studies that lose nights.
LOST = 1000


@dataclass(frozen=True)
class Judged:
    """Counts over the draws of a case.

    Attributes
    ----------
    false, found, covered : int
        Draws without an effect that were called different; draws with an effect that
        were; intervals of these that hold it.
    found_standard : dict of str to int
        What each standard test found in the same draws.
    estimate, effect_size : float
        Means over the draws with an effect, the estimate on the scale of the model.
    """

    false: int
    found: int
    covered: int
    found_standard: dict[str, int]
    estimate: float
    effect_size: float


def judge(case: Case, draws: int) -> Judged:
    """Draw studies without and with the effect, and count what is found."""
    number = CASES.index(case)
    person = find_persons(case.nights, None).column
    study = make_study(case.nights, person, case.group, case.covariates)
    false, rows = [], []
    standard = dict.fromkeys(case.standard, 0)
    for draw in range(draws):
        for effect in (0.0, case.effect):
            rng = np.random.default_rng([SEED, number, draw])
            table = case.nights.assign(
                **{case.column: case.values(rng, effect, case.nights)}
            )
            row = row_of(case, replace(study, nights=table))
            if effect:
                rows.append(row)
                for name, test in case.standard.items():
                    standard[name] += test(table, case.column) < 0.05
            else:
                false.append(row["p"])
    found = pd.DataFrame(rows)
    numbers = found[["estimate", "low", "high"]].to_numpy(float)
    if "ratio" in found["scale"][0]:
        numbers = np.log(numbers)
    estimate, low, high = numbers.T
    return Judged(
        false=int(np.sum(np.array(false) < 0.05)),
        found=int(np.sum(found["p"] < 0.05)),
        covered=int(np.sum((low <= case.effect) & (case.effect <= high))),
        found_standard={name: int(count) for name, count in standard.items()},
        estimate=float(np.nanmean(estimate)),
        effect_size=float(found["effect_size"].astype(float).mean()),
    )


def row_of(case: Case, study: Study) -> dict[str, object]:
    """Return the row of a comparison, without the texts beside it, for speed."""
    choice = None if case.scale is None else ScaleChoice(case.scale)
    rows = fit_column(study, case.column, choice, "")[case.part].rows
    return next(row for row in rows if case.term in ("", row["level"]))


@dataclass(frozen=True)
class Loss:
    """Counts over studies without a difference that lose the ten worst of 40 patients."""

    said: int
    bound_holds: int
    wrong_without: int


def judge_loss(draws: int) -> Loss:
    """Draw log-normal powers; the ten lowest nights of group b have no number."""
    said = holds = wrong = 0
    for draw in range(draws):
        rng = np.random.default_rng([SEED, LOST, draw])
        values = np.exp(rng.normal(5.5, 0.6, 80))
        values[40 + np.argsort(values[40:])[:10]] = np.nan
        table = two_groups(40, 40).assign(swa_uv2=values)
        found = compare_groups(table, group="group", columns="swa_uv2")
        bound = re.search(r"would be b ([\d.]+) to ([\d.]+)", " ".join(found.doubts))
        said += bound is not None
        holds += bound is not None and float(bound[1]) <= 1 <= float(bound[2])
        wrong += found.table["p"][0] < 0.05
    return Loss(said, holds, int(wrong))


def main() -> None:
    """Print a row a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=1000, help="studies a case")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of cases, from 0")
    asked = parser.parse_args()
    warnings.simplefilter("error")
    print(f"{asked.draws} studies a case, seeds [{SEED}, case, draw]\n")
    print(
        "| case | study | type I | power | best standard test | coverage | estimate"
        " (planted) | effect size (planted) |\n|" + " --- |" * 8
    )
    for number, case in enumerate(CASES):
        if asked.only is None or number in asked.only:
            print(
                f"| {number} | {case.name} | {_cells(case, asked.draws)} |", flush=True
            )
    if asked.only is None:
        loss = judge_loss(asked.draws)
        shares = (loss.wrong_without, loss.said, loss.bound_holds)
        wrong, said, holds = (f"{share / asked.draws:.3f}" for share in shares)
        print(
            "\nThe ten worst of 40 patients are lost, no difference is planted:"
            f" p under 0.05 in {wrong}; the loss is said in {said}; the bound holds the"
            f" truth in {holds}."
        )


def _cells(case: Case, draws: int) -> str:
    judged = judge(case, draws)
    best = max(judged.found_standard, key=lambda name: judged.found_standard[name])
    size = (
        ""
        if np.isnan(case.effect_size)
        else (f"{judged.effect_size:.3f} ({case.effect_size:.3f})")
    )
    return " | ".join(
        (
            f"{judged.false / draws:.3f}",
            f"{judged.found / draws:.3f}",
            f"{best} {judged.found_standard[best] / draws:.3f}",
            f"{judged.covered / draws:.3f}",
            f"{judged.estimate:.3f} ({case.effect:g})",
            size,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()

"""Fit the arousal rules' threshold to a laboratory's own scorers, and say how well.

Some subjects are set aside; on the nights of the others the threshold
``arousals.seed`` is swept, and the one with the highest F1 (mean over subjects; events
match one to one where they overlap by a fifth of their union) is judged on those set
aside. The threshold and the evidence are written as a settings file: with it,
``ar_calibrated`` is 1 where the rules find the arousals.

Agreement must reach F1 0.60, a kappa of 0.50 of "an arousal starts in this epoch" and,
from ten nights on, an ICC of the index of 0.60, all on subjects set aside. Below, the
file carries the threshold and no calibration.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from judge_real_parts.detectors import bare, by_psgkit
from judge_real_parts.nights import TruthNight

import psgkit
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.measure import measure_scoring
from psgkit.settings import ArousalSettings
from psgkit.stage.agreement import compare_arousals
from psgkit.stage.number_agreement import icc_2_1
from psgkit.stage.pairing import pair_scorings

LOWEST, HIGHEST = 1.8, 4.0
DEFAULT_SEED = ArousalSettings().seed
SCORES = ("f1", "precision", "recall", "kappa")
# For the use of an index in a cohort, on subjects that the threshold was not fitted to.
LEAST_F1, LEAST_KAPPA, LEAST_ICC = 0.60, 0.50, 0.60
LEAST_NIGHTS_FOR_ICC = 10
DRAWS = 2000


@dataclass(frozen=True)
class Verdict:
    """How the chosen threshold does on the subjects set aside."""

    evidence: str
    shortcomings: tuple[str, ...]


@dataclass
class Sweep:
    """What the rules find at each threshold, night by night.

    Parameters
    ----------
    step : float
        Between two thresholds.
    """

    step: float
    rows: list[dict[str, object]] = field(default_factory=list)

    @property
    def seeds(self) -> list[float]:
        """The thresholds, and the default among them."""
        n_steps = round((HIGHEST - LOWEST) / self.step)
        swept = np.round(np.linspace(LOWEST, HIGHEST, n_steps + 1), 3)
        return sorted({*swept.tolist(), DEFAULT_SEED})

    def add(
        self, night: TruthNight, expert: Scoring, spindles: pd.DataFrame | None
    ) -> None:
        """Hold the rules with each threshold against the expert.

        Raises
        ------
        InputError
            If the rules have no channel in this night.
        """
        expert_index = measure_scoring(expert)["ari_per_h"]
        for seed in self.seeds:
            settings = ArousalSettings(source="rules", seed=seed)
            found = by_psgkit(night, bare(expert), spindles, settings)
            agreement = compare_arousals(found, expert, pair_scorings(found, expert))
            if agreement is None:
                return
            self.rows.append(
                {
                    "subject": night.files.subject,
                    "seed": seed,
                    **{score: getattr(agreement, score) for score in SCORES},
                    "index": measure_scoring(found)["ari_per_h"],
                    "expert_index": expert_index,
                }
            )

    def verdict(self, share: float, draw: int) -> tuple[float, Verdict]:
        """Choose a threshold on some subjects and judge it on the others.

        Raises
        ------
        InputError
            If there are too few subjects, or no arousal in those that count.
        """
        if not self.rows:
            raise InputError("No night has both scored arousals and channels for them.")
        rows = pd.DataFrame(self.rows)
        aside = split(rows["subject"], share, draw)
        is_aside = rows["subject"].isin(aside)
        fitted, judged = rows[~is_aside], rows[is_aside]
        seed, _ = choose(fitted)
        if by_subject(judged, "f1").empty:
            raise InputError("There is no arousal in the nights that were set aside.")
        return seed, judge(judged, seed, counted(fitted[fitted["seed"] == seed]))


# Figures ----------------------------------------------------------------------------
def split(subjects: Iterable[str], share: float, draw: int) -> set[str]:
    """Return the subjects set aside: at least one, and not all."""
    names = sorted(set(subjects))
    if len(names) < 2:
        raise InputError("A calibration needs the nights of two subjects or more.")
    number = min(max(round(share * len(names)), 1), len(names) - 1)
    return set(np.random.default_rng(draw).permutation(names)[:number].tolist())


def by_subject(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return the mean of each subject's nights, where it is defined."""
    return rows.groupby("subject")[column].mean().dropna()


def choose(rows: pd.DataFrame) -> tuple[float, pd.Series]:
    """Return the threshold with the highest F1, and the F1 of each.

    Of equals, the one nearest to the default is taken.
    """
    scores = pd.Series(
        {seed: by_subject(part, "f1").mean() for seed, part in rows.groupby("seed")}
    ).dropna()
    if scores.empty:
        raise InputError("There is no arousal in the nights that are fitted to.")
    best = max(scores.index, key=lambda seed: (scores[seed], -abs(seed - DEFAULT_SEED)))
    return float(best), scores


def interval(values: npt.NDArray[np.float64]) -> str:
    """Return the 95 % bootstrap interval of a mean over subjects, in words."""
    if len(values) < 2:
        return "one subject"
    draws = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"95 % interval over subjects {low:.2f} to {high:.2f}"


def judge(rows: pd.DataFrame, seed: float, fitted: str) -> Verdict:
    """Say how a threshold does on nights that it was not fitted to."""
    chosen = rows[rows["seed"] == seed]
    usual = rows[rows["seed"] == DEFAULT_SEED]
    means = {score: float(by_subject(chosen, score).mean()) for score in SCORES}
    pairs = chosen[["index", "expert_index"]].dropna()
    has_icc = len(pairs) >= LEAST_NIGHTS_FOR_ICC
    icc = icc_2_1(pairs.to_numpy(dtype=float)) if has_icc else float("nan")
    f1_values = by_subject(chosen, "f1").to_numpy(dtype=float)
    evidence = (
        f"psgkit {psgkit.__version__}, judge_real.py: threshold {seed:g}, chosen "
        f"on {fitted}. On {counted(chosen)} set aside: F1 {means['f1']:.2f} "
        f"({interval(f1_values)}; {by_subject(usual, 'f1').mean():.2f} at the default "
        f"{DEFAULT_SEED:g}), precision {means['precision']:.2f}, recall "
        f"{means['recall']:.2f}, kappa of epochs {means['kappa']:.2f}, "
        f"{index_words(pairs)}, "
        + (f"ICC {icc:.2f}." if has_icc else "ICC not known from under 10 nights.")
    )
    floors = (
        ("F1", means["f1"], LEAST_F1),
        ("kappa", means["kappa"], LEAST_KAPPA),
        *((("ICC", icc, LEAST_ICC),) if has_icc else ()),
    )
    return Verdict(
        evidence,
        tuple(
            f"{name} {value:.2f}, which is not {least:.2f} or more"
            for name, value, least in floors
            if not value >= least
        ),
    )


def index_words(pairs: pd.DataFrame) -> str:
    """Return by how much the arousal index is off, in words."""
    if pairs.empty:
        return "index not known: no night has the sleep that it takes"
    bias = float((pairs["index"] - pairs["expert_index"]).mean())
    return (
        f"index {bias:+.1f} an hour to the experts' {pairs['expert_index'].mean():.1f}"
    )


def counted(rows: pd.DataFrame) -> str:
    """Return how many nights and subjects there are, in words."""
    nights, subjects = len(rows), rows["subject"].nunique()
    return f"{nights} night{'s' * (nights != 1)} of {subjects} subject" + "s" * (
        subjects != 1
    )


def settings_text(seed: float, verdict: Verdict) -> str:
    """Return the settings file; without calibration where agreement falls short."""
    lines = [
        "# Written by scripts/judge_real.py from nights that experts scored.",
        "# Copy the section into the laboratory's settings file, or use this one.",
        "[arousals]",
        'source = "rules"  # what was calibrated',
        f"seed = {seed:g}",
    ]
    if verdict.shortcomings:
        lines += [f"# Not calibrated: {'; '.join(verdict.shortcomings)}."]
        lines += [f"# {verdict.evidence}"]
    else:
        lines += [f"calibration = {json.dumps(verdict.evidence)}"]
    return "\n".join(lines) + "\n"

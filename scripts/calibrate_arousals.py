"""Fit the arousal rules' threshold to a laboratory's own scorers, and say how well.

    python scripts/calibrate_arousals.py NIGHTS.csv --out lab.toml

NIGHTS.csv is a manifest (docs/cohort.md) with the columns ``edf``, ``scoring`` and
``subject``: nights in which experts scored arousals. Some subjects are set aside; on
the nights of the others the threshold ``arousals.seed`` is swept, and the one with the
highest F1 (mean over subjects; events match one to one where they overlap by a fifth of
their union) is judged on those set aside. The threshold and the evidence are written as
a settings file: with it, ``ar_calibrated`` is 1.

Agreement must reach F1 0.60, a kappa of 0.50 of "an arousal starts in this epoch" and,
from ten nights on, an ICC of the index of 0.60, all on subjects set aside. Below, the
file carries the threshold and no calibration, and the script ends with status 1.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

import psgkit
from psgkit.cohort.jobs.manifest import read_manifest
from psgkit.domain.jobs import Job
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, PsgkitError
from psgkit.measure import measure_scoring
from psgkit.measure.arousals.source import with_arousals
from psgkit.measure.signals.night_signals import measure_eeg_channels
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import look_at, withhold_amplitudes
from psgkit.prepare.window import lay_on, mark_lights
from psgkit.read import read_recording, read_scoring
from psgkit.settings import ArousalSettings, Settings, load_settings
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
class ScoredNight:
    """A night with an expert's arousals, read and prepared as a report reads it."""

    subject: str
    recording: Recording
    expert: Scoring
    artefacts: Callable[[Channel], npt.NDArray[np.bool_]]
    spindles: pd.DataFrame | None


@dataclass(frozen=True)
class Verdict:
    """How the chosen threshold does on the subjects set aside."""

    evidence: str
    shortcomings: tuple[str, ...]


# Nights -----------------------------------------------------------------------------
def read_night(job: Job, settings: Settings) -> ScoredNight:
    """Read a night and its scoring.

    Raises
    ------
    InputError
        If one of them cannot be used, or its arousals were not scored.
    """
    if job.recording is None or job.scoring is None:
        raise InputError("has no recording or no scoring.")
    recording = withhold_amplitudes(
        look_at(
            rereference(
                read_recording(job.recording, id=job.night_id, settings=settings.read)
            )
        )
    )
    scoring = read_scoring(
        job.scoring, recording_start=recording.start, **settings.scoring.model_dump()
    )
    scoring, _ = lay_on(scoring, recording, align=settings.window.align)
    scoring, _ = mark_lights(
        scoring,
        recording,
        lights_off=job.lights_off,
        lights_on=job.lights_on,
        whole_recording=settings.window.lights == "recording",
    )
    if scoring.arousals is None:
        raise InputError("its arousals were not scored.")
    artefacts = artefact_masks(scoring)
    spindles = measure_eeg_channels(recording, scoring, artefacts).spindles
    subject = str(job.covariates["subject"])
    return ScoredNight(subject, recording, scoring, artefacts, spindles)


def read_nights(jobs: Iterable[Job], settings: Settings) -> Iterator[ScoredNight]:
    """Read nights one by one; say which cannot be used, and why."""
    for job in jobs:
        try:
            night = read_night(job, settings)
        except PsgkitError as fault:
            print(f"{job.night_id} left out: {fault}", file=sys.stderr)
        else:
            print(f"{job.night_id} is read", flush=True)
            yield night


def score_night(night: ScoredNight, seed: float) -> dict[str, object] | None:
    """Hold the rules with one threshold against the expert; None without channels."""
    counted = with_arousals(
        night.recording,
        night.expert,
        artefacts=night.artefacts,
        settings=ArousalSettings(source="rules", seed=seed),
        spindles=night.spindles,
    )
    found = counted.scoring
    agreement = compare_arousals(
        found, night.expert, pair_scorings(found, night.expert)
    )
    if agreement is None:
        return None
    return {
        "subject": night.subject,
        "seed": seed,
        **{score: getattr(agreement, score) for score in SCORES},
        "index": measure_scoring(found)["ari_per_h"],
        "expert_index": measure_scoring(night.expert)["ari_per_h"],
    }


def score_nights(nights: Iterable[ScoredNight], seeds: Iterable[float]) -> pd.DataFrame:
    """Return a row a night and threshold."""
    seeds = tuple(seeds)
    rows = (score_night(night, seed) for night in nights for seed in seeds)
    return pd.DataFrame([row for row in rows if row is not None])


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
        f"psgkit {psgkit.__version__}, calibrate_arousals.py: threshold {seed:g}, chosen "
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
        "# Written by scripts/calibrate_arousals.py from nights that experts scored.",
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


# The script -------------------------------------------------------------------------
def calibrate(
    jobs: list[Job],
    settings: Settings,
    seeds: npt.NDArray[np.float64],
    *,
    share: float,
    draw: int,
) -> tuple[float, Verdict]:
    """Choose a threshold on some subjects and judge it on the others.

    Raises
    ------
    InputError
        If a night names no subject, or there are too few that can be used.
    """
    without = [job.night_id for job in jobs if not job.covariates.get("subject")]
    if without:
        raise InputError(
            f"The manifest's column 'subject' is missing or empty for {without[0]}."
        )
    aside = split((str(job.covariates["subject"]) for job in jobs), share, draw)
    groups: dict[bool, list[Job]] = {True: [], False: []}
    for job in jobs:
        groups[str(job.covariates["subject"]) in aside].append(job)
    fitted = score_nights(read_nights(groups[False], settings), seeds.tolist())
    if fitted.empty:
        raise InputError("No night that is fitted to can be used.")
    seed, scores = choose(fitted)
    for value, f1 in scores.items():
        print(f"threshold {value:g}: F1 {f1:.3f}{' <' if value == seed else ''}")
    judged = score_nights(
        read_nights(groups[True], settings), sorted({seed, DEFAULT_SEED})
    )
    if judged.empty or by_subject(judged, "f1").empty:
        raise InputError("No night that was set aside can be used.")
    return seed, judge(judged, seed, counted(fitted[fitted["seed"] == seed]))


def main() -> int:
    """Read the options, calibrate, and write the settings file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("nights", type=Path, help="manifest: edf, scoring, subject")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("arousals.toml"),
        help="the settings file to write (arousals.toml)",
    )
    parser.add_argument("--config", type=Path, help="settings to read the nights with")
    parser.add_argument("--step", type=float, default=0.1, help="of the sweep")
    parser.add_argument("--aside", type=float, default=1 / 3, help="share of subjects")
    parser.add_argument("--draw", type=int, default=1, help="which subjects, by chance")
    options = parser.parse_args()
    n_steps = round((HIGHEST - LOWEST) / options.step)
    seeds = np.round(np.linspace(LOWEST, HIGHEST, n_steps + 1), 3)
    try:
        settings = load_settings(options.config) if options.config else Settings()
        seed, verdict = calibrate(
            read_manifest(options.nights),
            settings,
            seeds,
            share=options.aside,
            draw=options.draw,
        )
    except PsgkitError as fault:
        print(fault, file=sys.stderr)
        return 2
    options.out.write_text(settings_text(seed, verdict), encoding="utf-8")
    print(verdict.evidence)
    for shortcoming in verdict.shortcomings:
        print(f"Not calibrated: {shortcoming}.")
    print(f"{options.out.name} is written.")
    return 1 if verdict.shortcomings else 0


if __name__ == "__main__":
    sys.exit(main())

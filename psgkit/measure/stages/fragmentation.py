"""Fragmentation of sleep: METRICS section E. All counts lie in the sleep period."""

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    BITS,
    FRACTION,
    MIN_SLEEP_MIN,
    MINUTES,
    NO_SLEEP,
    PER_HOUR,
    PSGKIT,
    SHORT_SLEEP,
    MetricSpec,
    Value,
    per_sleep_hour,
    per_stage_hour,
    share,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts
from psgkit.measure.stages.survival import survival_median_min, survival_share

_SLEEP = slice(Stage.N1, Stage.R + 1)


def awakenings_from_sleep(night: Evidence) -> int:
    """Count the runs of W in the sleep period before which the last stage was sleep.

    Artefact between sleep and W hides the moment of awakening, not the awakening.
    """
    inside = night.stages[night.sleep_period]
    scored = inside[inside >= 0]
    return int(((scored[:-1] > 0) & (scored[1:] == Stage.W)).sum())


def sfi_morrell_per_h(night: Evidence) -> Value:
    """Return awakenings and shifts from N2, N3 or R to N1 per hour of sleep."""
    steps = night.transitions_in_sleep_period
    to_n1 = int(steps[Stage.N2 : Stage.R + 1, Stage.N1].sum())
    return per_sleep_hour(night, awakenings_from_sleep(night) + to_n1)


def sfi_haba_per_h(night: Evidence) -> Value:
    """Return awakenings and all shifts among sleep stages per hour of sleep."""
    among = night.transitions_in_sleep_period[_SLEEP, _SLEEP]
    shifts = int(among.sum() - np.trace(among))
    return per_sleep_hour(night, awakenings_from_sleep(night) + shifts)


def shift_per_h(night: Evidence) -> Value:
    """Return all changes of stage per hour of the sleep period."""
    if night.onset is None:
        return NO_SLEEP
    if night.sleep_min < MIN_SLEEP_MIN - 1e-9:
        return SHORT_SLEEP
    steps = night.transitions_in_sleep_period
    return int(steps.sum() - np.trace(steps)) / (night.sleep_period_min / 60)


def trans_entropy_bits(night: Evidence) -> Value:
    """Return the entropy of the next stage, given this one."""
    steps = night.transitions_in_sleep_period
    if steps.sum() == 0:
        return NO_SLEEP if night.onset is None else Undefined("no step was seen")
    inside = night.stages[night.sleep_period]
    shares = (
        np.bincount(inside[inside >= 0], minlength=len(steps)) / (inside >= 0).sum()
    )
    chances = steps / np.maximum(steps.sum(axis=1, keepdims=True), 1)
    logs = np.log2(chances, where=chances > 0, out=np.zeros_like(chances))
    return float(-(shares[:, None] * chances * logs).sum() + 0.0)


def stay_frac(night: Evidence, stage: Stage) -> Value:
    """Return the share of epochs of a stage that the same stage follows."""
    row = night.transitions_in_sleep_period[stage]
    if night.onset is None:
        return NO_SLEEP
    none = Undefined(f"no step from {stage.name} was seen")
    return share(int(row[stage]), int(row.sum()), none)


def exit_per_h(night: Evidence, stage: Stage) -> Value:
    """Return the exits from a stage per hour of it, over the whole window."""
    row = night.transitions[stage]
    exits = int(row.sum() - row[stage])
    return per_stage_hour(exits, night.minutes(stage), stage.name)


def _sleep_runs(night: Evidence) -> Bouts | Undefined:
    return NO_SLEEP if night.onset is None else night.bouts["sleep"]


_STAGES = (
    ("w", Stage.W),
    ("n1", Stage.N1),
    ("n2", Stage.N2),
    ("n3", Stage.N3),
    ("rem", Stage.R),
)

FRAGMENTATION = (
    MetricSpec(
        "sfi_morrell_per_h",
        PER_HOUR,
        "Sleep fragmentation index: awakenings and shifts from N2, N3 or R to N1 per "
        "hour of sleep.",
        "Morrell 2000, AJRCCM 162:2091",
        sfi_morrell_per_h,
    ),
    MetricSpec(
        "sfi_haba_per_h",
        PER_HOUR,
        "Sleep fragmentation index: awakenings and all shifts among sleep stages per "
        "hour of sleep.",
        "Haba-Rubio 2004, 10.1016/j.sleep.2004.06.007",
        sfi_haba_per_h,
    ),
    MetricSpec(
        "sfi_yasa_per_h",
        PER_HOUR,
        "Sleep fragmentation index: awakenings per hour of sleep; unlike YASA's, "
        "without the final awakening and with those after artefact.",
        "YASA SFI",
        lambda night: per_sleep_hour(night, awakenings_from_sleep(night)),
    ),
    MetricSpec(
        "shift_per_h",
        PER_HOUR,
        "Changes of stage per hour of the sleep period.",
        PSGKIT,
        shift_per_h,
    ),
    MetricSpec(
        "sleep_run_med_min",
        MINUTES,
        "Median length of uninterrupted sleep by Kaplan and Meier.",
        "Norman 2006, 10.1093/sleep/29.12.1625",
        lambda night: survival_median_min(night, _sleep_runs(night), "runs of sleep"),
    ),
    MetricSpec(
        "sleep_s10_frac",
        FRACTION,
        "Share of runs of uninterrupted sleep over 10 min, by Kaplan and Meier.",
        "Norman 2006, 10.1093/sleep/29.12.1625",
        lambda night: survival_share(night, _sleep_runs(night), 10.0, "runs of sleep"),
    ),
    MetricSpec(
        "trans_entropy_bits",
        BITS,
        "Entropy of the next epoch's stage, given this one's; it depends on the "
        "length of an epoch.",
        "Markov chain",
        trans_entropy_bits,
    ),
    *(
        MetricSpec(
            f"stay_{name}_frac",
            FRACTION,
            f"Share of the epochs of {stage.name} that {stage.name} follows, in the "
            "sleep period; it depends on the length of an epoch.",
            "Markov chain",
            lambda night, stage=stage: stay_frac(night, stage),  # type: ignore[misc]
        )
        for name, stage in _STAGES
    ),
    *(
        MetricSpec(
            f"{name}_exit_per_h",
            PER_HOUR,
            f"Exits from {stage.name} to another stage per hour of it.",
            "Laffan 2010",
            lambda night, stage=stage: exit_per_h(night, stage),  # type: ignore[misc]
        )
        for name, stage in _STAGES
        if stage is not Stage.R  # section B has it
    ),
)

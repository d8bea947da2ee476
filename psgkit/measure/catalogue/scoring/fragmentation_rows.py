"""Rows on the fragmentation of sleep (METRICS section E)."""

from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import BITS, FRACTION, MINUTES, PER_HOUR, PSGKIT, Row
from psgkit.measure.stages.fragmentation import (
    awakenings_from_sleep,
    exit_per_h,
    sfi_haba_per_h,
    sfi_morrell_per_h,
    shift_per_h,
    sleep_runs,
    stay_frac,
    trans_entropy_bits,
)
from psgkit.measure.survival import survival_median_min, survival_share
from psgkit.measure.values import per_sleep_hour

_fragmentation = partial(Metric, family=Family.FRAGMENTATION)
_sleep = partial(Metric, family=Family.SLEEP)

_STAGES = (
    ("w", Stage.W),
    ("n1", Stage.N1),
    ("n2", Stage.N2),
    ("n3", Stage.N3),
    ("rem", Stage.R),
)


FRAGMENTATION = (
    Row(
        _fragmentation(
            "sfi_morrell_per_h",
            PER_HOUR,
            "Sleep fragmentation index: awakenings and shifts from N2, N3 or R to N1 per "
            "hour of sleep.",
            "Morrell 2000, AJRCCM 162:2091",
            scale=Scale.COUNT,
            denominator=("tst_min",),
        ),
        sfi_morrell_per_h,
    ),
    Row(
        _fragmentation(
            "sfi_haba_per_h",
            PER_HOUR,
            "Sleep fragmentation index: awakenings and all shifts among sleep stages per "
            "hour of sleep.",
            "Haba-Rubio 2004, 10.1016/j.sleep.2004.06.007",
            scale=Scale.COUNT,
            denominator=("tst_min",),
        ),
        sfi_haba_per_h,
    ),
    Row(
        _fragmentation(
            "sfi_yasa_per_h",
            PER_HOUR,
            "Sleep fragmentation index: awakenings per hour of sleep; unlike YASA's, "
            "without the final awakening and with those after artefact.",
            "YASA SFI",
            scale=Scale.COUNT,
            denominator=("tst_min",),
        ),
        lambda night: per_sleep_hour(night, awakenings_from_sleep(night)),
    ),
    Row(
        _fragmentation(
            "shift_per_h",
            PER_HOUR,
            "Changes of stage per hour of the sleep period.",
            PSGKIT,
            scale=Scale.COUNT,
            denominator=("spt_min",),
        ),
        shift_per_h,
    ),
    Row(
        _fragmentation(
            "sleep_run_med_min",
            MINUTES,
            "Median length of uninterrupted sleep by Kaplan and Meier.",
            "Norman 2006, 10.1093/sleep/29.12.1625",
            scale=Scale.LOG,
        ),
        lambda night: survival_median_min(night, sleep_runs(night), "runs of sleep"),
    ),
    Row(
        _sleep(
            "sleep_s10_frac",
            FRACTION,
            "Share of runs of uninterrupted sleep over 10 min, by Kaplan and Meier.",
            "Norman 2006, 10.1093/sleep/29.12.1625",
            scale=Scale.LOGIT,
        ),
        lambda night: survival_share(night, sleep_runs(night), 10.0, "runs of sleep"),
    ),
    Row(
        _fragmentation(
            "trans_entropy_bits",
            BITS,
            "Entropy of the next epoch's stage, given this one's; it depends on the "
            "length of an epoch.",
            "Markov chain",
        ),
        trans_entropy_bits,
    ),
    *(
        Row(
            _fragmentation(
                f"stay_{name}_frac",
                FRACTION,
                f"Share of the epochs of {stage.name} that {stage.name} follows, in the "
                "sleep period; it depends on the length of an epoch.",
                "Markov chain",
                scale=Scale.LOGIT,
            ),
            lambda night, stage=stage: stay_frac(night, stage),  # type: ignore[misc]
        )
        for name, stage in _STAGES
    ),
    *(
        Row(
            Metric(
                f"{name}_exit_per_h",
                PER_HOUR,
                f"Exits from {stage.name} to another stage per hour of it.",
                "Laffan 2010",
                Family.DEEP_SLEEP if stage is Stage.N3 else Family.SLEEP,
                scale=Scale.COUNT,
                denominator=(f"{name}_min",),
            ),
            lambda night, stage=stage: exit_per_h(night, stage),  # type: ignore[misc]
        )
        for name, stage in _STAGES
        if stage is not Stage.R  # section B has it
    ),
)

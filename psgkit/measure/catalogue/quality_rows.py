"""Rows on the quality of a night."""

from collections.abc import Callable

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    BITS,
    FEINBERG,
    FLAG,
    FRACTION,
    OF_CHANNEL,
    PERCENT,
    PSGKIT,
    Row,
)
from psgkit.measure.stages.architecture import c1_split_candidate, last_remp_censored
from psgkit.measure.stages.confidence import (
    hypnodensity_entropy_bits,
    lowconf_pct,
    stage_conf_mean,
    stage_conf_rem,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.values import MIN_SLEEP_MIN, MIN_STAGE_MIN


def _flag(
    name: str,
    meaning: str,
    holds: Callable[[Evidence], bool],
    family: Family = Family.QUALITY,
    *,
    needs_scored: bool = True,
) -> Row:
    return Row(
        Metric(name, FLAG, meaning, PSGKIT, family),
        lambda night: float(holds(night)),
        needs_scored=needs_scored,
    )


FLAGS = (
    _flag(
        "lights_known",
        "Whether lights-off and lights-on are both known.",
        lambda night: night.lights_known,
        needs_scored=False,
    ),
    _flag(
        "main_sleep_only",
        "Whether other sleeps of a recording over 24 h were left aside.",
        lambda night: night.is_main_sleep,
        needs_scored=False,
    ),
    _flag(
        "starts_asleep",
        "Whether the first scored epoch is sleep.",
        lambda night: night.starts_asleep,
    ),
    _flag(
        "ends_asleep",
        "Whether the last scored epoch is sleep.",
        lambda night: night.ends_asleep,
    ),
    _flag(
        "no_rem", "Whether there is no R.", lambda night: night.first(Stage.R) is None
    ),
    _flag(
        "no_n3", "Whether there is no N3.", lambda night: night.first(Stage.N3) is None
    ),
    _flag(
        "tst_under_180min",
        "Whether there is too little sleep for nightly indices.",
        lambda night: night.sleep_min < MIN_SLEEP_MIN - 1e-9,
        Family.SLEEP,
    ),
    _flag(
        "rem_under_10min",
        "Whether there is too little R for rates per hour of it.",
        lambda night: night.minutes(Stage.R) < MIN_STAGE_MIN - 1e-9,
        Family.REM,
    ),
    _flag(
        "n3_under_10min",
        "Whether there is too little N3 for rates per hour of it.",
        lambda night: night.minutes(Stage.N3) < MIN_STAGE_MIN - 1e-9,
        Family.DEEP_SLEEP,
    ),
    Row(
        Metric(
            "last_remp_censored",
            FLAG,
            "Whether the end of the window cuts the last REM period.",
            FEINBERG,
            Family.REM,
        ),
        last_remp_censored,
    ),
    Row(
        Metric(
            "c1_split_candidate",
            FLAG,
            "Whether the first NREM period is over 120 min long and N3 returns in it, as "
            "when a first REM period was skipped; nothing is split.",
            "Feinberg & Floyd 1979; Blume & Cajochen 2021, 10.1016/j.mex.2021.101318",
            Family.SLEEP,
        ),
        c1_split_candidate,
    ),
)


_STEPHANSEN = "Stephansen 2018, 10.1038/s41467-018-07229-3"


CONFIDENCE = (
    Row(
        Metric(
            "stage_conf_mean",
            FRACTION,
            "Mean probability that the program gave to the likeliest stage of an epoch.",
            PSGKIT,
            Family.CONFIDENCE,
            scale=Scale.LOGIT,
        ),
        stage_conf_mean,
    ),
    Row(
        Metric(
            "stage_conf_rem",
            FRACTION,
            "Mean probability that the program gave to the likeliest stage of an epoch of "
            "R.",
            PSGKIT,
            Family.CONFIDENCE,
            scale=Scale.LOGIT,
        ),
        stage_conf_rem,
    ),
    Row(
        Metric(
            "lowconf_pct",
            PERCENT,
            "Share of epochs whose likeliest stage has a probability below 0.5.",
            PSGKIT,
            Family.CONFIDENCE,
            scale=Scale.LOGIT,
        ),
        lowconf_pct,
    ),
    Row(
        Metric(
            "hypnodensity_entropy_bits",
            BITS,
            "Mean entropy of an epoch's probabilities of the five stages.",
            _STEPHANSEN,
            Family.CONFIDENCE,
        ),
        hypnodensity_entropy_bits,
    ),
)

USABLE = (
    Metric(
        "usable_pct",
        PERCENT,
        "Share of sleep in which the channel was usable: an EEG without artefact, eyes "
        "and chin recorded and not flat, an ECG with a beat at least every 2 s.",
        PSGKIT,
        Family.QUALITY,
        per=OF_CHANNEL,
    ),
)

DETECTION = (
    Metric(
        "ar_calibrated",
        FLAG,
        "Whether the detector was fitted to expert-scored nights of the laboratory.",
        PSGKIT,
        Family.QUALITY,
    ),
)

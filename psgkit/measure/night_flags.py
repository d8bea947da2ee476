"""What to know of a night before its numbers are used, as columns of 0 and 1."""

from collections.abc import Callable

from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    FEINBERG,
    FLAG,
    MIN_SLEEP_MIN,
    MIN_STAGE_MIN,
    NO_REM,
    PSGKIT,
    MetricSpec,
    Value,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import hides_rem_period


def last_remp_censored(night: Evidence) -> Value:
    """Tell whether the end of the window cuts the last REM period."""
    return float(night.rem_periods[-1].is_censored) if night.rem_periods else NO_REM


def c1_split_candidate(night: Evidence) -> Value:
    """Tell whether the first NREM period may hide a skipped REM period."""
    if not night.rem_periods:
        return NO_REM
    return float(
        bool(night.cycles)
        and hides_rem_period(night.stages, night.cycles[0], night.epoch_s)
    )


def _flag(
    name: str,
    meaning: str,
    holds: Callable[[Evidence], bool],
    *,
    needs_scored: bool = True,
) -> MetricSpec:
    return MetricSpec(
        name,
        FLAG,
        meaning,
        PSGKIT,
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
    ),
    _flag(
        "rem_under_10min",
        "Whether there is too little R for rates per hour of it.",
        lambda night: night.minutes(Stage.R) < MIN_STAGE_MIN - 1e-9,
    ),
    _flag(
        "n3_under_10min",
        "Whether there is too little N3 for rates per hour of it.",
        lambda night: night.minutes(Stage.N3) < MIN_STAGE_MIN - 1e-9,
    ),
    MetricSpec(
        "last_remp_censored",
        FLAG,
        "Whether the end of the window cuts the last REM period.",
        FEINBERG,
        last_remp_censored,
    ),
    MetricSpec(
        "c1_split_candidate",
        FLAG,
        "Whether the first NREM period is over 120 min long and N3 returns in it, as "
        "when a first REM period was skipped; nothing is split.",
        "Feinberg & Floyd 1979; Blume & Cajochen 2021, 10.1016/j.mex.2021.101318",
        c1_split_candidate,
    ),
)

"""Rows on the latencies of sleep and of stages (METRICS section A)."""

from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale, Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import AASM, FLAG, MINUTES, PSGKIT, Row
from psgkit.measure.stages.latencies import (
    latency_min,
    rem_lat_lo_min,
    rem_lat_min,
    rem_lat_nowake_min,
    remp1_lat_min,
    sol10_min,
    sol_min,
    soremp,
)
from psgkit.measure.values import NO_N3

_deep_sleep = partial(Metric, family=Family.DEEP_SLEEP)
_sleep = partial(Metric, family=Family.SLEEP)

LATENCIES = (
    Row(
        _sleep(
            "sol_min",
            MINUTES,
            "Sleep latency: lights-off to sleep onset.",
            AASM,
            label="Sleep latency",
            section="Sleep",
            place=53,
            scale=Scale.MINUTES,
        ),
        sol_min,
    ),
    Row(
        _sleep(
            "sol10_min",
            MINUTES,
            "Latency to persistent sleep: lights-off to the first 10 min of unbroken "
            "sleep.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        sol10_min,
    ),
    Row(
        _sleep(
            "n2_lat_min",
            MINUTES,
            "Sleep onset to the first N2.",
            AASM,
            scale=Scale.MINUTES,
        ),
        lambda night: latency_min(night, night.first(Stage.N2), Undefined("no N2")),
    ),
    Row(
        _deep_sleep(
            "n3_lat_min",
            MINUTES,
            "Sleep onset to the first N3.",
            AASM,
            scale=Scale.MINUTES,
        ),
        lambda night: latency_min(night, night.first(Stage.N3), NO_N3),
    ),
    Row(
        _sleep(
            "rem_lat_min",
            MINUTES,
            "Sleep onset to the first R.",
            AASM,
            label="REM latency",
            section="REM sleep",
            place=23,
            scale=Scale.MINUTES,
        ),
        rem_lat_min,
    ),
    Row(
        _sleep(
            "rem_lat_nowake_min",
            MINUTES,
            "Sleep onset to the first R, wake left out.",
            "Luna REM_LAT2",
            scale=Scale.MINUTES,
        ),
        rem_lat_nowake_min,
    ),
    Row(
        _sleep(
            "rem_lat_lo_min",
            MINUTES,
            "Lights-off to the first R.",
            "YASA Lat_REM",
            scale=Scale.MINUTES,
        ),
        rem_lat_lo_min,
    ),
    Row(
        _sleep(
            "remp1_lat_min",
            MINUTES,
            "Sleep onset to the first REM period with at least 5 min of R.",
            PSGKIT,
            label="Latency of the first REM period",
            section="REM sleep",
            place=24,
            scale=Scale.MINUTES,
        ),
        remp1_lat_min,
    ),
    Row(
        _sleep(
            "soremp",
            FLAG,
            "Whether R came within 15 min of sleep onset; experts' scorings only.",
            AASM,
        ),
        soremp,
    ),
)

"""Rows on the latencies of sleep and of stages (METRICS section A)."""

from psgkit.domain.metrics import Family, Metric, Scale, Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    AASM,
    FLAG,
    MINUTES,
    PSGKIT,
    Row,
)
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

LATENCIES = (
    Row(
        Metric(
            "sol_min",
            MINUTES,
            "Sleep latency: lights-off to sleep onset.",
            AASM,
            Family.SLEEP,
            label="Sleep latency",
            section="Sleep",
            place=53,
            scale=Scale.MINUTES,
        ),
        sol_min,
    ),
    Row(
        Metric(
            "sol10_min",
            MINUTES,
            "Latency to persistent sleep: lights-off to the first 10 min of unbroken "
            "sleep.",
            PSGKIT,
            Family.SLEEP,
            scale=Scale.MINUTES,
        ),
        sol10_min,
    ),
    Row(
        Metric(
            "n2_lat_min",
            MINUTES,
            "Sleep onset to the first N2.",
            AASM,
            Family.SLEEP,
            scale=Scale.MINUTES,
        ),
        lambda night: latency_min(night, night.first(Stage.N2), Undefined("no N2")),
    ),
    Row(
        Metric(
            "n3_lat_min",
            MINUTES,
            "Sleep onset to the first N3.",
            AASM,
            Family.DEEP_SLEEP,
            scale=Scale.MINUTES,
        ),
        lambda night: latency_min(night, night.first(Stage.N3), NO_N3),
    ),
    Row(
        Metric(
            "rem_lat_min",
            MINUTES,
            "Sleep onset to the first R.",
            AASM,
            Family.SLEEP,
            label="REM latency",
            section="REM sleep",
            place=23,
            scale=Scale.MINUTES,
        ),
        rem_lat_min,
    ),
    Row(
        Metric(
            "rem_lat_nowake_min",
            MINUTES,
            "Sleep onset to the first R, wake left out.",
            "Luna REM_LAT2",
            Family.SLEEP,
            scale=Scale.MINUTES,
        ),
        rem_lat_nowake_min,
    ),
    Row(
        Metric(
            "rem_lat_lo_min",
            MINUTES,
            "Lights-off to the first R.",
            "YASA Lat_REM",
            Family.SLEEP,
            scale=Scale.MINUTES,
        ),
        rem_lat_lo_min,
    ),
    Row(
        Metric(
            "remp1_lat_min",
            MINUTES,
            "Sleep onset to the first REM period with at least 5 min of R.",
            PSGKIT,
            Family.SLEEP,
            label="Latency of the first REM period",
            section="REM sleep",
            place=24,
            scale=Scale.MINUTES,
        ),
        remp1_lat_min,
    ),
    Row(
        Metric(
            "soremp",
            FLAG,
            "Whether R came within 15 min of sleep onset; experts' scorings only.",
            AASM,
            Family.SLEEP,
        ),
        soremp,
    ),
)

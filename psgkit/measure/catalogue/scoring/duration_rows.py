"""Rows on the durations and shares of the stages (METRICS section A)."""

from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import AASM, COUNT, MINUTES, PERCENT, PSGKIT, Row
from psgkit.measure.stages.architecture import (
    NREM,
    fwt_min,
    qc_unscored_pct,
    rec_min,
    se_pct,
    sme_pct,
    spt_min,
    stage_pct,
    tib_min,
    unscored_min,
    waso_aasm_min,
    waso_min,
    window_day,
    window_start_min,
)

_deep_sleep = partial(Metric, family=Family.DEEP_SLEEP)
_sleep = partial(Metric, family=Family.SLEEP)

ARCHITECTURE = (
    Row(
        _sleep(
            "rec_min", MINUTES, "Length of the whole scoring.", PSGKIT, scale=Scale.LOG
        ),
        rec_min,
        needs_scored=False,
    ),
    Row(
        _sleep(
            "window_start_min",
            MINUTES,
            "Start of the window that was measured, after the recording's start.",
            PSGKIT,
            scale=Scale.NONE,
        ),
        window_start_min,
        needs_scored=False,
    ),
    Row(
        _sleep(
            "window_day",
            COUNT,
            "Day on which the window starts; 1 is the day of the recording's start.",
            PSGKIT,
            scale=Scale.NONE,
        ),
        window_day,
        needs_scored=False,
    ),
    Row(
        _sleep(
            "tib_min",
            MINUTES,
            "Time in bed: lights-off to lights-on (total recording time).",
            AASM,
            scale=Scale.LOG,
        ),
        tib_min,
        needs_scored=False,
    ),
    Row(
        _sleep(
            "spt_min",
            MINUTES,
            "Sleep period: first to last epoch of sleep, both included.",
            AASM,
            scale=Scale.LOG,
        ),
        spt_min,
    ),
    Row(
        _sleep(
            "tst_min",
            MINUTES,
            "Total sleep time: N1, N2, N3 and R.",
            AASM,
            label="Total sleep time",
            section="Sleep",
            place=51,
            scale=Scale.LOG,
            plausible=(60, 720),
        ),
        lambda night: night.sleep_min,
    ),
    Row(
        _sleep(
            "se_pct",
            PERCENT,
            "Sleep efficiency: total sleep time as a share of time in bed.",
            AASM,
            label="Sleep efficiency",
            section="Sleep",
            place=52,
            scale=Scale.LOGIT,
        ),
        se_pct,
    ),
    Row(
        _sleep(
            "sme_pct",
            PERCENT,
            "Sleep maintenance efficiency: total sleep time as a share of the sleep "
            "period.",
            AASM,
            scale=Scale.LOGIT,
        ),
        sme_pct,
    ),
    Row(
        _sleep(
            "waso_min",
            MINUTES,
            "Wake after sleep onset, within the sleep period.",
            AASM,
            label="Wake after sleep onset, within the sleep period",
            section="Sleep",
            place=54,
            scale=Scale.MINUTES,
        ),
        waso_min,
    ),
    Row(
        _sleep(
            "waso_aasm_min",
            MINUTES,
            "Wake after sleep onset until lights-on, wake after the final awakening "
            "included.",
            AASM,
            scale=Scale.MINUTES,
        ),
        waso_aasm_min,
    ),
    Row(
        _sleep(
            "fwt_min",
            MINUTES,
            "Wake after the final awakening, until lights-on.",
            "Luna",
            scale=Scale.MINUTES,
        ),
        fwt_min,
    ),
    Row(
        _sleep(
            "w_min",
            MINUTES,
            "Time scored W in the whole window, before and after sleep too.",
            AASM,
            scale=Scale.MINUTES,
        ),
        lambda night: night.minutes(Stage.W),
    ),
    Row(
        _sleep("n1_min", MINUTES, "Time scored N1.", AASM, scale=Scale.MINUTES),
        lambda night: night.minutes(Stage.N1),
    ),
    Row(
        _sleep("n2_min", MINUTES, "Time scored N2.", AASM, scale=Scale.MINUTES),
        lambda night: night.minutes(Stage.N2),
    ),
    Row(
        _deep_sleep(
            "n3_min",
            MINUTES,
            "Time scored N3.",
            AASM,
            label="N3 sleep",
            section="N3, deep sleep",
            place=31,
            headline=True,
            scale=Scale.MINUTES,
        ),
        lambda night: night.minutes(Stage.N3),
    ),
    Row(
        _sleep(
            "nrem_min", MINUTES, "Time scored N1, N2 or N3.", AASM, scale=Scale.MINUTES
        ),
        lambda night: night.minutes(*NREM),
    ),
    Row(
        _sleep(
            "rem_min",
            MINUTES,
            "Time scored R.",
            AASM,
            label="REM sleep",
            section="REM sleep",
            place=21,
            scale=Scale.MINUTES,
        ),
        lambda night: night.minutes(Stage.R),
    ),
    Row(
        _sleep(
            "n1_pct",
            PERCENT,
            "Share of total sleep time scored N1.",
            AASM,
            scale=Scale.LOGIT,
        ),
        lambda night: stage_pct(night, Stage.N1),
    ),
    Row(
        _sleep(
            "n2_pct",
            PERCENT,
            "Share of total sleep time scored N2.",
            AASM,
            scale=Scale.LOGIT,
        ),
        lambda night: stage_pct(night, Stage.N2),
    ),
    Row(
        _deep_sleep(
            "n3_pct",
            PERCENT,
            "Share of total sleep time scored N3.",
            AASM,
            label="N3 sleep, share",
            section="N3, deep sleep",
            place=32,
            headline=True,
            scale=Scale.LOGIT,
            plausible=(0, 50),
        ),
        lambda night: stage_pct(night, Stage.N3),
    ),
    Row(
        _sleep(
            "nrem_pct",
            PERCENT,
            "Share of total sleep time scored N1, N2 or N3.",
            AASM,
            scale=Scale.LOGIT,
        ),
        lambda night: stage_pct(night, *NREM),
    ),
    Row(
        _sleep(
            "rem_pct",
            PERCENT,
            "Share of total sleep time scored R.",
            AASM,
            label="REM sleep, share",
            section="REM sleep",
            place=22,
            scale=Scale.LOGIT,
            plausible=(0, 40),
        ),
        lambda night: stage_pct(night, Stage.R),
    ),
    Row(
        _sleep(
            "unscored_min",
            MINUTES,
            "Time of the whole window that is artefact or not scored.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        unscored_min,
        needs_scored=False,
    ),
    Row(
        Metric(
            "qc_unscored_pct",
            PERCENT,
            "Share of the sleep period that is artefact or not scored.",
            PSGKIT,
            Family.QUALITY,
            scale=Scale.LOGIT,
        ),
        qc_unscored_pct,
    ),
)

"""Rows on heart rate and oxygen saturation, found in the signals (METRICS section M)."""

from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.measure.catalogue.rows import (
    BPM,
    FRACTION,
    HERTZ,
    LECCI,
    MINUTES,
    MS,
    MS2,
    OF_STAGE,
    PER_HOUR,
    PERCENT,
    PSGKIT,
    RATIO,
)

TASK_FORCE = "Task Force 1996, 10.1161/01.CIR.93.5.1043"
LIPPONEN = "Lipponen & Tarvainen 2019, 10.1080/03091902.2019.1640306"
SFORZA = "after Sforza 2000, 10.1016/S1388-2457(00)00365-8"
_heart = partial(Metric, family=Family.HEART)
_rate = partial(_heart, unit=BPM, same=("heart_source",))
_variability = partial(
    _heart, source=TASK_FORCE, scale=Scale.LOG, per=OF_STAGE, unit=MS2
)
_oxygen = partial(Metric, family=Family.BODY, source=PSGKIT)

HEART_BY_STAGE = (
    _rate(
        "hr_mean_bpm",
        meaning="Mean heart rate from beat to beat, of all sleep where no stage is named.",
        source=TASK_FORCE,
        label="Mean heart rate",
        scale=Scale.LOG,
        plausible=(35, 130),
        per=OF_STAGE,
    ),
)

HEART = (
    *HEART_BY_STAGE,
    _rate(
        "hr_min_bpm",
        meaning="Lowest heart rate in sleep, over five beats.",
        source=PSGKIT,
        label="Lowest heart rate in sleep",
        scale=Scale.LOG,
        plausible=(25, 110),
    ),
    _rate(
        "hr_max_bpm",
        meaning="Highest heart rate in sleep, over five beats.",
        source=PSGKIT,
        label="Highest heart rate in sleep",
        scale=Scale.LOG,
        plausible=(45, 200),
    ),
    _rate(
        "hr_rem_nrem_diff_bpm",
        meaning="Mean heart rate in REM sleep less that in NREM sleep.",
        source=PSGKIT,
        label="Heart rate, REM less NREM",
        plausible=(-20, 30),
    ),
    _heart(
        "beats_corrected_pct",
        PERCENT,
        "Share of heart beats in sleep that were ectopic, missed or extra, and were "
        "corrected.",
        LIPPONEN,
        scale=Scale.LOGIT,
    ),
)

_STRETCHES = "mean of clean stretches of 5 min of the stage."
VARIABILITY = (
    _variability(
        "hrv_rmssd_ms",
        unit=MS,
        meaning="Root mean square of successive differences between heart beats, "
        + _STRETCHES,
        label="Heart rate variability (RMSSD)",
        plausible=(3, 300),
    ),
    _variability(
        "hrv_lf_ms2",
        meaning=f"Power of heart beat intervals from 0.04 to 0.15 Hz, {_STRETCHES}",
    ),
    _variability(
        "hrv_hf_ms2",
        meaning=f"Power of heart beat intervals from 0.15 to 0.4 Hz, {_STRETCHES}",
    ),
    _variability(
        "hrv_lf_hf",
        unit=RATIO,
        meaning="Mean power of heart beat intervals from 0.04 to 0.15 Hz over that from "
        "0.15 to 0.4 Hz.",
    ),
)

AROUSAL_RISE = (
    _heart(
        "ar_hr_rise_bpm",
        BPM,
        "Rise of heart rate at an arousal: the highest of three beats within 15 s less "
        "the mean of 10 s before, median, less the same at moments without an arousal.",
        SFORZA,
        label="Rise of heart rate at an arousal",
        same=("arousal_source",),
        plausible=(-5, 40),
        per=OF_STAGE,
    ),
)

INFRASLOW_HEART = (
    _heart(
        "isf_hr_relpeak",
        RATIO,
        "Infraslow fluctuation of heart rate in N2: largest ratio of its spectrum to a "
        "red-noise background from 0.01 to 0.04 Hz.",
        LECCI,
        scale=Scale.LOG,
    ),
    _heart(
        "isf_hr_p",
        "probability",
        "Share of surrogates without a rhythm that reach that ratio of heart rate.",
        PSGKIT,
        scale=Scale.NONE,
    ),
    _heart(
        "isf_hr_peak_hz",
        HERTZ,
        "Frequency of the infraslow peak of heart rate, where fewer than 5 % of "
        "surrogates reach it.",
        LECCI,
    ),
    _heart(
        "isf_sigma_hr_coh",
        FRACTION,
        "Squared coherence of sigma power and heart rate in N2 at the infraslow peak of "
        "sigma power.",
        LECCI,
        scale=Scale.LOGIT,
    ),
    _heart(
        "isf_sigma_hr_p",
        "probability",
        "Share of surrogates that reach that coherence: heart rate shifted within bouts.",
        PSGKIT,
        scale=Scale.NONE,
    ),
)


def _fall_rows(points: int) -> tuple[Metric, ...]:
    rows = (
        ("", "sleep", "tst_min"),
        ("_rem", "REM sleep", "rem_min"),
        ("_nrem", "NREM sleep", "n1_min n2_min n3_min"),
    )
    return tuple(
        _oxygen(
            f"odi{points}_auto{part}_per_h",
            PER_HOUR,
            f"Falls of saturation of at least {points} points that begin in {words}, "
            "found in the signal, per hour of it with valid saturation.",
            source="after AASM; psgkit",
            scale=Scale.COUNT,
            denominator=tuple(minutes.split()),
        )
        for part, words, minutes in rows
    )


OXYGEN = (
    _oxygen(
        "spo2_mean_pct",
        PERCENT,
        "Mean oxygen saturation in sleep.",
        label="Mean saturation",
        plausible=(75, 100),
    ),
    _oxygen(
        "spo2_min_pct",
        PERCENT,
        "Lowest oxygen saturation in sleep.",
        label="Lowest saturation",
    ),
    _oxygen(
        "t90_min",
        MINUTES,
        "Minutes of sleep with an oxygen saturation under 90 %.",
        label="Time under 90 % saturation",
        scale=Scale.MINUTES,
    ),
    _oxygen(
        "t90_pct",
        PERCENT,
        "Share of sleep with an oxygen saturation under 90 %.",
        label="Share of sleep under 90 % saturation",
        scale=Scale.LOGIT,
    ),
    *_fall_rows(3),
    *_fall_rows(4),
)

"""Rows on heart rate and oxygen saturation, found in the signals (METRICS section M)."""

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.measure.catalogue.rows import (
    FRACTION,
    HERTZ,
    LECCI,
    MINUTES,
    OF_STAGE,
    PER_HOUR,
    PERCENT,
    PSGKIT,
    RATIO,
)

BPM = "beats per minute"
MS = "milliseconds"
MS2 = "square milliseconds"
TASK_FORCE = "Task Force 1996, 10.1161/01.CIR.93.5.1043"
LIPPONEN = "Lipponen & Tarvainen 2019, 10.1080/03091902.2019.1640306"
SFORZA = "after Sforza 2000, 10.1016/S1388-2457(00)00365-8"
_SAME = ("heart_source",)

HEART_BY_STAGE = (
    Metric(
        "hr_mean_bpm",
        BPM,
        "Mean heart rate from beat to beat, of all sleep where no stage is named.",
        TASK_FORCE,
        Family.HEART,
        label="Mean heart rate",
        scale=Scale.LOG,
        same=_SAME,
        plausible=(35, 130),
        per=OF_STAGE,
    ),
)

HEART = (
    *HEART_BY_STAGE,
    Metric(
        "hr_min_bpm",
        BPM,
        "Lowest heart rate in sleep, over five beats.",
        PSGKIT,
        Family.HEART,
        label="Lowest heart rate in sleep",
        scale=Scale.LOG,
        same=_SAME,
        plausible=(25, 110),
    ),
    Metric(
        "hr_max_bpm",
        BPM,
        "Highest heart rate in sleep, over five beats.",
        PSGKIT,
        Family.HEART,
        label="Highest heart rate in sleep",
        scale=Scale.LOG,
        same=_SAME,
        plausible=(45, 200),
    ),
    Metric(
        "hr_rem_nrem_diff_bpm",
        BPM,
        "Mean heart rate in REM sleep less that in NREM sleep.",
        PSGKIT,
        Family.HEART,
        label="Heart rate, REM less NREM",
        same=_SAME,
        plausible=(-20, 30),
    ),
    Metric(
        "beats_corrected_pct",
        PERCENT,
        "Share of heart beats in sleep that were ectopic, missed or extra, and were "
        "corrected.",
        LIPPONEN,
        Family.HEART,
        scale=Scale.LOGIT,
    ),
)

VARIABILITY = (
    Metric(
        "hrv_rmssd_ms",
        MS,
        "Root mean square of successive differences between heart beats, mean of clean "
        "stretches of 5 min of the stage.",
        TASK_FORCE,
        Family.HEART,
        label="Heart rate variability (RMSSD)",
        scale=Scale.LOG,
        plausible=(3, 300),
        per=OF_STAGE,
    ),
    Metric(
        "hrv_lf_ms2",
        MS2,
        "Power of heart beat intervals from 0.04 to 0.15 Hz, mean of clean stretches of "
        "5 min of the stage.",
        TASK_FORCE,
        Family.HEART,
        scale=Scale.LOG,
        per=OF_STAGE,
    ),
    Metric(
        "hrv_hf_ms2",
        MS2,
        "Power of heart beat intervals from 0.15 to 0.4 Hz, mean of clean stretches of "
        "5 min of the stage.",
        TASK_FORCE,
        Family.HEART,
        scale=Scale.LOG,
        per=OF_STAGE,
    ),
    Metric(
        "hrv_lf_hf",
        RATIO,
        "Mean power of heart beat intervals from 0.04 to 0.15 Hz over that from 0.15 to "
        "0.4 Hz.",
        TASK_FORCE,
        Family.HEART,
        scale=Scale.LOG,
        per=OF_STAGE,
    ),
)

AROUSAL_RISE = (
    Metric(
        "ar_hr_rise_bpm",
        BPM,
        "Rise of heart rate at an arousal: the highest of three beats within 15 s less "
        "the mean of 10 s before, median, less the same at moments without an arousal.",
        SFORZA,
        Family.HEART,
        label="Rise of heart rate at an arousal",
        same=("arousal_source",),
        plausible=(-5, 40),
        per=OF_STAGE,
    ),
)

INFRASLOW_HEART = (
    Metric(
        "isf_hr_relpeak",
        RATIO,
        "Infraslow fluctuation of heart rate in N2: largest ratio of its spectrum to a "
        "red-noise background from 0.01 to 0.04 Hz.",
        LECCI,
        Family.HEART,
        scale=Scale.LOG,
    ),
    Metric(
        "isf_hr_p",
        "probability",
        "Share of surrogates without a rhythm that reach that ratio of heart rate.",
        PSGKIT,
        Family.HEART,
        scale=Scale.NONE,
    ),
    Metric(
        "isf_hr_peak_hz",
        HERTZ,
        "Frequency of the infraslow peak of heart rate, where fewer than 5 % of "
        "surrogates reach it.",
        LECCI,
        Family.HEART,
    ),
    Metric(
        "isf_sigma_hr_coh",
        FRACTION,
        "Squared coherence of sigma power and heart rate in N2 at the infraslow peak of "
        "sigma power.",
        LECCI,
        Family.HEART,
        scale=Scale.LOGIT,
    ),
    Metric(
        "isf_sigma_hr_p",
        "probability",
        "Share of surrogates that reach that coherence: heart rate shifted within bouts.",
        PSGKIT,
        Family.HEART,
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
        Metric(
            f"odi{points}_auto{part}_per_h",
            PER_HOUR,
            f"Falls of saturation of at least {points} points that begin in {words}, "
            "found in the signal, per hour of it with valid saturation.",
            "after AASM; psgkit",
            Family.BODY,
            scale=Scale.COUNT,
            denominator=tuple(minutes.split()),
        )
        for part, words, minutes in rows
    )


OXYGEN = (
    Metric(
        "spo2_mean_pct",
        PERCENT,
        "Mean oxygen saturation in sleep.",
        PSGKIT,
        Family.BODY,
        label="Mean saturation",
        plausible=(75, 100),
    ),
    Metric(
        "spo2_min_pct",
        PERCENT,
        "Lowest oxygen saturation in sleep.",
        PSGKIT,
        Family.BODY,
        label="Lowest saturation",
    ),
    Metric(
        "t90_min",
        MINUTES,
        "Minutes of sleep with an oxygen saturation under 90 %.",
        PSGKIT,
        Family.BODY,
        label="Time under 90 % saturation",
        scale=Scale.MINUTES,
    ),
    Metric(
        "t90_pct",
        PERCENT,
        "Share of sleep with an oxygen saturation under 90 %.",
        PSGKIT,
        Family.BODY,
        label="Share of sleep under 90 % saturation",
        scale=Scale.LOGIT,
    ),
    *_fall_rows(3),
    *_fall_rows(4),
)

"""Rows on arousals, breathing and limb movements (METRICS sections B, D and H)."""

from collections.abc import Callable

from psgkit.domain.metrics import Family, Metric, Scale, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    AASM,
    COUNT,
    MINUTES,
    PER_HOUR,
    PERCENT,
    SECONDS,
    SINBAR,
    Row,
)
from psgkit.measure.events.arousal_causes import ari_of_cause, ari_spont_per_h
from psgkit.measure.events.arousal_index import (
    ar_burden_pct,
    ar_dur_s,
    ar_long_n,
    ar_n,
    ar_wake_n,
    ari_of_stages,
    ari_per_h,
)
from psgkit.measure.events.event_indices import (
    Found,
    find_desaturations,
    find_disturbances,
    find_periodic,
    find_periodic_with_arousal,
    find_respiratory,
    index_in_sleep,
    index_in_stages,
)
from psgkit.measure.events.rem_arousals import (
    rem_consol_min,
    rem_consol_pct,
    rem_instab_per_h,
)
from psgkit.measure.events.scored_chin_activity import any_pct, phasic_pct, tonic_pct
from psgkit.measure.stages.evidence import Evidence

AASM_AROUSALS = "AASM scoring manual; Bonnet 1992, Sleep 15:173"
NREM = (Stage.N1, Stage.N2, Stage.N3)
NREM_MINUTES = ("n1_min", "n2_min", "n3_min")
MuscleShare = Callable[[Evidence, str], Value]


def _cause_row(name: str, cause: str, words: str) -> Row:
    return Row(
        Metric(
            f"ari_{name}_per_h",
            PER_HOUR,
            f"Arousals from sleep per hour of sleep that are due to {words}, by the "
            "scorer's word or else by the event beside them.",
            "AASM scoring manual; psgkit",
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("tst_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_cause(night, cause),
    )


REM_AROUSALS = (
    Row(
        Metric(
            "rem_ari_per_h",
            PER_HOUR,
            "REM arousal index: arousals in R per hour of R.",
            "AASM scoring manual",
            Family.AROUSALS,
            label="Arousal index in REM",
            section="Arousals",
            place=43,
            headline=True,
            scale=Scale.COUNT,
            denominator=("rem_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "REM", Stage.R),
    ),
    Row(
        Metric(
            "rem_instab_per_h",
            PER_HOUR,
            "REM instability: arousals in R and awakenings from R per hour of R; an "
            "arousal that ends in an awakening counts once.",
            "after Riemann 2024, 10.1111/jsr.14252",
            Family.REM,
            scale=Scale.COUNT,
            denominator=("rem_min",),
            same=("arousal_source",),
        ),
        rem_instab_per_h,
    ),
    Row(
        Metric(
            "rem_consol_min",
            MINUTES,
            "Consolidated REM: R in stretches of at least 5 min without arousal or other "
            "stage.",
            "psgkit, after Wassing 2019, 10.1016/j.cub.2019.06.034",
            Family.REM,
            scale=Scale.MINUTES,
            same=("arousal_source",),
        ),
        rem_consol_min,
    ),
    Row(
        Metric(
            "rem_consol_pct",
            PERCENT,
            "Share of R that is consolidated.",
            "psgkit, after Wassing 2019, 10.1016/j.cub.2019.06.034",
            Family.REM,
            scale=Scale.LOGIT,
            same=("arousal_source",),
        ),
        rem_consol_pct,
    ),
)


AROUSAL_INDEX = (
    Row(
        Metric(
            "ar_n",
            COUNT,
            "Arousals from sleep.",
            AASM_AROUSALS,
            Family.AROUSALS,
            same=("arousal_source",),
        ),
        ar_n,
    ),
    Row(
        Metric(
            "ar_wake_n",
            COUNT,
            "Arousals that begin in W or in unscored time and not within 10 s of sleep.",
            AASM_AROUSALS,
            Family.AROUSALS,
            same=("arousal_source",),
        ),
        ar_wake_n,
    ),
    Row(
        Metric(
            "ar_long_n",
            COUNT,
            "Arousals from sleep that last over 15 s.",
            "psgkit",
            Family.AROUSALS,
            same=("arousal_source",),
        ),
        ar_long_n,
    ),
    Row(
        Metric(
            "ari_per_h",
            PER_HOUR,
            "Arousal index: arousals from sleep per hour of sleep.",
            AASM_AROUSALS,
            Family.AROUSALS,
            label="Arousal index",
            section="Arousals",
            place=41,
            headline=True,
            scale=Scale.COUNT,
            denominator=("tst_min",),
            plausible=(2, 100),
            same=("arousal_source",),
        ),
        ari_per_h,
    ),
    Row(
        Metric(
            "ari_nrem_per_h",
            PER_HOUR,
            "Arousals in NREM per hour of it.",
            AASM_AROUSALS,
            Family.AROUSALS,
            label="Arousal index in NREM",
            section="Arousals",
            place=42,
            headline=True,
            scale=Scale.COUNT,
            denominator=("n1_min", "n2_min", "n3_min"),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "NREM", *NREM),
    ),
    Row(
        Metric(
            "ari_rem_per_h",
            PER_HOUR,
            "Arousals in REM per hour of it.",
            AASM_AROUSALS,
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("rem_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "REM", Stage.R),
    ),
    Row(
        Metric(
            "ari_n1_per_h",
            PER_HOUR,
            "Arousals in N1 per hour of it.",
            AASM_AROUSALS,
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("n1_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "N1", Stage.N1),
    ),
    Row(
        Metric(
            "ari_n2_per_h",
            PER_HOUR,
            "Arousals in N2 per hour of it.",
            AASM_AROUSALS,
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("n2_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "N2", Stage.N2),
    ),
    Row(
        Metric(
            "ari_n3_per_h",
            PER_HOUR,
            "Arousals in N3 per hour of it.",
            AASM_AROUSALS,
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("n3_min",),
            same=("arousal_source",),
        ),
        lambda night: ari_of_stages(night, "N3", Stage.N3),
    ),
    _cause_row("resp", "respiratory", "a breathing event"),
    _cause_row("limb", "limb", "a limb movement"),
    _cause_row("snore", "snore", "snoring"),
    Row(
        Metric(
            "ari_spont_per_h",
            PER_HOUR,
            "Arousals from sleep per hour of sleep without a cause: neither the scorer's "
            "word nor a breathing event, limb movement or snoring beside them gives one.",
            "AASM scoring manual; psgkit",
            Family.AROUSALS,
            scale=Scale.COUNT,
            denominator=("tst_min",),
            same=("arousal_source",),
        ),
        ari_spont_per_h,
    ),
    Row(
        Metric(
            "ar_dur_s",
            SECONDS,
            "Median length of arousals from sleep.",
            "Boselli 1998, Sleep 21:351",
            Family.AROUSALS,
            scale=Scale.LOG,
            same=("arousal_source",),
        ),
        ar_dur_s,
    ),
    Row(
        Metric(
            "ar_burden_pct",
            PERCENT,
            "Summed length of arousals from sleep as a share of total sleep time.",
            "Arousal burden 2021, Eur Heart J, PMC8197565",
            Family.AROUSALS,
            scale=Scale.LOGIT,
            same=("arousal_source",),
        ),
        ar_burden_pct,
    ),
)


def _event_rows(
    name: str, words: str, find: Callable[[Evidence], Found]
) -> tuple[Row, ...]:
    return (
        Row(
            Metric(
                f"{name}_per_h",
                PER_HOUR,
                f"{words} that begin in sleep, per hour of sleep.",
                AASM,
                Family.BODY,
                scale=Scale.COUNT,
                denominator=("tst_min",),
            ),
            lambda night: index_in_sleep(night, find),
        ),
        Row(
            Metric(
                f"{name}_rem_per_h",
                PER_HOUR,
                f"{words} that begin in REM, per hour of REM.",
                AASM,
                Family.BODY,
                scale=Scale.COUNT,
                denominator=("rem_min",),
            ),
            lambda night: index_in_stages(night, find, "REM", (Stage.R,)),
        ),
        Row(
            Metric(
                f"{name}_nrem_per_h",
                PER_HOUR,
                f"{words} that begin in NREM, per hour of NREM.",
                AASM,
                Family.BODY,
                scale=Scale.COUNT,
                denominator=NREM_MINUTES,
            ),
            lambda night: index_in_stages(night, find, "NREM", NREM),
        ),
    )


EVENT_INDICES = (
    *_event_rows("ahi", "Apnoeas and hypopnoeas", find_respiratory),
    *_event_rows("rdi", "Apnoeas, hypopnoeas and RERAs", find_disturbances),
    *_event_rows("odi", "Desaturations", find_desaturations),
    *_event_rows(
        "plmi", "Limb movements in series of four, 5 to 90 s apart,", find_periodic
    ),
    *_event_rows(
        "plmai",
        "Limb movements in series of four that overlap an arousal, or nearly do,",
        find_periodic_with_arousal,
    ),
)


def _atonia_row(name: str, muscle: str, words: str, compute: MuscleShare) -> Row:
    return Row(
        Metric(
            f"rswa_{name}_scored_pct",
            PERCENT,
            words,
            SINBAR,
            Family.ATONIA,
            scale=Scale.LOGIT,
        ),
        lambda night: compute(night, muscle),
    )


_ATONIA_OF_MINI_EPOCHS = (
    "Mini-epochs of 3 s of REM sleep with {} {} activity that the scorer marked."
)
_ATONIA_OF_EPOCHS = "Epochs of 30 s of REM sleep of which the scorer marked over half as {} {} activity."
SCORED_ATONIA = tuple(
    _atonia_row(f"{prefix}{kind}", muscle, words.format(kind, muscle), compute)
    for prefix, muscle in (("", "chin"), ("limb_", "limb"))
    for kind, words, compute in (
        ("any", _ATONIA_OF_MINI_EPOCHS, any_pct),
        ("tonic", _ATONIA_OF_EPOCHS, tonic_pct),
        ("phasic", _ATONIA_OF_MINI_EPOCHS, phasic_pct),
    )
)

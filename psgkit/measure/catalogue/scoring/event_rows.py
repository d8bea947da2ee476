"""Rows on arousals, breathing and limb movements (METRICS sections B, D and H)."""

from collections.abc import Callable
from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    AASM,
    COUNT,
    MINUTES,
    PER_HOUR,
    PERCENT,
    PSGKIT,
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
CAUSES = "AASM scoring manual; psgkit"
WASSING = "psgkit, after Wassing 2019, 10.1016/j.cub.2019.06.034"
Find = Callable[[Evidence], Found]
MuscleShare = Callable[[Evidence, str], Value]


_SAME = ("arousal_source",)
_arousals = partial(Metric, family=Family.AROUSALS, same=_SAME)
_arousal_index = partial(_arousals, scale=Scale.COUNT)
_rem = partial(Metric, family=Family.REM, same=_SAME)


def _stage_row(stage: Stage) -> Row:
    name = stage.name
    meaning = f"Arousals in {name} per hour of it."
    minutes = (f"{name.lower()}_min",)
    return Row(
        _arousal_index(
            f"ari_{name.lower()}_per_h",
            PER_HOUR,
            meaning,
            AASM_AROUSALS,
            denominator=minutes,
        ),
        lambda night: ari_of_stages(night, name, stage),
    )


def _cause_row(name: str, cause: str, words: str) -> Row:
    meaning = (
        f"Arousals from sleep per hour of sleep that are due to {words}, by the scorer's "
        "word or else by the event beside them."
    )
    return Row(
        _arousal_index(
            f"ari_{name}_per_h", PER_HOUR, meaning, CAUSES, denominator=("tst_min",)
        ),
        lambda night: ari_of_cause(night, cause),
    )


REM_AROUSALS = (
    Row(
        _arousal_index(
            "rem_ari_per_h",
            PER_HOUR,
            "REM arousal index: arousals in R per hour of R.",
            AASM,
            label="Arousal index in REM",
            section="Arousals",
            place=43,
            headline=True,
            denominator=("rem_min",),
        ),
        lambda night: ari_of_stages(night, "REM", Stage.R),
    ),
    Row(
        _rem(
            "rem_instab_per_h",
            PER_HOUR,
            "REM instability: arousals in R and awakenings from R per hour of R; an "
            "arousal that ends in an awakening counts once.",
            "after Riemann 2024, 10.1111/jsr.14252",
            scale=Scale.COUNT,
            denominator=("rem_min",),
        ),
        rem_instab_per_h,
    ),
    Row(
        _rem(
            "rem_consol_min",
            MINUTES,
            "Consolidated REM: R in stretches of at least 5 min without arousal or other "
            "stage.",
            WASSING,
            scale=Scale.MINUTES,
        ),
        rem_consol_min,
    ),
    Row(
        _rem(
            "rem_consol_pct",
            PERCENT,
            "Share of R that is consolidated.",
            WASSING,
            scale=Scale.LOGIT,
        ),
        rem_consol_pct,
    ),
)


AROUSAL_INDEX = (
    Row(_arousals("ar_n", COUNT, "Arousals from sleep.", AASM_AROUSALS), ar_n),
    Row(
        _arousals(
            "ar_wake_n",
            COUNT,
            "Arousals that begin in W or in unscored time and not within 10 s of sleep.",
            AASM_AROUSALS,
        ),
        ar_wake_n,
    ),
    Row(
        _arousals(
            "ar_long_n", COUNT, "Arousals from sleep that last over 15 s.", PSGKIT
        ),
        ar_long_n,
    ),
    Row(
        _arousal_index(
            "ari_per_h",
            PER_HOUR,
            "Arousal index: arousals from sleep per hour of sleep.",
            AASM_AROUSALS,
            label="Arousal index",
            section="Arousals",
            place=41,
            headline=True,
            denominator=("tst_min",),
            plausible=(2, 100),
        ),
        ari_per_h,
    ),
    Row(
        _arousal_index(
            "ari_nrem_per_h",
            PER_HOUR,
            "Arousals in NREM per hour of it.",
            AASM_AROUSALS,
            label="Arousal index in NREM",
            section="Arousals",
            place=42,
            headline=True,
            denominator=NREM_MINUTES,
        ),
        lambda night: ari_of_stages(night, "NREM", *NREM),
    ),
    Row(
        _arousal_index(
            "ari_rem_per_h",
            PER_HOUR,
            "Arousals in REM per hour of it.",
            AASM_AROUSALS,
            denominator=("rem_min",),
        ),
        lambda night: ari_of_stages(night, "REM", Stage.R),
    ),
    *(_stage_row(stage) for stage in NREM),
    _cause_row("resp", "respiratory", "a breathing event"),
    _cause_row("limb", "limb", "a limb movement"),
    _cause_row("snore", "snore", "snoring"),
    Row(
        _arousal_index(
            "ari_spont_per_h",
            PER_HOUR,
            "Arousals from sleep per hour of sleep without a cause: neither the scorer's "
            "word nor a breathing event, limb movement or snoring beside them gives one.",
            CAUSES,
            denominator=("tst_min",),
        ),
        ari_spont_per_h,
    ),
    Row(
        _arousals(
            "ar_dur_s",
            SECONDS,
            "Median length of arousals from sleep.",
            "Boselli 1998, Sleep 21:351",
            scale=Scale.LOG,
        ),
        ar_dur_s,
    ),
    Row(
        _arousals(
            "ar_burden_pct",
            PERCENT,
            "Summed length of arousals from sleep as a share of total sleep time.",
            "Arousal burden 2021, Eur Heart J, PMC8197565",
            scale=Scale.LOGIT,
        ),
        ar_burden_pct,
    ),
)


def _event_rows(name: str, words: str, find: Find) -> tuple[Row, ...]:
    index = partial(
        Metric, unit=PER_HOUR, source=AASM, family=Family.BODY, scale=Scale.COUNT
    )
    in_sleep = index(
        f"{name}_per_h",
        meaning=f"{words} that begin in sleep, per hour of sleep.",
        denominator=("tst_min",),
    )
    parts = (("REM", (Stage.R,), ("rem_min",)), ("NREM", NREM, NREM_MINUTES))
    return (
        Row(in_sleep, lambda night: index_in_sleep(night, find)),
        *(
            Row(
                index(
                    f"{name}_{part.lower()}_per_h",
                    meaning=f"{words} that begin in {part}, per hour of {part}.",
                    denominator=minutes,
                ),
                partial(index_in_stages, find=find, name=part, stages=stages),
            )
            for part, stages, minutes in parts
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
_ATONIA_OF_EPOCHS = (
    "Epochs of 30 s of REM sleep with over half marked by the scorer as {} {} activity."
)
SCORED_ATONIA = tuple(
    _atonia_row(f"{prefix}{kind}", muscle, words.format(kind, muscle), compute)
    for prefix, muscle in (("", "chin"), ("limb_", "limb"))
    for kind, words, compute in (
        ("any", _ATONIA_OF_MINI_EPOCHS, any_pct),
        ("tonic", _ATONIA_OF_EPOCHS, tonic_pct),
        ("phasic", _ATONIA_OF_MINI_EPOCHS, phasic_pct),
    )
)

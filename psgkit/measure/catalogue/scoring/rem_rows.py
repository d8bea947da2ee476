"""Rows on the continuity of REM sleep (METRICS section B)."""

from collections.abc import Mapping
from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    COUNT,
    FEINBERG,
    FRACTION,
    MINUTES,
    PER_HOUR,
    PERCENT,
    PSGKIT,
    Row,
)
from psgkit.measure.catalogue.scoring.bout_rows import bout_rows
from psgkit.measure.stages.continuity import (
    per_rem_hour,
    periods_of_5_min,
    raw_rem_bouts,
    rem_cont_frac,
    rem_eff_pct,
    rem_exits,
    rem_frag_per_h,
    rem_in_long_bouts_pct,
    rem_to_wake_frac,
    rem_wmean_min,
    remp_mean_min,
)
from psgkit.measure.survival import survival_median_min, survival_share

_rem = partial(Metric, family=Family.REM)

_SURVIVAL = "Norman 2006, 10.1093/sleep/29.12.1625; Bianchi 2010"


def _form_rows(
    form: str,
    words: str,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, tuple[str, int]] | None = None,
) -> tuple[Row, ...]:
    return (
        *bout_rows(
            "rem_bout",
            "REM",
            lambda night: night.rem_bouts[form],
            ending=f"_{form}",
            words=words,
            source="Mellman 2002, 10.1176/appi.ajp.159.10.1696; Norman 2006",
            family=Family.REM,
            labels=labels,
            places=places,
        ),
        *(
            Row(
                _rem(
                    f"rem_ge{minutes}_pct_{form}",
                    PERCENT,
                    f"Share of R minutes in bouts of at least {minutes} min{words}.",
                    f"Luna BOUT_{minutes:02d}",
                    scale=Scale.LOGIT,
                ),
                lambda night, minutes=minutes: rem_in_long_bouts_pct(  # type: ignore[misc]
                    night, form, minutes
                ),
            )
            for minutes in (5, 10)
        ),
    )


CONTINUITY = (
    Row(
        _rem(
            "rem_wmean_min_raw",
            MINUTES,
            "Typical length of an unbroken REM stretch: the mean bout, weighted by length.",
            PSGKIT,
            scale=Scale.LOG,
        ),
        lambda night: rem_wmean_min(night, "raw"),
    ),
    *_form_rows("raw", ""),
    Row(
        _rem(
            "rem_wmean_min_b2m",
            MINUTES,
            "Typical length of an unbroken REM stretch: the mean bout, weighted by length; "
            "breaks of up to 2 min are bridged.",
            PSGKIT,
            label="REM continuity, weighted mean bout",
            section="REM continuity",
            place=11,
            headline=True,
            scale=Scale.LOG,
        ),
        lambda night: rem_wmean_min(night, "b2m"),
    ),
    *_form_rows(
        "b2m",
        ", interruptions of up to 2 min filled",
        {"max": "Longest REM bout"},
        {"max": ("REM continuity", 12)},
    ),
    Row(
        _rem(
            "rem_wmean_min_b6m",
            MINUTES,
            "Typical length of an unbroken REM stretch, weighted by length; breaks of up "
            "to 6 min are bridged. Short breaks do not change it.",
            "psgkit, chosen in docs/reliability.md",
            label="REM continuity, breaks of up to 6 min bridged",
            section="REM continuity",
            place=15,
            scale=Scale.LOG,
        ),
        lambda night: rem_wmean_min(night, "b6m"),
    ),
    Row(
        _rem(
            "remp_n",
            COUNT,
            "REM periods with at least 5 min of R, pauses under 15 min within.",
            FEINBERG,
            label="REM periods",
            section="REM continuity",
            place=13,
        ),
        lambda night: float(len(periods_of_5_min(night))),
    ),
    Row(
        _rem(
            "remp_mean_min",
            MINUTES,
            "Mean R minutes of REM periods with at least 5 min of R.",
            FEINBERG,
            label="REM in a period, on average",
            section="REM continuity",
            place=14,
            scale=Scale.LOG,
        ),
        remp_mean_min,
    ),
    Row(
        _rem(
            "rem_cont_frac",
            FRACTION,
            "Continuity index: share of the epochs of R that R follows; it depends on the "
            "length of an epoch.",
            "Markov chain; diagonal of YASA's transition matrix",
            scale=Scale.LOGIT,
        ),
        rem_cont_frac,
    ),
    Row(
        _rem(
            "rem_exit_per_h",
            PER_HOUR,
            "Exits from R to another stage per hour of R.",
            "Laffan 2010",
            scale=Scale.COUNT,
            denominator=("rem_min",),
        ),
        lambda night: per_rem_hour(night, rem_exits(night)),
    ),
    Row(
        _rem(
            "rem_frag_per_h",
            PER_HOUR,
            "Interruptions of REM periods by other stages per hour of R.",
            "Drews 2020, 10.3389/fpsyt.2020.00583",
            label="Fragmentation of REM sleep",
            scale=Scale.COUNT,
            denominator=("rem_min",),
            plausible=(0, 40),
        ),
        rem_frag_per_h,
    ),
    Row(
        _rem(
            "rem_frag_w_per_h",
            PER_HOUR,
            "Interruptions of REM periods with W in them per hour of R.",
            "Drews 2020, 10.3389/fpsyt.2020.00583",
            scale=Scale.COUNT,
            denominator=("rem_min",),
        ),
        lambda night: rem_frag_per_h(night, wake=True),
    ),
    Row(
        _rem(
            "rem_frag_nrem_per_h",
            PER_HOUR,
            "Interruptions of REM periods by NREM sleep alone per hour of R.",
            "Drews 2020, 10.3389/fpsyt.2020.00583",
            scale=Scale.COUNT,
            denominator=("rem_min",),
        ),
        lambda night: rem_frag_per_h(night, wake=False),
    ),
    Row(
        _rem(
            "rem_to_wake_frac",
            FRACTION,
            "Share of the exits from R that lead to W.",
            "Kishi 2008, 10.1152/ajpregu.00925.2007",
            scale=Scale.LOGIT,
        ),
        rem_to_wake_frac,
    ),
    Row(
        _rem(
            "rem_awak_per_h",
            PER_HOUR,
            "Awakenings from R, of at least one epoch, per hour of R.",
            PSGKIT,
            scale=Scale.COUNT,
            denominator=("rem_min",),
        ),
        lambda night: per_rem_hour(night, int(night.transitions[Stage.R, Stage.W])),
    ),
    Row(
        _rem(
            "rem_eff_pct",
            PERCENT,
            "REM efficiency: share of the span of all REM periods that is scored R.",
            PSGKIT,
            scale=Scale.LOGIT,
        ),
        rem_eff_pct,
    ),
    Row(
        _rem(
            "rem_km_med_min",
            MINUTES,
            "Median length of REM bouts by Kaplan and Meier, raw bouts.",
            _SURVIVAL,
            scale=Scale.LOG,
        ),
        lambda night: survival_median_min(night, raw_rem_bouts(night), "REM bouts"),
    ),
    Row(
        _rem(
            "rem_s5_frac",
            FRACTION,
            "Share of raw REM bouts lasting over 5 min, by Kaplan and Meier.",
            _SURVIVAL,
            scale=Scale.LOGIT,
        ),
        lambda night: survival_share(night, raw_rem_bouts(night), 5.0, "REM bouts"),
    ),
    Row(
        _rem(
            "rem_s10_frac",
            FRACTION,
            "Share of raw REM bouts lasting over 10 min, by Kaplan and Meier.",
            _SURVIVAL,
            scale=Scale.LOGIT,
        ),
        lambda night: survival_share(night, raw_rem_bouts(night), 10.0, "REM bouts"),
    ),
)

"""Continuity of REM sleep: METRICS section B, from stages."""

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.rows import (
    COUNT,
    FEINBERG,
    FRACTION,
    MINUTES,
    NO_REM,
    PER_HOUR,
    PERCENT,
    PSGKIT,
    MetricSpec,
    Value,
    per_stage_hour,
    share,
)
from psgkit.measure.stages.bouts import bout_rows
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import MIN_REM_MIN
from psgkit.measure.stages.runs import Bouts, epochs_at_least
from psgkit.measure.stages.survival import survival_median_min, survival_share

_FORMS = {
    "raw": "",
    "b2m": ", interruptions of up to 2 min filled",
}
_SURVIVAL = "Norman 2006, 10.1093/sleep/29.12.1625; Bianchi 2010"


def rem_wmean_min(night: Evidence, form: str) -> Value:
    """Return the length of the bout in which a minute of REM lies, on average."""
    lengths = night.rem_bouts[form].lengths
    return share(
        float((lengths**2).sum()), float(lengths.sum()), NO_REM, of=night.epoch_min
    )


def rem_in_long_bouts_pct(night: Evidence, form: str, minutes: float) -> Value:
    """Return the share of REM that lies in bouts of at least some minutes."""
    bouts = night.rem_bouts[form]
    is_long = bouts.lengths >= epochs_at_least(minutes, night.epoch_s)
    rem = night.rem_epochs_in(bouts)
    return share(float(rem[is_long].sum()), float(rem.sum()), NO_REM, of=100)


def periods_of_5_min(night: Evidence) -> list[int]:
    """Return the epochs of R in each REM period that holds 5 min of it."""
    minimum = epochs_at_least(MIN_REM_MIN, night.epoch_s)
    return [p.rem_epochs for p in night.rem_periods if p.rem_epochs >= minimum]


def remp_mean_min(night: Evidence) -> Value:
    """Return the mean R minutes of REM periods with 5 min of R."""
    if not night.rem_periods:
        return NO_REM
    periods = periods_of_5_min(night)
    if not periods:
        return Undefined("no REM period of 5 min")
    return float(np.mean(periods)) * night.epoch_min


def rem_exits(night: Evidence) -> int:
    """Count the steps from R to another stage."""
    row = night.transitions[Stage.R]
    return int(row.sum() - row[Stage.R])


def rem_cont_frac(night: Evidence) -> Value:
    """Return the share of steps from R that stay in R."""
    row = night.transitions[Stage.R]
    if night.first(Stage.R) is None:
        return NO_REM
    return share(
        int(row[Stage.R]), int(row.sum()), Undefined("no step from R was seen")
    )


def rem_to_wake_frac(night: Evidence) -> Value:
    """Return the share of exits from R that lead to W."""
    if night.first(Stage.R) is None:
        return NO_REM
    return share(
        int(night.transitions[Stage.R, Stage.W]),
        rem_exits(night),
        Undefined("no exit from R was seen"),
    )


def per_rem_hour(night: Evidence, count: float) -> Value:
    """Divide by the hours of R."""
    return per_stage_hour(count, night.minutes(Stage.R), "REM")


def rem_frag_per_h(night: Evidence, *, wake: bool | None = None) -> Value:
    """Return interruptions of REM periods per hour of R.

    Parameters
    ----------
    night : Evidence
    wake : bool, optional
        Only those with W in them, or only those without.
    """
    found = night.rem_interruptions
    count = sum(wake is None or has_wake == wake for _, _, has_wake in found)
    return per_rem_hour(night, count)


def rem_eff_pct(night: Evidence) -> Value:
    """Return the share of the REM periods' span that is scored R."""
    span = sum(period.stop - period.start for period in night.rem_periods)
    rem = sum(period.rem_epochs for period in night.rem_periods)
    return share(rem, span, NO_REM, of=100)


def _raw_bouts(night: Evidence) -> Bouts | Undefined:
    return night.rem_bouts["raw"] if night.rem_periods else NO_REM


def _form_rows(form: str, words: str) -> tuple[MetricSpec, ...]:
    return (
        MetricSpec(
            f"rem_wmean_min_{form}",
            MINUTES,
            "Length of the REM bout in which a minute of REM, taken at random, lies: "
            f"the mean bout, weighted by length{words}.",
            PSGKIT,
            lambda night: rem_wmean_min(night, form),
        ),
        *bout_rows(
            "rem_bout",
            "REM",
            lambda night: night.rem_bouts[form],
            ending=f"_{form}",
            words=words,
            source="Mellman 2002, 10.1176/appi.ajp.159.10.1696; Norman 2006",
        ),
        *(
            MetricSpec(
                f"rem_ge{minutes}_pct_{form}",
                PERCENT,
                f"Share of R minutes in bouts of at least {minutes} min{words}.",
                f"Luna BOUT_{minutes:02d}",
                lambda night, minutes=minutes: rem_in_long_bouts_pct(  # type: ignore[misc]
                    night, form, minutes
                ),
            )
            for minutes in (5, 10)
        ),
    )


CONTINUITY = (
    *(row for form, words in _FORMS.items() for row in _form_rows(form, words)),
    MetricSpec(
        "rem_wmean_min_b6m",
        MINUTES,
        "Length of the REM bout in which a minute of REM, taken at random, lies, "
        "interruptions of up to 6 min filled; steadier between scorers, and blind to "
        "short interruptions.",
        "psgkit, chosen in docs/reliability.md",
        lambda night: rem_wmean_min(night, "b6m"),
    ),
    MetricSpec(
        "remp_n",
        COUNT,
        "REM periods with at least 5 min of R, pauses under 15 min within.",
        FEINBERG,
        lambda night: float(len(periods_of_5_min(night))),
    ),
    MetricSpec(
        "remp_mean_min",
        MINUTES,
        "Mean R minutes of REM periods with at least 5 min of R.",
        FEINBERG,
        remp_mean_min,
    ),
    MetricSpec(
        "rem_cont_frac",
        FRACTION,
        "Continuity index: share of the epochs of R that R follows; it depends on the "
        "length of an epoch.",
        "Markov chain; diagonal of YASA's transition matrix",
        rem_cont_frac,
    ),
    MetricSpec(
        "rem_exit_per_h",
        PER_HOUR,
        "Exits from R to another stage per hour of R.",
        "Laffan 2010",
        lambda night: per_rem_hour(night, rem_exits(night)),
    ),
    MetricSpec(
        "rem_frag_per_h",
        PER_HOUR,
        "Interruptions of REM periods by other stages per hour of R.",
        "Drews 2020, 10.3389/fpsyt.2020.00583",
        rem_frag_per_h,
    ),
    MetricSpec(
        "rem_frag_w_per_h",
        PER_HOUR,
        "Interruptions of REM periods with W in them per hour of R.",
        "Drews 2020, 10.3389/fpsyt.2020.00583",
        lambda night: rem_frag_per_h(night, wake=True),
    ),
    MetricSpec(
        "rem_frag_nrem_per_h",
        PER_HOUR,
        "Interruptions of REM periods by NREM sleep alone per hour of R.",
        "Drews 2020, 10.3389/fpsyt.2020.00583",
        lambda night: rem_frag_per_h(night, wake=False),
    ),
    MetricSpec(
        "rem_to_wake_frac",
        FRACTION,
        "Share of the exits from R that lead to W.",
        "Kishi 2008, 10.1152/ajpregu.00925.2007",
        rem_to_wake_frac,
    ),
    MetricSpec(
        "rem_awak_per_h",
        PER_HOUR,
        "Awakenings from R, of at least one epoch, per hour of R.",
        PSGKIT,
        lambda night: per_rem_hour(night, int(night.transitions[Stage.R, Stage.W])),
    ),
    MetricSpec(
        "rem_eff_pct",
        PERCENT,
        "REM efficiency: share of the span of all REM periods that is scored R.",
        PSGKIT,
        rem_eff_pct,
    ),
    MetricSpec(
        "rem_km_med_min",
        MINUTES,
        "Median length of REM bouts by Kaplan and Meier, raw bouts.",
        _SURVIVAL,
        lambda night: survival_median_min(night, _raw_bouts(night), "REM bouts"),
    ),
    MetricSpec(
        "rem_s5_frac",
        FRACTION,
        "Share of raw REM bouts lasting over 5 min, by Kaplan and Meier.",
        _SURVIVAL,
        lambda night: survival_share(night, _raw_bouts(night), 5.0, "REM bouts"),
    ),
    MetricSpec(
        "rem_s10_frac",
        FRACTION,
        "Share of raw REM bouts lasting over 10 min, by Kaplan and Meier.",
        _SURVIVAL,
        lambda night: survival_share(night, _raw_bouts(night), 10.0, "REM bouts"),
    ),
)

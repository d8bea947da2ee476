"""Continuity of REM sleep: METRICS section B, from stages."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.periods import MIN_REM_MIN
from psgkit.measure.stages.runs import Bouts, epochs_at_least
from psgkit.measure.values import NO_REM, per_stage_hour, share


def rem_wmean_min(night: Evidence, form: str) -> Value:
    """Return the mean REM bout, weighted by length."""
    lengths = night.rem_bouts[form].lengths
    return share(
        float((lengths**2).sum()), float(lengths.sum()), NO_REM, of=night.epoch_min
    )


def rem_in_long_bouts_pct(night: Evidence, form: str, minutes: float) -> Value:
    """Return the share of REM in bouts of at least some minutes."""
    bouts = night.rem_bouts[form]
    is_long = bouts.lengths >= epochs_at_least(minutes, night.epoch_s)
    rem = night.rem_epochs_in(bouts)
    return share(float(rem[is_long].sum()), float(rem.sum()), NO_REM, of=100)


def periods_of_5_min(night: Evidence) -> list[int]:
    """Return the epochs of R in each REM period with 5 min of it."""
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


def raw_rem_bouts(night: Evidence) -> Bouts | Undefined:
    """Return the REM bouts as scored, without bridging."""
    return night.rem_bouts["raw"] if night.rem_periods else NO_REM

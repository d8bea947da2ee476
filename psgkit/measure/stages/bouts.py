"""Bouts of each stage and awakenings: METRICS section A, and wake bouts of section E."""

from collections.abc import Callable, Sequence

import numpy as np

from psgkit.domain.metrics import Undefined
from psgkit.measure.catalogue.rows import (
    AASM,
    COUNT,
    MINUTES,
    PER_HOUR,
    PSGKIT,
    MetricSpec,
    Value,
    per_sleep_hour,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts, IntArray, epochs_at_least

LONG_AWAKENING_MIN = 5.0

_STATISTICS: dict[str, tuple[str, Callable[[IntArray], np.floating | np.integer]]] = {
    "mean": ("Mean length of a", np.mean),
    "med": ("Median length of a", np.median),
    "max": ("Length of the longest", np.max),
}


def bout_statistic(night: Evidence, bouts: Bouts, statistic: str, what: str) -> Value:
    """Return the mean, median or longest bout in minutes."""
    if len(bouts) == 0:
        return Undefined(f"no {what}")
    return float(_STATISTICS[statistic][1](bouts.lengths)) * night.epoch_min


def bout_rows(
    name: str,
    what: str,
    find: Callable[[Evidence], Bouts],
    *,
    ending: str = "",
    words: str = "",
    source: str = PSGKIT,
    statistics: Sequence[str] = ("mean", "med", "max"),
) -> tuple[MetricSpec, ...]:
    """Declare number, mean, median and longest of some bouts.

    Parameters
    ----------
    name, ending : str
        What stands before ``_n``, ``_mean_min`` … in a column's name, and after it.
    what, words : str
        The stage, for reasons and meanings; what more a meaning says of the bouts.
    find : callable
        Takes the night's evidence; gives the bouts.
    source : str
        Of every row.
    statistics : sequence of str
        Which of mean, med, max.
    """
    return (
        MetricSpec(
            f"{name}_n{ending}",
            COUNT,
            f"Bouts of {what}{words}, censored ones included.",
            source,
            lambda night: float(len(find(night))),
        ),
        *(
            MetricSpec(
                f"{name}_{statistic}_min{ending}",
                MINUTES,
                f"{_STATISTICS[statistic][0]} bout of {what}{words}.",
                source,
                lambda night, statistic=statistic: bout_statistic(  # type: ignore[misc]
                    night, find(night), statistic, what
                ),
            )
            for statistic in statistics
        ),
    )


def _wake_bouts_of(night: Evidence, minimum: int) -> Value:
    return float((night.bouts["w"].lengths >= minimum).sum())


AWAKENINGS = (
    MetricSpec(
        "awak_n",
        COUNT,
        "Awakenings: runs of at least one epoch of W within the sleep period.",
        AASM,
        lambda night: _wake_bouts_of(night, 1),
    ),
    MetricSpec(
        "awak_per_h",
        PER_HOUR,
        "Awakenings per hour of sleep.",
        AASM,
        lambda night: per_sleep_hour(night, len(night.bouts["w"])),
    ),
    MetricSpec(
        "awak_ge2ep_n",
        COUNT,
        "Awakenings of at least two epochs.",
        PSGKIT,
        lambda night: _wake_bouts_of(night, 2),
    ),
    MetricSpec(
        "awak_ge5min_n",
        COUNT,
        "Awakenings of at least 5 min.",
        PSGKIT,
        lambda night: _wake_bouts_of(
            night, epochs_at_least(LONG_AWAKENING_MIN, night.epoch_s)
        ),
    ),
)

STAGE_BOUTS = (
    *bout_rows("w_bout", "W within the sleep period", lambda night: night.bouts["w"]),
    *bout_rows("n1_bout", "N1", lambda night: night.bouts["n1"]),
    *bout_rows("n2_bout", "N2", lambda night: night.bouts["n2"]),
    *bout_rows("n3_bout", "N3", lambda night: night.bouts["n3"]),
    *bout_rows("nrem_bout", "NREM sleep", lambda night: night.bouts["nrem"]),
)

WAKE_BOUTS = bout_rows(
    "wake_bout",
    "W within the sleep period",
    lambda night: night.bouts["w"],
    statistics=("mean", "max"),
)

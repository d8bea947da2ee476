"""Rows on bouts of stages, awakenings, cycles and N3 (METRICS sections A, C and E)."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.measure.catalogue.rows import (
    AASM,
    COUNT,
    FEINBERG,
    FRACTION,
    MINUTES,
    PER_HOUR,
    PERCENT,
    PSGKIT,
    Row,
)
from psgkit.measure.stages.architecture import (
    LONG_AWAKENING_MIN,
    STATISTICS,
    bout_statistic,
    cycle_mean_min,
    cycle_n,
    wake_bouts_of,
)
from psgkit.measure.stages.deep_sleep import (
    n3_c1_min,
    n3_first3_pct,
    n3_third_min,
    n3_to_w_n1_frac,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts, epochs_at_least
from psgkit.measure.values import per_sleep_hour

_deep_sleep = partial(Metric, family=Family.DEEP_SLEEP)
_sleep = partial(Metric, family=Family.SLEEP)


def bout_rows(
    name: str,
    what: str,
    find: Callable[[Evidence], Bouts],
    *,
    ending: str = "",
    words: str = "",
    source: str = PSGKIT,
    statistics: Sequence[str] = ("mean", "med", "max"),
    family: Family = Family.SLEEP,
    labels: Mapping[str, str] | None = None,
    places: Mapping[str, tuple[str, int]] | None = None,
) -> tuple[Row, ...]:
    """Declare number, mean, median and longest of some bouts.

    Parameters
    ----------
    name, ending : str
        The parts of a column's name before ``_n``, ``_mean_min`` … and after it.
    what, words : str
        The stage, for reasons and meanings; further words of a meaning.
    find : callable
        Takes the night's evidence; gives the bouts.
    source : str
        Of every row.
    statistics : sequence of str
        Which of mean, med, max.
    family : Family
        Of every row.
    labels : mapping of str to str, optional
        Statistic to the plain name of its row.
    places : mapping of str to (str, int), optional
        Statistic to its section and place at the top of a page.
    """
    return (
        Row(
            Metric(
                f"{name}_n{ending}",
                COUNT,
                f"Bouts of {what}{words}, censored ones included.",
                source,
                family,
            ),
            lambda night: float(len(find(night))),
        ),
        *(
            Row(
                Metric(
                    f"{name}_{statistic}_min{ending}",
                    MINUTES,
                    f"{STATISTICS[statistic][0]} bout of {what}{words}.",
                    source,
                    family,
                    label=(labels or {}).get(statistic, ""),
                    section=(places or {}).get(statistic, ("", 0))[0],
                    place=(places or {}).get(statistic, ("", 0))[1],
                    scale=Scale.LOG,
                ),
                lambda night, statistic=statistic: bout_statistic(  # type: ignore[misc]
                    night, find(night), statistic, what
                ),
            )
            for statistic in statistics
        ),
    )


AWAKENINGS = (
    Row(
        _sleep(
            "awak_n",
            COUNT,
            "Awakenings: runs of at least one epoch of W within the sleep period.",
            AASM,
        ),
        lambda night: wake_bouts_of(night, 1),
    ),
    Row(
        _sleep(
            "awak_per_h",
            PER_HOUR,
            "Awakenings per hour of sleep.",
            AASM,
            scale=Scale.COUNT,
            denominator=("tst_min",),
        ),
        lambda night: per_sleep_hour(night, len(night.bouts["w"])),
    ),
    Row(
        _sleep("awak_ge2ep_n", COUNT, "Awakenings of at least two epochs.", PSGKIT),
        lambda night: wake_bouts_of(night, 2),
    ),
    Row(
        _sleep("awak_ge5min_n", COUNT, "Awakenings of at least 5 min.", PSGKIT),
        lambda night: wake_bouts_of(
            night, epochs_at_least(LONG_AWAKENING_MIN, night.epoch_s)
        ),
    ),
)


STAGE_BOUTS = (
    *bout_rows("w_bout", "W within the sleep period", lambda night: night.bouts["w"]),
    *bout_rows("n1_bout", "N1", lambda night: night.bouts["n1"]),
    *bout_rows("n2_bout", "N2", lambda night: night.bouts["n2"]),
    *bout_rows(
        "n3_bout", "N3", lambda night: night.bouts["n3"], family=Family.DEEP_SLEEP
    ),
    *bout_rows("nrem_bout", "NREM sleep", lambda night: night.bouts["nrem"]),
)


WAKE_BOUTS = bout_rows(
    "wake_bout",
    "W within the sleep period",
    lambda night: night.bouts["w"],
    statistics=("mean", "max"),
    family=Family.FRAGMENTATION,
)

CYCLES = (
    Row(
        _sleep(
            "cycle_n",
            COUNT,
            "Complete sleep cycles: a NREM period of 15 min, a REM period, then at least "
            "5 min of sleep.",
            FEINBERG,
            label="Sleep cycles",
            plausible=(0, 8),
        ),
        cycle_n,
    ),
    Row(
        _sleep(
            "cycle_mean_min",
            MINUTES,
            "Mean length of the complete sleep cycles.",
            FEINBERG,
            scale=Scale.LOG,
        ),
        cycle_mean_min,
    ),
)


DEEP_SLEEP = (
    Row(
        _deep_sleep(
            "n3_first3_min",
            MINUTES,
            "N3 in the first third of the sleep period.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        lambda night: n3_third_min(night, 0),
    ),
    Row(
        _deep_sleep(
            "n3_mid3_min",
            MINUTES,
            "N3 in the second third of the sleep period.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        lambda night: n3_third_min(night, 1),
    ),
    Row(
        _deep_sleep(
            "n3_last3_min",
            MINUTES,
            "N3 in the last third of the sleep period.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        lambda night: n3_third_min(night, 2),
    ),
    Row(
        _deep_sleep(
            "n3_first3_pct",
            PERCENT,
            "Share of all N3 that lies in the first third of the sleep period.",
            PSGKIT,
            scale=Scale.LOGIT,
        ),
        n3_first3_pct,
    ),
    Row(
        _deep_sleep(
            "n3_c1_min",
            MINUTES,
            "N3 in the first sleep cycle.",
            PSGKIT,
            scale=Scale.MINUTES,
        ),
        n3_c1_min,
    ),
    Row(
        _deep_sleep(
            "n3_to_w_n1_frac",
            FRACTION,
            "Share of the exits from N3 that lead to W or N1.",
            "Kishi 2011, 10.5665/sleep.1396",
            scale=Scale.LOGIT,
        ),
        n3_to_w_n1_frac,
    ),
)

"""What a night's numbers themselves say is wrong: METRICS sections 0 and K."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure

MAX_UNSCORED_PCT = 10.0


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """Values outside of which software or scoring is the likelier cause.

    Attributes
    ----------
    stem : str
        The column, or what stands before its channel and stage.
    low, high : float
        The least and the greatest value that raise no alarm.
    words : str
        What the column is, to begin a sentence with.
    """

    stem: str
    low: float
    high: float
    words: str


# What nobody says after a number.
_UNSPOKEN = ("count", "exponent")

# A recording that is shorter holds no night.
NAP_MIN = 180.0

# Checks of the software's sanity, not norms of people.
ALARM_LIMITS = (
    AlarmLimit("tst_min", 60, 720, "Total sleep time"),
    AlarmLimit("rem_pct", 0, 40, "The share of REM sleep"),
    AlarmLimit("n3_pct", 0, 50, "The share of N3"),
    AlarmLimit("cycle_n", 0, 8, "The number of sleep cycles"),
    AlarmLimit("ari_per_h", 2, 100, "The arousal index"),
    AlarmLimit("rem_frag_per_h", 0, 40, "The fragmentation of REM sleep"),
    AlarmLimit("sp_density_per_min", 0.2, 10, "The density of spindles"),
    AlarmLimit("sp_freq_hz", 11, 15.5, "The frequency of spindles"),
    AlarmLimit("sw_density_per_min", 0, 30, "The density of slow waves"),
    AlarmLimit(
        "rem_density_per_min", 0, 40, "The density of eye movements in REM sleep"
    ),
    AlarmLimit("ap_exp_low", 0.5, 5, "The aperiodic exponent"),
    AlarmLimit("isf_peak_hz", 0.01, 0.04, "The frequency of the infraslow fluctuation"),
    AlarmLimit("hr_bpm", 35, 110, "The heart rate"),
)


def find_measure_issues(measures: Iterable[Measure]) -> tuple[Issue, ...]:
    """Find what a reader of the numbers should know from the numbers themselves.

    Parameters
    ----------
    measures : iterable of Measure
        Of one night.

    Returns
    -------
    tuple of Issue
        Unscored time over 10 % of the sleep period, lights not known, sleeps left
        aside, and values outside of the alarm limits.
    """
    measures = tuple(measures)
    values = {measure.name: measure.value for measure in measures}
    limits = {limit.stem: limit for limit in ALARM_LIMITS}
    if values.get("rec_min", math.nan) < NAP_MIN:
        # That sleep is short follows from the length, and is said of that.
        limits["tst_min"] = replace(limits["tst_min"], low=0)
    alarms = []
    for measure in measures:
        limit = limits.get(measure.name.split("__")[0])
        if limit is not None and _is_outside(limit, measure.value):
            alarms.append(_alarm(limit, measure))
    return (*_find_window_issues(values), *alarms)


def _is_outside(limit: AlarmLimit, value: float) -> bool:
    return not math.isnan(value) and not limit.low <= value <= limit.high


def _alarm(limit: AlarmLimit, measure: Measure) -> Issue:
    unit = "" if measure.unit in _UNSPOKEN else f" {measure.unit}"
    return Issue(
        Severity.WARNING,
        "unlikely_value",
        f"{limit.words}{_place(measure)} ({measure.name}) is {measure.value:.4g}{unit}, "
        f"outside of {limit.low:g} to {limit.high:g}.",
        "Check the scoring, the channels and lights-off and lights-on.",
    )


def _place(measure: Measure) -> str:
    """Return the channel and the stage of a column that has them."""
    channel, _, stage = measure.name.partition("__")[2].partition("__")
    return (f" at {channel}" if channel else "") + (f" in {stage}" if stage else "")


def _find_window_issues(values: dict[str, float]) -> list[Issue]:
    issues = []
    unscored = values.get("qc_unscored_pct", math.nan)
    if unscored > MAX_UNSCORED_PCT:
        issues.append(
            Issue(
                Severity.WARNING,
                "much_unscored",
                f"{unscored:.0f} % of the sleep period is artefact or not scored.",
                "Bouts, periods and fragmentation rest on the rest alone.",
            )
        )
    if values.get("lights_known") == 0:
        issues.append(
            Issue(
                Severity.NOTE,
                "lights_unknown",
                "Lights-off and lights-on are not both known, so that time in bed, "
                "efficiency and latencies from lights-off are not given.",
                "Give --lights-off and --lights-on, or --lights recording to count the "
                "whole recording as time in bed.",
            )
        )
    return issues

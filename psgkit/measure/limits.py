"""What a night's numbers themselves say is wrong: METRICS sections 0 and K."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.measures import Measure

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
    """

    stem: str
    low: float
    high: float


# A recording that is shorter holds no night.
NAP_MIN = 180.0

# Checks of the software's sanity, not norms of people.
ALARM_LIMITS = (
    AlarmLimit("tst_min", 60, 720),
    AlarmLimit("rem_pct", 0, 40),
    AlarmLimit("n3_pct", 0, 50),
    AlarmLimit("cycle_n", 0, 8),
    AlarmLimit("ari_per_h", 2, 100),
    AlarmLimit("rem_frag_per_h", 0, 40),
    AlarmLimit("sp_density_per_min", 0.2, 10),
    AlarmLimit("sp_freq_hz", 11, 15.5),
    AlarmLimit("sw_density_per_min", 0, 30),
    AlarmLimit("rem_density_per_min", 0, 40),
    AlarmLimit("ap_exp_low", 0.5, 5),
    AlarmLimit("isf_peak_hz", 0.01, 0.04),
    AlarmLimit("hr_bpm", 35, 110),
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
    return Issue(
        Severity.WARNING,
        "unlikely_value",
        f"{measure.name} is {measure.value:.4g} {measure.unit}, outside of "
        f"{limit.low:g} to {limit.high:g}.",
        "Check the scoring, the channels and lights-off and lights-on.",
    )


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

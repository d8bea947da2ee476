"""Find implausible numbers of a night: METRICS sections 0 and K."""

import math
from collections.abc import Iterable

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure

MAX_UNSCORED_PCT = 10.0

# Units that are not written after a number.
_UNSPOKEN = ("count", "exponent")

# A shorter recording is not a night.
NAP_MIN = 180.0


def find_measure_issues(measures: Iterable[Measure]) -> tuple[Issue, ...]:
    """Find issues that the numbers themselves show.

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
    # Short sleep follows from a short recording, which has its own alarm.
    is_nap = values.get("rec_min", math.nan) < NAP_MIN
    alarms = [
        _alarm(measure, limits)
        for measure in measures
        if (limits := _limits(measure, is_nap=is_nap)) is not None
        and not math.isnan(measure.value)
        and not limits[0] <= measure.value <= limits[1]
    ]
    return (*_find_window_issues(values), *_find_cause_issues(values), *alarms)


def _limits(measure: Measure, *, is_nap: bool) -> tuple[float, float] | None:
    limits = measure.metric.plausible
    if limits is not None and is_nap and measure.name == "tst_min":
        return 0.0, limits[1]
    return limits


def _alarm(measure: Measure, limits: tuple[float, float]) -> Issue:
    unit = "" if measure.unit in _UNSPOKEN else f" {measure.unit}"
    return Issue(
        Severity.WARNING,
        "unlikely_value",
        f"{measure.metric.title}{_place(measure)} ({measure.name}) is "
        f"{measure.value:.4g}{unit}, outside of {limits[0]:g} to {limits[1]:g}.",
        "Check the scoring, the channels and lights-off and lights-on.",
    )


def _place(measure: Measure) -> str:
    """Return the channel and the stage of a measure that has them."""
    return "".join(f", {name}" for name in measure.where)


def _find_cause_issues(values: dict[str, float]) -> list[Issue]:
    """Find whether arousals due to limb movements count as spontaneous."""
    spontaneous = values.get("ari_spont_per_h", math.nan)
    if math.isnan(spontaneous) or not math.isnan(
        values.get("ari_limb_per_h", math.nan)
    ):
        return []
    return [
        Issue(
            Severity.NOTE,
            "limb_movements_not_scored",
            "Limb movements were not scored. Arousals due to them count as spontaneous.",
            "Score limb movements, or read this index as an upper limit.",
        )
    ]


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

"""Choose which numbers a page shows first, which apart, and which it only counts."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from psgkit.domain.metrics import Measure, Metric, Tier
from psgkit.domain.night import Night

Families = dict[str, tuple[Measure, ...]]


@dataclass(frozen=True, slots=True)
class Selection:
    """A night's numbers; each defined number is in one place.

    Attributes
    ----------
    headlines : tuple of (str, tuple of Measure)
        Sections with their measures, undefined ones among them.
    exploratory_headlines : tuple of Measure
        Those that would be headlines, were they more reliable.
    reliable, exploratory, unrated : dict of str to tuple of Measure
        The others that are defined, by family.
    absent : dict of str to tuple of Measure
        Reason to the numbers that are undefined for it.
    """

    headlines: tuple[tuple[str, tuple[Measure, ...]], ...]
    exploratory_headlines: tuple[Measure, ...]
    reliable: Families
    exploratory: Families
    unrated: Families
    absent: dict[str, tuple[Measure, ...]]

    @property
    def has_interval(self) -> bool:
        """Whether any number that is shown first has an interval."""
        shown = [m for _, found in self.headlines for m in found]
        return any(not math.isnan(m.low) for m in (*shown, *self.exploratory_headlines))


def select(night: Night) -> Selection:
    """Put each number of a night in its place."""
    named = [
        (section, measure)
        for section, metrics in sections(m.metric for m in night.results)
        for metric in metrics
        for measure in night.results
        if measure.metric is metric
    ]
    used = {measure.name for _, measure in named}
    rest = [m for m in night.results if m.name not in used and not m.reason]
    shown: dict[str, list[Measure]] = defaultdict(list)
    absent: dict[str, list[Measure]] = defaultdict(list)
    for section, measure in named:
        if not _is_apart(measure):
            shown[section].append(measure)
    for measure in night.results:
        if measure.reason:
            absent[measure.reason].append(measure)
    return Selection(
        headlines=tuple((title, tuple(found)) for title, found in shown.items()),
        exploratory_headlines=tuple(m for _, m in named if _is_apart(m)),
        reliable=_by_family(rest, Tier.PRIMARY, Tier.SECONDARY),
        exploratory=_by_family(rest, Tier.EXPLORATORY),
        unrated=_by_family(rest, Tier.UNRATED),
        absent={reason: tuple(found) for reason, found in absent.items()},
    )


def sections(metrics: Iterable[Metric]) -> tuple[tuple[str, tuple[Metric, ...]], ...]:
    """Return the sections at the top of a page with their metrics, in order."""
    found: dict[str, list[Metric]] = defaultdict(list)
    placed = {metric.name: metric for metric in metrics if metric.section}
    for metric in sorted(placed.values(), key=lambda metric: metric.place):
        found[metric.section].append(metric)
    return tuple((section, tuple(members)) for section, members in found.items())


def _is_apart(measure: Measure) -> bool:
    """Return whether a number is exploratory and not about a main question."""
    is_exploratory = measure.reliability.tier is Tier.EXPLORATORY
    return is_exploratory and not measure.metric.headline


def _by_family(measures: list[Measure], *tiers: Tier) -> Families:
    families: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        if measure.reliability.tier in tiers:
            families[measure.metric.family.value].append(measure)
    return {family: tuple(found) for family, found in families.items()}

"""A number of a night, and the row that declares its meaning and reliability."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How far a column can be trusted, from its measured reliability."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    EXPLORATORY = "exploratory"
    UNRATED = "unrated"  # no reliability could be measured


class Family(StrEnum):
    """Metrics that a page shows together, in the order of a page."""

    SLEEP = "Sleep architecture"
    REM = "REM continuity"
    DEEP_SLEEP = "N3 and slow waves"
    AROUSALS = "Arousals"
    FRAGMENTATION = "Fragmentation"
    SPECTRA = "Spectral power"
    SPINDLES = "Spindles"
    INFRASLOW = "Infraslow sigma fluctuation"
    ATONIA = "REM without atonia"
    EYES = "Eye movements"
    BODY = "Breathing, oxygen, limbs"
    HEART = "Heart"
    NETWORK = "Network of EEG channels"
    CONFIDENCE = "Staging confidence"
    QUALITY = "Quality"
    OTHER = "Other"


class Scale(StrEnum):
    """On which scale statistics compare a metric between nights."""

    COUNT = "count"  # events, with the hours of `Metric.denominator` as offset
    LOG = "log"  # positive: logarithms
    LOG_ALREADY = "log_already"  # the value is a natural logarithm
    LOGIT = "logit"  # a bounded share
    MINUTES = "minutes"  # a length of time that can be zero
    ANGLE = "angle"  # radians on a circle
    PLAIN = "plain"  # differences of the value itself
    NONE = "none"  # not an endpoint: a probability, a threshold


@dataclass(frozen=True, slots=True)
class Undefined:
    """A number that this night does not have, and why.

    A metric's function returns it in place of a value. NaN is undefined; zero was counted.

    Attributes
    ----------
    reason : str
        Why, in a few words.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Undefined("no REM sleep").reason
    'no REM sleep'
    """

    reason: str


Value = float | Undefined


@dataclass(frozen=True, slots=True)
class Reliability:
    """Spearman's rho between nights, of one column scored twice.

    Attributes
    ----------
    experts : float or None
        Between human experts; median over pairs.
    automatic : float or None
        Between an automatic scoring and experts.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Reliability(experts=0.86, automatic=0.71).tier
    <Tier.PRIMARY: 'primary'>
    """

    experts: float | None = None
    automatic: float | None = None

    @property
    def tier(self) -> Tier:
        """Primary from 0.65 in both, secondary from 0.5, else exploratory."""
        if self.experts is None or self.automatic is None:
            return Tier.UNRATED
        weaker = min(self.experts, self.automatic)
        if weaker >= 0.65:
            return Tier.PRIMARY
        return Tier.SECONDARY if weaker >= 0.5 else Tier.EXPLORATORY


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric, declared once for pages, tables, alarms and statistics.

    Attributes
    ----------
    name : str
        The column in snake_case with its unit; the start of it where ``per`` is given.
    unit : str
        Unit, empty for a bare number.
    meaning : str
        One sentence.
    source : str
        Paper, manual or program that defines it.
    family : Family
        The metrics that it is shown with.
    label : str
        Plain name for people; empty where the column's name is shown.
    section : str
        Section at the top of a page that shows it; empty for none.
    place : int
        Order among the metrics of all sections.
    headline : bool
        Whether it answers one of the three main questions, and is therefore shown
        first whatever its tier.
    scale : Scale
        On which statistics compare it.
    denominator : tuple of str
        Columns of minutes whose sum, in hours, a rate was divided by.
    same : tuple of str
        Columns that must be equal in nights for the metric to be comparable.
    plausible : tuple of float, optional
        Least and greatest value that raise no alarm. Checks software, not people.
    per : tuple of str
        Further parts of the column's name: nothing, ``chan``, ``chan`` and ``stage``,
        ``band`` and ``stage``, or ``stage`` (without a stage: all sleep).
    reliability : Reliability
        Its measured reliability.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> metric = next(one.metric for one in night.results if one.name == "n3_min")
    >>> metric.unit, metric.scale
    ('minutes', <Scale.MINUTES: 'minutes'>)
    """

    name: str
    unit: str
    meaning: str
    source: str
    family: Family = Family.OTHER
    label: str = ""
    section: str = ""
    place: int = 0
    headline: bool = False
    scale: Scale = Scale.PLAIN
    denominator: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    plausible: tuple[float, float] | None = None
    per: tuple[str, ...] = ()
    reliability: Reliability = Reliability()

    @property
    def column(self) -> str:
        """The column, with placeholders for channel and stage."""
        return "__".join((self.name, *(f"{{{part}}}" for part in self.per)))

    @property
    def title(self) -> str:
        """The plain name, or the column's name."""
        return self.label or self.name


def find_metric(
    column: str, metrics: Mapping[str, Metric]
) -> tuple[Metric, tuple[str, ...]] | None:
    """Find the row of a column, and the channel and stage that the column names.

    Parameters
    ----------
    column : str
        For example ``ap_exp_low__C4_M1__N2``.
    metrics : mapping of str to Metric
        Rows by name.

    Returns
    -------
    (Metric, tuple of str) or None
        None where no row declares the column.
    """
    plain = metrics.get(column)
    if plain is not None and plain.per in ((), ("stage",)):
        return plain, ()
    for count in (1, 2):
        name, *where = column.rsplit("__", count)
        found = metrics.get(name)
        if found is not None and len(found.per) == len(where) == count:
            return found, tuple(where)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """The value of one metric for one night.

    Attributes
    ----------
    metric : Metric
        The row that declares it.
    value : float
        NaN where it is undefined.
    where : tuple of str
        Channel or band, and stage, as `Metric.per` asks.
    reason : str
        Why the value is NaN; empty where it is not.
    low, high : float
        Interval within which staging error alone may move the value, or NaN.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> measure = next(one for one in night.results if one.name == "n3_min")
    >>> measure.value, measure.unit, measure.reason
    (6.0, 'minutes', '')
    """

    metric: Metric
    value: float
    where: tuple[str, ...] = ()
    reason: str = ""
    low: float = math.nan
    high: float = math.nan

    @classmethod
    def of(cls, metric: Metric, value: Value, *where: str) -> "Measure":
        """Make the measure of a value, or of the reason why it is undefined."""
        if isinstance(value, Undefined):
            return cls(metric, math.nan, where, value.reason)
        return cls(metric, value, where)

    @property
    def name(self) -> str:
        """The column, with channel and stage where it has them."""
        return "__".join((self.metric.name, *self.where))

    @property
    def unit(self) -> str:
        """Unit, empty for a bare number."""
        return self.metric.unit

    @property
    def meaning(self) -> str:
        """One sentence, with channel and stage where it has them."""
        if not self.where:
            return self.metric.meaning
        sentence = self.metric.meaning.removesuffix(".")
        return f"{sentence} ({', '.join(self.where)})."

    @property
    def source(self) -> str:
        """Paper, manual or program that defines it."""
        return self.metric.source

    @property
    def reliability(self) -> Reliability:
        """Measured reliability of the metric."""
        return self.metric.reliability

    def __eq__(self, other: object) -> bool:
        """Compare by value; an undefined number equals an undefined number."""
        if not isinstance(other, Measure):
            return NotImplemented
        return self._comparable() == other._comparable()

    def __hash__(self) -> int:
        """Hash the values that `__eq__` compares."""
        return hash(self._comparable())

    def _comparable(self) -> tuple[object, ...]:
        numbers = (
            None if math.isnan(number) else number
            for number in (self.value, self.low, self.high)
        )
        return (self.metric, self.where, self.reason, *numbers)

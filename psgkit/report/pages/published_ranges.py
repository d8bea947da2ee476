"""Published numbers of healthy sleepers by age, shown beside a person's numbers.

Only numbers that are defined here as in their source. Mitterling also gives shares of
N3 and REM; whether of the sleep period or of sleep its abstract does not say.
"""

from dataclasses import dataclass

from psgkit.domain.metrics import Measure
from psgkit.domain.night import Night
from psgkit.report.language import _
from psgkit.report.wording import marked, shown_value

_MITTERLING = "Mitterling 2015, 10.5665/sleep.4730"
_BOSELLI = "Boselli 1998, Sleep 21:351"
# Words of a band of ages.
UP_TO = "up to {high} years"
FROM = "{low} years and over"
BETWEEN = "{low} to {high} years"


@dataclass(frozen=True, slots=True)
class _Band:
    """Ages from the youngest to the oldest person, and their numbers.

    ``low`` and ``high`` enclose the middle 90 %; both are None if the source has a mean
    alone.
    """

    words: str
    ages: tuple[int, int]
    centre: float
    low: float | None = None
    high: float | None = None


# Mitterling's persons were 19 to 77 years old; no band of theirs is from 31 to 60.
_RANGES: dict[str, tuple[str, tuple[_Band, ...]]] = {
    "tst_min": (
        _MITTERLING,
        (
            _Band(UP_TO, (19, 30), 413.5, 345.6, 451.9),
            _Band(FROM, (61, 77), 378.3, 216.0, 440.0),
        ),
    ),
    "se_pct": (
        _MITTERLING,
        (
            _Band(UP_TO, (19, 30), 87.0, 71.9, 94.1),
            _Band(FROM, (61, 77), 79.7, 44.5, 90.9),
        ),
    ),
    # Arousals that experts scored by the ASDA's rules of 1992.
    "ari_per_h": (
        _BOSELLI,
        (
            _Band(BETWEEN, (10, 19), 13.8),
            _Band(BETWEEN, (20, 39), 14.7),
            _Band(BETWEEN, (40, 59), 17.8),
            _Band(FROM, (60, 80), 27.1),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A number of the night, and its range in healthy people of one age group.

    Attributes
    ----------
    label, value : str
        The night's number as text.
    bands_n : int
        How many bands it has; 0 in all but the first.
    ages, range : str
        The band, and its median and middle 90 %, or its mean.
    is_own : bool
        Whether the person's age is in the band.
    source : str
    """

    label: str
    value: str
    bands_n: int
    ages: str
    range: str
    is_own: bool
    source: str


def published_ranges(night: Night) -> list[Published]:
    """Return the published ranges of a night's numbers, in the language in force."""
    age_y = night.provenance.age_y
    found = {measure.name: measure for measure in night.results if not measure.reason}
    return [
        row
        for name, (source, bands) in _RANGES.items()
        if name in found
        for row in _rows(found[name], source, bands, age_y)
    ]


def _rows(
    measure: Measure, source: str, bands: tuple[_Band, ...], age_y: float | None
) -> list[Published]:
    label = f"{_(measure.metric.label)}, {_(measure.unit)}"
    rows = []
    for number, band in enumerate(bands):
        youngest, oldest = band.ages
        rows.append(
            Published(
                label=label,
                value=shown_value(measure),
                bands_n=0 if number else len(bands),
                ages=_(band.words).format(low=youngest, high=oldest),
                range=_range(band),
                is_own=age_y is not None and youngest <= age_y < oldest + 1,
                source=source,
            )
        )
    return rows


def _range(band: _Band) -> str:
    if band.low is None or band.high is None:
        return _("mean {mean}").format(mean=marked(f"{band.centre:g}"))
    return _("median {median} ({low} to {high})").format(
        median=marked(f"{band.centre:g}"),
        low=marked(f"{band.low:g}"),
        high=marked(f"{band.high:g}"),
    )

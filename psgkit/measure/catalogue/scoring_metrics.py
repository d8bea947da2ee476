"""Every column that a scoring alone gives, each declared once.

To add a metric: write its function in the module of its subject, declare a `MetricSpec`
in that module's tuple, and run ``scripts/make_docs.py``.
"""

import math

import pandas as pd

from psgkit.domain.metrics import Measure, Undefined
from psgkit.domain.scoring import Scoring
from psgkit.measure.catalogue.reliability import rating_of, staging_interval
from psgkit.measure.catalogue.rows import MIN_SLEEP_MIN, NOT_SCORED, MetricSpec, Value
from psgkit.measure.events.arousal_index import AROUSAL_INDEX
from psgkit.measure.events.event_indices import EVENT_INDICES
from psgkit.measure.events.rem_arousals import REM_AROUSALS
from psgkit.measure.night_flags import FLAGS
from psgkit.measure.stages.architecture import ARCHITECTURE
from psgkit.measure.stages.bouts import AWAKENINGS, STAGE_BOUTS, WAKE_BOUTS
from psgkit.measure.stages.confidence import CONFIDENCE
from psgkit.measure.stages.continuity import CONTINUITY
from psgkit.measure.stages.cycles import CYCLES
from psgkit.measure.stages.deep_sleep import DEEP_SLEEP
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.fragmentation import FRAGMENTATION
from psgkit.measure.stages.latencies import LATENCIES
from psgkit.measure.tables import make_tables

METRICS: tuple[MetricSpec, ...] = (
    *FLAGS,
    *ARCHITECTURE,
    *LATENCIES,
    *DEEP_SLEEP,
    *AWAKENINGS,
    *STAGE_BOUTS,
    *CYCLES,
    *CONTINUITY,
    *REM_AROUSALS,
    *AROUSAL_INDEX,
    *FRAGMENTATION,
    *WAKE_BOUTS,
    *EVENT_INDICES,
    *CONFIDENCE,
)


def measure_scoring(scoring: Scoring) -> pd.Series:
    """Return every number that a scoring alone gives.

    Parameters
    ----------
    scoring : Scoring

    Returns
    -------
    pandas.Series of float
        The index holds the column names of the catalogue; NaN is undefined.

    Raises
    ------
    InputError
        If lights-on does not follow lights-off by an epoch.
    """
    night = Evidence.of(scoring)
    return pd.Series({spec.name: _number(_value(spec, night)) for spec in METRICS})


def measure_all(
    scoring: Scoring,
) -> tuple[tuple[Measure, ...], dict[str, pd.DataFrame]]:
    """Return every number with what it means and is worth, and the long tables.

    Parameters
    ----------
    scoring : Scoring

    Returns
    -------
    measures : tuple of Measure
        In the order of the catalogue.
    tables : dict of str to pandas.DataFrame
        ``bouts``, ``rem_periods``, ``cycles``, ``transitions`` and, where they were
        scored, ``arousals``; see `make_tables`.

    Raises
    ------
    InputError
        If lights-on does not follow lights-off by an epoch.
    """
    night = Evidence.of(scoring)
    measures = tuple(_measure(spec, night) for spec in METRICS)
    return measures, make_tables(night)


def _value(spec: MetricSpec, night: Evidence) -> Value:
    if spec.needs_scored and len(night.scored) == 0:
        return NOT_SCORED
    return spec.compute(night)


def _number(value: Value) -> float:
    return math.nan if isinstance(value, Undefined) else value


def _measure(spec: MetricSpec, night: Evidence) -> Measure:
    value = _value(spec, night)
    low, high = math.nan, math.nan
    # The errors were measured on whole nights; a nap's may be larger, and its numbers
    # are smaller than any of theirs.
    if night.scoring.is_automatic and night.sleep_min >= MIN_SLEEP_MIN:
        low, high = staging_interval(spec.name, spec.unit, _number(value))
    return Measure(
        name=spec.name,
        value=_number(value),
        unit=spec.unit,
        meaning=spec.meaning,
        source=spec.source,
        reliability=rating_of(spec.name).reliability,
        reason=value.reason if isinstance(value, Undefined) else "",
        low=low,
        high=high,
    )

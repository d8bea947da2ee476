"""Compute every number that a scoring alone gives.

To add a metric: write its function in the module of its subject, declare its `Row` in
the module of its family in ``measure/catalogue``, and run ``scripts/make_docs.py``.
"""

import math
from dataclasses import replace

import pandas as pd

from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.scoring import Scoring
from psgkit.measure.catalogue.lookup import SCORING_ROWS
from psgkit.measure.catalogue.reliability import staging_interval
from psgkit.measure.catalogue.rows import Row
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.tables import make_tables
from psgkit.measure.values import MIN_SLEEP_MIN, NOT_SCORED


def measure_scoring(scoring: object) -> pd.Series:
    """Return every number that a scoring alone gives.

    Parameters
    ----------
    scoring : Scoring, str, Path, yasa.Hypnogram, mne.Annotations or sequence of stages
        Anything that `Scoring.of` takes.

    Returns
    -------
    pandas.Series of float
        The index has the column names of the catalogue; NaN is undefined.

    Raises
    ------
    InputError
        If lights-on does not follow lights-off by an epoch.

    Examples
    --------
    >>> import psgkit
    >>> numbers = psgkit.measure_scoring(["W", "N1", "N2", "N2", "R", "R"])
    >>> float(numbers["rem_min"]), float(numbers["n2_min"])  # minutes
    (1.0, 1.0)
    """
    night = Evidence.of(Scoring.of(scoring))
    return pd.Series(
        {row.metric.name: _number(_value(row, night)) for row in SCORING_ROWS}
    )


def measure_all(
    scoring: Scoring,
) -> tuple[tuple[Measure, ...], dict[str, pd.DataFrame]]:
    """Return every number with its meaning and reliability, and the long tables.

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
    measures = tuple(_measure(row, night) for row in SCORING_ROWS)
    return measures, make_tables(night)


def _value(row: Row, night: Evidence) -> Value:
    if row.needs_scored and len(night.scored) == 0:
        return NOT_SCORED
    return row.compute(night)


def _number(value: Value) -> float:
    return math.nan if isinstance(value, Undefined) else value


def _measure(row: Row, night: Evidence) -> Measure:
    measure = Measure.of(row.metric, _value(row, night))
    # The errors were measured on whole nights; a nap's may be larger, and its numbers
    # are smaller than any of theirs.
    if not night.scoring.is_automatic or night.sleep_min < MIN_SLEEP_MIN:
        return measure
    low, high = staging_interval(row.metric.name, row.metric.unit, measure.value)
    return replace(measure, low=low, high=high)

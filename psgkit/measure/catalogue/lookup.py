"""Every metric that psgkit writes, in the order of the tables, and how to find one."""

from collections.abc import Iterable
from dataclasses import replace

from psgkit.domain.metrics import Measure, Metric, Undefined, Value, find_metric
from psgkit.measure.catalogue.own_rows import own_rows
from psgkit.measure.catalogue.quality_rows import (
    CONFIDENCE,
    DETECTION,
    FLAGS,
    USABLE,
)
from psgkit.measure.catalogue.reliability import rating_of
from psgkit.measure.catalogue.rows import Row
from psgkit.measure.catalogue.scoring.bout_rows import (
    AWAKENINGS,
    CYCLES,
    DEEP_SLEEP,
    STAGE_BOUTS,
    WAKE_BOUTS,
)
from psgkit.measure.catalogue.scoring.duration_rows import ARCHITECTURE
from psgkit.measure.catalogue.scoring.event_rows import (
    AROUSAL_INDEX,
    EVENT_INDICES,
    REM_AROUSALS,
    SCORED_ATONIA,
)
from psgkit.measure.catalogue.scoring.fragmentation_rows import FRAGMENTATION
from psgkit.measure.catalogue.scoring.latency_rows import LATENCIES
from psgkit.measure.catalogue.scoring.rem_rows import CONTINUITY
from psgkit.measure.catalogue.signals.body_rows import (
    AROUSAL_RISE,
    HEART,
    INFRASLOW_HEART,
    OXYGEN,
    VARIABILITY,
)
from psgkit.measure.catalogue.signals.eeg_rows import (
    APERIODIC,
    BAND_POWERS,
    COUPLING,
    NETWORK,
    RATIOS,
    SLOW_WAVES,
    SPINDLES,
)
from psgkit.measure.catalogue.signals.signal_rows import (
    CHIN,
    EYE_MOVEMENTS,
    INFRASLOW,
    SWA,
)


def _rated(metric: Metric) -> Metric:
    return replace(metric, reliability=rating_of(metric.name).reliability)


SCORING_ROWS: tuple[Row, ...] = tuple(
    replace(row, metric=_rated(row.metric))
    for row in (
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
        *SCORED_ATONIA,
        *CONFIDENCE,
    )
)

# Metrics of a scoring alone, of the arousal detector, of the signals of the head, and
# of the signals of the body.
METRICS = tuple(row.metric for row in SCORING_ROWS)
DETECTION_METRICS = tuple(_rated(metric) for metric in DETECTION)
SIGNAL_METRICS = tuple(
    _rated(metric)
    for metric in (
        *SWA,
        *INFRASLOW,
        *EYE_MOVEMENTS,
        *CHIN,
        *BAND_POWERS,
        *RATIOS,
        *APERIODIC,
        *SPINDLES,
        *SLOW_WAVES,
        *COUPLING,
        *USABLE,
    )
)
BODY_METRICS = tuple(
    _rated(metric)
    for metric in (*HEART, *VARIABILITY, *AROUSAL_RISE, *INFRASLOW_HEART, *OXYGEN)
)
NETWORK_METRICS = tuple(_rated(metric) for metric in NETWORK)
ALL_METRICS = (
    *(*METRICS, *DETECTION_METRICS, *SIGNAL_METRICS),
    *(*BODY_METRICS, *NETWORK_METRICS),
)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in ALL_METRICS}


def metric_of(column: str) -> Metric | None:
    """Return the row of a column, also of ``<name>__<channel>__<stage>``.

    Examples
    --------
    >>> metric_of("sp_freq_hz__C4_M1__N2").unit
    'hertz'
    >>> metric_of("shoe_size") is None
    True
    """
    found = find_metric(column, BY_NAME)
    return own_rows().get(column) if found is None else found[0]


def metric_named(column: str) -> Metric | None:
    """Return the row whose name a column begins with, with its channel and stage if any.

    So that a mean over channels is compared as the metric itself is.

    Examples
    --------
    >>> metric_named("coup_phase_rad").unit, metric_named("coup_phase_rad__mean").unit
    ('radians', 'radians')
    """
    stem = column.partition("__")[0]
    if (found := metric_of(column) or BY_NAME.get(stem)) is not None:
        return found
    # A band of the settings, whose name only the night's file knows.
    return next(
        (
            row
            for row in BAND_POWERS
            if stem.startswith(f"{row.name.rpartition('_')[0]}_")
        ),
        None,
    )


def measures_of(values: dict[str, Value], *where: str) -> tuple[Measure, ...]:
    """Build the measures of values by metric name, all of one channel and stage."""
    return tuple(
        Measure.of(BY_NAME[name], value, *where) for name, value in values.items()
    )


def all_undefined(
    metrics: Iterable[Metric], reason: Undefined, *where: str
) -> tuple[Measure, ...]:
    """Build the measures of metrics that are all undefined for one reason."""
    return measures_of({metric.name: reason for metric in metrics}, *where)

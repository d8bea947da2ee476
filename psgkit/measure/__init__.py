"""Turn a scoring and its signals into numbers, each declared as a row."""

from psgkit.measure.catalogue.lookup import (
    ALL_METRICS,
    METRICS,
    metric_named,
    metric_of,
)
from psgkit.measure.dictionary import data_dictionary, metrics_markdown
from psgkit.measure.plausibility import find_measure_issues
from psgkit.measure.scoring_measures import measure_all, measure_scoring
from psgkit.measure.stages.analysis_window import Window, find_windows

__all__ = [
    "ALL_METRICS",
    "METRICS",
    "Window",
    "data_dictionary",
    "find_measure_issues",
    "find_windows",
    "measure_all",
    "measure_scoring",
    "metric_named",
    "metric_of",
    "metrics_markdown",
]

"""A scoring and its signals to numbers, each a row of the catalogue."""

from psgkit.measure.catalogue.dictionary import data_dictionary, metrics_markdown
from psgkit.measure.catalogue.plausibility import find_measure_issues
from psgkit.measure.catalogue.rows import MetricSpec
from psgkit.measure.catalogue.scoring_metrics import (
    METRICS,
    measure_all,
    measure_scoring,
)
from psgkit.measure.stages.analysis_window import Window, find_windows

__all__ = [
    "METRICS",
    "MetricSpec",
    "Window",
    "data_dictionary",
    "find_measure_issues",
    "find_windows",
    "measure_all",
    "measure_scoring",
    "metrics_markdown",
]

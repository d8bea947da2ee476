"""A scoring and its signals to numbers, each a row of the catalogue."""

from psgkit.measure.catalogue import METRICS, measure_all, measure_scoring
from psgkit.measure.spec import MetricSpec

__all__ = [
    "METRICS",
    "MetricSpec",
    "measure_all",
    "measure_scoring",
]

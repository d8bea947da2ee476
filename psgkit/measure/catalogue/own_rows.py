"""Metrics that users declare: their rows and functions, by name."""

import importlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from psgkit.domain.metrics import Metric, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from psgkit.domain.night import Night

ENTRY_POINTS = "psgkit.metrics"


@dataclass(frozen=True, slots=True)
class OwnMetric:
    """A metric that a user declared, with the function that computes it."""

    metric: Metric
    compute: "Callable[[Night], Value | None]"


REGISTERED: dict[str, OwnMetric] = {}


def own_metrics() -> dict[str, OwnMetric]:
    """Return the metrics declared here and by installed packages, by name."""
    load_faults()
    return REGISTERED


def own_rows() -> dict[str, Metric]:
    """Return the rows of `own_metrics`."""
    return {name: own.metric for name, own in own_metrics().items()}


@cache
def load_faults() -> tuple[tuple[str, str], ...]:
    """Import the metrics of packages; return each package that fails, with the reason.

    An entry point names a module that declares metrics, or one of its functions.
    """
    faults = []
    for point in metadata.entry_points(group=ENTRY_POINTS):
        try:
            importlib.import_module(point.module)
        except Exception as fault:  # noqa: BLE001 - another's package
            package = point.dist.name if point.dist else point.module
            faults.append((package, f"{type(fault).__name__}: {fault}"))
    return tuple(faults)

"""Measures in an HDF5 file: a dataset each, with what it means as attributes."""

from typing import Any

import h5py
import numpy as np

from psgkit.domain.measures import Measure, Reliability
from psgkit.domain.night import Night
from psgkit.report.frames import escape, held, unescape


def put_measures(file: h5py.File, night: Night) -> None:
    """Write a dataset a measure, what is known of it as attributes."""
    group = file.create_group("measures", track_order=True)
    for measure in night.results:
        dataset = group.create_dataset(held(measure.name), data=float(measure.value))
        for word in ("unit", "meaning", "source"):
            dataset.attrs[word] = escape(getattr(measure, word))
        if measure.reason:
            dataset.attrs["reason"] = escape(measure.reason)
        for limit in ("low", "high"):
            if not np.isnan(getattr(measure, limit)):
                dataset.attrs[limit] = getattr(measure, limit)
        for rater in ("experts", "automatic"):
            rho = getattr(measure.reliability, rater)
            if rho is not None:
                dataset.attrs[f"reliability_{rater}"] = rho


def measure_from(name: str, dataset: h5py.Dataset) -> Measure:
    """Read one measure."""
    found = dict(dataset.attrs)
    return Measure(
        name=name,
        value=float(dataset[()]),
        unit=_text(found["unit"]),
        meaning=_text(found["meaning"]),
        source=_text(found["source"]),
        reason=_text(found.get("reason", "")),
        low=float(found.get("low", np.nan)),
        high=float(found.get("high", np.nan)),
        reliability=Reliability(
            experts=_optional(found, "reliability_experts"),
            automatic=_optional(found, "reliability_automatic"),
        ),
    )


def _text(value: object) -> str:
    return unescape(str(value))


def _optional(attributes: dict[str, Any], name: str) -> float | None:
    return float(attributes[name]) if name in attributes else None

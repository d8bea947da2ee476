"""Measures in an HDF5 file: a dataset each, with what it means as attributes."""

from typing import Any

import h5py
import numpy as np

from psgkit.domain.metrics import Measure, Reliability
from psgkit.domain.night import Night
from psgkit.store.tables import escape, held, unescape

_SCALAR = h5py.h5s.create(h5py.h5s.SCALAR)
_NUMBER = h5py.h5t.NATIVE_DOUBLE
_TEXT = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
_TIMELESS = h5py.h5p.create(h5py.h5p.DATASET_CREATE)  # no clock of the machine
_TIMELESS.set_obj_track_times(False)


def put_measures(file: h5py.File, night: Night) -> None:
    """Write a dataset a measure, what is known of it as attributes.

    By HDF5's own functions: a night has a thousand measures, and h5py's words for them
    take three times as long.
    """
    group = file.create_group("measures", track_order=True)
    for measure in night.results:
        name = held(measure.name).encode()
        dataset = h5py.h5d.create(group.id, name, _NUMBER, _SCALAR, _TIMELESS)
        dataset.write(_SCALAR, _SCALAR, np.array(measure.value, dtype=np.float64))
        for word in ("unit", "meaning", "source"):
            _put_text(dataset, word, getattr(measure, word))
        if measure.reason:
            _put_text(dataset, "reason", measure.reason)
        for limit in ("low", "high"):
            if not np.isnan(getattr(measure, limit)):
                _put_number(dataset, limit, getattr(measure, limit))
        for rater in ("experts", "automatic"):
            rho = getattr(measure.reliability, rater)
            if rho is not None:
                _put_number(dataset, f"reliability_{rater}", rho)


def _put_text(dataset: h5py.h5d.DatasetID, name: str, text: str) -> None:
    attribute = h5py.h5a.create(dataset, name.encode(), _TEXT, _SCALAR)
    attribute.write(np.array(escape(text), dtype=object))


def _put_number(dataset: h5py.h5d.DatasetID, name: str, value: float) -> None:
    attribute = h5py.h5a.create(dataset, name.encode(), _NUMBER, _SCALAR)
    attribute.write(np.array(value, dtype=np.float64))


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

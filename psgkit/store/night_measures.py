"""Measures in an HDF5 file: a dataset each, with its meaning as attributes."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import h5py
import numpy as np
import pandas as pd

from psgkit.domain.metrics import (
    Family,
    Measure,
    Metric,
    Reliability,
    Scale,
    find_metric,
)
from psgkit.domain.night import Night
from psgkit.store.tables import escape, held, unescape

_SCALAR = h5py.h5s.create(h5py.h5s.SCALAR)
_NUMBER = h5py.h5t.NATIVE_DOUBLE
_TEXT = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
_TIMELESS = h5py.h5p.create(h5py.h5p.DATASET_CREATE)  # no clock of the machine
_TIMELESS.set_obj_track_times(False)

# Columns of the table of rows: text, and several names with blanks between.
_WORDS = ("name", "unit", "meaning", "source", "label", "section")
_MANY = ("denominator", "same", "per")
_COLUMNS = (
    *_WORDS,
    *("family", "scale"),
    *_MANY,
    *("place", "headline", "plausible_low", "plausible_high"),
    *("reliability_experts", "reliability_automatic"),
)


def put_measures(file: h5py.File, night: Night) -> None:
    """Write a dataset for each measure, with its facts as attributes.

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


def _put_text(dataset: h5py.h5d.DatasetID, name: str, text: str) -> None:
    attribute = h5py.h5a.create(dataset, name.encode(), _TEXT, _SCALAR)
    attribute.write(np.array(escape(text), dtype=object))


def _put_number(dataset: h5py.h5d.DatasetID, name: str, value: float) -> None:
    attribute = h5py.h5a.create(dataset, name.encode(), _NUMBER, _SCALAR)
    attribute.write(np.array(value, dtype=np.float64))


def measure_from(
    name: str, dataset: h5py.Dataset, metrics: Mapping[str, Metric]
) -> Measure:
    """Read one measure by its row in the file."""
    found = dict(dataset.attrs)
    declared = find_metric(name, metrics)
    if declared is None:
        raise ValueError(f"no row of metrics/ declares {name!r}")
    metric, where = declared
    return Measure(
        metric,
        float(dataset[()]),
        where,
        reason=unescape(str(found.get("reason", ""))),
        low=float(found.get("low", np.nan)),
        high=float(found.get("high", np.nan)),
    )


def metric_table(metrics: Iterable[Metric]) -> pd.DataFrame:
    """Return the metrics' rows as a table, one metric per line."""
    rows = []
    for metric in metrics:
        low, high = metric.plausible or (np.nan, np.nan)
        experts, automatic = (
            np.nan if rho is None else rho
            for rho in (metric.reliability.experts, metric.reliability.automatic)
        )
        rows.append(
            {
                **{word: getattr(metric, word) for word in _WORDS},
                "family": metric.family.value,
                "scale": metric.scale.value,
                **{many: " ".join(getattr(metric, many)) for many in _MANY},
                "place": metric.place,
                "headline": metric.headline,
                "plausible_low": low,
                "plausible_high": high,
                "reliability_experts": experts,
                "reliability_automatic": automatic,
            }
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


def metrics_from(table: pd.DataFrame) -> dict[str, Metric]:
    """Return the rows of a file, by name."""
    return {row["name"]: _metric(row) for row in table.to_dict("records")}


def _metric(row: dict[Hashable, Any]) -> Metric:
    limits = float(row["plausible_low"]), float(row["plausible_high"])
    return Metric(
        name=row["name"],
        unit=row["unit"],
        meaning=row["meaning"],
        source=row["source"],
        family=Family(row["family"]),
        label=row["label"],
        section=row["section"],
        place=int(row["place"]),
        headline=bool(row["headline"]),
        scale=Scale(row["scale"]),
        denominator=tuple(row["denominator"].split()),
        same=tuple(row["same"].split()),
        plausible=None if np.isnan(limits[0]) else limits,
        per=tuple(row["per"].split()),
        reliability=Reliability(
            _known(row["reliability_experts"]), _known(row["reliability_automatic"])
        ),
    )


def _known(rho: float) -> float | None:
    return None if np.isnan(rho) else float(rho)

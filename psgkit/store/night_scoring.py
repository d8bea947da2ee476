"""Stages and events in an HDF5 file, and times of day without a date."""

import datetime as dt

import h5py
import numpy as np

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.scoring import Scoring
from psgkit.store.tables import TEXT, escape, get_table, put_array, put_table, unescape


def put_time(attributes: h5py.AttributeManager, moment: dt.datetime | None) -> None:
    """Write a time of day, where it is known, as the attribute ``start``."""
    if moment is not None:
        attributes["start"] = moment.time().isoformat()


def time_from(attributes: h5py.AttributeManager) -> dt.datetime | None:
    """Read that time of day."""
    if "start" not in attributes:
        return None
    return dt.datetime.combine(
        UNKNOWN_DATE, dt.time.fromisoformat(str(attributes["start"]))
    )


def put_scoring(group: h5py.Group, scoring: Scoring) -> None:
    """Write a scoring into an empty group."""
    group.attrs["epoch_s"] = scoring.epoch_s
    group.attrs["onset_s"] = scoring.onset_s
    put_time(group.attrs, scoring.start)
    for name in ("lights_off_s", "lights_on_s"):
        seconds = getattr(scoring, name)
        if seconds is not None:
            group.attrs[name] = seconds
    kinds = [escape(kind) for kind in sorted(scoring.kinds_scored)]
    group.attrs.create("kinds_scored", np.array(kinds, dtype=TEXT), dtype=TEXT)
    group.attrs["scorer"] = escape(scoring.scorer)
    group.attrs["is_automatic"] = scoring.is_automatic
    put_array(
        group,
        "stages",
        scoring.stages,
        unit="",
        meaning="stage of each epoch: -2 UNS, -1 ART, 0 W, 1 N1, 2 N2, 3 N3, 4 R",
    )
    if scoring.proba is not None:
        put_array(
            group,
            "proba",
            scoring.proba,
            unit="",
            meaning="probability of W, N1, N2, N3 and R in each epoch",
        )
    put_table(group.create_group("events"), scoring.events)


def scoring_from(group: h5py.Group) -> Scoring:
    """Read a scoring."""
    attributes = group.attrs
    return Scoring(
        stages=group["stages"][()],
        epoch_s=float(attributes["epoch_s"]),
        onset_s=float(attributes["onset_s"]),
        start=time_from(attributes),
        lights_off_s=_optional(attributes, "lights_off_s"),
        lights_on_s=_optional(attributes, "lights_on_s"),
        events=get_table(group["events"]),
        kinds_scored=frozenset(_text(kind) for kind in attributes["kinds_scored"]),
        scorer=_text(attributes["scorer"]),
        is_automatic=bool(attributes["is_automatic"]),
        proba=group["proba"][()] if "proba" in group else None,
    )


def _text(value: object) -> str:
    return unescape(str(value))


def _optional(attributes: h5py.AttributeManager, name: str) -> float | None:
    return float(attributes[name]) if name in attributes else None

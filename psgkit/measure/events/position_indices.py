"""Indices of breathing events and limb movements by body position, where it is scored."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.events.event_indices import (
    Found,
    find_desaturations,
    find_disturbances,
    find_periodic,
    find_respiratory,
)
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import FloatArray

POSITIONS = ("supine", "left", "right", "prone", "upright")
_KINDS = tuple(f"position_{name}" for name in POSITIONS)
_UNKNOWN = "unknown"
_STAGES: dict[str, tuple[Stage, ...]] = {
    "sleep": (Stage.N1, Stage.N2, Stage.N3, Stage.R),
    "NREM": (Stage.N1, Stage.N2, Stage.N3),
    "R": (Stage.R,),
}
_INDICES: dict[str, Callable[[Evidence], Found]] = {
    "ahi_per_h": find_respiratory,
    "rdi_per_h": find_disturbances,
    "odi_per_h": find_desaturations,
    "plmi_per_h": find_periodic,
}


def position_table(night: Evidence) -> pd.DataFrame | None:
    """Return indices by position and stage; None where no position is scored.

    Returns
    -------
    pandas.DataFrame or None
        ``position``, ``stage`` (sleep, NREM, R), ``stage_min``, and the indices per
        hour of it: ``ahi_per_h``, ``rdi_per_h``, ``odi_per_h``, ``plmi_per_h``; NaN
        where the events were not scored. A position holds until the next one.
    """
    table = night.scoring.events_of(_KINDS)
    if table.empty:
        return None
    onsets_s = table["onset_s"].to_numpy(dtype=np.float64) - night.start_s
    names = np.array([kind.removeprefix("position_") for kind in table["kind"]])
    middles_s = (np.arange(len(night.stages)) + 0.5) * night.epoch_s
    of_epochs = _at(middles_s, onsets_s, names)
    found = {column: find(night) for column, find in _INDICES.items()}
    rows = []
    for position in (*POSITIONS, _UNKNOWN):
        for stage, codes in _STAGES.items():
            inside = (of_epochs == position) & np.isin(night.stages, codes)
            minutes = float(inside.sum()) * night.epoch_min
            if minutes == 0:
                continue
            counts = (
                _count(marks, codes, position, onsets_s, names)
                for marks in found.values()
            )
            rows.append(
                (position, stage, minutes, *(60 * count / minutes for count in counts))
            )
    return pd.DataFrame(rows, columns=["position", "stage", "stage_min", *found])


def _count(
    found: Found,
    codes: tuple[Stage, ...],
    position: str,
    onsets_s: FloatArray,
    names: np.ndarray,
) -> float:
    if isinstance(found, Undefined):
        return math.nan
    at = _at(found.onsets_s, onsets_s, names)
    return float(((at == position) & np.isin(found.stages, codes)).sum())


def _at(
    times_s: npt.NDArray[np.floating], onsets_s: FloatArray, names: np.ndarray
) -> np.ndarray:
    """Return the position at each time, unknown before the first."""
    before = np.searchsorted(onsets_s, times_s, side="right") - 1
    known = np.append(names.astype(object), _UNKNOWN)
    return np.asarray(known[before])

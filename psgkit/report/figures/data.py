"""Data for several figures: runs of a stage, the EEG to show, tables."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.night import Night, Spectra
from psgkit.domain.provenance import Provenance
from psgkit.domain.scoring import Scoring, Stage


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one stage, in seconds after the recording's start."""

    stage: Stage
    onset_s: float
    end_s: float


def as_night(given: object) -> Night:
    """Return a night; of a scoring, one with its stages and events alone."""
    if isinstance(given, Night):
        return given
    scoring = Scoring.of(given)
    return Night(
        id="",
        start=scoring.start,
        duration_s=scoring.end_s,
        channels=(),
        gaps=(),
        scoring=scoring,
        results=(),
        issues=(),
        provenance=Provenance(),
    )


def stage_runs(scoring: Scoring) -> list[Run]:
    """Return the runs of equal stages, in order."""
    stages = scoring.stages
    if len(stages) == 0:
        return []
    starts = np.flatnonzero(np.diff(stages, prepend=stages[0] - 1))
    stops = np.append(starts[1:], len(stages))
    return [
        Run(
            Stage(stages[start]),
            scoring.onset_s + start * scoring.epoch_s,
            scoring.onset_s + stop * scoring.epoch_s,
        )
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
    ]


def table_with(night: Night, name: str, *columns: str) -> pd.DataFrame | None:
    """Return a long table that has some columns, or None."""
    table = night.tables.get(name)
    if table is None or not set(columns) <= set(table.columns):
        return None
    return table


def shown_spectra(night: Night) -> tuple[str, Spectra] | None:
    """Return the channel whose spectra are shown: the one that staging used."""
    used = night.provenance.channels_used.get("staging_eeg", "")
    for role, spectra in night.spectra.items():
        if used.split(" ")[0] == role:
            return role, spectra
    return next(iter(night.spectra.items()), None)


def thin(rows: npt.NDArray[np.floating], most: int) -> npt.NDArray[np.floating]:
    """Average neighbouring rows until there are at most so many.

    A screen has fewer columns than a long recording has epochs, and a page has to stay
    small. A last group may have fewer rows than the others.
    """
    size = -(-len(rows) // most)
    if size <= 1:
        return rows
    groups = np.arange(0, len(rows), size)
    known = np.isfinite(rows)
    counts = np.add.reduceat(known, groups, axis=0)
    sums = np.add.reduceat(np.where(known, rows, 0.0), groups, axis=0)
    return np.where(counts, sums / np.maximum(counts, 1), np.nan)

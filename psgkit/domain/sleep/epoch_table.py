"""A night as a table for machine learning: one row per epoch, its features as columns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.scoring import EVENT_GROUPS
from psgkit.domain.sleep.bands import BANDS_HZ, band_power

if TYPE_CHECKING:
    from psgkit.domain.night import Night

PROBA_COLUMNS = ("proba_w", "proba_n1", "proba_n2", "proba_n3", "proba_r")

# Detected events, the column of their onset, and the name of their column of counts.
_DETECTED = {
    "spindles": ("onset_s", "spindle_n"),
    "slow_waves": ("neg_peak_s", "slow_wave_n"),
    "eye_movements": ("peak_s", "eye_movement_n"),
}


def epoch_table(night: "Night") -> pd.DataFrame:
    """Return stages, probabilities, band powers and events by epoch.

    See `Night.epoch_table`.
    """
    scoring = night.scoring
    n_epochs = scoring.n_epochs
    proba = scoring.proba
    if proba is None:
        proba = np.full((n_epochs, len(PROBA_COLUMNS)), np.nan, dtype=np.float32)
    columns: dict[str, object] = {
        "id": np.repeat(night.id, n_epochs),
        "epoch": np.arange(1, n_epochs + 1),
        "onset_s": scoring.onset_s + np.arange(n_epochs) * scoring.epoch_s,
        "stage": scoring.stage_names,
        **{name: proba[:, at].astype(float) for at, name in enumerate(PROBA_COLUMNS)},
    }
    for role, spectra in night.spectra.items():
        for band, limits in _bands(night).items():
            power = band_power(spectra.freqs_hz, spectra.psd_uv2_hz, limits)
            columns[f"bp_abs_uv2_{band}__{role}"] = _fitted(power, n_epochs)
    for group, kinds in EVENT_GROUPS.items():
        found = scoring.events_of(kinds)["onset_s"].to_numpy(float)
        counts = _counts(night, found) if scoring.looked_for(kinds) else np.nan
        columns[f"{group}_n"] = counts
    for name, (onset, column) in _DETECTED.items():
        if name in night.tables:
            columns |= _detected(night, night.tables[name], onset, column)
    return pd.DataFrame(columns)


def _bands(night: "Night") -> dict[str, tuple[float, float]]:
    """Return the standard bands and the bands of the night's settings."""
    measure = night.provenance.settings.get("measure")
    own = measure.get("bands", {}) if isinstance(measure, Mapping) else {}
    return BANDS_HZ | {name: (low, high) for name, (low, high) in own.items()}


def _detected(
    night: "Night", table: pd.DataFrame, onset: str, column: str
) -> dict[str, npt.NDArray[np.float64]]:
    """Count detected events by epoch, and by channel where they have one."""
    if "channel" not in table:
        return {column: _counts(night, table[onset].to_numpy(float))}
    return {
        f"{column}__{channel}": _counts(night, part[onset].to_numpy(float))
        for channel, part in table.groupby("channel", sort=False)
    }


def _counts(
    night: "Night", onsets_s: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Count the events that begin in each epoch."""
    scoring = night.scoring
    epochs = np.floor((onsets_s - scoring.onset_s) / scoring.epoch_s + 1e-9)
    inside = epochs[(epochs >= 0) & (epochs < scoring.n_epochs)].astype(np.int64)
    return np.bincount(inside, minlength=scoring.n_epochs).astype(np.float64)


def _fitted(power: npt.NDArray[np.float64], n_epochs: int) -> npt.NDArray[np.float64]:
    """Return one value per epoch; NaN for epochs after the recording's end."""
    fitted = np.full(n_epochs, np.nan)
    shown = power[:n_epochs]
    fitted[: len(shown)] = shown
    return fitted

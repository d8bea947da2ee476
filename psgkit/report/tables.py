"""A night as CSV files: one wide row, epochs, events, and the long tables.

UTF-8, a decimal point, an empty cell where a number is undefined. Text that a
spreadsheet would take for a formula gets an apostrophe in front.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from psgkit.domain.clock import clock_at
from psgkit.domain.night import Night
from psgkit.domain.provenance import Provenance
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.epoch_table import PROBA_COLUMNS
from psgkit.settings import SpindleRules
from psgkit.store.file_set import FileSet

CANDIDATES = "arousal_candidates"
ELECTRODES = ("electrodes", "electrode_power", "electrode_spectra")

# Raised when a column changes its name or its meaning. The wide row holds it, for all
# tables of its set.
FORMAT_VERSION = 1

# Where a spreadsheet begins a formula; one that separates by semicolons, after each.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[=+\-@\t\n\r])")
_GUARDED = re.compile(r"(?:^|(?<=;))'(?=[=+\-@\t\n])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def write_tables(
    night: Night,
    files: FileSet,
    name: str,
    *,
    long_tables: bool,
    explain_arousals: bool,
    earlier: Iterable[str] = (),
) -> None:
    """Write a night's CSV files.

    Long tables that an earlier run left and this one does not write are removed, so
    that the files of a folder belong together.

    Parameters
    ----------
    night : Night
    files : FileSet
        Of the night's folder.
    name : str
        Start of each file's name.
    long_tables : bool
        Whether ``night.tables``, and why numbers are undefined, are written too.
    explain_arousals : bool
        Whether of those at least the candidates of the arousal rules are written.
    earlier : iterable of str
        The long tables that an earlier run had.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    tables = {
        "summary": pd.DataFrame([summary_row(night)]),
        "summary_tall": tall_table(night),
        "epochs": epochs_table(night.scoring),
        "events": events_table(night.scoring),
    }
    long_names = {*night.tables, *earlier, CANDIDATES, "nan_reasons"} - set(tables)
    if long_tables:
        tables = {**night.tables, "nan_reasons": reasons_table(night), **tables}
    elif explain_arousals and CANDIDATES in night.tables:
        tables[CANDIDATES] = night.tables[CANDIDATES]
    # With every electrode measured, their tables are written.
    tables |= {name: night.tables[name] for name in ELECTRODES if name in night.tables}
    for table_name, table in tables.items():
        # Excel takes a CSV for UTF-8 only where it starts with a byte order mark.
        mark = "\ufeff" if table_name == "summary_tall" else ""
        files.write_text(f"{name}_{table_name}.csv", mark + to_csv(table))
    for stale in long_names - set(tables):
        files.remove(f"{name}_{stale}.csv")


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV that is safe to open in a spreadsheet."""
    # A manifest's column may be named like a formula too.
    safe = {_safe_cell(str(name)): _safe(table[name]) for name in table.columns}
    return str(pd.DataFrame(safe).to_csv(index=False, lineterminator="\n"))


def unguarded(text: str) -> str:
    """Return the text of a cell that `to_csv` wrote.

    Examples
    --------
    >>> unguarded("'=1+1")
    '=1+1'
    """
    return _GUARDED.sub("", text)


def summary_row(night: Night) -> dict[str, object]:
    """Return the night as one wide row: facts, then every measure.

    A measure with an interval is followed by ``<name>_low`` and ``<name>_high``.
    """
    scoring, provenance = night.scoring, night.provenance
    row: dict[str, object] = {
        "id": night.id,
        **_date(night),
        "duration_min": night.duration_s / 60.0,
        "scorer": scoring.scorer,
        "is_automatic": int(scoring.is_automatic),
        "epoch_s": scoring.epoch_s,
        "arousal_source": provenance.arousal_source,
        "swa_derivation": _roles(provenance.channels_used.get("swa", "")),
        "swa_highpass_hz": _swa_highpass_hz(night),
        "spindle_source": spindle_source(provenance),
        "heart_source": _roles(provenance.channels_used.get("heart_rate", "")),
        "format_version": FORMAT_VERSION,
        "metric_version": provenance.metric_version,
    }
    if "network" in provenance.channels_used:
        row["net_channels"] = provenance.channels_used["network"]
    for package, version in provenance.versions.items():
        row[f"{package}_version"] = version
    row |= {"issues_n": len(night.issues), "issues_error_n": night.error_count}
    for measure in night.results:
        row[measure.name] = measure.value
        if not (math.isnan(measure.low) and math.isnan(measure.high)):
            row[f"{measure.name}_low"] = measure.low
            row[f"{measure.name}_high"] = measure.high
    return row


def spindle_source(provenance: Provenance) -> str:
    """Return the detector of spindles: YASA's or A7; empty without any."""
    detectors = provenance.settings.get("detectors")
    if "spindles" not in provenance.channels_used or not isinstance(detectors, dict):
        return ""
    if detectors["spindles"] == "a7":
        return "A7"
    rules = SpindleRules.model_validate(detectors.get("spindle_rules", {}))
    return "YASA" if rules == SpindleRules() else "YASA, own thresholds"


def tall_table(night: Night) -> pd.DataFrame:
    """Return one row per number: its name, value, range, unit, meaning, and why it is absent.

    For people who read one night in a spreadsheet; the wide row is for programs.
    """
    return pd.DataFrame(
        {
            "name": [m.name for m in night.results],
            "value": [m.value for m in night.results],
            "low": [m.low for m in night.results],
            "high": [m.high for m in night.results],
            "unit": [m.unit for m in night.results],
            "meaning": [m.meaning for m in night.results],
            "reason": [m.reason for m in night.results],
        }
    )


def _date(night: Night) -> dict[str, object]:
    date = night.start_date
    return {} if date is None else {"start_date": date.isoformat()}


def _roles(channels: str) -> str:
    """Return the roles alone of channels given as ``ROLE (label) + ROLE (label)``."""
    return " + ".join(part.partition(" (")[0] for part in channels.split(" + "))


def _swa_highpass_hz(night: Night) -> float:
    """Return the highest hardware high-pass under slow-wave activity, else NaN."""
    roles = _roles(night.provenance.channels_used.get("swa", "")).split(" + ")
    known = [
        channel.highpass_hz
        for channel in night.channels
        if channel.role.value in roles and channel.highpass_hz is not None
    ]
    return max(known, default=math.nan)


def epochs_table(scoring: Scoring) -> pd.DataFrame:
    """Return one row per epoch: number, onset, clock, stage, probabilities, confidence.

    Probabilities and confidence are undefined where no classifier gave them.
    """
    onsets = scoring.onset_s + np.arange(scoring.n_epochs) * scoring.epoch_s
    proba = scoring.proba
    if proba is None:
        proba = np.full((scoring.n_epochs, len(PROBA_COLUMNS)), np.nan)
    table = pd.DataFrame(
        {
            "epoch": np.arange(1, scoring.n_epochs + 1),
            "onset_s": onsets,
            "clock": [clock_at(scoring.start, onset) for onset in onsets],
            "stage": scoring.stage_names,
        }
    )
    # float32 would print as 0.800000011920929
    shown = np.asarray(proba, dtype=float).round(6)
    for number, column in enumerate(PROBA_COLUMNS):
        table[column] = shown[:, number]
    table["confidence"] = shown.max(axis=1)
    return table


def events_table(scoring: Scoring) -> pd.DataFrame:
    """Return the events, each with its clock time, epoch and stage at its start."""
    table = scoring.events.copy()
    clocks = [clock_at(scoring.start, onset) for onset in table["onset_s"]]
    table.insert(1, "clock", clocks)
    position = np.floor((table["onset_s"] - scoring.onset_s) / scoring.epoch_s + 1e-9)
    inside = (position >= 0) & (position < scoring.n_epochs)
    table["epoch"] = (position + 1).where(inside).astype("Int64")
    table["stage"] = [
        Stage(scoring.stages[int(where)]).name if there else ""
        for where, there in zip(position, inside, strict=True)
    ]
    return table


def reasons_table(night: Night) -> pd.DataFrame:
    """Return why each undefined number is undefined."""
    rows = [(night.id, name, reason) for name, reason in night.reasons.items()]
    return pd.DataFrame(rows, columns=["id", "name", "reason"])


def _safe(column: "pd.Series[Any]") -> "pd.Series[Any]":
    if pd.api.types.is_numeric_dtype(column):
        return column
    return column.map(_safe_cell)


def _safe_cell(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    # A terminal obeys an escape character, and readers stop at a NUL or a bare "\r".
    return _FORMULA.sub("'", _CONTROL.sub("", cell)).replace("\r", " ")

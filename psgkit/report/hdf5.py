"""A night as one HDF5 file, written and read here alone.

Layout (version 1), explained with examples in ``docs/hdf5.md``::

    /                        attributes: format "psgkit-night", format_version,
    │                        metric_version, id, duration_s, start (time of day, or
    │                        absent)
    ├── channels/            table: role, label, index, rate_hz, unit, …
    ├── gaps/                table: onset_s, duration_s
    ├── scoring/             attributes: epoch_s, onset_s, start, lights_off_s,
    │   │                    lights_on_s (absent where not known), kinds_scored,
    │   │                    scorer, is_automatic
    │   ├── stages           int8 (n_epochs,): -2 UNS -1 ART 0 W 1 N1 2 N2 3 N3 4 R
    │   ├── proba            float32 (n_epochs, 5), absent where none was given
    │   └── events/          table: onset_s, duration_s, kind, source
    ├── measures/<name>      float64, one number; attributes: unit, meaning, source,
    │                        and where there are: reason (why it is NaN), low, high,
    │                        reliability_experts, reliability_automatic
    ├── issues/              table: severity, code, message, remedy
    ├── provenance           text: JSON
    ├── tables/<name>/       tables
    └── spectra/<role>/      freqs_hz (n_freqs,), psd_uv2_hz (n_epochs, n_freqs)

A table is a group with a dataset a column, every one with the attributes ``unit`` and
``meaning``; see `psgkit.report.frames`. Seconds count from the recording's start.

No date, no path and nothing about the person is in the file, and no clock of the
machine either: writing the same night twice gives the same bytes.
"""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.measures import Measure, Reliability
from psgkit.domain.night import Night, Spectra
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import Channel, Gap
from psgkit.domain.roles import Role
from psgkit.domain.scoring import Scoring
from psgkit.errors import OutputError, UnreadableNight
from psgkit.report.files import write_whole
from psgkit.report.frames import (
    TEXT,
    escape,
    get_table,
    held,
    put_array,
    put_table,
    unescape,
)

FORMAT = "psgkit-night"
FORMAT_VERSION = 1
MAX_BYTES = 4_000_000_000  # of all datasets together, once unpacked


def write_night(night: Night, path: Path) -> None:
    """Write a night as an HDF5 file, whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written, or a table holds what the file cannot.
    """
    write_whole(path, lambda temporary: _write(night, temporary))


def read_night(path: str | Path) -> Night:
    """Read a night that psgkit saved.

    Parameters
    ----------
    path : str or pathlib.Path
        The ``.h5`` file of a night.

    Returns
    -------
    Night
        Equal to the one that was saved.

    Raises
    ------
    UnreadableNight
        If the file is not such a file, was written by a newer psgkit, is damaged, or
        points to other files.
    """
    path = Path(path)
    if not path.is_file():
        raise UnreadableNight(f"No file {path.name!r} to read a night from.")
    try:
        with h5py.File(path, "r") as file:
            _check_kind(file, path.name)
            _check_content(file, path.name)
            return _read(file)
    except UnreadableNight:
        raise
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        RuntimeError,
        OverflowError,
    ) as fault:
        if not h5py.is_hdf5(path):
            raise UnreadableNight(
                f"{path.name} is not an HDF5 file; a night is saved as <id>.h5."
            ) from None
        raise UnreadableNight(
            f"{path.name} is damaged, or was changed by another program: {fault}. "
            "Make it again with psgkit report."
        ) from None


def _write(night: Night, path: Path) -> None:
    try:
        with h5py.File(path, "w", libver=("earliest", "v110")) as file:
            _put_facts(file, night)
            put_table(
                file.create_group("channels"), _channel_table(night), meanings=_ROLES
            )
            put_table(file.create_group("gaps"), _gap_table(night))
            _put_scoring(file.create_group("scoring"), night.scoring)
            _put_measures(file, night)
            put_table(file.create_group("issues"), _issue_table(night))
            provenance = np.array(
                json.dumps(dataclasses.asdict(night.provenance)), dtype=TEXT
            )
            put_array(
                file, "provenance", provenance, unit="", meaning="JSON: whence it came"
            )
            tables = file.create_group("tables", track_order=True)
            for name, table in night.tables.items():
                put_table(tables.create_group(held(name)), table)
            spectra = file.create_group("spectra", track_order=True)
            for name, spectrum in night.spectra.items():
                _put_spectra(spectra.create_group(held(name)), spectrum)
    except RuntimeError as fault:
        # What HDF5 raises where it cannot flush, as on a full disk.
        raise OutputError(f"{night.id}: the HDF5 file was not written: {fault}.") from (
            None
        )


def _read(file: h5py.File) -> Night:
    measures = file["measures"]
    provenance = json.loads(file["provenance"].asstr()[()])
    return Night(
        id=_text(file.attrs["id"]),
        start=_time_from(file.attrs),
        duration_s=float(file.attrs["duration_s"]),
        channels=_channels_from(get_table(file["channels"])),
        gaps=tuple(
            Gap(row["onset_s"], row["duration_s"])
            for row in get_table(file["gaps"]).to_dict("records")
        ),
        scoring=_scoring_from(file["scoring"]),
        results=tuple(_measure_from(name, measures[name]) for name in measures),
        issues=_issues_from(get_table(file["issues"])),
        provenance=Provenance(**provenance),
        tables={name: get_table(group) for name, group in file["tables"].items()},
        spectra={
            name: Spectra(group["freqs_hz"][()], group["psd_uv2_hz"][()])
            for name, group in file["spectra"].items()
        },
    )


# --- facts ----------------------------------------------------------------------------


def _put_facts(file: h5py.File, night: Night) -> None:
    file.attrs["format"] = FORMAT
    file.attrs["format_version"] = FORMAT_VERSION
    file.attrs["metric_version"] = night.provenance.metric_version
    file.attrs["id"] = escape(night.id)
    file.attrs["duration_s"] = night.duration_s
    _put_time(file.attrs, night.start)


def _put_time(attributes: h5py.AttributeManager, moment: dt.datetime | None) -> None:
    if moment is not None:
        attributes["start"] = moment.time().isoformat()


def _time_from(attributes: h5py.AttributeManager) -> dt.datetime | None:
    if "start" not in attributes:
        return None
    return dt.datetime.combine(
        UNKNOWN_DATE, dt.time.fromisoformat(str(attributes["start"]))
    )


# --- channels, gaps, issues -----------------------------------------------------------

_ROLES = {"unit": "physical unit as the file gives it, possibly empty"}


def _channel_table(night: Night) -> pd.DataFrame:
    rows = [
        {
            "role": channel.role.value,
            "label": channel.label,
            "index": channel.index,
            "rate_hz": channel.rate_hz,
            "unit": channel.unit,
            "to_uv": _or_nan(channel.to_uv),
            "highpass_hz": _or_nan(channel.highpass_hz),
            "lowpass_hz": _or_nan(channel.lowpass_hz),
            "limit_low": channel.limits[0] if channel.limits else np.nan,
            "limit_high": channel.limits[1] if channel.limits else np.nan,
            "reference_index": (
                -1 if channel.reference_index is None else channel.reference_index
            ),
        }
        for channel in night.channels
    ]
    return pd.DataFrame(rows)


def _channels_from(table: pd.DataFrame) -> tuple[Channel, ...]:
    return tuple(
        Channel(
            role=Role(row["role"]),
            label=row["label"],
            index=int(row["index"]),
            rate_hz=float(row["rate_hz"]),
            unit=row["unit"],
            to_uv=_or_none(row["to_uv"]),
            highpass_hz=_or_none(row["highpass_hz"]),
            lowpass_hz=_or_none(row["lowpass_hz"]),
            limits=(
                None
                if np.isnan(row["limit_low"])
                else (float(row["limit_low"]), float(row["limit_high"]))
            ),
            reference_index=(
                None if row["reference_index"] < 0 else int(row["reference_index"])
            ),
        )
        for row in table.to_dict("records")
    )


def _gap_table(night: Night) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "onset_s": [float(gap.onset_s) for gap in night.gaps],
            "duration_s": [float(gap.duration_s) for gap in night.gaps],
        },
        dtype=float,
    )


def _issue_table(night: Night) -> pd.DataFrame:
    rows = [(i.severity.value, i.code, i.message, i.remedy) for i in night.issues]
    names = ["severity", "code", "message", "remedy"]
    return pd.DataFrame(rows, columns=names, dtype=object)


def _issues_from(table: pd.DataFrame) -> tuple[Issue, ...]:
    return tuple(
        Issue(Severity(row["severity"]), row["code"], row["message"], row["remedy"])
        for row in table.to_dict("records")
    )


# --- scoring and spectra --------------------------------------------------------------


def _put_scoring(group: h5py.Group, scoring: Scoring) -> None:
    group.attrs["epoch_s"] = scoring.epoch_s
    group.attrs["onset_s"] = scoring.onset_s
    _put_time(group.attrs, scoring.start)
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


def _scoring_from(group: h5py.Group) -> Scoring:
    attributes = group.attrs
    return Scoring(
        stages=group["stages"][()],
        epoch_s=float(attributes["epoch_s"]),
        onset_s=float(attributes["onset_s"]),
        start=_time_from(attributes),
        lights_off_s=_optional(attributes, "lights_off_s"),
        lights_on_s=_optional(attributes, "lights_on_s"),
        events=get_table(group["events"]),
        kinds_scored=frozenset(_text(kind) for kind in attributes["kinds_scored"]),
        scorer=_text(attributes["scorer"]),
        is_automatic=bool(attributes["is_automatic"]),
        proba=group["proba"][()] if "proba" in group else None,
    )


def _put_spectra(group: h5py.Group, spectra: Spectra) -> None:
    put_array(group, "freqs_hz", spectra.freqs_hz, unit="Hz", meaning="frequencies")
    put_array(
        group,
        "psd_uv2_hz",
        spectra.psd_uv2_hz,
        unit="µV²/Hz",
        meaning="power spectral density, an epoch a row; NaN without clean signal",
    )


# --- measures -------------------------------------------------------------------------


def _put_measures(file: h5py.File, night: Night) -> None:
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


def _measure_from(name: str, dataset: h5py.Dataset) -> Measure:
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


# --- what a file may hold -------------------------------------------------------------


def _check_kind(file: h5py.File, name: str) -> None:
    if file.attrs.get("format") != FORMAT:
        raise UnreadableNight(
            f"{name} is an HDF5 file, but not a night that psgkit saved."
        )
    version = int(file.attrs["format_version"])
    if version > FORMAT_VERSION:
        raise UnreadableNight(
            f"{name} has format version {version}; this psgkit reads up to "
            f"{FORMAT_VERSION}. Update psgkit."
        )


def _check_content(group: h5py.Group, name: str, seen: int = 0) -> int:
    """Refuse links, references and data that would not fit in memory."""
    for key in group:
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise UnreadableNight(f"{name} is refused: {key!r} links elsewhere.")
        item = group[key]
        if isinstance(item, h5py.Group):
            seen = _check_content(item, name, seen)
        else:
            _check_dataset(item, name, key)
            seen += item.size * item.dtype.itemsize
        if seen > MAX_BYTES:
            raise UnreadableNight(
                f"{name} is refused: it unpacks to over {MAX_BYTES} bytes."
            )
    return seen


def _check_dataset(item: object, name: str, key: str) -> None:
    if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
        raise UnreadableNight(f"{name} is refused: the data of {key!r} lie elsewhere.")
    if item.dtype.kind == "O" and h5py.check_string_dtype(item.dtype) is None:
        raise UnreadableNight(f"{name} is refused: {key!r} holds references.")


# --- small conversions ----------------------------------------------------------------


def _text(value: object) -> str:
    return unescape(str(value))


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _optional(
    attributes: h5py.AttributeManager | dict[str, Any], name: str
) -> float | None:
    return float(attributes[name]) if name in attributes else None

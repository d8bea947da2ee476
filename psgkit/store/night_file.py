"""A night as one HDF5 file, written and read here alone.

Layout (version 3), explained with examples in ``docs/hdf5.md``::

    /                        attributes: format "psgkit-night", format_version,
    │                        metric_version, id, duration_s, start (time of day, or
    │                        absent)
    ├── channels/            table: role, label, index, rate_hz, unit, …
    ├── gaps/                table: onset_s, duration_s
    ├── scoring/             attributes: epoch_s, onset_s, start, lights_off_s,
    │   │                    lights_on_s (absent where not known), kinds_scored,
    │   │                    scorer, is_automatic
    │   ├── stages           int8 (n_epochs,): -2 UNS -1 ART 0 W 1 N1 2 N2 3 N3 4 R
    │   ├── proba            float32 (n_epochs, 5), absent if not given
    │   └── events/          table: onset_s, duration_s, kind, cause, source
    ├── metrics/             table: the row that declares each metric: name, unit,
    │                        meaning, source, label, family, scale, …
    ├── measures/<name>      float64, one number; attributes: unit, meaning, source,
    │                        and if known: reason (why it is NaN), low, high
    ├── issues/              table: severity, code, message, remedy
    ├── provenance           text: JSON
    ├── tables/<name>/       tables
    └── spectra/<role>/      freqs_hz (n_freqs,), psd_uv2_hz (n_epochs, n_freqs)

A table is a group with one dataset per column, every one with the attributes ``unit`` and
``meaning``; see `psgkit.store.tables`. Seconds count from the recording's start.

The file has no date, no path, nothing about the person and no time of writing: writing
the same night twice gives the same bytes. After the end of the HDF5 data comes a seal,
`psgkit.store.seal`: the SHA-256 of all before it.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import h5py
import numpy as np

from psgkit.domain.metrics import Measure, Metric
from psgkit.domain.night import Night, Spectra
from psgkit.domain.provenance import Provenance
from psgkit.domain.recording import Gap
from psgkit.domain.scoring import Scoring
from psgkit.errors import UnreadableNight
from psgkit.store.hdf5_checks import check_content
from psgkit.store.hdf5_numbers import read_numbers
from psgkit.store.night_measures import (
    measure_from,
    metric_table,
    metrics_from,
    put_measures,
)
from psgkit.store.night_rows import (
    UNIT_OF_CHANNEL,
    channel_table,
    channels_from,
    gap_table,
    issue_table,
    issues_from,
)
from psgkit.store.night_scoring import (
    put_scoring,
    put_time,
    scoring_from,
    time_from,
)
from psgkit.store.seal import (
    FORMAT,
    FORMAT_VERSION,
    look_at_seal,
    seal_fault,
    sealed,
    version_fault,
)
from psgkit.store.tables import (
    TEXT,
    escape,
    get_table,
    held,
    put_array,
    put_table,
    unescape,
)

Result = TypeVar("Result")

# Errors of h5py and the domain's types for a file that is cut, changed or not HDF5.
_READING_FAULTS = (
    *(OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError),
    OverflowError,
)


# No scoring is larger, once unpacked.
MAX_SCORING_BYTES = 30_000_000


def read_night(path: str | Path) -> Night:
    """Read a night that psgkit saved; see `psgkit.read_night`."""
    return _open(Path(path), _read)


def read_night_numbers(path: str | Path, known: dict[str, Measure]) -> Night:
    """Read the numbers of a night for a cohort's table, faster than the whole night.

    Parameters
    ----------
    path : str or pathlib.Path
        The ``.h5`` file of a night.
    known : dict of str to Measure
        One measure of each name so far, which gives the meaning of the number;
        new ones are added.

    Returns
    -------
    Night
        Without channels, gaps, stages, events, tables, spectra and reasons.

    Raises
    ------
    UnreadableNight
        As `read_night`.
    """
    return _open(Path(path), lambda file: _read_numbers(file, known))


def read_night_scoring(path: str | Path) -> Scoring:
    """Read the scoring of a night alone.

    Raises
    ------
    UnreadableNight
        As `read_night`.
    """
    return _open(Path(path), _read_scoring)


def names_of_tables(path: Path) -> tuple[str, ...]:
    """Return which long tables a saved night has; empty if it cannot be read."""
    try:
        return _open(path, lambda file: tuple(file["tables"]))
    except UnreadableNight:
        return ()


def _open(path: Path, read: Callable[[h5py.File], Result]) -> Result:
    if not path.is_file():
        raise UnreadableNight(f"No file {path.name!r} to read a night from.")
    try:
        _check_seal(path)
        with h5py.File(path, "r") as file:
            _check_kind(file, path.name)
            return read(file)
    except UnreadableNight:
        raise
    except _READING_FAULTS as fault:
        if not h5py.is_hdf5(path):
            raise UnreadableNight(
                f"{path.name} is not an HDF5 file; a night is saved as <id>.h5."
            ) from None
        raise UnreadableNight(
            f"{path.name} is damaged, or was changed by another program: {fault}. "
            "Make it again with psgkit report."
        ) from None


def night_bytes(night: Night) -> bytes:
    """Return a night as the sealed content of an HDF5 file.

    It is put together in memory: the HDF5 library can lose a write to a full disk
    without an error.

    Raises
    ------
    OutputError
        If a table has values that HDF5 cannot store.
    """
    with h5py.File(
        "night.h5",
        "w",
        libver=("earliest", "v110"),
        driver="core",
        backing_store=False,
    ) as file:
        _put_facts(file, night)
        put_table(
            file.create_group("channels"),
            channel_table(night),
            meanings=UNIT_OF_CHANNEL,
        )
        put_table(file.create_group("gaps"), gap_table(night))
        put_scoring(file.create_group("scoring"), night.scoring)
        metrics = {measure.metric.name: measure.metric for measure in night.results}
        put_table(file.create_group("metrics"), metric_table(metrics.values()))
        put_measures(file, night)
        put_table(file.create_group("issues"), issue_table(night))
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
        file.flush()
        return sealed(file.id.get_file_image())


def _read(file: h5py.File) -> Night:
    name = Path(file.filename).name
    check_content(file, name)
    check_content(file["scoring"], name, max_bytes=MAX_SCORING_BYTES)
    measures = file["measures"]
    metrics = metrics_from(get_table(file["metrics"]))
    provenance = json.loads(file["provenance"].asstr()[()])
    return Night(
        id=_text(file.attrs["id"]),
        start=_start_from(file),
        duration_s=float(file.attrs["duration_s"]),
        channels=channels_from(get_table(file["channels"])),
        gaps=tuple(
            Gap(row["onset_s"], row["duration_s"])
            for row in get_table(file["gaps"]).to_dict("records")
        ),
        scoring=scoring_from(file["scoring"]),
        results=tuple(measure_from(name, measures[name], metrics) for name in measures),
        issues=issues_from(get_table(file["issues"])),
        provenance=Provenance(**provenance),
        tables={name: get_table(group) for name, group in file["tables"].items()},
        spectra={
            name: Spectra(group["freqs_hz"][()], group["psd_uv2_hz"][()])
            for name, group in file["spectra"].items()
        },
    )


def _read_scoring(file: h5py.File) -> Scoring:
    name = Path(file.filename).name
    if not isinstance(file.get("scoring", getlink=True), h5py.HardLink):
        raise UnreadableNight(f"{name} is refused: 'scoring' is missing or elsewhere.")
    check_content(file["scoring"], name, max_bytes=MAX_SCORING_BYTES)
    return scoring_from(file["scoring"])


def _read_numbers(file: h5py.File, known: dict[str, Measure]) -> Night:
    for name in ("scoring", "metrics", "measures", "issues", "provenance"):
        if not isinstance(file.get(name, getlink=True), h5py.HardLink):
            raise UnreadableNight(f"{name!r} is missing or links elsewhere")
    for name in ("issues", "metrics"):
        check_content(file[name], Path(file.filename).name)
    measures, scoring = file["measures"], file["scoring"].attrs
    results: list[Measure] = []
    metrics: dict[str, Metric] = {}
    for name, value, low, high in read_numbers(measures):
        if name not in known:
            metrics = metrics or metrics_from(get_table(file["metrics"]))
            known[name] = measure_from(name, measures[name], metrics)
        results.append(
            dataclasses.replace(known[name], value=value, low=low, high=high)
        )
    return Night(
        id=_text(file.attrs["id"]),
        start=_start_from(file),
        duration_s=float(file.attrs["duration_s"]),
        channels=(),
        gaps=(),
        scoring=Scoring(
            np.zeros(0, dtype=np.int8),
            scorer=_text(scoring["scorer"]),
            is_automatic=bool(scoring["is_automatic"]),
        ),
        results=tuple(results),
        issues=issues_from(get_table(file["issues"])),
        provenance=Provenance(**json.loads(file["provenance"].asstr()[()])),
    )


def _check_seal(path: Path) -> None:
    """Refuse a file over whose damage the HDF5 library could loop or crash."""
    if (fault := seal_fault(look_at_seal(path))) and h5py.is_hdf5(path):
        raise UnreadableNight(f"{path.name} {fault}")


def _check_kind(file: h5py.File, name: str) -> None:
    if file.attrs.get("format") != FORMAT:
        raise UnreadableNight(
            f"{name} is an HDF5 file, but not a night that psgkit saved."
        )
    if fault := version_fault(int(file.attrs["format_version"])):
        raise UnreadableNight(f"{name} {fault}")


def _put_facts(file: h5py.File, night: Night) -> None:
    file.attrs["format"] = FORMAT
    file.attrs["format_version"] = FORMAT_VERSION
    file.attrs["metric_version"] = night.provenance.metric_version
    file.attrs["id"] = escape(night.id)
    file.attrs["duration_s"] = night.duration_s
    put_time(file.attrs, night.start)
    if night.start_date is not None:
        file.attrs["start_date"] = night.start_date.isoformat()


def _start_from(file: h5py.File) -> dt.datetime | None:
    start = time_from(file.attrs)
    if start is None or "start_date" not in file.attrs:
        return start
    date = dt.date.fromisoformat(str(file.attrs["start_date"]))
    return dt.datetime.combine(date, start.time())


def _put_spectra(group: h5py.Group, spectra: Spectra) -> None:
    put_array(group, "freqs_hz", spectra.freqs_hz, unit="Hz", meaning="frequencies")
    put_array(
        group,
        "psd_uv2_hz",
        spectra.psd_uv2_hz,
        unit="µV²/Hz",
        meaning="power spectral density, one row per epoch; NaN without clean signal",
    )


def _text(value: object) -> str:
    return unescape(str(value))

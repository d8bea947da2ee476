"""psgkit's own HDF5 file of a night: the scoring in it.

The layout is documented where the file is written, ``psgkit/store/night_file.py``; this
reads the group ``scoring`` alone.
"""

import datetime as dt
from typing import Any

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.listed import (
    MAX_TEXT_BYTES,
    Draft,
    EventMark,
    Format,
    Options,
    ScoringFile,
    StageMark,
)
from psgkit.read.scorings.vocabulary import group_names
from psgkit.store.seal import FORMAT as KIND
from psgkit.store.seal import look_at_seal, seal_fault, version_fault

# What h5py and the domain's types raise where a file is cut or changed.
_READING_FAULTS = (
    *(OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError),
    OverflowError,
)
_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def recognises(file: ScoringFile) -> bool:
    """Tell by HDF5's signature."""
    return file.head.startswith(_SIGNATURE)


def read(file: ScoringFile, _options: Options) -> Draft:
    """Read the scoring of a night."""
    import h5py  # noqa: PLC0415 - other formats do without

    if fault := seal_fault(look_at_seal(file.path)):
        raise file.fault(f"it {fault}")
    try:
        with h5py.File(file.path, "r") as night:
            if str(night.attrs.get("format", "")) != KIND:
                raise file.fault("it is HDF5, but no night that psgkit wrote.")
            if fault := version_fault(int(night.attrs["format_version"])):
                raise file.fault(f"it {fault}")
            _check(night, file)
            return _draft(night["scoring"])
    except _READING_FAULTS as fault:
        raise file.fault(
            f"its scoring cannot be read ({type(fault).__name__})."
        ) from None


def _check(night: Any, file: ScoringFile) -> None:
    """Refuse what leads elsewhere or in circles, or would not fit in memory."""
    import h5py  # noqa: PLC0415 - see `read`

    waiting, seen = [(night, "scoring")], {night.id}
    while waiting:
        group, key = waiting.pop()
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            raise file.fault(f"{key!r} is missing or links elsewhere.")
        item = group[key]
        if item.id in seen:
            raise file.fault(f"{key!r} is there twice.")
        seen.add(item.id)
        if isinstance(item, h5py.Group):
            waiting += [(item, below) for below in item]
            continue
        if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
            raise file.fault(f"the data of {key!r} lie elsewhere.")
        kind = item.dtype.kind
        if kind not in "biufO" or (
            kind == "O" and h5py.check_string_dtype(item.dtype) is None
        ):
            raise file.fault(f"{key!r} holds references.")
        if item.size * item.dtype.itemsize > MAX_TEXT_BYTES:
            raise file.fault(f"{key!r} is larger than any scoring.")


def _draft(group: Any) -> Draft:
    epoch_s, onset_s = float(group.attrs["epoch_s"]), float(group.attrs["onset_s"])
    stages = tuple(
        StageMark(onset_s + n * epoch_s, epoch_s, Stage(int(code)), f"epoch {n + 1}")
        for n, code in enumerate(group["stages"][()])
    )
    events = group["events"]
    columns = [
        events["onset_s"][()],
        events["duration_s"][()],
        events["kind"].asstr()[()],
        events["cause"].asstr()[()],
        events["source"].asstr()[()],
    ]
    rows = zip(*columns, strict=True)
    kinds = {str(kind) for kind in group.attrs["kinds_scored"]}
    return Draft(
        stages=stages,
        events=tuple(
            EventMark(
                float(on),
                float(length),
                f"{kind}:{cause}" if cause else str(kind),
                source=str(source),
            )
            for on, length, kind, cause, source in rows
        ),
        start=_start(group.attrs.get("start")),
        epoch_s=epoch_s,
        lights_off_s=_seconds(group.attrs.get("lights_off_s")),
        lights_on_s=_seconds(group.attrs.get("lights_on_s")),
        groups_scored=group_names() & kinds,
        scorer=str(group.attrs["scorer"]),
        is_automatic=bool(group.attrs["is_automatic"]),
        proba=group["proba"][()] if "proba" in group else None,
    )


def _start(text: object) -> dt.datetime | None:
    if text is None:
        return None
    return dt.datetime.combine(UNKNOWN_DATE, dt.time.fromisoformat(str(text)))


def _seconds(value: object) -> float | None:
    return None if value is None else float(str(value))


FORMAT = Format("psgkit night (HDF5)", recognises, read)

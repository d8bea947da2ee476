"""A scoring as other programs read it: EDF+, Luna, BIDS, CSV, YASA.

Every format but YASA's holds stages, events, lights, and which events were looked for;
YASA's holds the stages and their probabilities: it has no place for lights, events or
an offset, so its start is the clock time of the first epoch. No date reaches any of them: clock
times have EDF's unknown date. `psgkit.read.read_scoring` reads all of them back.

========  ==============================================================================
edf+      annotation-only EDF+: "Sleep stage N2" an epoch, "Movement time" for artefact
luna      ``.annot``: class, instance, channel, start, stop, meta; seconds elapsed
bids      ``events.tsv`` with ``trial_type``, its JSON sidecar, and the stages alone in
          ``_hypnogram.tsv``, as BIDS proposes it
csv       ``onset_s, duration_s, label`` below lines of comments
yasa      JSON of `yasa.Hypnogram`
========  ==============================================================================
"""

import datetime as dt
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psgkit.domain.clock import without_date
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.annotation_texts import (
    STAGE_TEXTS,
    event_text,
    facts_of,
    rows_of,
    source_of_arousals,
)
from psgkit.errors import OutputError
from psgkit.store.files import make_folder, write_text

_YASA_NAMES = {Stage.W: "WAKE", Stage.R: "REM"}
_YASA_COLUMNS = ("WAKE", "N1", "N2", "N3", "REM")
# Other programs know a file by its suffix.
SUFFIXES = {
    "edf+": ".edf",
    "luna": ".annot",
    "bids": "_events.tsv",
    "csv": ".csv",
    "yasa": ".json",
}


def export_scoring(scoring: Scoring, path: str | Path, to: str) -> tuple[Path, ...]:
    """Write a scoring for other programs.

    Parameters
    ----------
    scoring : Scoring
        Its seconds are written as they are: after the recording's start, where it was
        placed on it.
    path : str or Path
        The file to write; BIDS' sidecar is beside it under the suffix ``.json``, the
        stages alone under ``_hypnogram.tsv``.
    to : {"edf+", "luna", "bids", "csv", "yasa"}
        The format.

    Returns
    -------
    tuple of pathlib.Path
        The files written.

    Raises
    ------
    OutputError
        If the format is unknown, cannot store the scoring, or the file
        cannot be written; each file is whole or as it was before.

    Examples
    --------
    >>> import psgkit
    >>> scoring = psgkit.Scoring.from_stages(["W", "N2", "N3", "R"])
    >>> [file] = psgkit.export_scoring(scoring, "night.annot", to="luna")
    >>> psgkit.read_scoring(file).stage_names
    ['W', 'N2', 'N3', 'R']
    """
    path = Path(path)
    if to not in _WRITERS:
        raise OutputError(f"No format {to!r} to export to; there are {_names()}.")
    make_folder(path.parent)
    return _WRITERS[to](scoring, path)


def _write_edf(scoring: Scoring, path: Path) -> tuple[Path, ...]:
    from psgkit.report.export.edf import write_edf  # noqa: PLC0415 - edfio costs time

    write_edf(scoring, path)
    return (path,)


def _write_csv(scoring: Scoring, path: Path) -> tuple[Path, ...]:
    lines = _comments(scoring)
    lines.append("onset_s,duration_s,label")
    lines += [
        f"{_text(on)},{_text(dur)},{label}" for on, dur, label in rows_of(scoring)
    ]
    write_text(path, "\n".join(lines) + "\n")
    return (path,)


def _write_bids(scoring: Scoring, path: Path) -> tuple[Path, ...]:
    lines = ["onset\tduration\ttrial_type"]
    lines += [
        f"{_text(on)}\t{_text(dur) or 'n/a'}\t{label}"
        for on, dur, label in rows_of(scoring)
    ]
    sidecar: dict[str, Any] = {
        "onset": {"Description": "Seconds after the recording's start", "Units": "s"},
        "duration": {"Description": "Length; n/a where not known", "Units": "s"},
        "trial_type": {
            "Description": "Sleep stage of an epoch, or an event",
            "Levels": _levels(scoring),
        },
        "Scorer": scoring.scorer,
        "IsAutomatic": scoring.is_automatic,
        "KindsScored": sorted(scoring.kinds_scored),
    }
    if source := source_of_arousals(scoring):
        sidecar["ArousalSource"] = source
    if scoring.start is not None:
        sidecar["StartTime"] = f"{scoring.start:%H:%M:%S.%f}"
    beside = path.with_suffix(".json")
    if beside == path:
        raise OutputError(
            f"{path.name}: BIDS events end in .tsv, their sidecar in .json."
        )
    write_text(path, "\n".join(lines) + "\n")
    write_text(beside, json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n")
    hypnogram = path.with_name(f"{path.stem.removesuffix('_events')}_hypnogram.tsv")
    write_text(hypnogram, _hypnogram(scoring))
    return path, beside, hypnogram


def _hypnogram(scoring: Scoring) -> str:
    """Return the stages as BIDS proposes them: one row per epoch."""
    lines = ["onset\tduration\tstage"]
    for number, code in enumerate(scoring.stages.tolist()):
        onset_s = scoring.onset_s + number * scoring.epoch_s
        stage = "n/a" if code == Stage.UNS else Stage(code).name
        lines.append(f"{_text(onset_s)}\t{_text(scoring.epoch_s)}\t{stage}")
    return "\n".join(lines) + "\n"


def _levels(scoring: Scoring) -> dict[str, str]:
    meanings = {
        "Sleep stage W": "Wake",
        "Sleep stage N1": "N1",
        "Sleep stage N2": "N2",
        "Sleep stage N3": "N3",
        "Sleep stage R": "REM sleep",
        "Movement time": "Artefact or movement, not staged",
        "Sleep stage ?": "Not scored",
        "Lights off": "Lights off",
        "Lights on": "Lights on",
    }
    labels = zip(scoring.events["kind"], scoring.events["cause"], strict=True)
    return meanings | {
        event_text(kind, cause): f"{kind.replace('_', ' ')} {cause}".rstrip()
        for kind, cause in sorted(set(labels))
    }


def _write_luna(scoring: Scoring, path: Path) -> tuple[Path, ...]:
    lines = _comments(scoring)
    lines.append("class\tinstance\tchannel\tstart\tstop\tmeta")
    for onset_s, duration_s, text in rows_of(scoring):
        is_known = not math.isnan(duration_s)
        stop_s = onset_s + duration_s if is_known else onset_s
        meta = "." if is_known else "duration=unknown"
        lines.append(
            f"{_luna_class(text)}\t.\t.\t{_text(onset_s)}\t{_text(stop_s)}\t{meta}"
        )
    write_text(path, "\n".join(lines) + "\n")
    return (path,)


def _luna_class(text: str) -> str:
    """Return Luna's own name of a stage, or an event's name without blanks."""
    if text == STAGE_TEXTS[Stage.ART]:
        return "ART"
    text = text.removeprefix("Sleep stage ")
    return text if len(text) <= 2 else text.lower().replace(" ", "_")


def _write_yasa(scoring: Scoring, path: Path) -> tuple[Path, ...]:
    start = None
    if scoring.start is not None:
        first = scoring.start + dt.timedelta(seconds=scoring.onset_s)
        start = without_date(first).isoformat()
    proba = None
    if scoring.proba is not None:
        columns = scoring.proba.astype(float).T.round(6)
        proba = {
            name: [None if math.isnan(p) else p for p in column.tolist()]
            for name, column in zip(_YASA_COLUMNS, columns, strict=True)
        }
    content = {
        "values": [
            _YASA_NAMES.get(Stage(code), Stage(code).name)
            for code in scoring.stages.tolist()
        ],
        "n_stages": 5,
        "freq": f"{scoring.epoch_s:g}s",
        "start": start,
        "scorer": scoring.scorer,
        "proba": proba,
    }
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return (path,)


def _comments(scoring: Scoring) -> list[str]:
    lines = [f"# {name}: {value}" for name, value in facts_of(scoring).items()]
    return [" ".join(line.split()) for line in lines]


def _text(seconds: float) -> str:
    """Return a number of seconds in full; empty where it is not known."""
    return "" if math.isnan(seconds) else repr(round(seconds, 6))


def _names() -> str:
    return ", ".join(_WRITERS)


_WRITERS: dict[str, Callable[[Scoring, Path], tuple[Path, ...]]] = {
    "edf+": _write_edf,
    "luna": _write_luna,
    "bids": _write_bids,
    "csv": _write_csv,
    "yasa": _write_yasa,
}

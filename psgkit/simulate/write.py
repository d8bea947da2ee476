"""A simulated night as files: EDF+, and the truth as CSV and JSON.

Beside ``night.edf`` stand

``night_hypnogram.csv``
    Columns ``onset_s, duration_s, stage``, one row per epoch; stages are W N1 N2 N3 R ART
    UNS.
``night_events.csv``
    Columns ``onset_s, duration_s, kind, channel``, one row per event.
``night_truth.json``
    ``options`` that the night was made with, ``epoch_s``, ``stages``, ``lights_off_s``,
    ``lights_on_s``, ``events`` as rows under ``event_columns``, and ``swa_uv2``: by EEG
    channel the true power from 0.5 to 4 Hz in each epoch.

Each file is written whole or not at all, the EDF file last.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psgkit.domain.recording import Gap, Recording, sample_range
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.annotation_texts import STAGE_TEXTS
from psgkit.errors import OutputError
from psgkit.simulate.digital import Digital
from psgkit.simulate.edf_gaps import leave_gaps_out, record_annotations

if TYPE_CHECKING:
    import edfio

RECORD_S = 1.0

_EVENT_TEXTS = {
    "arousals": {"arousal": "EEG arousal"},
    "breathing": {
        "apnea_obstructive": "Obstructive apnea",
        "apnea_central": "Central apnea",
        "hypopnea": "Hypopnea",
        "desaturation": "Oxygen desaturation",
    },
}
ANNOTATIONS = frozenset({"stages", "lights", *_EVENT_TEXTS})

Annotation = tuple[float, float, str]


def write_night(
    recording: Recording,
    signals: Sequence[Digital],
    scoring: Scoring,
    events: pd.DataFrame,
    swa: pd.DataFrame,
    options: Mapping[str, object],
    path: Path,
    *,
    annotations: frozenset[str],
) -> Path:
    """Write a night and its truth; see `SimulatedNight.write`."""
    check_target(path)
    stem = path.stem
    table = hypnogram_table(scoring)
    told = _annotations_of(scoring, events, annotations)
    content = json.dumps(_truth(scoring, events, swa, options), indent=1) + "\n"
    _write_whole(
        path.with_name(f"{stem}_hypnogram.csv"),
        lambda to: table.to_csv(to, index=False, lineterminator="\n"),
    )
    _write_whole(
        path.with_name(f"{stem}_events.csv"),
        lambda to: events.to_csv(to, index=False, lineterminator="\n"),
    )
    _write_whole(
        path.with_name(f"{stem}_truth.json"),
        lambda to: to.write_text(content, encoding="utf-8", newline="\n"),
    )
    _write_whole(path, lambda to: _write_edf(recording, signals, told, to))
    return path


def check_target(path: Path) -> None:
    """Refuse a path at which no file can be written, before a night is made for it.

    Raises
    ------
    OutputError
        If it is a folder, if its folder is not there or cannot be written, or if a
        file of that name is not a simulated night: it may be a real recording.
    """
    if path.is_dir():
        raise OutputError(f"{path.name} is a folder; name the EDF file to write.")
    if not path.parent.is_dir():
        raise OutputError(
            f"There is no folder {path.parent}; make it, or choose a folder that exists."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise OutputError(
            f"{path.name} cannot be written: its folder does not permit it; choose "
            "another folder."
        )
    truth = path.with_name(f"{path.stem}_truth.json")
    if path.exists() and not truth.exists():
        raise OutputError(
            f"{path.name} is there already, and no {truth.name} beside it says that it "
            "was simulated; name another file."
        )


def hypnogram_table(scoring: Scoring) -> pd.DataFrame:
    """Return the stages as a table, one row per epoch."""
    return pd.DataFrame(
        {
            "onset_s": np.arange(scoring.n_epochs) * scoring.epoch_s,
            "duration_s": scoring.epoch_s,
            "stage": scoring.stage_names,
        }
    )


def _truth(
    scoring: Scoring,
    events: pd.DataFrame,
    swa: pd.DataFrame,
    options: Mapping[str, object],
) -> dict[str, object]:
    return {
        "options": dict(options),
        "epoch_s": scoring.epoch_s,
        "stages": " ".join(scoring.stage_names),
        "lights_off_s": scoring.lights_off_s,
        "lights_on_s": scoring.lights_on_s,
        "event_columns": list(events.columns),
        "events": [list(row) for row in events.itertuples(index=False, name=None)],
        "swa_uv2": swa.drop(columns="onset_s").to_dict("list"),
    }


def _annotations_of(
    scoring: Scoring, events: pd.DataFrame, wanted: frozenset[str]
) -> list[Annotation]:
    rows: list[Annotation] = []
    if "stages" in wanted:
        rows += [
            (n * scoring.epoch_s, scoring.epoch_s, STAGE_TEXTS[Stage(code)])
            for n, code in enumerate(scoring.stages.tolist())
        ]
    if "lights" in wanted:
        lights = (
            (scoring.lights_off_s, "Lights off"),
            (scoring.lights_on_s, "Lights on"),
        )
        rows += [(float(at_s), 0.0, text) for at_s, text in lights if at_s is not None]
    for group in wanted & set(_EVENT_TEXTS):
        texts = _EVENT_TEXTS[group]
        marked = events[events["kind"].isin(list(texts))]
        rows += [
            (float(onset_s), float(length_s), texts[kind])
            for onset_s, length_s, kind in zip(
                marked["onset_s"], marked["duration_s"], marked["kind"], strict=True
            )
        ]
    return sorted(rows)


def _write_edf(
    recording: Recording,
    signals: Sequence[Digital],
    told: Sequence[Annotation],
    path: Path,
) -> None:
    import edfio  # noqa: PLC0415 - only those who write need it

    gaps = recording.gaps
    kept = [
        _edf_signal(channel.label, channel.unit, signal, gaps)
        for channel, signal in zip(recording.channels, signals, strict=True)
    ]
    blocks = record_annotations(gaps, recording.duration_s, RECORD_S, told)
    if gaps:
        # One annotation as long as the longest block makes room for all of them.
        room = "-" * max(len(block) for block in blocks)
        notes = [edfio.EdfAnnotation(0.0, None, room)]
    else:
        notes = [edfio.EdfAnnotation(*one) for one in told]
    start = recording.start
    edf = edfio.Edf(
        kept,
        starttime=None if start is None else start.time(),
        data_record_duration=RECORD_S,
        annotations=notes,
    )
    edf.write(path)
    if gaps:
        leave_gaps_out(path, blocks)


def _edf_signal(
    label: str, unit: str, signal: Digital, gaps: Sequence[Gap]
) -> "edfio.EdfSignal":
    import edfio  # noqa: PLC0415 - only those who write need it

    counts = signal.counts
    for gap in reversed(gaps):
        first, last = sample_range(
            gap.onset_s, gap.onset_s + gap.duration_s, signal.rate_hz
        )
        counts = np.delete(counts, slice(first, last))
    return edfio.EdfSignal.from_digital(
        counts,
        signal.rate_hz,
        label=label,
        physical_dimension=unit,
        physical_range=signal.physical_range,
        digital_range=signal.digital_range,
    )


def _write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write under a temporary name in the same folder, then rename."""
    try:
        handle, name = tempfile.mkstemp(prefix=".psgkit-", dir=path.parent)
        os.close(handle)
    except OSError as fault:
        raise OutputError(
            f"{path.name} cannot be written to {path.parent}: {fault.strerror}; choose "
            "a folder that exists and can be written to."
        ) from None
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as fault:
        raise OutputError(f"{path.name} cannot be written: {fault.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)

"""Convert objects of MNE and YASA to psgkit's, and back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import mne
import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.night import Night
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.sleep.annotation_texts import facts_of, rows_of
from psgkit.errors import InputError
from psgkit.read.formats.edf_plus import draft_of
from psgkit.read.raw import recording_of_raw
from psgkit.read.recording import read_recording
from psgkit.read.recording_raw import recording_to_raw
from psgkit.read.scorings.reader import assemble, read_scoring
from psgkit.settings import ReadSettings

FloatArray = npt.NDArray[np.float64]

__all__ = [
    "annotations_table",
    "annotations_to_scoring",
    "hypnogram_to_scoring",
    "marked_raw",
    "night_to_raw",
    "recording_of",
    "recording_to_raw",
    "scoring_of",
    "scoring_of_table",
    "scoring_to_annotations",
    "yasa_table",
]

_YASA_TIMES = {"onset_s": "Start", "duration_s": "Duration"}
_YASA_COLUMNS = {
    "spindles": {
        "peak_s": "Peak",
        "amplitude_uv": "Amplitude",
        "frequency_hz": "Frequency",
    },
    "slow_waves": {
        "neg_peak_s": "NegPeak",
        "ptp_uv": "PTP",
        "slope_uvs": "Slope",
        "sigma_phase_rad": "PhaseAtSigmaPeak",
        "ndpac": "ndPAC",
    },
    "eye_movements": {
        "peak_s": "Peak",
        "left_uv": "LOCAbsValPeak",
        "right_uv": "ROCAbsValPeak",
    },
}


def scoring_to_annotations(scoring: Scoring) -> mne.Annotations:
    """Return a scoring as `mne.Annotations`; see `Scoring.to_annotations`."""
    facts = facts_of(scoring)
    facts.pop("start", None)  # the Raw knows it
    rows = [(0.0, 0.0, f"{name.capitalize()}: {fact}") for name, fact in facts.items()]
    rows += rows_of(scoring)
    return mne.Annotations(
        onset=[onset_s for onset_s, _, _ in rows],
        # MNE has no unknown length: a moment.
        duration=[0.0 if np.isnan(length) else length for _, length, _ in rows],
        description=[text for _, _, text in rows],
    )


def night_to_raw(night: Night, recording: Recording) -> mne.io.BaseRaw:
    """Return a recording with a night's stages and events; see `Night.to_raw`."""
    if abs(night.duration_s - recording.duration_s) > 1.0:
        raise InputError(
            f"{night.id}: the night lasts {night.duration_s:g} s, the recording "
            f"{recording.id} {recording.duration_s:g} s; give the recording of this "
            "night."
        )
    return marked_raw(recording, night.scoring)


def marked_raw(
    recording: Recording, scoring: Scoring, channels: Sequence[Channel] | None = None
) -> mne.io.BaseRaw:
    """Return channels of a recording with a scoring that is aligned with it.

    The scoring takes the place of the recording's own annotations.
    """
    raw = recording_to_raw(replace(recording, annotations=()), channels)
    marks = scoring_to_annotations(scoring)
    raw.set_annotations(
        raw.annotations
        + mne.Annotations(
            marks.onset,
            marks.duration,
            marks.description,
            orig_time=raw.annotations.orig_time,
        )
    )
    return raw


def recording_of(
    source: object, *, id: str = "", settings: ReadSettings | None = None
) -> Recording:
    """Make a recording from a file or an object; see `Recording.of`.

    Parameters
    ----------
    source : str, Path, mne.io.BaseRaw, Recording or SimulatedNight
    id : str, optional
        Name of the night in every output.
    settings : ReadSettings, optional
        Channels and unit of a file or a Raw; a `Recording` has them already.

    Raises
    ------
    InputError
        If it is something else, or cannot be used.
    """
    if isinstance(source, str | Path):
        return read_recording(source, id=id, settings=settings)
    if isinstance(source, mne.io.BaseRaw):
        return recording_of_raw(source, id=id, settings=settings)
    held = getattr(source, "recording", source)  # of a simulated night
    if not isinstance(held, Recording):
        raise InputError(
            "A recording is a path, an mne.io.Raw, a psgkit.Recording or a simulated "
            f"night; got a {type(source).__name__}."
        )
    if settings is not None and settings != ReadSettings():
        raise InputError(
            "Channels and unit are settled when a recording is read; give them to "
            "psgkit.read_recording, or hand over the path or the Raw."
        )
    return replace(held, id=id or held.id)


def scoring_of(
    source: object, *, recording_start: dt.datetime | None = None, **layout: Any
) -> Scoring:
    """Make a scoring from a file or an object; see `Scoring.of`.

    Parameters
    ----------
    source : str, Path, Scoring, yasa.Hypnogram, mne.Annotations or sequence of stages
        A sequence begins with the recording. A night gives its scoring.
    recording_start : datetime.datetime, optional
        Clock time of the recording's first sample.
    **layout
        Of a file, as `read_scoring` takes it.

    Raises
    ------
    InputError
        If it is something else, or cannot be used.
    """
    if isinstance(source, str | Path):
        return read_scoring(source, recording_start=recording_start, **layout)
    if isinstance(source, mne.Annotations):
        return annotations_to_scoring(
            source, recording_start=recording_start, epoch_s=layout.get("epoch_s")
        )
    if type(source).__module__.startswith("yasa."):
        return hypnogram_to_scoring(source)
    held = getattr(getattr(source, "truth", source), "scoring", source)
    if isinstance(held, Scoring):
        return held
    if isinstance(held, Sequence | np.ndarray | pd.Series):
        return Scoring.from_stages(list(held), epoch_s=layout.get("epoch_s") or 30.0)
    raise InputError(
        "A scoring is a path, a psgkit.Scoring, a yasa.Hypnogram, mne.Annotations or a "
        f"sequence of stages; got a {type(source).__name__}."
    )


def annotations_to_scoring(
    annotations: mne.Annotations,
    *,
    recording_start: dt.datetime | None = None,
    epoch_s: float | None = None,
) -> Scoring:
    """Return the stages, events and lights among annotations.

    Parameters
    ----------
    annotations : mne.Annotations
        Texts as of EDF+, such as ``"Sleep stage N2"``.
    recording_start : datetime.datetime, optional
        Clock time of the recording's first sample.
    epoch_s : float, optional
        Length of an epoch; by default from the annotations.

    Raises
    ------
    InputError
        If no annotation is a sleep stage.
    """
    start = annotations.orig_time
    return scoring_of_table(
        annotations_table(annotations),
        start=None if start is None else start.replace(tzinfo=None),
        recording_start=recording_start,
        epoch_s=epoch_s,
    )


def annotations_table(annotations: mne.Annotations) -> pd.DataFrame:
    """Return ``onset_s``, ``duration_s`` and ``text`` of all that are not ``BAD``."""
    texts = np.asarray(annotations.description, dtype=object)
    is_scored = np.array(
        [not str(text).upper().startswith("BAD") for text in texts], dtype=bool
    )
    return pd.DataFrame(
        {
            "onset_s": np.asarray(annotations.onset, float)[is_scored],
            "duration_s": np.asarray(annotations.duration, float)[is_scored],
            "text": texts[is_scored],
        }
    )


def scoring_of_table(
    table: pd.DataFrame,
    *,
    start: dt.datetime | None,
    recording_start: dt.datetime | None = None,
    epoch_s: float | None = None,
) -> Scoring:
    """Return the scoring in a table of annotations."""
    draft = draft_of(table, epoch_s=epoch_s, start=start)
    if not draft.stages:
        raise InputError(
            "None of the annotations is a sleep stage such as 'Sleep stage N2'."
        )
    return assemble(draft, "MNE annotations", "The annotations", recording_start)


def hypnogram_to_scoring(hypnogram: Any) -> Scoring:
    """Return the stages of a `yasa.Hypnogram`, and their probabilities where it has any.

    Raises
    ------
    InputError
        If it has fewer than five stages.
    """
    if hypnogram.n_stages != 5:
        raise InputError(
            f"The hypnogram has {hypnogram.n_stages} stages; psgkit needs five: W, N1, "
            "N2, N3 and R."
        )
    start = hypnogram.start
    proba = hypnogram.proba
    return Scoring.from_stages(
        [str(stage) for stage in hypnogram.hypno],
        epoch_s=1.0 / hypnogram.sampling_frequency,
        start=None if start is None else start.to_pydatetime().replace(tzinfo=None),
        scorer=hypnogram.scorer or "unknown",
        proba=None if proba is None else proba[["WAKE", "N1", "N2", "N3", "REM"]],
    )


def yasa_table(night: Night, name: str) -> pd.DataFrame:
    """Return detected events as YASA names columns; see `Night.yasa_table`."""
    if name not in _YASA_COLUMNS:
        raise InputError(f"No table {name!r}; there are {', '.join(_YASA_COLUMNS)}.")
    table = night.tables.get(name)
    if table is None:
        table = pd.DataFrame({"onset_s": [], "duration_s": []}, dtype=float)
    renamed = table.rename(columns=_YASA_TIMES | _YASA_COLUMNS[name])
    renamed.insert(1, "End", renamed["Start"] + renamed["Duration"])
    if "stage" in table:
        codes = [Stage[str(stage)].value for stage in table["stage"]]
        renamed = renamed.drop(columns="stage").assign(Stage=codes)
    if "channel" in table:
        renamed = renamed.rename(columns={"channel": "Channel"})
    return renamed

"""A scoring as EDF+ annotations: a hypnogram file, or inside its recording.

EDFbrowser and MNE show either on the signals. The header holds the time of day of
second zero, no date and nothing about the person.
"""

import datetime as dt
import io
import math
import re
from pathlib import Path

import edfio

from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.annotation_texts import facts_of, rows_of
from psgkit.errors import OutputError, UnreadableRecording
from psgkit.store.files import write_whole

_CUTOFF = re.compile(r"\b(?:HP|LP|N):\s*\d+(?:[.,]\d+)?\s*[kmu]?Hz\b", re.IGNORECASE)


def write_edf(scoring: Scoring, path: Path) -> None:
    """Write an EDF+ file of annotations alone.

    Raises
    ------
    OutputError
        If the scoring begins before second zero, or the file cannot be written.
    """
    edf = edfio.Edf(
        [],
        patient=edfio.Patient(),
        recording=edfio.Recording(equipment_code="psgkit"),
        starttime=None if scoring.start is None else scoring.start.time(),
        annotations=_annotations(scoring),
    )
    write_whole(path, _content(edf))


def write_recording_with(scoring: Scoring, recording: Path, path: Path) -> None:
    """Write a copy of a recording that carries the scoring as annotations.

    The copy is without the person, the date and the annotations that the recording
    had, for they contain names; it keeps the time of day.

    Parameters
    ----------
    scoring : Scoring
        Aligned with the recording.
    recording : pathlib.Path
        An EDF file.
    path : pathlib.Path
        The copy; not the recording itself.

    Raises
    ------
    UnreadableRecording
        If the recording is not an EDF without gaps.
    OutputError
        If the copy cannot be written.
    """
    if path.exists() and path.samefile(recording):
        raise OutputError(f"{path.name} is the recording itself; name another file.")
    try:
        edf = edfio.read_edf(recording)
        is_gapless = edf.is_continuous
        start = _time_of_day(edf)
        edf.anonymize()
        if start is not None:
            edf.starttime = start
        edf.set_annotations(_annotations(scoring))
        _clear_free_text(edf)
    except (ValueError, OSError, AttributeError):
        # Not the fault's own words: they repeat the header.
        raise UnreadableRecording(
            f"{recording.name} cannot be copied with its scoring: its header is not "
            "as EDF+ wants it. Export the scoring alone, without the recording."
        ) from None
    if not is_gapless:
        raise UnreadableRecording(
            f"{recording.name} has gaps; export the scoring alone, without the recording."
        )
    write_whole(path, _without_reserved(edf))


def _time_of_day(edf: edfio.Edf) -> dt.time | None:
    """Return when the recording began, to the fraction of a second, if it says so."""
    try:
        return edf.starttime
    except ValueError:
        return None


def _clear_free_text(edf: edfio.Edf) -> None:
    """Keep of the signals' free fields the cut-offs of their filters alone."""
    for signal in edf.signals:
        signal.transducer_type = ""
        signal.prefiltering = " ".join(_CUTOFF.findall(signal.prefiltering))


def _content(edf: edfio.Edf) -> bytes:
    buffer = io.BytesIO()
    edf.write(buffer)
    return buffer.getvalue()


def _without_reserved(edf: edfio.Edf) -> bytes:
    """Return the copy with blanks in the reserved fields, which edfio cannot set."""
    raw = bytearray(_content(edf))
    count = int(raw[252:256])
    raw[192:236] = b"EDF+C".ljust(44)
    raw[256 + 224 * count : 256 + 256 * count] = b" " * (32 * count)
    return bytes(raw)


def _annotations(scoring: Scoring) -> list[edfio.EdfAnnotation]:
    rows = rows_of(scoring)
    if rows and rows[0][0] < 0:
        raise OutputError(
            "The scoring begins before second zero, which EDF+ cannot hold; lay it on "
            "its recording first."
        )
    facts = facts_of(scoring)
    facts.pop("start", None)  # is in the header
    notes = [
        edfio.EdfAnnotation(0.0, None, f"{name.capitalize()}: {value}")
        for name, value in facts.items()
    ]
    return notes + [
        edfio.EdfAnnotation(
            round(onset_s, 6),
            None if math.isnan(duration_s) else round(duration_s, 6),
            text,
        )
        for onset_s, duration_s, text in rows
    ]

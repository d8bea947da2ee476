"""A scoring as EDF+ annotations: a hypnogram file, or inside its recording.

EDFbrowser and MNE show either on the signals. The header holds the time of day of
second zero, no date and nothing about the person.
"""

import math
from pathlib import Path

import edfio

from psgkit.domain.scoring import Scoring
from psgkit.errors import OutputError, UnreadableRecording
from psgkit.report.export import facts_of, rows_of
from psgkit.report.files import write_whole


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
    write_whole(path, edf.write)


def write_recording_with(scoring: Scoring, recording: Path, path: Path) -> None:
    """Write a copy of a recording that carries the scoring as annotations.

    The copy is without the person, the date and the annotations that the recording
    had, for names stand in them.

    Parameters
    ----------
    scoring : Scoring
        Laid on the recording.
    recording : pathlib.Path
        An EDF file.
    path : pathlib.Path
        The copy; not the recording itself.

    Raises
    ------
    UnreadableRecording
        If the recording is no EDF without gaps.
    OutputError
        If the copy cannot be written.
    """
    if path.exists() and path.samefile(recording):
        raise OutputError(f"{path.name} is the recording itself; name another file.")
    try:
        edf = edfio.read_edf(recording)
        is_gapless = edf.is_continuous
        edf.anonymize()
        edf.set_annotations(_annotations(scoring))
    except (ValueError, OSError, AttributeError) as fault:
        raise UnreadableRecording(
            f"{recording.name} cannot be copied with its scoring ({fault})."
        ) from None
    if not is_gapless:
        raise UnreadableRecording(
            f"{recording.name} has gaps; export the scoring alone, without the recording."
        )
    write_whole(path, edf.write)


def _annotations(scoring: Scoring) -> list[edfio.EdfAnnotation]:
    rows = rows_of(scoring)
    if rows and rows[0][0] < 0:
        raise OutputError(
            "The scoring begins before second zero, which EDF+ cannot hold; lay it on "
            "its recording first."
        )
    facts = facts_of(scoring)
    facts.pop("start", None)  # stands in the header
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

"""A recording from an EDF, EDF+, BDF or BDF+ file.

The header is read at once; samples when needed, by channel, at their own rate.
"""

from pathlib import Path

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.errors import UnreadableRecording
from psgkit.read.annotations import Note, mark_stretches, with_lights
from psgkit.read.edf.annotations import annotation_rows
from psgkit.read.edf.channels import build_channels
from psgkit.read.edf.header import read_header
from psgkit.read.edf.layout import find_layout
from psgkit.read.edf.source import EdfSource
from psgkit.read.edf.start import find_person, find_start
from psgkit.read.recording_size import check_size
from psgkit.settings import ReadSettings


def read_edf(
    path: str | Path,
    *,
    id: str = "",
    settings: ReadSettings | None = None,
) -> Recording:
    """Read an EDF or BDF file; see `psgkit.read_recording`."""
    path = Path(path)
    settings = settings or ReadSettings()
    header = read_header(path)
    if header.record_s == 0 or all(s.is_annotations for s in header.signals):
        raise UnreadableRecording(
            f"{path.name} holds annotations and no signal; give it as the scoring, "
            "with the recording that it belongs to."
        )
    check_size(path.name, channels=sum(not s.is_annotations for s in header.signals))
    layout, issues = find_layout(path, header, ignore_clock=settings.ignore_clock)
    source = EdfSource(layout, header.signals, header.sample_bytes)
    channels, more = build_channels(source, settings)
    start = find_start(header, layout.first_onset_s)
    if start is None:
        issues.append(start_unknown())
    rows = sorted(annotation_rows(header, layout), key=lambda row: row[0])
    notes = (Note(*row) for row in rows)
    marked = mark_stretches(notes, layout.duration_s, is_edf=True)
    person = find_person(header)
    recording = Recording(
        id=id or path.stem,
        start=start,
        duration_s=layout.duration_s,
        channels=channels,
        source=source,
        gaps=layout.gaps,
        artefacts=marked.artefacts,
        issues=(*issues, *more, *marked.issues),
        path=path,
        age_y=person.age_y,
        sex=person.sex,
        annotations=marked.others,
    )
    return with_lights(recording)


def start_unknown() -> Issue:
    """Say that clock times cannot be used."""
    return Issue(
        Severity.WARNING,
        "start_unknown",
        "The header gives no valid start time; clock times cannot be used.",
        "Give lights-off and lights-on in seconds after the start, such as 120s.",
    )

"""NSRR XML: stages and events alike as ``ScoredEvent``, in seconds.

``<PSGAnnotation>`` holds ``<EpochLength>`` and ``<ScoredEvents>``; each event has an
``EventConcept``, ``Start`` and ``Duration``. Newer files write ``Stage 2 sleep|2`` and
``Arousal|Arousal ()``, older ones ``SDO:NonRapidEyeMovementSleep-N2``. The concept
``Recording Start Time`` carries the clock.
"""

import datetime as dt
from xml.etree.ElementTree import Element

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.read.formats.xml_tools import parse_xml, seconds
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    kind_of,
    lights_of,
    stage_of,
)

_TRANSLATOR_NAMES = {"recording start time", "stages", ""}


def recognises(file: ScoringFile) -> bool:
    """Recognise by the outermost element."""
    return "<PSGAnnotation" in file.head_text


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    root = parse_xml(file)
    told = root.findtext("EpochLength")
    told_s = seconds(told, file, "EpochLength") if told is not None else None
    epoch_s = options.epoch_told(told_s, file) or 30.0
    builder = DraftBuilder()
    start, recording_s = None, None
    for number, event in enumerate(root.iter("ScoredEvent"), start=1):
        where = f"event {number}"
        concept = (event.findtext("EventConcept") or "").strip()
        if plain(concept.split("|")[0]) == "recording start time":
            start = _parse_start(event.findtext("ClockTime") or "")
            recording_s = seconds(event.findtext("Duration") or "0", file, where)
            continue
        _add(builder, concept, event, file, where)
    if recording_s is not None and _lacks_first(builder, recording_s, epoch_s):
        builder.issues.append(
            Issue(
                Severity.WARNING,
                "first_epoch_missing",
                "The stages end one epoch before the recording does; the NSRR "
                "translator leaves out the first epoch of some scorings, which puts "
                "stages one epoch early against their events.",
                "Compare with the original scoring, such as the Profusion XML.",
            )
        )
    return builder.build(start=start, epoch_s=epoch_s)


def _add(
    builder: DraftBuilder, concept: str, event: Element, file: ScoringFile, where: str
) -> None:
    onset_s = seconds(event.findtext("Start"), file, where)
    duration_s = seconds(event.findtext("Duration"), file, where)
    names = [
        name for name in concept.split("|") if plain(name) not in _TRANSLATOR_NAMES
    ]
    states = [state for state in map(lights_of, names) if state is not None]
    if states:
        builder.add_lights(states[0], onset_s)
        return
    kinds = [kind for kind in map(kind_of, names) if kind is not None]
    stages = [stage for stage in map(stage_of, names) if stage is not None]
    is_staging = plain((event.findtext("EventType") or "").split("|")[0]) == "stages"
    if stages and (is_staging or not kinds):
        builder.add_stage(onset_s, duration_s, stages[0], where)
    elif is_staging:
        raise file.fault(f"{where} has {quoted(concept, 40)}, which is not a stage.")
    elif names:
        builder.add_event(onset_s, duration_s, "|".join(names))


def _lacks_first(builder: DraftBuilder, recording_s: float, epoch_s: float) -> bool:
    marks = builder.stages
    if not marks or min(mark.onset_s for mark in marks) > 0:
        return False
    end_s = max(mark.onset_s + (mark.duration_s or epoch_s) for mark in marks)
    return epoch_s <= recording_s - end_s < 2 * epoch_s


def _parse_start(text: str) -> dt.datetime | None:
    """Return the clock time of ``30.01.97 22.00.00``; of ``00.00.00`` the time alone."""
    date_text, _, time_text = text.strip().rpartition(" ")
    try:
        time = dt.datetime.strptime(time_text, "%H.%M.%S").time()
    except ValueError:
        return None
    try:
        date = dt.datetime.strptime(date_text.strip(), "%d.%m.%y").date()
    except ValueError:
        date = UNKNOWN_DATE
    return dt.datetime.combine(date, time)


FORMAT = Format("NSRR XML", recognises, read)

"""Compumedics Profusion XML: one stage number per epoch, events in seconds.

``<CMPStudyConfig>`` holds ``<EpochLength>``, ``<ScoredEvents>`` with ``Name``,
``Start`` and ``Duration`` in seconds after the recording's start, and
``<SleepStages>`` with one Rechtschaffen and Kales number per epoch. It has no clock.
"""

from psgkit.domain.quoting import quoted
from psgkit.read.formats.xml_tools import parse_xml, seconds
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.stage_codes import presets
from psgkit.read.scorings.vocabulary import lights_of


def recognises(file: ScoringFile) -> bool:
    """Recognise by the outermost element."""
    return "<CMPStudyConfig" in file.head_text


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    root = parse_xml(file)
    builder = DraftBuilder()
    told = root.findtext("EpochLength")
    told_s = seconds(told, file, "EpochLength") if told is not None else None
    epoch_s = options.epoch_told(told_s, file) or 30.0
    codes = presets()["rk"]
    for number, node in enumerate(root.iter("SleepStage"), start=1):
        text = (node.text or "").strip()
        stage = codes.numbers.get(int(text)) if text.isdecimal() else None
        if stage is None:
            raise file.fault(
                f"epoch {number} has the stage {quoted(text)}; stages are numbers 0 to 10."
            )
        builder.add_stage((number - 1) * epoch_s, epoch_s, stage, f"epoch {number}")
    for number, event in enumerate(root.iter("ScoredEvent"), start=1):
        name = event.findtext("Name") or ""
        onset_s = seconds(event.findtext("Start"), file, f"event {number}")
        state = lights_of(name)
        if state is not None:
            builder.add_lights(state, onset_s)
            continue
        duration_s = seconds(event.findtext("Duration"), file, f"event {number}")
        builder.add_event(onset_s, duration_s, name)
    return builder.build(epoch_s=epoch_s)


FORMAT = Format("Compumedics Profusion XML", recognises, read)

"""Philips Sleepware G3 ``.rml``: XML in which a stage lasts until the next.

``<PatientStudy>`` holds ``<Events>`` with ``<Event Family Type Start Duration>`` and
``<UserStaging>`` with ``<Stage Type="NonREM2" Start="240"/>``; times are seconds after
the recording's start. Automatic staging beside the user's is left aside.

Written from published descriptions of these files; no sample of a whole night was at
hand.
"""

from xml.etree.ElementTree import Element

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.formats.xml_tools import parse_xml, seconds
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import stage_of

_STAGES = {
    "NonREM1": Stage.N1,
    "NonREM2": Stage.N2,
    "NonREM3": Stage.N3,
    "NonREM4": Stage.N3,
    "NotScored": Stage.UNS,
}


def recognises(file: ScoringFile) -> bool:
    """Recognise by the outermost element and the staging within."""
    return "<PatientStudy" in file.head_text


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    root = parse_xml(file)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    staging = root.find(".//UserStaging")
    nodes = list((root if staging is None else staging).iter("Stage"))
    if not nodes:
        raise file.fault("it holds no <Stage>.")
    epoch_s = options.epoch_s or 30.0
    builder = DraftBuilder()
    starts_s = [
        seconds(node.get("Start"), file, f"stage {number}")
        for number, node in enumerate(nodes, start=1)
    ]
    ends_s = [*starts_s[1:], _end(root, starts_s, epoch_s, file)]
    for number, (node, start_s, end_s) in enumerate(
        zip(nodes, starts_s, ends_s, strict=True), start=1
    ):
        name = node.get("Type") or ""
        stage = _STAGES.get(name, stage_of(name))
        if stage is None:
            raise file.fault(f"stage {number} is {quoted(name)}, which is not a stage.")
        builder.add_stage(start_s, end_s - start_s, stage, f"stage {number}")
    for number, event in enumerate(root.iter("Event"), start=1):
        _add_event(builder, event, file, f"event {number}")
    return builder.build(epoch_s=epoch_s)


def _end(
    root: Element, starts_s: list[float], epoch_s: float, file: ScoringFile
) -> float:
    """Return where the last stage ends: with the recording, or after one epoch."""
    last_s = starts_s[-1]
    told = root.findtext(".//Session/Duration") or root.findtext(".//Duration")
    end_s = seconds(told, file, "Duration") if told else 0.0
    whole = (end_s - last_s) // epoch_s * epoch_s
    return last_s + max(whole, epoch_s)


def _add_event(
    builder: DraftBuilder, event: Element, file: ScoringFile, where: str
) -> None:
    name = event.get("Type") or ""
    if event.get("Family") == "User" or not name:
        return  # remarks, gains and positions
    onset_s = seconds(event.get("Start"), file, where)
    duration_s = seconds(event.get("Duration"), file, where)
    builder.add_event(onset_s, duration_s, name)


FORMAT = Format("Philips Sleepware G3 (.rml)", recognises, read)

"""Wonambi's XML of annotations: stages and events of one or several raters.

``<annotations>`` holds ``<dataset>`` with ``<start_time>``, and a ``<rater name>`` each
with ``<stages><epoch>`` (``epoch_start``, ``epoch_end``, ``stage``, ``quality``),
``<events><event_type type><event>`` (``event_start``, ``event_end``) and ``<bookmarks>``.
Bookmarks are remarks, and only those that name the lights are kept. Wonambi's CSV is a
table.
"""

import datetime as dt
from xml.etree.ElementTree import Element

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.errors import listed
from psgkit.read.formats.xml_tools import parse_xml, seconds
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import lights_of, stage_of


def recognises(file: ScoringFile) -> bool:
    """Recognise by the outermost element and the data set or rater within."""
    head = file.head_text
    return "<annotations" in head and ("<rater" in head or "<dataset" in head)


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    root = parse_xml(file)
    rater = _rater(root, file, options)
    builder = DraftBuilder()
    for number, epoch in enumerate(rater.iterfind("stages/epoch"), start=1):
        where = f"epoch {number}"
        start_s = seconds(epoch.findtext("epoch_start"), file, where)
        end_s = seconds(epoch.findtext("epoch_end"), file, where)
        word = (epoch.findtext("stage") or "Unknown").strip()
        stage = Stage.UNS if word == "None" else stage_of(word)
        if stage is None:
            raise file.fault(f"{where} has {quoted(word)}, which is not a stage.")
        builder.add_stage(start_s, end_s - start_s, stage, where)
    for node in rater.iterfind("events/event_type"):
        name = (node.get("type") or "").strip()
        for number, event in enumerate(node.iter("event"), start=1):
            where = f"event {number} of a type"
            start_s = seconds(event.findtext("event_start"), file, where)
            end_s = seconds(event.findtext("event_end"), file, where)
            _add_event(builder, name, start_s, end_s)
    for mark in rater.iterfind("bookmarks/bookmark"):
        state = lights_of((mark.findtext("bookmark_name") or "").strip())
        if state is not None:
            at_s = seconds(mark.findtext("bookmark_start"), file, "a bookmark")
            builder.add_lights(state, at_s)
    return builder.build(
        start=_start(root), epoch_s=options.epoch_s, scorer=rater.get("name") or ""
    )


def _rater(root: Element, file: ScoringFile, options: Options) -> Element:
    raters = {rater.get("name") or "": rater for rater in root.iter("rater")}
    if not raters:
        raise file.fault("it holds no rater, so no stage and no event.")
    names = listed(list(raters))
    if options.annotator is not None:
        if options.annotator not in raters:
            raise file.fault(f"no annotator {options.annotator!r}; there are {names}.")
        return raters[options.annotator]
    if len(raters) > 1:
        raise file.fault(
            f"it holds scorings of {len(raters)} annotators: {names}. Choose one, for "
            f"example --annotator {next(iter(raters))}."
        )
    return next(iter(raters.values()))


def _add_event(builder: DraftBuilder, name: str, start_s: float, end_s: float) -> None:
    state = lights_of(name)
    if state is not None:
        builder.add_lights(state, start_s)
    else:
        builder.add_event(start_s, end_s - start_s, name)


def _start(root: Element) -> dt.datetime | None:
    try:
        start = dt.datetime.fromisoformat(root.findtext("dataset/start_time") or "")
    except ValueError:
        return None
    return start.replace(tzinfo=None)


FORMAT = Format("Wonambi XML", recognises, read, frozenset({"annotator"}))

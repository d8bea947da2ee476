"""EDFbrowser's XML of annotations: stages and events with onset, duration and text.

``<annotationlist>`` holds ``<recording_start_time>`` and ``<annotation>`` with
``<onset>`` (a date and time, or seconds), ``<duration>`` and ``<description>``.
"""

import math
import re

import pandas as pd

from psgkit.read.formats.edf_plus import draft_of
from psgkit.read.formats.xml_tools import parse_xml, seconds
from psgkit.read.scorings.clock import NightClock
from psgkit.read.scorings.listed import Draft, Format, Options, ScoringFile

_NUMBER = re.compile(r"^\s*[+-]?\d+(?:[.,]\d+)?\s*$")


def recognises(file: ScoringFile) -> bool:
    """Recognise by the outermost element."""
    return "<annotationlist" in file.head_text


def read(file: ScoringFile, options: Options) -> Draft:
    """Read stages and events; see the module for the layout."""
    root = parse_xml(file)
    nodes = list(root.iter("annotation"))
    onsets = [(node.findtext("onset") or "").strip() for node in nodes]
    told = (root.findtext("recording_start_time") or "").strip()
    clocked = [text for text in onsets if not _NUMBER.match(text)]
    clock = None
    try:
        if told or clocked:
            clock = NightClock([told, *clocked], told or clocked[0])
    except ValueError:
        raise file.fault("its recording_start_time is not a date and time.") from None
    rows = []
    for number, (node, onset) in enumerate(zip(nodes, onsets, strict=True), start=1):
        where = f"annotation {number}"
        onset_s = None if clock is None else clock.seconds(onset)
        if _NUMBER.match(onset):
            onset_s = seconds(onset, file, where)
        if onset_s is None:
            raise file.fault(f"{where} has no onset that can be read.")
        length = (node.findtext("duration") or "").strip()
        length_s = seconds(length, file, where) if length else math.nan
        rows.append((onset_s, length_s, node.findtext("description") or ""))
    table = pd.DataFrame(rows, columns=["onset_s", "duration_s", "text"])
    return draft_of(
        table, epoch_s=options.epoch_s, start=None if clock is None else clock.start
    )


FORMAT = Format("EDFbrowser XML", recognises, read)

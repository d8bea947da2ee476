"""Embla RemLogic: its text export, and its XML.

The text begins with ``RemLogic Event Export`` and has the recording's date in the lines
below. A tab-separated table follows, with the columns ``Time [hh:mm:ss]``, ``Event`` and
``Duration[s]``. The XML has
``<Event><Type>SLEEP-S2</Type><StartTime>…</StartTime><StopTime>…</StopTime></Event>``.
Stages are the events ``SLEEP-S0`` (wake) to ``SLEEP-S4``, ``SLEEP-REM``,
``SLEEP-MT`` and ``SLEEP-UNSCORED`` in both. An export without stages has the events
of another scoring. Dreem's text has the same table under other headings.

Written from published examples (the CAP Sleep Database's files for the text) without a
sample of a whole night at hand.
"""

import math

from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.formats.xml_tools import parse_xml
from psgkit.read.scorings.clock import NightClock
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    Draft,
    DraftBuilder,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    lights_of,
    stage_of,
)

_TITLE = "RemLogic Event Export"
_MAX_HEADING = 60
_TIME_COLUMNS = tuple(
    f"{word} hh mm ss{fraction}"
    for word in ("time", "heure", "zeit", "tijd", "hora", "ora", "tid")
    for fraction in ("", " xxx", " sss", " fff", " ms")
)
_EVENT_COLUMNS = ("event", "evenement", "ereignis", "gebeurtenis", "evento", "handelse")
_DURATION_COLUMNS = tuple(
    f"{word} s" for word in ("duration", "duree", "dauer", "duur", "duracion", "durata")
)


def recognises_text(file: ScoringFile) -> bool:
    """Recognise by the title, or by columns of a time and an event, as Dreem writes them."""
    if file.head_text.lstrip().startswith(_TITLE):
        return True
    lines = file.head_text.splitlines()[:_MAX_HEADING]
    return any(
        _find(line, _TIME_COLUMNS) and _find(line, _EVENT_COLUMNS) for line in lines
    )


def read_text(file: ScoringFile, options: Options) -> Draft:
    """Read the text export."""
    lines = file.text.splitlines()
    header = next(
        (n for n, line in enumerate(lines) if _find(line, _TIME_COLUMNS)), None
    )
    if header is None:
        raise file.fault("there is no line of column names with a time.")
    time, event, duration = (
        _position(lines[header], names)
        for names in (_TIME_COLUMNS, _EVENT_COLUMNS, _DURATION_COLUMNS)
    )
    if event is None or time is None:
        raise file.fault(f"line {header + 1} names no column of events.")
    delimiter = _delimiter(lines[header])
    rows = []
    for number, line in enumerate(lines[header + 1 :], start=header + 2):
        cells = [cell.strip(' "') for cell in line.split(delimiter)]
        if line.strip() and len(cells) > max(time, event):
            length = "" if duration is None else "".join(cells[duration : duration + 1])
            rows.append((f"line {number}", cells[time], cells[event], length))
    date = next((line for line in lines[:header] if "ecording" in line), "")
    return _build(rows, file, options, date)


def recognises_xml(file: ScoringFile) -> bool:
    """Recognise by elements of events with a type and a start."""
    head = file.head_text
    return all(f"<{name}" in head for name in ("Event>", "Type>", "StartTime>"))


def read_xml(file: ScoringFile, options: Options) -> Draft:
    """Read the XML."""
    rows = []
    stops = []
    for number, node in enumerate(parse_xml(file).iter("Event"), start=1):
        rows.append(
            (
                f"event {number}",
                node.findtext("StartTime") or "",
                node.findtext("Type") or "",
                "",
            )
        )
        stops.append(node.findtext("StopTime") or "")
    return _build(rows, file, options, "", stops)


def _build(
    rows: list[tuple[str, str, str, str]],
    file: ScoringFile,
    options: Options,
    date: str,
    stops: list[str] | None = None,
) -> Draft:
    if not rows:
        raise file.fault("it holds no event.")
    first = next((row for row in rows if _stage(row[2]) is not None), rows[0])
    times = [row[1] for row in rows]
    # the first row's date is the recording's, unless the rows have their own
    dated = first[1] if "-" in first[1] or "/" in first[1] else f"{date} {first[1]}"
    try:
        clock = NightClock([date, *times], dated)
    except ValueError:
        raise file.fault(f"{first[0]} has no clock time.") from None
    clock.allow_stages([text for _, text, name, _ in rows if _stage(name) is not None])
    builder = DraftBuilder()
    for number, (where, text, name, length) in enumerate(rows):
        onset_s = clock.seconds(text)
        if onset_s is None:
            raise file.fault(
                f"{where} has {quoted(text, 30)}, which is not a clock time."
            )
        stop = "" if stops is None else stops[number]
        duration_s = clock.length(onset_s, stop) if stop else _number(length)
        _add(builder, name.strip(), onset_s, duration_s, where)
    return builder.build(start=clock.start, epoch_s=options.epoch_s)


def _add(
    builder: DraftBuilder, name: str, onset_s: float, duration_s: float, where: str
) -> None:
    stage = _stage(name)
    state = lights_of(name)
    if stage is not None:
        builder.add_stage(onset_s, duration_s if duration_s > 0 else None, stage, where)
    elif state is not None:
        builder.add_lights(state, onset_s)
    elif name:
        builder.add_event(onset_s, duration_s, name)


def _stage(name: str) -> Stage | None:
    word = plain(name)
    if not word.startswith("sleep "):
        return None
    word = word.removeprefix("sleep ")
    return Stage.W if word == "s0" else stage_of(word)


def _find(line: str, names: tuple[str, ...]) -> bool:
    return _position(line, names) is not None


def _position(line: str, names: tuple[str, ...]) -> int | None:
    known = [plain(cell) for cell in line.split(_delimiter(line))]
    return next((known.index(name) for name in names if name in known), None)


def _delimiter(header: str) -> str:
    """Return the separator of the export: a tab, or its replacement."""
    return max("\t;,", key=header.count)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


TEXT = Format("Embla RemLogic text", recognises_text, read_text)
XML = Format("Embla RemLogic XML", recognises_xml, read_xml)

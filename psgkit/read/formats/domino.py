r"""Somnomedics Domino text export: one list a file, or several in one file.

A header (``Signal ID: SchlafProfil\profil``, ``Start Time:``, ``Events list:``,
``Rate: 30 s``), an empty line, then ``22:00:00,000; N2`` a line for the sleep profile
and ``00:41:31,513-00:41:42,736; 11;Hypopnea`` for events. Dates may precede the
times. A list may leave out the length (``…; ChinPhasic``), whose two times then are
the length, or add the stage (``…; 16;Hypopnea; N1``). Domino writes each list into its
own file of a folder: the lists beside a sleep profile are read along, where the
folder holds several profiles those that start with it.

Written from published examples of these files; no sample of a whole night was at hand.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.errors import UnreadableScoring
from psgkit.read.scorings.clock import NightClock, parse_time
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import (
    HEAD_BYTES,
    Draft,
    DraftBuilder,
    EventList,
    Format,
    Options,
    ScoringFile,
)
from psgkit.read.scorings.vocabulary import (
    stage_of,
)

_BEFORE_PROFILE = re.compile(r"(.*?)(?:schlaf|sleep.?)profile?\b", re.IGNORECASE)
_HEADER = re.compile(r"^(Signal ID|Start Time|Unit|Signal Type|Events list|Rate):(.*)$")
_TIME = (
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? )?\d{1,2}:\d{2}:\d{2}(?:[,.]\d+)?"
    r"(?: ?[AaPp]\.?[Mm]\.?)?"
)
_STAGE = re.compile(rf"^({_TIME});\s*(.+)$")
# A length may follow the times, and the stage the name.
_EVENT = re.compile(
    rf"^({_TIME})\s*-\s*({_TIME})\s*;\s*(?:[\d.,]+\s*;\s*)?([^;]+?)\s*(?:;.*)?$"
)
# Meaning of an empty list, by its signal.
_LISTS: dict[str, EventList] = {
    "arousal": "arousal",
    "flow": "respiratory",
    "spo2": "desaturation",
    "entsatt": "desaturation",
    "plm": "limb_movement",
}


@dataclass(frozen=True, slots=True)
class _Section:
    signal: str
    start: str
    rate_s: float | None
    rows: list[tuple[str, str]]
    where: str

    @property
    def is_profile(self) -> bool:
        return "profil" in plain(self.signal)


def recognises(file: ScoringFile) -> bool:
    """Recognise by the header's first line."""
    return file.head_text.lstrip().startswith("Signal ID:")


def read(file: ScoringFile, options: Options) -> Draft:
    """Read the sleep profile and the events that belong to it."""
    sections = _split(file)
    profiles = [section for section in sections if section.is_profile]
    if len(profiles) != 1:
        raise file.fault(
            "it is a list of events; name the sleep profile of the same export."
            if not profiles
            else "it holds two sleep profiles; give one scoring a file."
        )
    builder = DraftBuilder()
    profile = profiles[0]
    beside, others = _beside(file, profile)
    if others:
        builder.issues.append(
            Issue(
                Severity.NOTE,
                "profiles_beside",
                f"The folder holds {others} more sleep profiles. The event lists that "
                "start with this profile were read along.",
                "If they belong to another scoring, put each export in its own folder.",
            )
        )
    if beside:
        builder.issues.append(
            Issue(
                Severity.NOTE,
                "lists_beside_read",
                f"{len(beside)} event lists beside the sleep profile were read along.",
            )
        )
    anchors = [profile.start, *(line for _, line in profile.rows[:1])]
    anchor = next((text for text in anchors if parse_time(text) is not None), None)
    if anchor is None:
        raise file.fault(f"the list at {profile.where} has no start time.")
    texts = [line.partition(";")[0] for section in sections for _, line in section.rows]
    clock = NightClock([profile.start, *texts], anchor)
    epoch_s = options.epoch_told(profile.rate_s, file)
    _add_stages(builder, file, clock, profile)
    for section in (*sections, *beside):
        if not section.is_profile:
            _add_events(builder, file, clock, section)
    return builder.build(start=clock.start, epoch_s=epoch_s)


def _split(file: ScoringFile) -> list[_Section]:
    sections: list[_Section] = []
    facts: dict[str, str] = {}
    rows: list[tuple[str, str]] = []
    for number, line in enumerate([*file.text.splitlines(), "Signal ID:"], start=1):
        text = line.strip()
        header = _HEADER.match(text)
        if header and header[1] == "Signal ID":
            if facts:
                sections.append(_section(facts, rows))
            facts, rows = {"where": f"line {number}"}, []
        if header:
            facts[header[1]] = header[2].strip()
        elif text:
            rows.append((f"line {number}", text))
    return sections


def _section(facts: dict[str, str], rows: list[tuple[str, str]]) -> _Section:
    rate = re.match(r"(\d+(?:[.,]\d+)?)", facts.get("Rate", ""))
    return _Section(
        facts.get("Signal ID", ""),
        facts.get("Start Time", ""),
        float(rate[1].replace(",", ".")) if rate else None,
        rows,
        facts["where"],
    )


def _beside(file: ScoringFile, profile: _Section) -> tuple[list[_Section], int]:
    """Return the event lists of the same export, and the number of other profiles.

    A folder may hold many nights, as ``n1_Schlafprofil.txt`` and ``n1_Flow.txt``. Other
    lists belong to the profile with the nearest start.
    """
    texts = sorted(file.path.parent.glob("*.txt"))
    nights = {night for path in texts if (night := _night_of(path.name))}

    def is_of_another(path: Path) -> bool:
        its = [night for night in nights if path.name.lower().startswith(night)]
        return bool(its) and max(its, key=len) != _night_of(file.path.name)

    lists: list[_Section] = []
    others: list[_Section] = []
    for path in texts:
        if path == file.path or not path.is_file():
            continue
        if is_of_another(path):
            continue
        with path.open("rb") as stream:
            other = ScoringFile(path, stream.read(HEAD_BYTES))
        if not recognises(other):
            continue
        try:
            sections = _split(other)
        except UnreadableScoring:
            continue
        profiles = [section for section in sections if section.is_profile]
        others += profiles
        lists += [] if profiles else sections
    gap = _gaps((profile, *others, *lists), profile)
    mine = [
        section
        for section in lists
        if all(gap(section, profile) <= gap(section, other) for other in others)
    ]
    return mine, len(others)


def _night_of(name: str) -> str:
    """Return what a name has before "Schlafprofil", in small letters."""
    found = _BEFORE_PROFILE.match(name)
    return found[1].lower() if found else ""


def _gaps(
    sections: Sequence[_Section], profile: _Section
) -> Callable[[_Section, _Section], float]:
    """Return a function that gives the seconds between the starts of two lists."""
    try:
        clock = NightClock([section.start for section in sections], profile.start)
    except ValueError:
        return lambda _, __: 0.0
    starts = {id(section): clock.seconds(section.start) or 0.0 for section in sections}
    return lambda one, other: abs(starts[id(one)] - starts[id(other)])


def _add_stages(
    builder: DraftBuilder, file: ScoringFile, clock: NightClock, profile: _Section
) -> None:
    rows = []
    for where, line in profile.rows:
        found = _STAGE.match(line)
        word = found[2].split(";")[0].strip() if found else ""
        stage = Stage.ART if word == "A" else stage_of(word)
        if found is None or stage is None:
            raise file.fault(
                f"{where} has {quoted(line, 40)}, which is not a time and a stage."
            )
        rows.append((where, found[1], stage))
    try:
        onsets_s, issues = clock.of_epochs(
            [time for _, time, _ in rows], [where for where, _, _ in rows]
        )
    except ValueError as fault:
        raise file.fault(str(fault)) from None
    builder.issues.extend(issues)
    for (where, _, stage), onset_s in zip(rows, onsets_s, strict=True):
        builder.add_stage(onset_s, None, stage, where)


def _add_events(
    builder: DraftBuilder, file: ScoringFile, clock: NightClock, section: _Section
) -> None:
    about = [group for word, group in _LISTS.items() if word in plain(section.signal)]
    builder.groups_scored |= set(about[:1])
    listed: EventList = about[0] if about else "mixed"
    for where, line in section.rows:
        found = _EVENT.match(line)
        if not found:
            continue  # discrete lists other than the sleep profile
        onset_s = clock.seconds(found[1])
        length_s = math.nan if onset_s is None else clock.length(onset_s, found[2])
        if onset_s is None or math.isnan(length_s):
            raise file.fault(f"{where} of a list of events has an impossible time.")
        duration_s = length_s if length_s >= 0 else math.nan
        builder.add_event(onset_s, duration_s, found[3].strip(), listed)


FORMAT = Format("Somnomedics Domino text", recognises, read)

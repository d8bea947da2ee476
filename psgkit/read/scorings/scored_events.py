"""Events under a file's own names, turned into kinds and causes.

`event_names` reads a name; this module reads it in its list. In a list of arousals any
name is an arousal's. An event "with arousal" brings its arousal along.
"""

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from psgkit.domain.clock import moment_in_words
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.domain.sleep.events import UNKNOWN_CAUSE, UNKNOWN_KIND, label_faults
from psgkit.errors import InputError, UnreadableScoring
from psgkit.read.scorings.event_names import (
    CAUSE_OF_KIND,
    Meaning,
    cause_of,
    label_of,
    meaning_of,
)
from psgkit.read.scorings.lexicon import event_kinds, plain
from psgkit.read.scorings.listed import EventList, EventMark

Row = tuple[float, float, str, str]

# A night has some dozens; each name takes a third of a millisecond to read.
MAX_NAMES = 5_000
LATEST_S = 1e8  # three years; a later onset is a wrong time
# How long after an event its arousal may begin: AASM.
AROUSAL_AFTER_S = 5.0

_LIST_NAMES: dict[EventList, str] = {
    "mixed": "list of events",
    "arousal": "list of arousals",
    "respiratory": "list of breathing events",
    "desaturation": "list of desaturations",
    "limb_movement": "list of limb movements",
}
# Kind of an event with an unknown name, by its list.
_KIND_IN_LIST: dict[EventList, str] = {
    "arousal": f"arousal:{UNKNOWN_CAUSE}",
    "respiratory": "respiratory_event",
    "desaturation": "desaturation",
    "limb_movement": "limb_movement",
}
# Entries in a list of arousals that are not arousals.
_NO_AROUSAL = frozenset(
    {
        "artefact",
        "awakening",
        "autonomic_arousal",
        "analysis_start",
        "analysis_stop",
        "position_supine",
        "position_left",
        "position_right",
        "position_prone",
        "position_upright",
    }
)
# "Hypopnea 4%", "Hypopnea (rule 1B)": the fall of saturation, or the rule of the AASM.
_HYPOPNEA_RULE = re.compile(r"\b([34]) ?%|\brule (1[ab])\b", re.IGNORECASE)
_REMEDY = (
    "Give their meaning in the settings: [scoring.events] "
    '"Their words" = "arousal:respiratory".'
)


def check_names(names: Mapping[str, str]) -> None:
    """Check the meanings that a caller gives to names of events.

    Raises
    ------
    InputError
        If a meaning is not a kind of event, or a kind and a cause; every fault is
        named.
    """
    faults = label_faults(names, event_kinds())
    if faults:
        raise InputError(f"[scoring.events] {' '.join(faults)}")


def read_events(
    marks: Sequence[EventMark],
    names: Mapping[str, str],
    start: dt.datetime | None = None,
) -> tuple[list[Row], list[Issue]]:
    """Return the events as `make_events` takes them, and names not understood.

    Parameters
    ----------
    marks : sequence of EventMark
        As the file has them.
    names : mapping of str to str
        Meanings of names from the call: ``{"Their words": "arousal:limb"}``.
    start : datetime.datetime, optional
        Clock time of second zero.

    Returns
    -------
    rows : list of (onset_s, duration_s, label, source)
        Without remarks; with the arousals of events "with arousal".
    issues : list of Issue

    Raises
    ------
    UnreadableScoring
        If there are far more names than a night has, or events without a time.
    """
    if len({mark.text for mark in marks}) > MAX_NAMES:
        raise UnreadableScoring(
            f"The scoring has more than {MAX_NAMES} different names of events. Export "
            "the names of events without numbers or remarks."
        )
    said = {plain(name): label_of(label) for name, label in names.items()}
    rows: list[Row] = []
    with_arousal: list[Row] = []
    unknown: dict[EventList, list[EventMark]] = {}
    rules: Counter[str] = Counter()
    untimed: list[str] = []
    for mark in marks:
        meaning = said.get(plain(mark.text)) or _meaning_of(mark)
        if meaning is None:
            unknown.setdefault(mark.listed, []).append(mark)
            label = _KIND_IN_LIST.get(mark.listed, UNKNOWN_KIND)
            meaning = label_of(label) or Meaning()
        if meaning.kind == "note" and mark.listed == "notes":
            continue
        if not abs(mark.onset_s) < LATEST_S:
            untimed.append(meaning.kind or UNKNOWN_KIND)
            continue
        row = (mark.onset_s, mark.duration_s, meaning.label, mark.source)
        rows.append(row)
        if meaning.kind.startswith("hypopnea"):
            rules[_hypopnea_rule(mark.text)] += 1
        if meaning.with_arousal:
            with_arousal.append(row)
    if untimed:
        # Left out, they would be missing in a count that looks whole.
        raise UnreadableScoring(
            f"The scoring has events without a possible time: {len(untimed)}, the "
            f"first of the kind {untimed[0]}. Give each event its onset, or delete it."
        )
    added = _implied_arousals(rows, with_arousal)
    issues = [
        _not_understood(listed, found, moment_in_words(start, found[0].onset_s))
        for listed, found in unknown.items()
    ]
    if added:
        issues.append(_arousals_added(len(added)))
    if any(rules):
        issues.append(_hypopnea_rules(rules))
    return rows + added, issues


def _meaning_of(mark: EventMark) -> Meaning | None:
    """Return the meaning of a name in its list; None if unknown."""
    is_free = mark.listed == "notes"
    meaning = meaning_of(mark.text, is_free_text=is_free)
    if mark.listed == "arousal":
        return _meaning_among_arousals(mark.text, meaning)
    return meaning if meaning.is_understood else None


def _meaning_among_arousals(text: str, meaning: Meaning) -> Meaning | None:
    if meaning.kind == "arousal" and meaning.cause != UNKNOWN_CAUSE:
        return meaning
    if meaning.is_denial or meaning.kind in _NO_AROUSAL:
        return meaning
    cause = CAUSE_OF_KIND.get(meaning.kind, "") or cause_of(text)
    return Meaning("arousal", cause) if cause else None


def _implied_arousals(rows: Sequence[Row], with_arousal: Sequence[Row]) -> list[Row]:
    """Return an arousal for each event "with arousal" without its own arousal mark."""
    onsets_s = [row[0] for row in rows if row[2].partition(":")[0] == "arousal"]
    added: list[Row] = []
    for onset_s, duration_s, label, source in sorted(with_arousal, key=lambda r: r[0]):
        end_s = onset_s if math.isnan(duration_s) else onset_s + duration_s
        if any(onset_s <= at_s <= end_s + AROUSAL_AFTER_S for at_s in onsets_s):
            continue
        # both legs are marked at nearly the same moment
        if added and onset_s <= added[-1][0] + AROUSAL_AFTER_S:
            continue
        cause = CAUSE_OF_KIND.get(label.partition(":")[0], "")
        meaning = Meaning("arousal", cause)
        added.append((end_s, math.nan, meaning.label, source))
        onsets_s.append(end_s)
    return added


def _not_understood(listed: EventList, marks: Sequence[EventMark], first: str) -> Issue:
    if listed == "notes":
        return Issue(
            Severity.NOTE,
            "free_text_not_understood",
            f"{len(marks)} annotations name neither a stage nor a kind of event.",
            f"If they are events: {_REMEDY[0].lower()}{_REMEDY[1:]}",
        )
    names = list(dict.fromkeys(quoted(mark.text, 40) for mark in marks))
    shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    counts_as = {
        "arousal": "They count as arousals of unknown cause.",
        "mixed": "Indices that would be 0 without them are not available.",
        "respiratory": "Whether they are apnoeas or hypopnoeas is not known.",
    }.get(listed, f"They count as {_LIST_NAMES[listed].removeprefix('list of ')}.")
    return Issue(
        Severity.WARNING,
        f"{listed}_names_not_understood",
        f"{len(marks)} events of the {_LIST_NAMES[listed]} have names that psgkit does "
        f"not know ({shown}; the first at {first}). {counts_as}",
        _REMEDY,
    )


def _hypopnea_rule(name: str) -> str:
    found = _HYPOPNEA_RULE.search(name)
    if found is None:
        return ""
    return f"{found[1]} %" if found[1] else f"rule {found[2].upper()}"


def _hypopnea_rules(rules: Counter[str]) -> Issue:
    named = ", ".join(f"{rule}: {rules[rule]}" for rule in sorted(rules) if rule)
    return Issue(
        Severity.NOTE,
        "hypopnea_rule",
        f"The names of hypopnoeas say their rule ({named}; without a rule: {rules['']}).",
        "All of them count in the AHI. Compare nights that were scored by one rule.",
    )


def _arousals_added(count: int) -> Issue:
    return Issue(
        Severity.NOTE,
        "arousals_of_other_events",
        f"{count} arousals were taken from the names of other events (“with arousal”), "
        "beside which no arousal was scored. How long they last is not known.",
    )

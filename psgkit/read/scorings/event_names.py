"""Names of events: their kind and their cause.

The head of the phrase decides the kind: *PLM arousal*, *arousal due to PLM* and
*Arousal (PLM)* are arousals, caused by a limb movement. *Hypopnea with arousal* is a
hypopnoea, and an arousal beside it. The words are in ``configs/scoring.toml``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from psgkit.domain.sleep.events import CAUSES, UNKNOWN_CAUSE, UNKNOWN_KIND
from psgkit.read.scorings.lexicon import Tag, event_kinds, plain, tags_of

# Texts of `psgkit export` for events that not every scoring has.
# A longer text is not a name. The patterns here would take long over a page of it.
_LONGEST_NAME = 300
_OWN_EVENT = re.compile(r"^[Ee]vent[ _]([a-z0-9_]+(?::[a-z]+)?)$")
_BRACKETS = re.compile(r"^([^(\[]*\w[^(\[]*)[(\[]([^)\]]*)[)\]]?\s*$")

# If a name has several kinds side by side, the first of these counts.
_RANK = (
    "artefact",
    "desaturation",
    "rera",
    "hypopnea",
    "apnea_obstructive",
    "apnea_central",
    "apnea_mixed",
    "apnea",
    "flow_limitation",
    "hypoventilation",
    "periodic_breathing",
    "plm_series",
    "limb_movement",
    "respiratory_event",
)
# The cause of an arousal whose name has another event.
CAUSE_OF_KIND = {
    **dict.fromkeys(
        (
            "apnea",
            "apnea_obstructive",
            "apnea_central",
            "apnea_mixed",
            "hypopnea",
            "rera",
            "respiratory_event",
            "flow_limitation",
            "periodic_breathing",
            "hypoventilation",
            "desaturation",
        ),
        "respiratory",
    ),
    **dict.fromkeys(
        ("limb_movement", "plm_series", "limb_phasic", "limb_tonic", "limb_any"),
        "limb",
    ),
    "snore": "snore",
    "movement": "movement",
    "bruxism": "other",
    "heart": "other",
    "rem_without_atonia": "other",
    "eeg_activity": "other",
}
_EVENT_OF_CAUSE = {
    "limb": "limb_movement",
    "movement": "movement",
    "respiratory": "respiratory_event",
}
_MOST_UNKNOWN = 4  # words of a name in a list of events
_MOST_UNKNOWN_IN_NOTES = 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """Meaning of a name.

    Attributes
    ----------
    kind : str
        A kind of ``configs/scoring.toml``; `UNKNOWN_KIND` if no word is known.
    cause : str
        Of `CAUSES`; empty if the name does not give it.
    with_arousal : bool
        Whether the name says that an arousal went with the event.
    is_denial : bool
        Whether the name denies the event, such as *no arousal*.
    """

    kind: str = UNKNOWN_KIND
    cause: str = ""
    with_arousal: bool = False
    is_denial: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether the words gave the kind."""
        return self.kind != UNKNOWN_KIND

    @property
    def label(self) -> str:
        """Kind and cause in one word, as `make_events` takes it."""
        return f"{self.kind}:{self.cause}" if self.cause else self.kind


@lru_cache(maxsize=20_000)
def meaning_of(text: str, *, is_free_text: bool = False) -> Meaning:
    """Return the meaning of an event's name.

    Parameters
    ----------
    text : str
        As the file has it.
    is_free_text : bool
        Whether the text is free. A name in free text has at
        most one word that is not known, and no word of a remark.

    Examples
    --------
    >>> meaning_of("AROUSAL-PLM").label, meaning_of("Arousal (Apnea)").label
    ('arousal:limb', 'arousal:respiratory')
    >>> meaning_of("left leg w/ arousal").with_arousal
    True
    """
    text = text[:_LONGEST_NAME]
    own = label_of(text)
    if own is not None:
        return own
    if "|" in text:
        return _best_of([part for part in text.split("|") if part.strip()])
    text = text.split("@@", 1)[0]  # EDF+ names the channel behind
    tags = tags_of(text)
    parts = [tag.part for tag in tags]
    unclear = parts.count("unknown") + parts.count("remark")
    unclear += sum(tag == Tag("event", "note") for tag in tags)
    most = _MOST_UNKNOWN_IN_NOTES if is_free_text else _MOST_UNKNOWN
    is_remark = is_free_text and "remark" in parts
    if unclear > most or is_remark:
        return _note_or_unknown(tags)
    return _in_brackets(text) or _meaning(tags)


def label_of(text: str) -> Meaning | None:
    """Return the meaning of a kind and its cause in psgkit's own words, or None.

    Examples
    --------
    >>> label_of("Arousal limb").label, label_of("Event snore").label
    ('arousal:limb', 'snore')
    """
    found = _OWN_EVENT.match(text)
    if found is None:
        return _own_words(text)
    kind, colon, cause = found[1].partition(":")
    is_label = _is_kind(kind) and (not colon or cause in CAUSES)
    return Meaning(kind, cause) if is_label else Meaning()


def _own_words(text: str) -> Meaning | None:
    words = plain(text).split()
    if _is_kind("_".join(words)):
        return Meaning("_".join(words))
    kind = "_".join(words[:-1])
    is_label = _is_kind(kind) and words[-1] in CAUSES
    return Meaning(kind, words[-1]) if is_label else None


def _is_kind(word: str) -> bool:
    return word in event_kinds() or word == UNKNOWN_KIND


def cause_of(text: str) -> str:
    """Return the cause in a name of any event; empty for none."""
    return _cause(tags_of(text))


def _best_of(names: Sequence[str]) -> Meaning:
    """Return the most telling of several names of one event, as the NSRR writes them."""
    known = [m for m in map(meaning_of, names) if m.is_understood]
    with_cause = [m for m in known if m.cause not in {"", UNKNOWN_CAUSE}]
    return next(iter([*with_cause, *known]), Meaning())


def _note_or_unknown(tags: Sequence[Tag]) -> Meaning:
    is_note = any(tag.part == "remark" or tag.value == "note" for tag in tags)
    return Meaning("note") if is_note else Meaning()


def _in_brackets(text: str) -> Meaning | None:
    """Read *Hypopnea (arousal)*: the words before the brackets are the head."""
    found = _BRACKETS.match(text)
    if found is None:
        return None
    before, inside = tags_of(found[1]), tags_of(found[2])
    events = [tag.value for tag in before if tag.part == "event"]
    if not events or "arousal" in events or "note" in events:
        return None
    if Tag("relation", "without") in inside:
        return _meaning((*before, *inside))
    head = _meaning(before)
    with_arousal = Tag("event", "arousal") in inside and head.kind not in {
        "artefact",
        "rera",
    }
    types = tuple(tag for tag in inside if tag.part == "type")
    kind = _meaning((*before, *types)).kind
    return Meaning(kind, head.cause, head.with_arousal or with_arousal)


def _meaning(tags: Sequence[Tag]) -> Meaning:
    tags, denied = _without_denied(tags)
    tags = _until(tags, "or")
    clauses = _split(tags, "with")
    first = clauses[0]
    later = [tag for clause in clauses[1:] for tag in clause]
    arousal = Tag("event", "arousal")
    if arousal in later and arousal not in first:
        head = _head(first)
        if head.kind in {"artefact", "note"}:
            return head
        if head.is_understood:
            return Meaning(head.kind, head.cause, with_arousal=True)
    if arousal in tags:
        return _arousal(tags)
    meaning = _head(first)
    if not meaning.is_understood and later:
        meaning = _head(tags)
    if not meaning.is_understood and denied:
        return Meaning("note", is_denial=True)
    return meaning


def _arousal(tags: Sequence[Tag]) -> Meaning:
    """Return the meaning of a name with an arousal in it."""
    events = [tag.value for tag in tags if tag.part == "event"]
    parts = [tag.part for tag in tags]
    if "artefact" in events:
        return Meaning("artefact")
    if "autonomic_arousal" in events:
        return Meaning("autonomic_arousal", _cause(tags))
    if "effort" in parts and Tag("relation", "due") not in tags:
        return Meaning("rera")
    cause = _cause(tags)
    if not cause and ("unknown" in parts or "note" in events):
        cause = UNKNOWN_CAUSE
    return Meaning("arousal", cause)


def _cause(tags: Sequence[Tag]) -> str:
    causes = [
        CAUSE_OF_KIND.get(tag.value, "") if tag.part == "event" else tag.value
        for tag in tags
        if tag.part in {"event", "cause"}
    ]
    if any(tag.part in {"effort", "type"} for tag in tags):
        causes.append("respiratory")
    told = [cause for cause in causes if cause]
    # "arousal, leg, movement": the more specific word counts
    return next((c for c in told if c not in {"movement", "other"}), "") or next(
        iter(told), ""
    )


def _head(tags: Sequence[Tag]) -> Meaning:
    """Return the meaning of a name without an arousal in it."""
    events = [tag.value for tag in tags if tag.part == "event"]
    before_due = [
        tag.value for tag in _until(tags, "due", "related") if tag.part == "event"
    ]
    kinds = before_due or events
    if not kinds:
        causes = {tag.value for tag in tags if tag.part == "cause"}
        is_clear = all(tag.part in {"cause", "filler"} for tag in tags)
        told = [_EVENT_OF_CAUSE[c] for c in ("limb", "movement") if c in causes]
        return Meaning(told[0]) if told and is_clear else Meaning()
    ranked = [kind for kind in _RANK if kind in kinds]
    kind = ranked[0] if ranked else kinds[0]
    if kind == "apnea":
        types = [tag.value for tag in tags if tag.part == "type"]
        kind = f"apnea_{types[0]}" if types else kind
    return Meaning(kind)


def _without_denied(tags: Sequence[Tag]) -> tuple[tuple[Tag, ...], bool]:
    """Remove denied events: *without arousal*, *no respiratory event*."""
    kept: list[Tag] = []
    denied = False
    is_denying = False
    for before, tag in zip((None, *tags), tags, strict=False):
        if before == Tag("relation", "non"):
            denied |= tag.part == "event"
            continue
        if tag == Tag("relation", "non"):
            is_denying = False
        elif tag == Tag("relation", "without"):
            is_denying = True
        elif not is_denying:
            kept.append(tag)
        elif tag.part == "event":
            denied, is_denying = True, False
        elif tag.part == "relation" and tag.value in {"due", "or"}:
            is_denying = False
            kept.append(tag)
    return tuple(kept), denied


def _until(tags: Sequence[Tag], *relations: str) -> tuple[Tag, ...]:
    ends = [
        n
        for n, tag in enumerate(tags)
        if tag.part == "relation" and tag.value in relations
    ]
    return tuple(tags[: ends[0]] if ends else tags)


def _split(tags: Sequence[Tag], relation: str) -> list[tuple[Tag, ...]]:
    clauses: list[list[Tag]] = [[]]
    for tag in tags:
        if tag == Tag("relation", relation):
            clauses.append([])
        else:
            clauses[-1].append(tag)
    return [tuple(clause) for clause in clauses]

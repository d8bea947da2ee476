"""Words of scorings for stages, lights and kinds of event.

The words are in ``configs/scoring.toml``; this module compares and names. The names
of events are read in `event_names`.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

from psgkit.domain.scoring import EVENT_GROUPS, Stage
from psgkit.read.scorings.event_names import meaning_of
from psgkit.read.scorings.lexicon import plain, word_tables

# "Stage" in the languages of labs; a number or a letter may follow.
_STAGE = (
    r"(?:stage|stade(?: de sommeil)?|stadium|schlafstadium|slaapstadium|slaapfase|stadio"
    r"(?: del sonno)?|fase(?: del sueno| del sonno)?|estadio|estagio|stadie|somnstadium)"
)
_NUMBERED = re.compile(rf"^(?:sdo )?(?:sleep )?{_STAGE} (\d)(?: sleep)?$")
_DECORATION = re.compile(rf"^(?:sdo )?(?:sleep )?(?:{_STAGE} )?|(?: sleep)$")


@lru_cache(maxsize=4096)
def stage_of(text: str) -> Stage | None:
    """Return the stage that a word names, or None.

    A bare number is not a word; see ``stage_codes``.

    Examples
    --------
    >>> stage_of("Sleep stage 4"), stage_of("Éveil"), stage_of("4")
    (<Stage.N3: 3>, <Stage.W: 0>, None)
    """
    if text.strip() in {"-", "--"} or text.rstrip().endswith("?"):
        return Stage.UNS
    word = plain(text.split("@@", 1)[0])  # EDF+ names the channel behind
    numbered = _NUMBERED.match(word)
    if numbered:
        return _stage_numbers().get(numbered[1])
    for form in (word, _DECORATION.sub("", word)):
        if form in _stage_words():
            return _stage_words()[form]
    return None


def code_tables() -> dict[str, dict[str, list[int]]]:
    """Return the presets of numbers: stage to the numbers that mean it."""
    tables: dict[str, dict[str, list[int]]] = word_tables()["codes"]
    return tables


def kind_of(text: str) -> str | None:
    """Return the kind of event that a word names, or None.

    A word for a stage names no event, but for an artefact, which may be either.

    Examples
    --------
    >>> kind_of("Obstructive Apnea"), kind_of("AROUSAL-LM"), kind_of("N2")
    ('apnea_obstructive', 'arousal', None)
    """
    meaning = meaning_of(text)
    if stage_of(text) is not None and meaning.kind != "artefact":
        return None
    return meaning.kind if meaning.is_understood else None


def lights_of(text: str) -> Literal["off", "on"] | None:
    """Return whether a word means lights off or on."""
    return _light_words().get(plain(text.split("@@", 1)[0]))


def groups_of(
    kinds: Iterable[str], listed: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the groups of events that were looked for.

    Parameters
    ----------
    kinds : iterable of str
        Of the events found.
    listed : frozenset of str
        Groups that the file says were looked for.
    """
    found = set(kinds)
    held = {group for group, members in EVENT_GROUPS.items() if found & set(members)}
    if "autonomic_arousal" in found and "arousal" not in held:
        listed -= {"arousal"}  # a list of autonomic arousals alone
    return frozenset(held | listed)


def group_names() -> frozenset[str]:
    """Return the names of all groups."""
    return frozenset(EVENT_GROUPS)


def noxturnal_words(part: str) -> frozenset[str]:
    """Return the words of Noxturnal's export for a column or an event."""
    return frozenset(plain(word) for word in word_tables()["noxturnal"][part])


@cache
def _stage_words() -> dict[str, Stage]:
    return {
        plain(word): Stage[name]
        for name, words in word_tables()["stages"].items()
        for word in words
    }


@cache
def _stage_numbers() -> dict[str, Stage]:
    return {
        number: Stage[name]
        for name, numbers in word_tables()["stage_numbers"].items()
        for number in numbers
    }


@cache
def _light_words() -> dict[str, Literal["off", "on"]]:
    return {
        plain(word): state
        for state in ("off", "on")
        for word in word_tables()["lights"][state]
    }

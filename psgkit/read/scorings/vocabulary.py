"""What scorings call things: words to stages and to kinds of event.

The words stand in ``configs/scoring.toml``; this module compares and names.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from psgkit.domain.scoring import EVENT_GROUPS, Stage
from psgkit.settings import config_folder

_NUMBERED = re.compile(r"^(?:sleep )?stage (\d)(?: sleep)?$")
# How `psgkit export` writes events that not every scoring knows.
_OWN_EVENT = re.compile(r"^[Ee]vent[ _]([a-z0-9_]+)$")
# The kind of an event whose text is no name of the field.
OTHER = "other"
_DECORATION = re.compile(r"^(?:sdo |sleep stage |stage )|(?: sleep)$")


def plain(text: str) -> str:
    """Return a word without case, accents and punctuation.

    Examples
    --------
    >>> plain(" Micro-éveil "), plain("Arousal (ARO RES)")
    ('micro eveil', 'arousal aro res')
    """
    # ø and ß survive decomposition, so casefold is needed beside it
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def slug(text: str) -> str:
    """Return an event's own name as it may stand in the ``kind`` column.

    Names of the field alone are kept. Any other text is ``other``: technicians write
    remarks as events, and remarks name people.

    Examples
    --------
    >>> slug("Periodic Breathing"), slug("woke Mr Smith")
    ('periodic_breathing', 'other')
    """
    words = plain(text).split()
    known = _field_words()
    return "_".join(words) if words and known.issuperset(words) else OTHER


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
    word = plain(text)
    numbered = _NUMBERED.match(word)
    if numbered:
        return _stage_numbers().get(numbered[1])
    for form in (word, _DECORATION.sub("", word)):
        if form in _stage_words():
            return _stage_words()[form]
    return None


def code_tables() -> dict[str, dict[str, list[int]]]:
    """Return the presets of numbers: stage to the numbers that mean it."""
    tables: dict[str, dict[str, list[int]]] = _tables()["codes"]
    return tables


def kind_of(text: str) -> str | None:
    """Return the kind of event that a word names, or None.

    Examples
    --------
    >>> kind_of("Obstructive Apnea"), kind_of("arousal_limb"), kind_of("Snore")
    ('apnea_obstructive', 'arousal_limb', None)
    >>> kind_of("Event snore")
    'snore'
    """
    own = _OWN_EVENT.match(text)
    if own:
        return slug(own[1])
    word = plain(text).removeprefix("sdo ")
    return _event_words().get(word)


def lights_of(text: str) -> Literal["off", "on"] | None:
    """Tell whether a word says that the lights went off or on."""
    return _light_words().get(plain(text))


def groups_of(kinds: Iterable[str]) -> frozenset[str]:
    """Return the groups of events that were looked for, given what was found."""
    found = set(kinds)
    return frozenset(
        group for group, members in EVENT_GROUPS.items() if found & set(members)
    )


def group_names() -> frozenset[str]:
    """Return the names of all groups."""
    return frozenset(EVENT_GROUPS)


def noxturnal_words(part: str) -> frozenset[str]:
    """Return the words of Noxturnal's export for a column or an event."""
    return frozenset(plain(word) for word in _tables()["noxturnal"][part])


@cache
def _tables() -> dict[str, Any]:
    path = config_folder() / "scoring.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _stage_words() -> dict[str, Stage]:
    return {
        plain(word): Stage[name]
        for name, words in _tables()["stages"].items()
        for word in words
    }


@cache
def _stage_numbers() -> dict[str, Stage]:
    return {
        number: Stage[name]
        for name, numbers in _tables()["stage_numbers"].items()
        for number in numbers
    }


@cache
def _event_words() -> dict[str, str]:
    table: dict[str, str] = {}
    for kind, words in _tables()["events"].items():
        table[plain(kind)] = kind
        table.update({plain(word): kind for word in words})
    return table


@cache
def _field_words() -> frozenset[str]:
    """Return every single word that the names of events are made of."""
    names = [*_event_words(), *_event_words().values(), *_tables()["names"]["words"]]
    return frozenset(word for name in names for word in plain(name).split())


@cache
def _light_words() -> dict[str, Literal["off", "on"]]:
    return {
        plain(word): state
        for state in ("off", "on")
        for word in _tables()["lights"][state]
    }

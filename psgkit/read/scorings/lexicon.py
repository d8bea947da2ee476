"""The words of event names, and the phrases in which they are found.

The words are in ``configs/scoring.toml``. A phrase is one word or several; a star
stands for any ending. Compounds, such as the German *Beinbewegungsarousal*, are taken
apart into the words that they are made of.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from psgkit.settings import config_folder

# Shorter words would be found in too many others.
_SHORTEST_PART = 4
# No language writes a longer compound.
_LONGEST_COMPOUND = 60
_SHORT_PARTS = frozenset({"plm"})
# Letters that join the parts of a compound, and endings.
_JOINTS = (
    *("", "s", "es", "n", "en", "e", "er", "ns", "ed", "al"),
    *("ung", "ungs", "ungen", "ing", "ings", "else", "elses", "ning", "nings", "ande"),
)

_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z][^\W\d_A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_SIGNS = (
    (re.compile(r"[+&]"), " with "),
    (re.compile(r"\bc/(?=\s*\w{3})"), " with "),
    (re.compile(r"\bs/(?=\s*\w{3})"), " without "),
)


class Tag(NamedTuple):
    """Meaning of a phrase in a name.

    ``part`` is ``event``, ``type``, ``cause``, ``relation``, ``effort``, ``filler``,
    ``remark`` or, for a word that no table has, ``unknown``.
    """

    part: str
    value: str = ""


UNKNOWN = Tag("unknown")


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    is_open: tuple[bool, ...]
    tag: Tag
    place: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """More words first, then whole words, then longer ones, then earlier ones."""
        letters = sum(len(word) for word in self.words)
        return (len(self.words), self.is_open.count(False), letters, -self.place)

    @property
    def head(self) -> str:
        """The first word, with its star."""
        return self.words[0] + "*" * self.is_open[0]

    def fits(self, tokens: Sequence[str]) -> bool:
        """Return whether tokens begin with the phrase."""
        return len(tokens) >= len(self.words) and all(
            token.startswith(word) if is_open else token == word
            for token, word, is_open in zip(
                tokens, self.words, self.is_open, strict=False
            )
        )


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a word without case, accents and punctuation.

    Examples
    --------
    >>> plain(" Micro-éveil "), plain("Arousal (ARO RES)")
    ('micro eveil', 'arousal aro res')
    """
    # ø and ß survive decomposition, so casefold is needed, too
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", bare))


def tags_of(text: str) -> tuple[Tag, ...]:
    """Return the meanings of a name's phrases, in order; numbers are left out.

    Examples
    --------
    >>> [tag.value for tag in tags_of("ObstructiveApnea")]
    ['obstructive', 'apnea']
    """
    if alone := _alone().get(plain(text)):
        return (alone,)
    for sign, word in _SIGNS:
        text = sign.sub(word, text)
    tokens = [t for t in plain(_CAMEL.sub(" ", text)).split() if not t.isdigit()]
    return tuple(_read(tokens))


def event_kinds() -> frozenset[str]:
    """Return every kind of event that has a word."""
    return frozenset(word_tables()["events"])


def _read(tokens: list[str]) -> Iterator[Tag]:
    position = 0
    while position < len(tokens):
        rest = tokens[position:]
        phrase = _best(rest)
        parts = _parts_of(rest[0])
        if phrase is None or _tells_more(parts, phrase):
            yield from parts or (UNKNOWN,)
            position += 1
        else:
            yield phrase.tag
            position += len(phrase.words)


def _tells_more(parts: Sequence[Tag], phrase: _Phrase) -> bool:
    """Return whether the open end of a word hides the head of a compound.

    The German *Beinbewegungsarousal* begins as *Beinbewegung* does.
    """
    if len(parts) < 2 or phrase.is_open != (True,):
        return False
    if Tag("relation", "due") in parts:
        return True
    heads = {tag.value for tag in parts if tag.part == "event"}
    return "arousal" in heads or (bool(heads) and phrase.tag.part != "event")


def _best(tokens: Sequence[str]) -> _Phrase | None:
    by_head, longest = _by_head()
    first = tokens[0]
    beginnings = (f"{first[:n]}*" for n in range(1, min(len(first), longest) + 1))
    candidates = (p for head in (first, *beginnings) for p in by_head.get(head, ()))
    fitting = (phrase for phrase in candidates if phrase.fits(tokens))
    return max(fitting, key=lambda phrase: phrase.rank, default=None)


@lru_cache(maxsize=4096)
def _parts_of(token: str) -> tuple[Tag, ...]:
    """Take a compound apart; empty where a part of it is not known."""
    if len(token) > _LONGEST_COMPOUND:
        return ()
    for word, tag in _compound_words().get(token[:2], ()):
        if not token.startswith(word):
            continue
        rest = token[len(word) :]
        if rest in _JOINTS:
            return (tag,)
        for joint in _JOINTS:
            if rest.startswith(joint) and (more := _parts_of(rest[len(joint) :])):
                return (tag, *more)
    return ()


def _entries() -> Iterator[tuple[str, Tag]]:
    tables = word_tables()
    for kind, table in tables["events"].items():
        yield from ((words, Tag("event", kind)) for words in table["words"])
    for part in ("type", "cause", "relation"):
        for value, phrases in tables[f"event_{part}s"].items():
            yield from ((words, Tag(part, value)) for words in phrases)
    yield from ((words, Tag("effort")) for words in tables["event_effort"]["words"])
    yield from ((words, Tag("remark")) for words in tables["remarks"]["words"])
    yield from ((words, Tag("filler")) for words in tables["event_fillers"]["words"])


@cache
def _phrases() -> tuple[_Phrase, ...]:
    """Return the phrases, the most telling first."""
    phrases = (
        _Phrase(
            tuple(plain(word) for word in text.split()),
            tuple(word.endswith("*") for word in text.split()),
            tag,
            place,
        )
        for place, (text, tag) in enumerate(_entries())
    )
    return tuple(sorted(phrases, key=lambda phrase: phrase.rank, reverse=True))


@cache
def _by_head() -> tuple[dict[str, list[_Phrase]], int]:
    """Return the phrases by their first word, and how long the longest of those is."""
    found: dict[str, list[_Phrase]] = {}
    for phrase in _phrases():
        found.setdefault(phrase.head, []).append(phrase)
    return found, max(map(len, found))


@cache
def _compound_words() -> dict[str, tuple[tuple[str, Tag], ...]]:
    """Return single words by their first two letters, the longest first."""
    found: dict[str, list[tuple[str, Tag]]] = {}
    for phrase in _phrases():
        word = phrase.words[0]
        is_part = len(word) >= _SHORTEST_PART or word in _SHORT_PARTS
        if len(phrase.words) == 1 and is_part and phrase.tag.part != "remark":
            found.setdefault(word[:2], []).append((word, phrase.tag))
    return {
        letters: tuple(sorted(words, key=lambda entry: -len(entry[0])))
        for letters, words in found.items()
    }


@cache
def _alone() -> dict[str, Tag]:
    return {
        plain(word): Tag("event", kind)
        for kind, table in word_tables()["events"].items()
        for word in table.get("alone", ())
    }


@cache
def word_tables() -> dict[str, Any]:
    """Return the tables of words that scorings use."""
    path = config_folder() / "scoring.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

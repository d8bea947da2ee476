"""The page's words in the reader's language.

English is what the code says; each other language has a gettext catalogue in
``report/locale``. The language in force holds for a block of code, so that figures
and templates need not hand it on.
"""

import contextlib
import re
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "nl")

_CURRENT: ContextVar[str] = ContextVar("language", default="en")
_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|\Z))+)', re.MULTILINE)
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let `_` translate into a language within a block."""
    token = _CURRENT.set(language)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def _(words: str) -> str:
    """Return words in the language in force; themselves where it has none for them."""
    return catalogue(_CURRENT.get()).get(words) or words


@cache
def catalogue(language: str) -> dict[str, str]:
    """Read a language's gettext catalogue: English words to its own."""
    if language == "en":
        return {}
    path = Path(__file__).parent / "locale" / f"{language}.po"
    entries = _ENTRY.findall(path.read_text(encoding="utf-8"))
    # The first entry, of no words, is the catalogue's own header.
    return {_joined(words): _joined(meant) for words, meant in entries[1:]}


def current_language() -> str:
    """Return the language in force."""
    return _CURRENT.get()


def _joined(pieces: str) -> str:
    text = "".join(_PIECE.findall(pieces))
    return re.sub(r"\\.", lambda hit: _ESCAPES.get(hit[0], hit[0]), text)

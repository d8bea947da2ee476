"""The words of pages in the reader's language.

The code has the English words; each other language has a gettext catalogue in
``report/locale``. The language in force holds for a block of code, so that figures
and templates need not hand it on. `report.messages` translates finished messages.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "nl")

_CURRENT: ContextVar[str] = ContextVar("language", default="en")


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let `_` translate into a language within a block."""
    token = _CURRENT.set(language)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def _(words: str) -> str:
    """Return words in the language in force; unchanged without a translation."""
    return catalogue(_CURRENT.get()).get(words) or words


@cache
def catalogue(language: str, domain: str = "") -> dict[str, str]:
    """Read a language's gettext catalogue: English words to its own.

    Parameters
    ----------
    language : {"en", "nl"}
    domain : {"", "messages"}
        The words of pages, or the templates of messages.
    """
    if language == "en":
        return {}
    from babel.messages.pofile import read_po  # noqa: PLC0415 - costs 0.1 s

    with path_of(language, domain).open("rb") as file:
        entries = read_po(file, locale=language, abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}


def path_of(language: str, domain: str = "") -> Path:
    """Return the file of a catalogue."""
    name = "_".join(filter(None, (language, domain)))
    return Path(__file__).parent / "locale" / f"{name}.po"


def current_language() -> str:
    """Return the language in force."""
    return _CURRENT.get()

"""Finished messages in the reader's language.

Issues and reasons are English sentences where they are made, and stay so in a night's
file. A page in another language finds the template that a sentence was made from, and
fills the template's translation with the same values. The templates are in the
catalogue (``report/locale``); ``scripts/make_locale.py`` reads them from the source.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from psgkit.report.language import catalogue, current_language

MESSAGES = "messages"
_FIELD = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")
_DECIMAL = re.compile(r"([-+]?\d+)\.(\d+)( ?[\w%/]*)")
_LONGEST = 20_000  # letters; a longer text is not a message of psgkit
_MOST_SENTENCES = 4  # of one template
_COUNTED = re.compile(r"(\d[\d.]* )?(.+?)( \(\d+\))?")  # "3 apnea", "apnea (3)"
_OF_FILE = re.compile(r"(\S+:) (.+)", re.DOTALL)  # "night.csv: line 3 has …"
_SEPARATORS = ("; ", ": ", ", ")


@dataclass(frozen=True, slots=True)
class _Template:
    """A message with fields, and its translation."""

    pattern: re.Pattern[str]
    key: str  # its longest piece without a field: most templates are ruled out by it
    meant: str
    is_typed: bool  # options as a person types them
    is_joint: bool  # hardly a letter outside its fields: "{first} and {last}"


def translated(message: str) -> str:
    """Return a message in the language in force; unchanged without a translation.

    Parameters
    ----------
    message : str
        One sentence or several.
    """
    language = current_language()
    if language == "en" or len(message) > _LONGEST:
        return message
    return _message(message, language)


@lru_cache(maxsize=4096)
def _message(text: str, language: str) -> str:
    ends = [end.start() for end in _SENTENCE_END.finditer(text)]
    for end in (len(text), *reversed(ends[:_MOST_SENTENCES])):
        if (head := _whole(text[:end], language, spans=False)) is not None:
            rest = text[end + 1 :]
            return f"{head} {_message(rest, language)}" if rest else head
    if (whole := _whole(text, language)) is not None:
        return whole
    if of_file := _OF_FILE.fullmatch(text):
        return f"{of_file[1]} {_message(of_file[2], language)}"
    if ends:  # a sentence that the catalogue does not have stays as it is
        return f"{text[: ends[0]]} {_message(text[ends[0] + 1 :], language)}"
    return _value(text, language)


def _whole(
    text: str, language: str, *, is_joint: bool = False, spans: bool = True
) -> str | None:
    """Return a text translated by one template, None if no template fits.

    ``spans`` is whether a value may hold the end of a sentence.
    """
    for template in _templates(language):
        if template.is_joint is not is_joint or template.key not in text:
            continue
        if found := template.pattern.fullmatch(text):
            given = found.groupdict()
            if not spans and any(map(_SENTENCE_END.search, given.values())):
                continue
            if template.is_typed:
                return text
            values = {name: _value(value, language) for name, value in given.items()}
            # Names from a file with an "and" stay as they are.
            if values != given or not is_joint:
                return template.meant.format_map(values)
    return None


@lru_cache(maxsize=4096)
def _value(text: str, language: str) -> str:
    """Return a value of a field: a number, words of the catalogue, or a list of them."""
    if number := _DECIMAL.fullmatch(text):
        return f"{number[1]},{number[2]}{number[3]}"
    if (whole := _whole(text, language)) is not None:
        return whole
    core = text.strip().removesuffix(".")
    return text.replace(core, _core(core, language)) if core else text


def _core(text: str, language: str) -> str:
    """Return a clause without the blanks and the full stop around it."""
    if (whole := _whole(text, language)) is not None:
        return whole
    if (whole := _whole(text[0].lower() + text[1:], language)) is not None:
        return whole[0].upper() + whole[1:]
    for separator in _SEPARATORS:
        if separator in text:
            parts = [_value(part, language) for part in text.split(separator)]
            return separator.join(parts)
    if (whole := _whole(text, language, is_joint=True)) is not None:
        return whole
    if (counted := _COUNTED.fullmatch(text)) and (counted[1] or counted[3]):
        before, words, after = counted.groups("")
        return f"{_value(before, language)}{_core(words, language)}{after}"
    # A title or a unit; a single name in capitals is a label of a file.
    is_words = " " in text or text.islower()
    return (catalogue(language).get(text) if is_words else None) or text


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    """Return the templates, those with the most fixed letters first."""
    entries = catalogue(language, MESSAGES)
    ordered = sorted(entries, key=lambda words: -len(_FIELD.sub("", words)))
    return tuple(_template(words, entries[words]) for words in ordered)


def _template(words: str, meant: str) -> _Template:
    pieces = _FIELD.split(words)  # literal, name, literal, name, literal
    literals = [piece.replace("{{", "{").replace("}}", "}") for piece in pieces[::2]]
    pattern = re.escape(literals[0])
    for name, literal in zip(pieces[1::2], literals[1:], strict=True):
        pattern += f"(?P<{name}>.*?){re.escape(literal)}"
    return _Template(
        re.compile(pattern, re.DOTALL),
        max(literals, key=len),
        meant,
        words == meant and words.startswith("--"),
        len(pieces) > 3 and sum(map(str.isalpha, "".join(literals))) < 4,
    )

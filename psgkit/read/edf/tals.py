r"""Time-stamped annotation lists (TALs) of EDF+ and BDF+.

An annotation signal holds, in each data record, texts of the form
``+onset[\x15duration]\x14text\x14...\x14\x00``. The first list of a record has an
empty text: its onset is the time of the record itself.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = re.compile(
    rb"\s*([+-]\d{1,12}(?:[.,]\d*)?)(?:\x15(\d{1,12}(?:[.,]\d*)?)?)?\x14"
)


@dataclass(frozen=True, slots=True)
class Tal:
    """One list: an onset, a duration (NaN if not given) and its texts."""

    onset_s: float
    duration_s: float
    texts: tuple[str, ...]


def parse_tals(block: bytes) -> Iterator[Tal]:
    """Yield the lists of one annotation signal in one record.

    Bytes that are not a list, as some writers leave after the last one, are skipped.
    """
    for part in block.split(b"\x00"):
        head = _HEAD.match(part)
        if head is None:
            continue
        texts = tuple(_decode(text) for text in part[head.end() :].split(b"\x14"))
        yield Tal(_seconds(head[1]), _seconds(head[2]), texts)


def record_onset(block: bytes, *, keeps_time: bool = False) -> float:
    """Return the time of a record from its first annotation signal, or NaN.

    With ``keeps_time`` only a list that begins with an empty text counts, as EDF+ has
    it; others are annotations of writers that leave out the time of the record.
    """
    first = next(parse_tals(block), None)
    if first is None or (keeps_time and first.texts[0]):
        return math.nan
    return first.onset_s


def _seconds(text: bytes | None) -> float:
    return float(text.replace(b",", b".")) if text else math.nan


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8").strip()
    except UnicodeDecodeError:
        return text.decode("latin-1").strip()

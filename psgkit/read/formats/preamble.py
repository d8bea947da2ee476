"""Facts in the head of an exported scoring: ``scorer: …``, ``scored: …``.

`psgkit export` writes these lines as comments of tables, as annotations of EDF+ and
into BIDS' sidecar.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.scoring import NREM_AROUSALS
from psgkit.read.scorings.clock import parse_time
from psgkit.read.scorings.vocabulary import (
    group_names,
)

_NAMES = {"scorer", "staging", "scored", "arousals", "start", "orig_time"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a scoring's head.

    Attributes
    ----------
    scorer : str
        Empty where it was not said.
    is_automatic : bool
        Whether a program assigned the stages.
    groups_scored : frozenset of str
        Groups of events that were looked for; `NREM_AROUSALS` may be one.
    arousal_source : str
        Person or program that marked the arousals, if not the scorer of the stages.
    start : datetime.datetime or None
        Time of day of second zero, on the unknown date.
    """

    scorer: str = ""
    is_automatic: bool = False
    groups_scored: frozenset[str] = frozenset()
    arousal_source: str = ""
    start: dt.datetime | None = None


def parse_facts(lines: Iterable[str]) -> Facts:
    """Return the facts in comments; other lines are skipped.

    Examples
    --------
    >>> parse_facts(["# scorer: me", "# by hand"]).scorer
    'me'
    """
    said = {}
    for line in lines:
        name, colon, value = line.lstrip("#%/ ").partition(":")
        if colon and name.strip().lower() in _NAMES:
            said[name.strip().lower()] = value.strip()
    return _facts(said, said.get("scored", "").split(","))


def facts_of_sidecar(sidecar: Mapping[str, object]) -> Facts:
    """Return the facts in BIDS' JSON sidecar."""
    told = sidecar.get("KindsScored")
    said = {
        "scorer": str(sidecar.get("Scorer", "")),
        "staging": "automatic" if sidecar.get("IsAutomatic") is True else "",
        "arousals": str(sidecar.get("ArousalSource", "")),
        "start": str(sidecar.get("StartTime", "")),
    }
    return _facts(said, [str(word) for word in told] if isinstance(told, list) else [])


def _facts(said: Mapping[str, str], groups: Iterable[str]) -> Facts:
    # MNE calls it orig_time
    time = parse_time(said.get("start", said.get("orig_time", "")))
    return Facts(
        scorer=said.get("scorer", ""),
        is_automatic=said.get("staging") == "automatic",
        groups_scored=(group_names() | {NREM_AROUSALS})
        & {group.strip() for group in groups},
        arousal_source=said.get("arousals", ""),
        start=None if time is None else dt.datetime.combine(UNKNOWN_DATE, time),
    )

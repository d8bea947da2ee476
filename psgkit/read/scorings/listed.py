"""Content of a scoring file, before it is placed on a grid of epochs.

A module of ``read/formats`` turns one file into a `Draft`; ``read/scorings/grid.py`` turns that
into stages on a grid.
"""

import datetime as dt
import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

import numpy as np
import numpy.typing as npt

from psgkit.domain.issues import Issue
from psgkit.domain.scoring import Stage
from psgkit.errors import UnreadableScoring
from psgkit.read.scorings.encoding import decode

if TYPE_CHECKING:
    from psgkit.read.scorings.stage_codes import StageCodes

# A whole night of stages and events takes a few hundred kilobytes. Beyond these sizes
# reading would take more than 2 s or 300 MB.
MAX_TEXT_BYTES = 12_000_000
MAX_LINES = 100_000
MAX_EVENTS = 20_000
HEAD_BYTES = 65_536
# Roles of a column of a table.
COLUMN_ROLES = ("stage", "onset", "end", "duration", "epoch", "annotator")


@dataclass(frozen=True, slots=True)
class StageMark:
    """A stage from some time on.

    Attributes
    ----------
    onset_s : float
        Seconds after the draft's zero.
    duration_s : float or None
        Length; None where it lasts one epoch.
    stage : Stage
        Kind of event.
    where : str
        Place in the file, as a message names it: ``"line 12"``.
    """

    onset_s: float
    duration_s: float | None
    stage: Stage
    where: str


# Kinds of lists. ``mixed``: events of any kind.
# ``notes``: events in free text.
EventList = Literal[
    "mixed", "notes", "arousal", "respiratory", "desaturation", "limb_movement"
]


@dataclass(frozen=True, slots=True)
class EventMark:
    """An event under the name that the file gives it.

    Attributes
    ----------
    onset_s : float
        Seconds after the draft's zero.
    duration_s : float
        NaN if the file does not give it.
    text : str
        The name, as the file spells it; `scored_events` finds its meaning.
    listed : EventList
        The kind of list that the event is in.
    source : str
        Who marked it, where that is not the scorer of the stages.
    """

    onset_s: float
    duration_s: float
    text: str
    listed: EventList = "mixed"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Content of a scoring file.

    Attributes
    ----------
    stages : tuple of StageMark
        In any order.
    events : tuple of EventMark
        In any order.
    start : datetime.datetime or None
        Clock time of second zero; its date is ``clock.UNKNOWN_DATE`` where unknown.
    epoch_s : float or None
        Length of an epoch, if the file gives it.
    lights_off_s, lights_on_s : float or None
        Seconds after zero.
    groups_scored : frozenset of str
        Groups of events that were looked for, by the file; it may have more.
    scorer : str
        Who scored it, if the file says so.
    is_automatic : bool
        Whether the file says that a program assigned the stages.
    arousal_source : str
        Source of the arousals, if the file names one other than the scorer.
    proba : numpy.ndarray of float32, shape (n_epochs, 5), or None
        Probability of W, N1, N2, N3, R; for files of one stage per epoch.
    issues : tuple of Issue
        Issues of the reading.
    original : Draft or None
        The scoring that a person corrected to make this one.
    changes : tuple of str
        That person's changes, each as JSON.
    """

    stages: tuple[StageMark, ...]
    events: tuple[EventMark, ...] = ()
    start: dt.datetime | None = None
    epoch_s: float | None = None
    lights_off_s: float | None = None
    lights_on_s: float | None = None
    groups_scored: frozenset[str] = frozenset()
    scorer: str = ""
    is_automatic: bool = False
    arousal_source: str = ""
    proba: npt.NDArray[np.float32] | None = None
    issues: tuple[Issue, ...] = ()
    original: "Draft | None" = None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """Facts that the call adds to a file.

    Attributes
    ----------
    codes : StageCodes or None
        Meanings of numbers; None to choose by the numbers that occur.
    columns : mapping of str to str
        Role of a table's column to its name; see `COLUMN_ROLES`.
    epoch_s : float or None
        Length of an epoch.
    annotator : str or None
        Whose scoring to read if the file has several.
    """

    codes: "StageCodes | None" = None
    columns: Mapping[str, str] = field(default_factory=dict)
    epoch_s: float | None = None
    annotator: str | None = None

    def epoch_told(self, told_s: float | None, file: "ScoringFile") -> float | None:
        """Return the length of an epoch, from the file or from the call.

        Raises
        ------
        UnreadableScoring
            If the two differ.
        """
        if told_s is None or self.epoch_s is None:
            return told_s or self.epoch_s
        if abs(told_s - self.epoch_s) > 1e-6:
            raise file.fault(
                f"it says that an epoch lasts {told_s:g} s, and --epoch says "
                f"{self.epoch_s:g} s; leave --epoch out."
            )
        return told_s


@contextmanager
def open_scoring(path: Path) -> Iterator[BinaryIO]:
    """Open a scoring, one that was compressed by gzip included."""
    with path.open("rb") as stream:
        is_compressed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if not is_compressed:
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as whole:
            yield cast("BinaryIO", whole)


@dataclass(frozen=True)
class ScoringFile:
    """One file, looked at before it is read."""

    path: Path
    head: bytes

    @cached_property
    def head_text(self) -> str:
        """The beginning of the file as text; empty if it is not text."""
        try:
            return decode(self.head, self.path.name, is_whole=False)
        except UnreadableScoring:
            return ""

    @cached_property
    def content(self) -> bytes:
        """The whole file.

        Raises
        ------
        UnreadableScoring
            If it is far larger than any scoring.
        """
        with open_scoring(self.path) as stream:
            content = stream.read(MAX_TEXT_BYTES + 1)
        if len(content) > MAX_TEXT_BYTES:
            raise self.fault(
                f"it holds more than {MAX_TEXT_BYTES // 1_000_000} MB, and the scoring "
                "of a night holds less than 5. Name the scoring file."
            )
        return content

    @cached_property
    def text(self) -> str:
        """The whole file as text; see `decode` for its errors."""
        text = decode(self.content, self.path.name)
        if text.count("\n") > MAX_LINES:
            raise self.fault(
                f"it has more than {MAX_LINES} lines. A scoring has one line per epoch "
                "and event; name the scoring file."
            )
        return text

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name

    def fault(self, message: str) -> UnreadableScoring:
        """Return an error about this file, to be raised."""
        return UnreadableScoring(f"{self.name}: {message}")


@dataclass(frozen=True, slots=True)
class Format:
    """One format of scorings.

    Attributes
    ----------
    name : str
        As a user knows it.
    recognises : callable
        Whether the beginning of a file has this format.
    read : callable
        Reads a file of this format.
    uses : frozenset of str
        Which of ``codes``, ``column`` and ``annotator`` this format reads by.
    """

    name: str
    recognises: Callable[[ScoringFile], bool]
    read: Callable[[ScoringFile, Options], Draft]
    uses: frozenset[str] = frozenset()


@dataclass(slots=True)
class DraftBuilder:
    """Collects the content of a file, line by line."""

    stages: list[StageMark] = field(default_factory=list)
    events: list[EventMark] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    groups_scored: set[str] = field(default_factory=set)
    lights: dict[str, float] = field(default_factory=dict)

    def add_stage(
        self, onset_s: float, duration_s: float | None, stage: Stage, where: str
    ) -> None:
        """Note a stage."""
        if len(self.stages) >= MAX_LINES:
            raise UnreadableScoring(
                f"The scoring has more than {MAX_LINES} epochs, more than a night has."
            )
        self.stages.append(StageMark(onset_s, duration_s, stage, where))

    def add_event(
        self,
        onset_s: float,
        duration_s: float,
        text: str,
        listed: EventList = "mixed",
    ) -> None:
        """Note an event under the file's own name for it."""
        if len(self.events) >= MAX_EVENTS:
            raise UnreadableScoring(
                f"The scoring has more than {MAX_EVENTS} events, more than a night has."
            )
        self.events.append(EventMark(onset_s, duration_s, text, listed))

    def add_lights(self, state: str, at_s: float) -> None:
        """Note that the lights went off or on: the first off, the last on."""
        if state == "off":
            self.lights.setdefault("off", at_s)
        else:
            self.lights["on"] = at_s

    def build(self, **facts: Any) -> Draft:
        """Return the draft; ``facts`` are further fields of `Draft`."""
        return Draft(
            stages=tuple(self.stages),
            events=tuple(self.events),
            issues=tuple(self.issues),
            groups_scored=frozenset(self.groups_scored),
            lights_off_s=self.lights.get("off"),
            lights_on_s=self.lights.get("on"),
            **facts,
        )

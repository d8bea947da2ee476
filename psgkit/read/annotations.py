"""The annotations of a recording: bad stretches, lights, stages and events.

MNE's convention: a stretch annotated as ``BAD_…`` is artefact; ``BAD_ACQ_SKIP`` and
EEGLAB's ``boundary`` are gaps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from psgkit.domain.clock import moment_in_words
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Gap, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.read.formats import edf_plus
from psgkit.read.scorings.reader import assemble_marks
from psgkit.read.scorings.vocabulary import lights_of

_GAP_WORDS = ("bad_acq_skip", "boundary", "bad boundary")


class Note(NamedTuple):
    """An annotation: its duration is NaN where unknown; ``labels`` name channels."""

    onset_s: float
    duration_s: float
    text: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedStretches:
    """Stretches that annotations mark as bad, and the other annotations.

    Attributes
    ----------
    gaps, artefacts : tuple of Gap
        Of all channels, in order.
    lost : tuple of (str, Gap)
        Of one channel, by its label.
    others : tuple of (float, float, str)
        Onset, duration and text.
    """

    gaps: tuple[Gap, ...]
    artefacts: tuple[Gap, ...]
    lost: tuple[tuple[str, Gap], ...]
    others: tuple[tuple[float, float, str], ...]

    @property
    def issues(self) -> list[Issue]:
        """State how much is marked."""
        issues = []
        if self.artefacts:
            issues.append(
                Issue(
                    Severity.NOTE,
                    "stretches_marked_bad",
                    f"The file marks {len(self.artefacts)} stretches as bad, "
                    f"{_minutes(self.artefacts):.1f} min in all; they count as artefact "
                    "in every channel.",
                )
            )
        if self.gaps:
            issues.append(
                Issue(
                    Severity.NOTE,
                    "gaps_marked",
                    f"The file marks {len(self.gaps)} gaps, {_minutes(self.gaps):.1f} "
                    "min in all.",
                )
            )
        return issues


def mark_stretches(
    notes: Iterable[Note], duration_s: float, *, is_edf: bool = False
) -> MarkedStretches:
    """Sort annotations into gaps, artefacts, losses of one channel, and others.

    Parameters
    ----------
    notes : iterable of Note
        In the order of their onsets.
    duration_s : float
        Of the recording.
    is_edf : bool
        Whether only ``BAD_`` marks artefact, as MNE writes it into an EDF: remarks of
        technicians may begin with "bad", and the times of the records show gaps.
    """
    gaps: list[Gap] = []
    artefacts: list[Gap] = []
    lost: list[tuple[str, Gap]] = []
    others: list[tuple[float, float, str]] = []
    for note in notes:
        words = note.text.casefold()
        is_gap = words in _GAP_WORDS and not is_edf
        is_bad = note.text.startswith("BAD_") if is_edf else words.startswith("bad")
        if not (is_gap or is_bad):
            others.append(note[:3])
            continue
        begin_s = max(note.onset_s, 0.0)
        length_s = float(np.nan_to_num(note.duration_s))
        stretch = Gap(begin_s, min(length_s, duration_s - begin_s))
        if begin_s >= duration_s:
            continue
        if note.labels:
            lost += [(label, stretch) for label in note.labels]
        elif is_gap and length_s > 0:
            gaps.append(stretch)
        else:
            artefacts.append(stretch)
    return MarkedStretches(
        _joined(gaps), _joined(artefacts), tuple(lost), tuple(others)
    )


def _joined(stretches: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return stretches in order, those joined that touch."""
    joined: list[Gap] = []
    for stretch in sorted(stretches, key=lambda gap: gap.onset_s):
        if joined and stretch.onset_s <= (end_s := _end_s(joined[-1])):
            first_s = joined[-1].onset_s
            joined[-1] = Gap(first_s, max(end_s, _end_s(stretch)) - first_s)
        else:
            joined.append(stretch)
    return tuple(joined)


def _end_s(gap: Gap) -> float:
    return gap.onset_s + gap.duration_s


def _minutes(stretches: Sequence[Gap]) -> float:
    return sum(stretch.duration_s for stretch in stretches) / 60


def with_lights(recording: Recording) -> Recording:
    """Return a recording with the first lights-off and the last lights-on it marks.

    Marks outside of the recording do not count, and no mark counts if lights-on comes
    first. An issue lists the marks.
    """
    found: dict[str, list[float]] = {"off": [], "on": []}
    for onset_s, _, text in recording.annotations:
        state = lights_of(text)
        if state is not None and 0 <= onset_s <= recording.duration_s:
            found[state].append(onset_s)
    off_s = min(found["off"], default=None)
    on_s = max(found["on"], default=None)
    if off_s is not None and on_s is not None and on_s <= off_s:
        return recording
    marked = [
        f"{word} at {moment_in_words(recording.start, at_s)}"
        for word, at_s in (("lights-off", off_s), ("lights-on", on_s))
        if at_s is not None
    ]
    if not marked:
        return recording
    note = Issue(
        Severity.NOTE,
        "lights_marked",
        f"Annotations of the recording mark {' and '.join(marked)}. They count as "
        "time in bed where neither the call nor the scoring gives the lights.",
        "Use --lights-off and --lights-on for other times, or --lights recording.",
    )
    noted = recording.with_issues(note)
    return replace(noted, lights_off_s=off_s, lights_on_s=on_s)


def read_marks(
    recording: Recording,
    *,
    epoch_s: float | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Scoring | None:
    """Read stages, events and lights in a recording's own annotations.

    Returns
    -------
    Scoring or None
        Without stages if no stage is annotated; None if no annotation names a stage, an
        event or the lights.
    """
    table = pd.DataFrame(
        recording.annotations, columns=["onset_s", "duration_s", "text"]
    )
    try:
        draft = edf_plus.draft_of(table, epoch_s=epoch_s, start=recording.start)
        if not (draft.stages or draft.events or draft.lights_off_s is not None):
            return None
        return assemble_marks(
            draft, edf_plus.FORMAT.name, recording.id, recording.start, names
        )
    except InputError:
        return None

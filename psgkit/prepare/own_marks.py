"""Stages, events and lights in the recording's own EDF+ annotations."""

from collections import Counter
from dataclasses import dataclass, replace

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import ScoringMismatch, listed
from psgkit.prepare.window import lay_on

# Share of the recording; with fewer epochs scored, the night is staged anew.
_MIN_SCORED = 0.5


@dataclass(frozen=True)
class OwnMarks:
    """Stages, events and lights of a recording's own annotations.

    Attributes
    ----------
    scoring : Scoring or None
        Without stages if the night is to be staged; None without annotations.
    issues : tuple of Issue
    """

    scoring: Scoring | None = None
    issues: tuple[Issue, ...] = ()

    @property
    def holds_stages(self) -> bool:
        """Whether the stages are used."""
        return self.scoring is not None and self.scoring.has_stages


NO_MARKS = OwnMarks()


def lay_own_marks(
    marks: Scoring | None, recording: Recording, *, stages_anew: bool
) -> OwnMarks:
    """Align a recording's own annotations with it, and report their use.

    Parameters
    ----------
    marks : Scoring or None
        The scoring in the annotations; None without a scoring.
    recording : Recording
    stages_anew : bool
        Whether the call asks for a stager, so that only events and lights are used.

    Returns
    -------
    OwnMarks
    """
    if marks is None:
        return NO_MARKS
    try:
        laid, issues = lay_on(marks, recording, align=True)
    except ScoringMismatch:
        return NO_MARKS
    scored = int((laid.stages != Stage.UNS).sum())
    share = scored * laid.epoch_s / recording.duration_s
    why_anew = ""
    if scored and stages_anew:
        why_anew = (
            f" The {scored} annotated stages were not used, for a stager was named."
        )
    elif scored and share < _MIN_SCORED:
        why_anew = (
            f" The {scored} annotated stages cover {share:.0%} of the recording and were "
            "not used."
        )
    if why_anew or not scored:
        unscored = (laid.stages * 0 + Stage.UNS.value).astype(laid.stages.dtype)
        laid, issues = replace(laid, stages=unscored, proba=None), marks.issues
    held = _held(laid, 0 if why_anew else scored)
    if not held and not why_anew:
        return NO_MARKS
    used = f"The recording's own annotations were used: {held}." if held else ""
    note = Issue(
        Severity.NOTE,
        "own_annotations_used",
        f"{used}{why_anew}".strip(),
        "Give --scoring FILE to use another scoring"
        + (
            "."
            if why_anew or not scored
            else ", or --stager NAME to stage the night anew."
        ),
    )
    return OwnMarks(laid, (note, *issues))


def with_marks(staged: Scoring, marks: Scoring | None) -> Scoring:
    """Return a staging with the events and lights of a recording's own annotations."""
    if marks is None:
        return staged
    joined = staged
    if len(marks.events) or marks.kinds_scored:
        joined = staged.with_events(marks.events, marks.kinds_scored)
    return replace(
        joined,
        lights_off_s=marks.lights_off_s,
        lights_on_s=marks.lights_on_s,
    )


def _held(scoring: Scoring, scored: int) -> str:
    counts = Counter(str(kind).replace("_", " ") for kind in scoring.events["kind"])
    words = [f"{scored} epochs of stages"] if scored else []
    words += [f"{kind} ({count})" for kind, count in counts.items()]
    words += ["lights-off"] if scoring.lights_off_s is not None else []
    words += ["lights-on"] if scoring.lights_on_s is not None else []
    return listed(words) if words else ""

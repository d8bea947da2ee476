"""Align a scoring with its recording, and mark the time in bed."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from psgkit.domain.clock import USUAL_EPOCHS_S, has_date, within_half_a_day
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Gap, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import ScoringMismatch
from psgkit.prepare.lights import mark_lights

__all__ = ["lay_on", "mark_lights"]

# Clock times of scorings and headers come in whole seconds.
_SLACK_S = 1.0


def lay_on(
    scoring: Scoring, recording: Recording, *, align: bool = False
) -> tuple[Scoring, tuple[Issue, ...]]:
    """Fit a scoring to its recording by the clock.

    Epochs before the recording's start and after its end are cut. Time without an epoch
    is filled with unscored epochs. Epochs that a gap covers by half become unscored.

    Parameters
    ----------
    scoring : Scoring
        Laid by its clock time if known, else its second zero is taken for the
        recording's start.
    recording : Recording
        Its start, duration and gaps count.
    align : bool
        Cut a scoring that is longer than the recording by more than an epoch, and lay
        one of another date by the time of day.

    Returns
    -------
    scoring : Scoring
        Second zero is the recording's start; all epochs and events are within it.
    issues : tuple of Issue
        Issues of reading and of aligning.

    Raises
    ------
    ScoringMismatch
        If the scoring is of another date, or longer than the recording by more than
        one scored epoch, and ``align`` does not allow for it.
    """
    shift_s, issues = _clock_shift(scoring, recording, align=align)
    moved = _moved(scoring, shift_s, recording.start)
    overhang_s = _overhang(moved, recording.duration_s)
    if overhang_s > moved.epoch_s + _SLACK_S and not align:
        _refuse_epoch(scoring, recording)
        raise ScoringMismatch(
            f"The scoring reaches {overhang_s / 60:.1f} min beyond the recording of "
            f"{recording.duration_s / 60:.1f} min; give the scoring of this recording, "
            "or cut it with --align."
        )
    if overhang_s > _SLACK_S:
        severity = Severity.NOTE
        if overhang_s > moved.epoch_s + _SLACK_S:
            severity = Severity.WARNING
        issues.append(
            Issue(
                severity,
                "scoring_cut",
                f"The scoring reaches {overhang_s:.0f} s beyond the recording; epochs "
                "outside of it were cut.",
            )
        )
    fitted, unscored_s = _fitted(moved, recording)
    if unscored_s >= moved.epoch_s:
        issues.append(
            Issue(
                Severity.WARNING,
                "scoring_shorter",
                f"{unscored_s / 60:.1f} min of the recording have no epoch in the "
                "scoring; they count as unscored.",
            )
        )
    fitted, gap_issue = _without_gaps(fitted, recording.gaps)
    fitted, event_issue = _events_within(fitted, recording.duration_s)
    fitted, light_issue = _lights_within(fitted, recording.duration_s)
    issues += [i for i in (gap_issue, event_issue, light_issue) if i is not None]
    return replace(fitted, issues=()), (*scoring.issues, *issues)


def _refuse_epoch(scoring: Scoring, recording: Recording) -> None:
    """Refuse a scoring if its assumed epoch length does not fit.

    Raises
    ------
    ScoringMismatch
        Naming the usual length that fits the recording, where one does.
    """
    if all(issue.code != "epoch_length_assumed" for issue in scoring.issues):
        return
    fitting = [
        epoch_s
        for epoch_s in USUAL_EPOCHS_S
        if abs(scoring.n_epochs * epoch_s - recording.duration_s) <= epoch_s
    ]
    found = (
        f"The scoring has {scoring.n_epochs} epochs and does not say how long they are. "
        f"At {scoring.epoch_s:g} s they last {_h(scoring.n_epochs * scoring.epoch_s)}, "
        f"and the recording {_h(recording.duration_s)}."
    )
    if fitting:
        raise ScoringMismatch(
            f"{found} Epochs of {fitting[0]:g} s fit: give --epoch {fitting[0]:g}."
        )
    raise ScoringMismatch(
        f"{found} Give the scoring of this recording, or the length with --epoch SECONDS."
    )


def _h(seconds: float) -> str:
    return f"{seconds / 3600:.2f} h"


def _clock_shift(
    scoring: Scoring, recording: Recording, *, align: bool
) -> tuple[float, list[Issue]]:
    """Return the seconds to add to the scoring's times."""
    if scoring.start is None:
        return 0.0, []
    if recording.start is None:
        note = Issue(
            Severity.WARNING,
            "recording_without_clock",
            "The recording has no start time; the scoring's own zero was taken for it.",
        )
        return 0.0, [note]
    gap_s = (scoring.start - recording.start).total_seconds()
    dated = has_date(scoring.start) and has_date(recording.start)
    by_day_s = within_half_a_day(gap_s)
    if not dated:
        return by_day_s, []
    begin_s, end_s = scoring.onset_s + gap_s, scoring.end_s + gap_s
    if begin_s < recording.duration_s and end_s > 0:
        return gap_s, []
    if not align:
        raise ScoringMismatch(
            "The scoring is of another date or time than the recording: it starts "
            f"{_length(abs(begin_s))} {'before' if begin_s < 0 else 'after'} it. "
            "Give the scoring of this recording, or lay it by the time of day with "
            "--align."
        )
    # the scoring's zero may be days after the recording's start
    first_s = within_half_a_day(begin_s)
    note = Issue(
        Severity.WARNING,
        "scoring_of_another_date",
        "The scoring is of another date than the recording; it was laid by the time "
        "of day.",
    )
    return first_s - scoring.onset_s, [note]


def _length(seconds: float) -> str:
    days = seconds / 86400.0
    return f"{days:.0f} days" if days >= 2 else f"{seconds / 3600:.1f} h"


def _moved(scoring: Scoring, shift_s: float, start: dt.datetime | None) -> Scoring:
    def later(seconds: float | None) -> float | None:
        return None if seconds is None else seconds + shift_s

    return replace(
        scoring,
        onset_s=scoring.onset_s + shift_s,
        start=start,
        lights_off_s=later(scoring.lights_off_s),
        lights_on_s=later(scoring.lights_on_s),
        events=scoring.events.assign(onset_s=scoring.events["onset_s"] + shift_s),
    )


def _overhang(scoring: Scoring, duration_s: float) -> float:
    """Return how far scored epochs reach beyond the recording, both ends together.

    Unscored epochs do not count: hypnograms of Sleep-EDF end in hours of them.
    """
    scored = np.flatnonzero(scoring.stages != Stage.UNS)
    if not len(scored):
        return 0.0
    first_s = scoring.onset_s + scored[0] * scoring.epoch_s
    last_s = scoring.onset_s + (scored[-1] + 1) * scoring.epoch_s
    return float(max(0.0, -first_s) + max(0.0, last_s - duration_s))


def _fitted(scoring: Scoring, recording: Recording) -> tuple[Scoring, float]:
    """Return the scoring over the whole recording, and the seconds without an epoch."""
    epoch_s = scoring.epoch_s
    # whole epochs before the scoring's first, negative where it starts too early
    head = math.floor((scoring.onset_s + _SLACK_S) / epoch_s)
    onset_s = max(0.0, scoring.onset_s - head * epoch_s)
    total = math.floor((recording.duration_s - onset_s + _SLACK_S) / epoch_s)
    if total < 1:
        raise ScoringMismatch(
            f"The recording of {recording.duration_s:.0f} s holds no whole epoch of "
            f"{epoch_s:g} s.{recording.cut_short}"
        )
    stages = _placed(scoring.stages, head, total, Stage.UNS.value)
    proba = scoring.proba
    if proba is not None:
        proba = _placed(proba, head, total, np.nan)
    held = min(head + scoring.n_epochs, total) - max(head, 0)
    fitted = replace(scoring, stages=stages, proba=proba, onset_s=onset_s)
    return fitted, (total - max(held, 0)) * epoch_s


def _placed(values: npt.NDArray, head: int, total: int, fill: float) -> npt.NDArray:  # type: ignore[type-arg]  # int8 or float32
    """Return an array of ``total`` rows in which ``values`` start at row ``head``."""
    placed = np.full((total, *values.shape[1:]), fill, dtype=values.dtype)
    first, last = max(head, 0), min(head + len(values), total)
    if last > first:
        placed[first:last] = values[first - head : last - head]
    return placed


def _without_gaps(
    scoring: Scoring, gaps: tuple[Gap, ...]
) -> tuple[Scoring, Issue | None]:
    starts_s = scoring.onset_s + np.arange(scoring.n_epochs) * scoring.epoch_s
    covered_s = np.zeros(scoring.n_epochs)
    for gap in gaps:
        begin = np.maximum(starts_s, gap.onset_s)
        end = np.minimum(starts_s + scoring.epoch_s, gap.onset_s + gap.duration_s)
        covered_s += np.maximum(0.0, end - begin)
    lost = (covered_s >= scoring.epoch_s / 2) & (scoring.stages != Stage.UNS)
    if not lost.any():
        return scoring, None
    stages = np.where(lost, Stage.UNS.value, scoring.stages).astype(np.int8)
    note = Issue(
        Severity.WARNING,
        "scored_in_gap",
        f"{np.count_nonzero(lost)} scored epochs are in gaps of the recording; they "
        "count as unscored.",
    )
    return replace(scoring, stages=stages), note


def _events_within(scoring: Scoring, duration_s: float) -> tuple[Scoring, Issue | None]:
    onsets_s = scoring.events["onset_s"]
    inside = (onsets_s > -_SLACK_S) & (onsets_s < duration_s)
    if inside.all():
        return scoring, None
    note = Issue(
        Severity.NOTE,
        "events_outside",
        f"{int((~inside).sum())} events of the scoring start outside the recording and "
        "were left out.",
    )
    events = scoring.events.loc[inside].reset_index(drop=True)
    return replace(scoring, events=events), note


def _lights_within(scoring: Scoring, duration_s: float) -> tuple[Scoring, Issue | None]:
    """Return the scoring without lights that it puts outside the recording.

    Within one epoch of it they are moved to its edge.
    """
    kept: dict[str, float | None] = {}
    outside = []
    for name in ("lights_off_s", "lights_on_s"):
        at_s = getattr(scoring, name)
        if at_s is None:
            kept[name] = None
        elif -scoring.epoch_s <= at_s <= duration_s + scoring.epoch_s:
            kept[name] = min(max(at_s, 0.0), duration_s)
        else:
            kept[name] = None
            outside.append("lights-off" if name == "lights_off_s" else "lights-on")
    if not outside:
        return replace(scoring, **kept), None  # type: ignore[arg-type]  # by name
    note = Issue(
        Severity.WARNING,
        "lights_outside",
        f"The scoring's {' and '.join(outside)} is outside the recording and was "
        "left out.",
        "Say --lights-off and --lights-on, or --lights recording.",
    )
    return replace(scoring, **kept), note  # type: ignore[arg-type]  # by name

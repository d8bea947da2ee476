"""When the lights went off and on: the time in bed."""

import datetime as dt
import re
from dataclasses import replace

from psgkit.domain.clock import seconds_after
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError

_DAY_S = 86400.0
# Clock times of scorings and headers come in whole seconds.
_SLACK_S = 1.0
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")
_ELAPSED = re.compile(r"^(\d+(?:\.\d+)?) ?s$")


def mark_lights(
    scoring: Scoring,
    recording: Recording,
    *,
    lights_off: str | None = None,
    lights_on: str | None = None,
    whole_recording: bool = False,
) -> tuple[Scoring, tuple[Issue, ...]]:
    """Say when the lights went off and on.

    Parameters
    ----------
    scoring : Scoring
        Aligned with the recording; its lights count unless others are given.
    recording : Recording
        Its start and duration, and the lights that its annotations mark, which count
        where neither the call nor the scoring has any.
    lights_off, lights_on : str or None
        Clock times such as ``"22:47"`` and ``"22:47:30"``, or seconds after the
        recording's start such as ``"120s"``.
    whole_recording : bool
        Count the whole recording as time in bed where the two do not say otherwise.

    Returns
    -------
    scoring : Scoring
    issues : tuple of Issue
        A note where the call and the scoring's own lights differ.

    Raises
    ------
    InputError
        If a time cannot be read, is outside the recording, or lights-on is not after
        lights-off.
    """
    off_s, on_s = scoring.lights_off_s, scoring.lights_on_s
    if off_s is None and on_s is None:
        off_s, on_s = recording.lights_off_s, recording.lights_on_s
    if whole_recording:
        off_s, on_s = 0.0, recording.duration_s
    if lights_off is not None:
        off_s = _time_in(recording, lights_off, "Lights-off", after_s=0.0)
    if lights_on is not None:
        on_s = _time_in(recording, lights_on, "Lights-on", after_s=off_s or 0.0)
    if off_s is not None and on_s is not None and on_s <= off_s:
        raise InputError(
            f"Lights-on ({lights_on or f'{on_s:.0f}s'}) is not after lights-off "
            f"({lights_off or f'{off_s:.0f}s'}); give both, in that order."
        )
    told = (scoring.lights_off_s, scoring.lights_on_s)
    issues = tuple(
        Issue(
            Severity.NOTE,
            "lights_replaced",
            f"{name} was taken from the call; the scoring has it "
            f"{abs(own - used) / 60:.1f} min {'earlier' if own < used else 'later'}.",
        )
        for name, own, used in zip(
            ("Lights-off", "Lights-on"), told, (off_s, on_s), strict=True
        )
        if own is not None and used is not None and abs(own - used) > _SLACK_S
    )
    if lights_off is not None and _CLOCK.match(lights_off.strip()):
        issues += _later_evenings(recording, off_s or 0.0, on_s)
    return replace(scoring, lights_off_s=off_s, lights_on_s=on_s), issues


def _later_evenings(
    recording: Recording, off_s: float, on_s: float | None
) -> tuple[Issue, ...]:
    """Name the evenings on which the clock shows the same time once more."""
    days = int((recording.duration_s - off_s) // _DAY_S)
    if days < 1:
        return ()
    offered = [
        f"--lights-off {off_s + day * _DAY_S:.0f}s"
        + (f" --lights-on {on_s + day * _DAY_S:.0f}s" if on_s is not None else "")
        for day in range(1, days + 1)
        if on_s is None or on_s + day * _DAY_S <= recording.duration_s
    ]
    remedy = f"For a later evening: {'; '.join(offered)}." if offered else ""
    return (
        Issue(
            Severity.NOTE,
            "lights_of_the_first_evening",
            "The recording lasts over 24 h. Lights-off was taken on the first evening "
            "after its start.",
            remedy,
        ),
    )


def without_settled(issues: tuple[Issue, ...], scoring: Scoring) -> tuple[Issue, ...]:
    """Leave out the advice to give lights-off, where lights-off is known."""
    if scoring.lights_off_s is None:
        return issues
    return tuple(issue for issue in issues if issue.code != "longer_than_a_day")


def check_time(text: object, what: str) -> None:
    """Refuse a value that is not a time, before any work is done.

    Raises
    ------
    InputError
        If it is neither a time of day nor seconds.
    """
    if not isinstance(text, str):
        raise InputError(
            f"{what} must be a text such as '22:47' or '120s'; got a "
            f"{type(text).__name__}."
        )
    clock = _CLOCK.match(text.strip())
    if clock:
        _time_of_day(clock, text, what)
    elif not _ELAPSED.match(text.strip()):
        raise InputError(
            f"{what}: {quoted(text)} is not a valid time. Use 22:47, 22:47:30 or 120s."
        )


def _time_in(recording: Recording, text: str, what: str, *, after_s: float) -> float:
    """Return seconds after the recording's start; see `mark_lights` for errors."""
    check_time(text, what)
    slack_s = _SLACK_S
    if elapsed := _ELAPSED.match(text.strip()):
        at_s = float(elapsed[1])
    elif clock := _CLOCK.match(text.strip()):
        at_s = _clock_in(recording, clock, text, what)
        # a time without seconds means any of that minute's
        slack_s = _SLACK_S if clock[3] else 60.0
        if at_s >= _DAY_S - slack_s and at_s > recording.duration_s:
            at_s = 0.0
        if at_s < after_s and at_s + _DAY_S <= recording.duration_s:
            at_s += _DAY_S
    if at_s > recording.duration_s + slack_s:
        raise InputError(
            f"{what} {text!r} lies outside the {_kind_of(recording)} of "
            f"{recording.duration_s / 3600:.2f} h{_span_of(recording)}."
        )
    return min(at_s, recording.duration_s)


def _clock_in(
    recording: Recording, clock: re.Match[str], text: str, what: str
) -> float:
    if recording.start is None:
        raise InputError(
            f"{what} {text!r} is a clock time, but the {_kind_of(recording)} has no "
            "start time; "
            "say seconds after its start, such as 120s."
        )
    return seconds_after(recording.start, _time_of_day(clock, text, what))


def _time_of_day(clock: re.Match[str], text: str, what: str) -> dt.time:
    hour, minute, second = (int(part or 0) for part in clock.groups())
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        raise InputError(
            f"{what}: {quoted(text)} is not a valid time. Use 22:47, 22:47:30 or 120s."
        ) from None


def _kind_of(recording: Recording) -> str:
    """Return "recording" or "scoring" for a message."""
    return "recording" if recording.channels else "scoring"


def _span_of(recording: Recording) -> str:
    if recording.start is None:
        return ""
    end = recording.start + dt.timedelta(seconds=recording.duration_s)
    return f", from {recording.start:%H:%M:%S} to {end:%H:%M:%S}"

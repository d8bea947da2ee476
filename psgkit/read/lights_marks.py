"""Lights-off and lights-on among the annotations of a recording."""

from collections.abc import Iterable

from psgkit.domain.issues import Issue, Severity
from psgkit.read.scorings.vocabulary import lights_of


def find_lights(
    marks: Iterable[tuple[float, str]], duration_s: float
) -> tuple[float | None, float | None]:
    """Return the first lights-off and the last lights-on, None where not marked.

    Parameters
    ----------
    marks : iterable of (float, str)
        Onset in seconds and text of each annotation.
    duration_s : float
        Of the recording; marks outside of it do not count.
    """
    found: dict[str, list[float]] = {"off": [], "on": []}
    for onset_s, text in marks:
        state = lights_of(text)
        if state is not None and 0 <= onset_s <= duration_s:
            found[state].append(onset_s)
    off_s = min(found["off"], default=None)
    on_s = max(found["on"], default=None)
    if off_s is not None and on_s is not None and on_s <= off_s:
        return None, None
    return off_s, on_s


def lights_issues(off_s: float | None, on_s: float | None) -> list[Issue]:
    """Say that the recording itself marks the lights."""
    marked = [
        f"{word} at {at_s:g} s"
        for word, at_s in (("lights-off", off_s), ("lights-on", on_s))
        if at_s is not None
    ]
    if not marked:
        return []
    return [
        Issue(
            Severity.NOTE,
            "lights_marked",
            f"Annotations of the recording mark {' and '.join(marked)}. They count as "
            "time in bed where neither the call nor the scoring gives the lights.",
            "Use --lights-off and --lights-on for other times, or --lights recording.",
        )
    ]

"""A scoring as rows of text, as EDF+ and MNE annotations and tables hold it."""

import re

from psgkit.domain.scoring import EVENT_GROUPS, Scoring, Stage

Row = tuple[float, float, str]

STAGE_TEXTS = {
    Stage.W: "Sleep stage W",
    Stage.N1: "Sleep stage N1",
    Stage.N2: "Sleep stage N2",
    Stage.N3: "Sleep stage N3",
    Stage.R: "Sleep stage R",
    Stage.ART: "Movement time",
    Stage.UNS: "Sleep stage ?",
}
_PLAIN_WORDS = re.compile(r"[\w .+-]{1,80}")


def rows_of(scoring: Scoring) -> list[Row]:
    """Return every epoch, event and light as (onset_s, duration_s, text), in order."""
    epochs = [
        (scoring.onset_s + n * scoring.epoch_s, scoring.epoch_s, STAGE_TEXTS[Stage(c)])
        for n, c in enumerate(scoring.stages.tolist())
    ]
    events = scoring.events[["onset_s", "duration_s", "kind", "cause"]]
    marks = [
        (float(onset), float(length), event_text(str(kind), str(cause)))
        for onset, length, kind, cause in events.itertuples(index=False, name=None)
    ]
    lights = [
        (at_s, 0.0, text)
        for at_s, text in (
            (scoring.lights_off_s, "Lights off"),
            (scoring.lights_on_s, "Lights on"),
        )
        if at_s is not None
    ]
    return sorted([*epochs, *marks, *lights], key=lambda row: row[0])


def event_text(kind: str, cause: str = "") -> str:
    """Return an event's text: a common word if known, else its name.

    Examples
    --------
    >>> event_text("apnea_obstructive"), event_text("arousal", "limb")
    ('Apnea obstructive', 'Arousal limb')
    >>> event_text("periodic_breathing")
    'Event periodic_breathing'
    """
    known = {known for kinds in EVENT_GROUPS.values() for known in kinds}
    if kind in known:
        return f"{kind.replace('_', ' ').capitalize()} {cause}".rstrip()
    return f"Event {kind}:{cause}" if cause else f"Event {kind}"


def facts_of(scoring: Scoring) -> dict[str, str]:
    """Return the facts of a scoring for the head of a file."""
    facts = {"scorer": scoring.scorer}
    if scoring.is_automatic:
        facts["staging"] = "automatic"
    if scoring.kinds_scored:
        facts["scored"] = ", ".join(sorted(scoring.kinds_scored))
    if source := source_of_arousals(scoring):
        facts["arousals"] = source
    if scoring.start is not None:
        facts["start"] = f"{scoring.start:%H:%M:%S.%f}"
    return facts


def source_of_arousals(scoring: Scoring) -> str:
    """Return the source of the arousals if it is not the scorer of the stages.

    A word that could break its line is left out: a saved night may be
    anybody's.
    """
    arousals = scoring.arousals
    sources = set() if arousals is None else set(arousals["source"])
    if len(sources) != 1:
        return ""
    (source,) = sources
    is_plain = _PLAIN_WORDS.fullmatch(source) is not None
    return str(source) if is_plain and source != scoring.scorer else ""

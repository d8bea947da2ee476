"""A night as one HTML page: pictures first, no network, no script."""

import re
from dataclasses import dataclass, replace

from psgkit.domain.clock import clock_at
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure
from psgkit.domain.night import Night
from psgkit.report.drawing.svg import Image, as_image
from psgkit.report.figures.arousals import arousals_picture
from psgkit.report.figures.body import rem_body_picture
from psgkit.report.figures.overview import overview_picture
from psgkit.report.figures.rem import rem_picture
from psgkit.report.figures.slow_waves import swa_picture
from psgkit.report.figures.spectra import spectra_picture
from psgkit.report.language import _, current_language, speaking
from psgkit.report.messages import translated
from psgkit.report.pages.answers import Answer, answers
from psgkit.report.pages.captions import (
    arousals_alt,
    overview_alt,
    purpose_in_words,
    rem_alt,
    rem_body_alt,
    scorer_in_words,
    spectra_alt,
    swa_alt,
    usable_sleep,
)
from psgkit.report.pages.night_text import (
    EXPLORATORY_NOTE,
    INTERVAL_NOTE,
    SEVERITIES,
)
from psgkit.report.pages.published_ranges import published_ranges
from psgkit.report.pages.selection import Families, select
from psgkit.report.pages.sleep_summary import (
    not_available,
    position_grid,
    sleep_summary,
)
from psgkit.report.tables import spindle_source
from psgkit.report.wording import (
    hours,
    interval,
    number,
    plain,
    shown_value,
    spoken_unit,
)

PLURALS = {
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warnings",
    Severity.NOTE: "Notes",
}
GROUPS = ("Also measured", "Exploratory", "Not rated")
_PLACE = re.compile(r"(.*) \((\w+(?:, \w+)?)\)\.")  # "Power … (C4_M1, N2)."
UNRATED_NOTE = "How reliable these numbers are has not been measured."


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of numbers, in words."""

    label: str
    name: str
    value: str
    unit: str
    interval: str
    meaning: str
    reason: str


def night_page(night: Night, *, language: str = "en", codes: bool = False) -> str:
    """Return a night's page.

    Parameters
    ----------
    night : Night
    language : {"en", "nl"}
        Of the page's words; text from files stays as it is.
    codes : bool
        Whether to show the names of columns beside the plain names.

    Returns
    -------
    str
        HTML with its pictures and styles; it loads nothing.
    """
    from psgkit.report.pages.templates import render  # noqa: PLC0415 - jinja2 costs 0.1 s

    with speaking(language):
        return render("night.html.j2", codes=codes, **_content(night))


def _in_css(text: str) -> str:
    """Return text for a quoted string of a style sheet."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)


def _content(night: Night) -> dict[str, object]:
    selection = select(night)
    return {
        "language": current_language(),
        "id": plain(night.id),
        "printed_id": _in_css(plain(night.id)),
        "facts": _facts(night),
        "issues": _issues(night),
        "issue_count": _issue_count(night.issues),
        "answers": [_in_words(answer) for answer in answers(night)],
        "summary": sleep_summary(night),
        "quality": "",
        "images": _images(night),
        "headlines": [
            (_(title), [_row(measure) for measure in found])
            for title, found in selection.headlines
        ],
        "published": published_ranges(night),
        "positions": position_grid(night),
        "exploratory_headlines": [_row(m) for m in selection.exploratory_headlines],
        "interval_note": _(INTERVAL_NOTE) if selection.has_interval else "",
        "exploratory_note": _(EXPLORATORY_NOTE),
        "more": [
            (_(title), _(note), _rows(families))
            for title, note, families in zip(
                GROUPS,
                ("", EXPLORATORY_NOTE, UNRATED_NOTE),
                (selection.reliable, selection.exploratory, selection.unrated),
                strict=True,
            )
            if families
        ],
        "absent": {
            plain(translated(reason)): [plain(measure.name) for measure in found]
            for reason, found in selection.absent.items()
        },
        "used": _used(night),
        "channels": [
            {
                "role": channel.role.value,
                "label": plain(channel.label),
                "rate": number(channel.rate_hz),
            }
            for channel in night.channels
        ],
        "settings": _settings(night.provenance.settings),
    }


def _facts(night: Night) -> list[tuple[str, str]]:
    scoring = night.scoring
    facts = [
        (_("Recorded"), hours(night.duration_s)),
        (
            _("Start"),
            f"{night.start_date or ''} {clock_at(night.start, 0.0)[:5]}".strip(),
        ),
        (_("Lights off"), _clock(night, scoring.lights_off_s)),
        (_("Lights on"), _clock(night, scoring.lights_on_s)),
        (_("Stages by"), scorer_in_words(night.provenance.stager or scoring.scorer)),
        (_("Arousals by"), scorer_in_words(night.provenance.arousal_source)),
        (_("Usable share of sleep"), usable_sleep(night)),
    ]
    return [(name, fact) for name, fact in facts if fact]


def _clock(night: Night, seconds: float | None) -> str:
    if seconds is None:
        return _("not known")
    return clock_at(night.start, seconds)[:5] or hours(seconds)


def _issues(night: Night) -> list[dict[str, str]]:
    return [
        {
            "severity": severity.value,
            "label": _(label),
            "message": plain(translated(issue.message)),
            "remedy": plain(translated(issue.remedy)),
        }
        for severity, label in SEVERITIES.items()
        for issue in night.issues
        if issue.severity is severity
    ]


def _issue_count(issues: tuple[Issue, ...]) -> str:
    """Return the number of issues of each severity as text."""
    counts = [
        (sum(issue.severity is severity for issue in issues), label)
        for severity, label in PLURALS.items()
    ]
    words = [f"{_(label)}: {count}" for count, label in counts if count]
    return "  ".join(words)


def _in_words(answer: Answer) -> Answer:
    if not answer.reason:
        return answer
    return replace(answer, reason=not_available(answer.reason))


def _images(night: Night) -> dict[str, Image]:
    """Return the pictures; of a scoring alone those that need no EEG."""
    images = {
        "overview": as_image(overview_picture(night), overview_alt(night)),
        "rem": as_image(rem_picture(night), rem_alt(night)),
        "arousals": as_image(arousals_picture(night), arousals_alt(night)),
    }
    if night.spectra or "swa_cycles" in night.tables:
        images["swa"] = as_image(swa_picture(night), swa_alt(night))
        images["spectra"] = as_image(spectra_picture(night), spectra_alt(night))
    body = rem_body_picture(night)
    if len(body.panels) > 1:
        images["rem_body"] = as_image(body, rem_body_alt(body))
    return images


def _rows(families: Families) -> dict[str, list[Row]]:
    return {
        _(family): [_row(measure) for measure in measures]
        for family, measures in families.items()
    }


def _row(measure: Measure) -> Row:
    label = measure.metric.label
    return Row(
        label=_(label) if label else _meaning(plain(measure.meaning)),
        name=plain(measure.name),
        value=shown_value(measure),
        unit=_(unit) if (unit := spoken_unit(measure)) else "",
        interval=interval(measure),
        meaning=_meaning(plain(measure.meaning)) if label else "",
        reason=not_available(measure.reason) if measure.reason else "",
    )


def _meaning(words: str) -> str:
    """Translate a sentence; a channel's place at its end is not translated."""
    found = _PLACE.fullmatch(words)
    if found is None:
        return _(words)
    return f"{_(found[1] + '.').removesuffix('.')} ({found[2]})."


def _used(night: Night) -> list[tuple[str, str]]:
    provenance = night.provenance
    facts = [
        (purpose_in_words(purpose), plain(channel))
        for purpose, channel in provenance.channels_used.items()
    ]
    versions = ", ".join(f"{name} {v}" for name, v in provenance.versions.items())
    facts += [
        (_("Spindles by"), _(source) if (source := spindle_source(provenance)) else ""),
        (_("Versions"), plain(versions)),
        (_("Definitions of the numbers"), str(provenance.metric_version)),
        (_("Recording, SHA-256"), provenance.recording_sha256),
        (_("Scoring, SHA-256"), provenance.scoring_sha256),
    ]
    return [(name, fact) for name, fact in facts if fact]


def _settings(settings: dict[str, object]) -> list[tuple[str, str]]:
    """Flatten nested settings to dotted names."""
    flat: list[tuple[str, str]] = []
    for name, value in settings.items():
        if isinstance(value, dict) and value:
            flat += [(f"{name}.{key}", word) for key, word in _settings(value)]
        else:
            flat.append((plain(str(name)), plain(str(value))))
    return flat

"""A night in the terminal: the three answers last, in a screen of 24 lines.

``--full`` puts everything before them: issues, hypnogram, every family of numbers,
missing numbers with their reasons, and the channels and programs used.
"""

import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from rich.console import Group
from rich.text import Text

from psgkit.domain.clock import clock_at
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure
from psgkit.domain.night import Night
from psgkit.domain.scoring import Scoring, Stage
from psgkit.report.language import _, speaking
from psgkit.report.messages import translated
from psgkit.report.pages.answers import Answer, answers
from psgkit.report.pages.captions import (
    purpose_in_words,
    scorer_in_words,
    usable_sleep,
)
from psgkit.report.pages.selection import Selection, select
from psgkit.report.pages.sleep_summary import (
    DASH,
    Line,
    SleepSummary,
    not_available,
    sleep_summary,
)
from psgkit.report.wording import amount, hours, plain

WIDTH = 80
MIN_WIDTH = 30
SCREEN = 24  # lines of a terminal; one is left to its prompt
NOT_A_DEVICE = "For research. psgkit is not a medical device and gives no diagnosis."

INTERVAL_NOTE = (
    "A range beside a number: how far errors of automatic staging alone may move it."
)
EXPLORATORY_NOTE = (
    "Two scorings of one night differ much in these numbers. Use them to compare groups "
    "of nights, not to judge one person."
)
WHERE_REASONS = (
    "The HDF5 file and the page name each of them. With --tables, so does "
    "nan_reasons.csv."
)
SEVERITIES = {
    Severity.ERROR: "Error",
    Severity.WARNING: "Warning",
    Severity.NOTE: "Note",
}

_ROWS = (Stage.W, Stage.R, Stage.N1, Stage.N2, Stage.N3)
_AXIS_START = 5  # where stages are drawn from
_PLOT_MARGIN = 8  # columns that the plot leaves to names and to the hours' axis
_REASONS_SHOWN = 8
# Lines below an answer; a crowded screen leaves out the last of them first.
_DETAILS = _SENTENCE, _AGREEMENT, _LABEL = 0, 1, 2

_TITLE, _ERROR, _WARNING, _NUMBER, _DIM = "bold", "bold red", "yellow", "bold", "dim"
_STYLES = {Severity.ERROR: _ERROR, Severity.WARNING: _WARNING, Severity.NOTE: _DIM}
Styled = tuple[str, str]  # text and its style


def text_page(
    night: Night, *, full: bool = False, files: str = "", language: str = "en"
) -> str:
    """Return the page as plain text.

    Parameters
    ----------
    night : Night
    full : bool
        Whether to print everything before the answers.
    files : str
        Where the night's files are; empty if not written.
    language : {"en", "nl"}

    Returns
    -------
    str
        Lines of at most 80 characters, without colour or control characters.
    """
    with speaking(language):
        return "\n".join(
            text for text, _style in _lines(night, WIDTH, files, full=full)
        )


def page(
    night: Night,
    width: int = WIDTH,
    *,
    full: bool = False,
    files: str = "",
    language: str = "en",
) -> Group:
    """Return the page with styles, for a rich console; text in it is never markup.

    Parameters
    ----------
    night : Night
    width : int
        Characters in a line; the page uses 30 to 80.
    full, files, language
        As for `text_page`.
    """
    width = max(MIN_WIDTH, min(WIDTH, width))
    with speaking(language):
        lines = list(_lines(night, width, files, full=full))
    return Group(*(Text(text, style=style) for text, style in lines))


def _lines(night: Night, width: int, files: str, *, full: bool) -> Iterator[Styled]:
    summary = sleep_summary(night)
    heading = list(_heading(night, width))
    middle = [*_summary(summary, width), *_sources(night, files, width)]
    for detail in reversed(_DETAILS):
        last = list(_answers(night, width, detail))
        # One line for how many messages there are, one for the prompt.
        if len(heading) + len(middle) + len(last) + 2 <= SCREEN or full:
            break
    else:  # the page shows heart and saturation
        bare = replace(summary, body=())
        middle = [*_summary(bare, width), *_sources(night, files, width)]
    yield from heading
    if full:
        selection = select(night)
        yield from _issues(night.issues, width)
        yield from _hypnogram(night.scoring, width)
        yield from _sections(selection, width)
        yield from _counted(selection, width)
        yield from _absent(selection, width)
        yield from _used(night, width)
        yield "", ""
    else:
        room = SCREEN - 1 - len(heading) - len(middle) - len(last)
        yield from _worst_issues(night.issues, width, room)
    yield from middle
    yield from last


def _heading(night: Night, width: int) -> Iterator[Styled]:
    start = f"{night.start_date or ''} {clock_at(night.start, 0.0)[:5]}".strip()
    words = f"{plain(night.id)}: {hours(night.duration_s)}"
    if start:
        words += " " + _("from {clock}").format(clock=start)
    yield from _wrapped(words, width, style=_TITLE)


def _answers(night: Night, width: int, detail: int) -> Iterator[Styled]:
    for answer in answers(night):
        yield from _answer(answer, width, detail)
    yield from _wrapped(_(NOT_A_DEVICE), width, style=_DIM)


def _answer(answer: Answer, width: int, detail: int) -> Iterator[Styled]:
    """Yield the title with the number, its meaning, and its meaning for this night."""
    title = f"{answer.title.upper():16} "
    if answer.reason:
        words = not_available(answer.reason)
        yield from _wrapped(words, width, first=title, rest=" " * 4, style=_NUMBER)
        return
    number = f"{answer.value} {answer.unit}".strip()
    if answer.interval:
        number += f" ({answer.interval})"
    yield from _wrapped(number, width, first=title, rest=" " * 4, style=_NUMBER)
    if answer.label and detail >= _LABEL:
        label = answer.label[:1].upper() + answer.label[1:]
        yield from _wrapped(f"{label}.", width, first="  ", rest="  ")
    agreement = answer.agreement if detail >= _AGREEMENT else ""
    words = f"{answer.sentence} {agreement}".strip()
    yield from _wrapped(words, width, first="  ", rest="  ", style=_DIM)


def _summary(summary: SleepSummary, width: int) -> Iterator[Styled]:
    """Yield the laboratory's summary as running text, a line or two a subject."""
    times = [_named(line) for line in summary.times if line.value != DASH]
    yield from _listed(times, width)
    stages = [
        f"{name} {minutes} min ({share} %)"
        for name, minutes, share, _latency in summary.stages.rows
        if share != DASH
    ]
    yield from _listed(stages, width)
    if summary.breathing is not None:
        yield from _listed(
            [f"{label} {all_sleep}" for label, all_sleep, *_ in summary.breathing.rows],
            width,
        )
    yield from _listed([_named(line) for line in summary.body], width)


def _named(line: Line) -> str:
    return f"{line.label} {line.value}"


def _listed(parts: list[str], width: int) -> Iterator[Styled]:
    if parts:
        text = ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)
        for line, style in _wrapped(text, width, rest="  "):
            yield line.replace("\N{NO-BREAK SPACE}", " "), style


def _sources(night: Night, files: str, width: int) -> Iterator[Styled]:
    words = [
        _("Stages by {name}").format(
            name=scorer_in_words(night.provenance.stager or night.scoring.scorer)
        ),
    ]
    if source := night.provenance.arousal_source:
        words.append(_("arousals by {name}").format(name=scorer_in_words(source)))
    if usable := usable_sleep(night):
        words.append(_("usable sleep: {shares}").format(shares=usable))
    if files:
        words.append(_("files in {folder}").format(folder=plain(files)))
    yield from _wrapped("; ".join(words), width, rest="  ", style=_DIM)


def _worst_issues(issues: tuple[Issue, ...], width: int, room: int) -> Iterator[Styled]:
    """Yield the severest issues that fit, and the count of the others."""
    shown: list[Styled] = []
    left = 0
    for issue in _in_order(issues):
        lines = list(_issue(issue, width))
        if left == 0 and len(shown) + len(lines) < room:
            shown += lines
        else:
            left += 1
    yield from shown
    if left:
        words = _("Messages not shown here: {count}. See the page, or use --full.")
        yield from _wrapped(words.format(count=left), width, style=_WARNING)


def _issues(issues: tuple[Issue, ...], width: int) -> Iterator[Styled]:
    """Yield errors, then warnings, then notes."""
    if not issues:
        return
    yield from _title(_("What to know first"))
    for issue in _in_order(issues):
        yield from _issue(issue, width)


def _in_order(issues: tuple[Issue, ...]) -> list[Issue]:
    return [issue for one in SEVERITIES for issue in issues if issue.severity is one]


def _issue(issue: Issue, width: int) -> Iterator[Styled]:
    label = f"  {_(SEVERITIES[issue.severity]).upper():13}"
    said = (translated(issue.message), translated(issue.remedy))
    words = plain(" ".join(filter(None, said)))
    style = _STYLES[issue.severity]
    yield from _wrapped(words, width, first=label, rest=" " * 4, style=style)


def _hypnogram(scoring: Scoring, width: int) -> Iterator[Styled]:
    """Draw one row per stage, a block where the night was in it, and hours below."""
    if scoring.n_epochs == 0:
        return
    yield from _title(_("Stages"))
    n_columns = min(width - _PLOT_MARGIN, scoring.n_epochs)
    columns = [_main_stage(part) for part in np.array_split(scoring.stages, n_columns)]
    for row in _ROWS:
        blocks = "".join("█" if stage == row else " " for stage in columns)
        yield f"  {row.name:>2} {blocks}".rstrip(), ""
    yield _axis(scoring, n_columns), _DIM


def _main_stage(part: "np.ndarray[tuple[int], np.dtype[np.int8]]") -> int:
    codes, counts = np.unique(part, return_counts=True)
    return int(codes[counts.argmax()])


def _axis(scoring: Scoring, n_columns: int) -> str:
    """Return the hours of the clock below the plot; hours since the start without it."""
    length_s = scoring.n_epochs * scoring.epoch_s
    step_h = 1 if length_s <= 12 * 3600 else 3
    start_h = 0.0
    if scoring.start is not None:
        first = scoring.start.time()
        start_h = first.hour + first.minute / 60 + scoring.onset_s / 3600
    marks = [" "] * (n_columns + _PLOT_MARGIN - _AXIS_START)
    for hour in range(
        int(np.ceil(start_h)), int(start_h + length_s / 3600) + 1, step_h
    ):
        at = round((hour - start_h) * 3600 / length_s * n_columns)
        label = f"{hour}h" if scoring.start is None else f"{hour % 24:02d}h"
        if at + len(label) <= len(marks):
            marks[at : at + len(label)] = label
    return (" " * _AXIS_START + "".join(marks)).rstrip()


def _sections(selection: Selection, width: int) -> Iterator[Styled]:
    if selection.has_interval:
        yield "", ""
        yield from _wrapped(_(INTERVAL_NOTE), width, style=_DIM)
    for title, measures in selection.headlines:
        yield from _title(_(title))
        for measure in measures:
            yield from _measure(measure, width)
    if selection.exploratory_headlines:
        yield from _title(_("Exploratory"))
        yield from _wrapped(_(EXPLORATORY_NOTE), width, first="  ", rest="  ")
        for measure in selection.exploratory_headlines:
            yield from _measure(measure, width)


def _measure(measure: Measure, width: int) -> Iterator[Styled]:
    head = not_available(measure.reason) if measure.reason else amount(measure)
    yield from _wrapped(head, width, first="  ", rest="    ", style=_NUMBER)
    meaning = plain(_(measure.meaning))
    yield from _wrapped(meaning, width, first="    ", rest="    ", style=_DIM)


def _counted(selection: Selection, width: int) -> Iterator[Styled]:
    """Count the numbers that are not shown, by tier and by family."""
    groups = (
        (_("Reliable"), selection.reliable),
        (_("Exploratory"), selection.exploratory),
        (_("Not rated"), selection.unrated),
    )
    if not any(families for _name, families in groups):
        return
    yield from _title(_("More in the summary file"))
    for name, families in groups:
        if families:
            words = ", ".join(f"{_(family)} {len(m)}" for family, m in families.items())
            yield from _wrapped(words, width, first=f"  {name:12}  ", rest=" " * 16)


def _absent(selection: Selection, width: int) -> Iterator[Styled]:
    """Yield why numbers are absent, the reasons for most of them, by family."""
    if not selection.absent:
        return
    yield from _title(_("Not available for this night"))
    by_size = sorted(selection.absent, key=lambda why: -len(selection.absent[why]))
    shown = set(by_size[:_REASONS_SHOWN])
    for reason, found in selection.absent.items():
        if reason in shown:
            families = Counter(measure.metric.family.value for measure in found)
            words = ", ".join(f"{_(family)} {n}" for family, n in families.items())
            yield from _wrapped(
                plain(f"{translated(reason)}: {words}"), width, first="  ", rest="    "
            )
    rest = [len(selection.absent[reason]) for reason in by_size[_REASONS_SHOWN:]]
    if rest:
        words = _("Further reasons: {reasons}, for {numbers} numbers.").format(
            reasons=len(rest), numbers=sum(rest)
        )
        yield from _wrapped(words, width, first="  ", rest="  ")
    yield from _wrapped(_(WHERE_REASONS), width, first="  ", rest="  ", style=_DIM)


def _used(night: Night, width: int) -> Iterator[Styled]:
    yield from _title(_("What was used"))
    facts = {
        _("channels"): ", ".join(
            f"{purpose_in_words(purpose)} {channel}"
            for purpose, channel in night.provenance.channels_used.items()
        ),
        _("versions"): ", ".join(
            f"{package} {version}"
            for package, version in night.provenance.versions.items()
        ),
    }
    for name, fact in facts.items():
        if fact:
            yield from _wrapped(plain(fact), width, first=f"  {name:9} ", rest=" " * 12)


def _title(text: str) -> Iterator[Styled]:
    yield "", ""
    yield text.upper(), _TITLE


def _wrapped(
    text: str, width: int, *, first: str = "", rest: str = "", style: str = ""
) -> Iterator[Styled]:
    # An option such as --lights-off is copied from here: it must be on one line.
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    ) or [first]
    for line in lines:
        yield line, style

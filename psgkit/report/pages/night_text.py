"""One page of text: what a technician reads in the terminal after a night is done."""

import textwrap
from collections import Counter
from collections.abc import Iterator

import numpy as np
from rich.console import Group
from rich.text import Text

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure
from psgkit.domain.night import Night
from psgkit.domain.scoring import Scoring, Stage
from psgkit.report.pages.captions import REM_MEAN, cut_sentence
from psgkit.report.pages.selection import Selection, select
from psgkit.report.pages.wording import amount, hours, plain
from psgkit.report.tables import clock_at

WIDTH = 80
MIN_WIDTH = 30
NOT_A_DEVICE = "For research. psgkit is not a medical device and gives no diagnosis."

INTERVAL_NOTE = (
    "A range beside a number: how far errors of automatic staging alone may move it."
)
EXPLORATORY_NOTE = (
    "Two scorings of one night differ much in these; they are for groups of nights, "
    "not for one person."
)
WHERE_REASONS = (
    "The HDF5 file and the page of pictures name each of them, as does nan_reasons.csv, "
    "with --tables."
)

_ROWS = (Stage.W, Stage.R, Stage.N1, Stage.N2, Stage.N3)
_AXIS_START = 5  # where stages are drawn from
_PLOT_MARGIN = 8  # columns that the plot leaves to names and to the hours' axis
_REASONS_SHOWN = 8  # why numbers are undefined

_TITLE, _ERROR, _WARNING, _NUMBER, _DIM = "bold", "bold red", "yellow", "bold", "dim"
Line = tuple[str, str]  # text and its style


def text_page(night: Night) -> str:
    """Return the page as plain text.

    Parameters
    ----------
    night : Night

    Returns
    -------
    str
        Lines of at most 80 characters, without colour or control characters.
    """
    return "\n".join(text for text, _ in _lines(night, WIDTH))


def page(night: Night, width: int = WIDTH) -> Group:
    """Return the page with styles, for a rich console; text in it is never markup.

    Parameters
    ----------
    night : Night
    width : int
        Characters in a line, of which the page uses 80 at most and asks for 30.
    """
    lines = _lines(night, max(MIN_WIDTH, min(WIDTH, width)))
    return Group(*(Text(text, style=style) for text, style in lines))


def _lines(night: Night, width: int) -> Iterator[Line]:
    selection = select(night)
    yield from _heading(night, width)
    yield from _issues(night.issues, width)
    yield from _hypnogram(night.scoring, width)
    yield from _headlines(selection, cut_sentence(night), width)
    yield from _exploratory(selection, width)
    yield from _counted(selection, width)
    yield from _absent(selection, width)
    yield from _used(night, width)


def _heading(night: Night, width: int) -> Iterator[Line]:
    start = f"{night.start_date or ''} {clock_at(night.start, 0.0)}".strip()
    words = f"{plain(night.id)}: {hours(night.duration_s)}"
    yield from _wrapped(
        words + (f" from {start}" if start else ""), width, style=_TITLE
    )


def _issues(issues: tuple[Issue, ...], width: int) -> Iterator[Line]:
    """List errors, then warnings, then notes."""
    if not issues:
        return
    yield from _title("What to know first")
    styles = {Severity.ERROR: _ERROR, Severity.WARNING: _WARNING, Severity.NOTE: _DIM}
    for severity, style in styles.items():
        for issue in issues:
            if issue.severity is not severity:
                continue
            label = f"  {severity.value.upper():8}"
            words = plain(f"{issue.message} {issue.remedy}".strip())
            yield from _wrapped(words, width, first=label, rest=" " * 10, style=style)


def _hypnogram(scoring: Scoring, width: int) -> Iterator[Line]:
    """Draw a row a stage, a block where the night was in it, and hours below."""
    if scoring.n_epochs == 0:
        return
    yield from _title("Stages")
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
    length_s = scoring.n_epochs * scoring.epoch_s
    step_h = 1 if length_s <= 12 * 3600 else 3
    marks = [" "] * (n_columns + _PLOT_MARGIN - _AXIS_START)
    for hour in range(0, int(length_s // 3600) + 1, step_h):
        at = round(hour * 3600 / length_s * n_columns)
        label = f"{hour}h"
        if at + len(label) <= len(marks):
            marks[at : at + len(label)] = label
    return (" " * _AXIS_START + "".join(marks)).rstrip()


def _headlines(selection: Selection, rem_cut: str, width: int) -> Iterator[Line]:
    if selection.has_interval:
        yield "", ""
        yield from _wrapped(INTERVAL_NOTE, width, style=_DIM)
    for title, measures in selection.headlines:
        yield from _title(title)
        for measure in measures:
            yield from _headline(measure, width)
            if measure.name == REM_MEAN and rem_cut:
                yield from _wrapped(rem_cut, width, first="    ", rest="    ")


def _headline(measure: Measure, width: int) -> Iterator[Line]:
    value = f"not defined: {plain(measure.reason)}" if measure.reason else ""
    head = f"  {value or amount(measure)}"
    name = plain(measure.name)
    gap = width - len(head) - len(name)
    if gap >= 2:
        yield head + " " * gap + name, _NUMBER
    else:
        yield from _wrapped(head.strip(), width, first="  ", rest="    ", style=_NUMBER)
        yield name.rjust(width), _DIM
    meaning = plain(measure.meaning)
    yield from _wrapped(meaning, width, first="    ", rest="    ", style=_DIM)


def _exploratory(selection: Selection, width: int) -> Iterator[Line]:
    if not selection.exploratory_headlines:
        return
    yield from _title("Exploratory")
    yield from _wrapped(EXPLORATORY_NOTE, width, first="  ", rest="  ")
    for measure in selection.exploratory_headlines:
        yield from _headline(measure, width)


def _counted(selection: Selection, width: int) -> Iterator[Line]:
    """Count what is not shown, by what it is worth and by family."""
    groups = (
        ("Reliable", selection.reliable),
        ("Exploratory", selection.exploratory),
        ("Not rated", selection.unrated),
    )
    if not any(families for _, families in groups):
        return
    yield from _title("More in the summary file")
    for name, families in groups:
        if families:
            words = ", ".join(f"{family} {len(m)}" for family, m in families.items())
            yield from _wrapped(words, width, first=f"  {name:12}", rest=" " * 14)


def _absent(selection: Selection, width: int) -> Iterator[Line]:
    """Tell why numbers are undefined, the reasons for most of them, by family."""
    if not selection.absent:
        return
    yield from _title("Not defined for this night")
    by_size = sorted(selection.absent, key=lambda why: -len(selection.absent[why]))
    shown = set(by_size[:_REASONS_SHOWN])
    for reason, found in selection.absent.items():
        if reason in shown:
            families = Counter(measure.metric.family.value for measure in found)
            words = ", ".join(f"{family} {n}" for family, n in families.items())
            yield from _wrapped(
                plain(f"{reason}: {words}"), width, first="  ", rest="    "
            )
    rest = [len(selection.absent[reason]) for reason in by_size[_REASONS_SHOWN:]]
    if rest:
        reasons = "1 more reason" if len(rest) == 1 else f"{len(rest)} more reasons"
        numbers = "1 number" if sum(rest) == 1 else f"{sum(rest)} numbers"
        yield f"  {reasons}, for {numbers}", ""
    yield from _wrapped(WHERE_REASONS, width, first="  ", rest="  ", style=_DIM)


def _used(night: Night, width: int) -> Iterator[Line]:
    yield from _title("What was used")
    facts = {
        "channels": ", ".join(
            f"{purpose.replace('_', ' ')} {channel}"
            for purpose, channel in night.provenance.channels_used.items()
        ),
        "stages": night.provenance.stager or night.scoring.scorer,
        "arousals": night.provenance.arousal_source or "not scored",
        "versions": ", ".join(
            f"{package} {version}"
            for package, version in night.provenance.versions.items()
        ),
    }
    for name, fact in facts.items():
        if fact:
            yield from _wrapped(plain(fact), width, first=f"  {name:9}", rest=" " * 11)
    yield "", ""
    yield from _wrapped(NOT_A_DEVICE, width, style=_DIM)


def _title(text: str) -> Iterator[Line]:
    yield "", ""
    yield text.upper(), _TITLE


def _wrapped(
    text: str, width: int, *, first: str = "", rest: str = "", style: str = ""
) -> Iterator[Line]:
    # An option such as --lights-off is copied from here: it stands in one line.
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    ) or [first]
    for line in lines:
        yield line, style

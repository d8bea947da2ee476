"""Printing: results on stdout, everything else on stderr."""

import io
import json
import logging
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from psgkit.errors import OutputError

EXIT_STOPPED = 130

# Of messages and errors; a page is handed its own.
_LANGUAGE: ContextVar[str] = ContextVar("language of messages", default="en")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd
    from rich.console import Console

    from psgkit.domain.issues import Issue
    from psgkit.domain.night import Night


def out(text: str) -> None:
    """Print a result."""
    _write(plain(text), sys.stdout)


def say(sentence: str) -> None:
    """Print a result that is a sentence, in the call's language."""
    out(_translated(sentence))


def error(sentence: str) -> None:
    """Print an error, in the call's language."""
    _note(f"psgkit: {_translated(sentence)}")


def note(line: str) -> None:
    """Print a line on progress, in the call's language."""
    _note(_translated(line))


def speak(language: str | None) -> str | None:
    """Set the language of messages and errors for the rest of the call; return it."""
    _LANGUAGE.set(language or "en")
    return language


def is_english() -> bool:
    """Return whether the language of messages and errors is English."""
    return _LANGUAGE.get() == "en"


def _translated(message: str) -> str:
    if (language := _LANGUAGE.get()) == "en":
        return message
    from psgkit.report.language import speaking
    from psgkit.report.messages import translated

    with speaking(language):
        return translated(message)


def _note(line: str) -> None:
    """Print on stderr, wrapped at words in a terminal."""
    text = plain(line)
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        text = "\n".join(_wrapped(part, width) for part in text.split("\n"))
    _write(text, sys.stderr)


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)


class _Warnings(logging.Handler):
    """Print warnings of the package's loggers like other messages."""

    def emit(self, record: logging.LogRecord) -> None:
        error(record.getMessage())


def prepare() -> None:
    """Print warnings of the package's loggers, and accept every letter.

    A stream that is not UTF-8, such as a file on Windows, gets a question mark in place
    of a letter that it cannot hold; it would end the command. Of one that was closed
    (``psgkit … >&-``) Python has no stream, and output is discarded.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nowhere)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    logger = logging.getLogger("psgkit")
    if not any(isinstance(known, _Warnings) for known in logger.handlers):
        logger.addHandler(_Warnings(logging.WARNING))


def json_out(value: Any) -> None:
    """Print a result for a program, with every letter in every encoding."""
    is_utf = (sys.stdout.encoding or "").lower().startswith("utf")
    text = json.dumps(value, indent=2, ensure_ascii=not is_utf, allow_nan=False)
    # JSON leaves C1 and direction controls as they are; a terminal obeys them.
    shown = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    _write("".join(shown), sys.stdout)


def plain(text: str) -> str:
    """Return text without control characters.

    Labels and names come from files; a terminal would obey an escape sequence in them.
    """
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def issues_as_json(issues: "Iterable[Issue]") -> list[dict[str, str]]:
    """Return issues as values that JSON can hold."""
    return [
        {
            "severity": issue.severity.value,
            "code": issue.code,
            "message": issue.message,
            "remedy": issue.remedy,
        }
        for issue in issues
    ]


def table(rows: "pd.DataFrame", *, decimals: int = 2) -> None:
    """Print a table as wide as the terminal, numbers to the right of their columns.

    Cells wrap but in the first column.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    view = Table(box=None, pad_edge=False, header_style="bold")
    for position, column in enumerate(rows.columns):
        view.add_column(
            str(column),
            overflow="fold",
            no_wrap=position == 0,
            justify="right" if _is_numeric(rows.iloc[:, position]) else "left",
        )
    for row in rows.itertuples(index=False):
        view.add_row(*(Text(plain(_cell(value, decimals))) for value in row))
    console = Console()
    with console.capture() as printed:
        console.print(view)
    lines = (line.rstrip() for line in printed.get().splitlines())
    _write("\n".join(lines), sys.stdout)


def night_page(
    night: "Night", *, full: bool = False, files: str = "", language: str = "en"
) -> None:
    """Print a night's page, with styles and as wide as a terminal that it goes to.

    Parameters
    ----------
    night : Night
    full : bool
        Whether everything is printed, and not the answers alone.
    files : str
        Where the night's files are; empty if not written.
    language : str
        Language of the page.
    """
    if not sys.stdout.isatty():
        from psgkit.report.pages.night_text import text_page

        out(text_page(night, full=full, files=files, language=language))
        return
    from rich.console import Console

    from psgkit.report.pages.night_text import page

    console = Console()
    with console.capture() as printed:
        console.print(
            page(night, console.width, full=full, files=files, language=language)
        )
    _write(printed.get(), sys.stdout, end="")


def _write(text: str, stream: TextIO, *, end: str = "\n") -> None:
    try:
        print(text, file=stream, end=end, flush=True)
    except BrokenPipeError:
        # The reader has closed the pipe (`psgkit metrics | head`). The command has done
        # its work, and the exit status reports the work alone.
        _silence(stream)
    except OSError as fault:
        _silence(stream)
        if stream is sys.stderr:
            return  # progress and messages must not end the work
        raise OutputError(
            f"The output cannot be written: {fault.strerror or fault}."
        ) from None


def _silence(stream: TextIO) -> None:
    """Discard the rest of a broken stream, so that closing it does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_numeric(values: "pd.Series") -> bool:
    if values.dtype.kind in "iuf":
        return True
    known = values.dropna()
    return len(known) > 0 and all(isinstance(value, Real) for value in known)


def _cell(value: object, decimals: int) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.{decimals}f}"
    return "" if value is None or str(value) == "<NA>" else str(value)


@contextmanager
def progress(
    steps: tuple[str, ...], language: str = "en"
) -> Iterator["Callable[[str], None]"]:
    """Show the current step in a terminal; print nothing when piped."""
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from psgkit.report.language import _, speaking

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=_stderr(), transient=True) as bars:

        def show(step: str) -> None:
            for task in bars.tasks:
                bars.update(task.id, total=1, completed=1)
            with speaking(language):
                words = _("{step} ({number} of {count})").format(
                    step=_(step), number=steps.index(step) + 1, count=len(steps)
                )
            bars.add_task(words, total=None)

        yield show


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C end the command with a sentence: files appear whole or not at all."""
    try:
        yield
    except KeyboardInterrupt:
        error("Stopped. Nothing was written.")
        sys.exit(EXIT_STOPPED)


def _stderr() -> "Console":
    from rich.console import Console

    return Console(stderr=True)

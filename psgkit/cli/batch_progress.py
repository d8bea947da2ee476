"""Progress and log of a running batch, and its end by Ctrl-C."""

import datetime as dt
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psgkit.cli import console

if TYPE_CHECKING:
    from psgkit.domain.jobs import Outcome

STATUSES = ("done", "failed", "skipped")


def status_of(outcome: "Outcome") -> str:
    """Return the word for an outcome in `cohort.csv`.

    A night that was done by an earlier run is done.
    """
    from psgkit.domain.jobs import Done, Failed

    if isinstance(outcome, Failed):
        return "failed"
    if isinstance(outcome, Done) or outcome.folder is not None:
        return "done"
    return "skipped"


def describe(outcome: "Outcome") -> str:
    """Return an outcome as a line."""
    from psgkit.domain.jobs import Done, Failed

    night = outcome.job.night_id
    if isinstance(outcome, Done):
        errors = outcome.issues_error_n
        doubts = "1 issue puts" if errors == 1 else f"{errors} issues put"
        doubt = f", {doubts} numbers in doubt" if errors else ""
        return f"{night}: done in {outcome.seconds:.1f} s{doubt}"
    if isinstance(outcome, Failed):
        return f"{night}: failed after {outcome.seconds:.1f} s: {outcome.message}"
    done = "skipped" if outcome.folder is None else "done before"
    return f"{night}: {done}, {outcome.reason}"


def log_outcome(out: Path, outcome: "Outcome") -> None:
    """Add a line to the batch's log; a full disk costs the line, not the batch."""
    moment = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    line = console.plain(describe(outcome)).replace("\n", " ")
    file = out / "batch.log"
    if file.is_symlink():  # it leads out of the folder
        return
    with suppress(OSError), file.open("a", encoding="utf-8", errors="replace") as log:
        log.write(f"{moment} {line}\n")


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into a wish to stop, and the second into an end at once.

    A request to terminate is an end at once, too.
    """
    stop = threading.Event()

    def hear(number: int, _frame: Any) -> None:
        if stop.is_set() or number != signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()
        console.error(
            "finishing the nights under way; Ctrl-C again stops at once. "
            "The same command goes on from here."
        )

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def following(
    nights: int, workers: int | None, *, quiet: bool
) -> Iterator["Callable[[Outcome], None]"]:
    """Show each outcome: a display while a person watches, else a line each."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _display(nights, workers) as show:
            yield show
    else:
        yield _line_by_line(nights)


def _line_by_line(nights: int) -> "Callable[[Outcome], None]":
    told = 0

    def show(outcome: "Outcome") -> None:
        nonlocal told
        told += 1
        console.note(f"{told}/{nights} {describe(outcome)}")

    return show


@contextmanager
def _display(nights: int, workers: int | None) -> Iterator["Callable[[Outcome], None]"]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    # Narrow, for a line that fills 80 columns is torn apart by the ^C a terminal shows.
    bar_column = BarColumn(bar_width=12)
    columns = (bar_column, MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tally = Tally(nights, workers)
        bar = progress.add_task(tally.words(), total=nights)

        def show(outcome: "Outcome") -> None:
            tally.count(outcome)
            progress.update(bar, advance=1, description=tally.words())
            if status_of(outcome) == "failed":
                progress.console.print(
                    console.plain(describe(outcome)), markup=False, highlight=False
                )

        yield show


class Tally:
    """How many nights are done, failed and running, and how long the rest takes.

    Parameters
    ----------
    nights : int
        Their number.
    workers : int or None
        How many run at a time; None where that is a cluster's affair.
    clock : callable
        Seconds on a clock that only goes forward.
    """

    def __init__(
        self,
        nights: int,
        workers: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nights = nights
        self._workers = workers
        self._clock = clock
        self._begun = clock()
        self._counts: Counter[str] = Counter()
        self._worked = 0

    def count(self, outcome: "Outcome") -> None:
        """Count an outcome; a failed night is left out of the remaining time."""
        from psgkit.domain.jobs import Done

        self._counts[status_of(outcome)] += 1
        self._worked += isinstance(outcome, Done)

    def words(self) -> str:
        """Return all of it as words."""
        left = self._nights - self._counts.total()
        parts = [f"{self._counts['done']} done", f"{self._counts['failed']} failed"]
        if not left:
            return ", ".join([*parts, "making the tables"])
        if self._workers is not None:
            parts.append(f"{min(left, self._workers)} running")
        return ", ".join([*parts, self._rest(left)])

    def _rest(self, left: int) -> str:
        if not self._worked:
            return "remaining time not known yet"
        seconds = round((self._clock() - self._begun) / self._worked * left)
        hours, rest = divmod(seconds, 3600)
        return f"about {hours}:{rest // 60:02}:{rest % 60:02} left"

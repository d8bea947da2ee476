"""Layout of `--help`: plain text, options grouped under headings.

Typer's own boxes leave an option's words a third of 80 characters, and show ``<bool>``
after options that take no value; plain text has neither fault and looks the same in a
file as on a terminal.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from psgkit.cli.console import is_english
from psgkit.errors import InputError

# Headings of options, in this order; those without one come last.
SCORING = "Scoring"
RECORDING = "Recording"
TIME_IN_BED = "Time in bed"
INPUTS = "Nights"
RUN = "Run"
NUMBERS = "Numbers"
SIMULATED = "The night"
RESULTS = "Results"
OTHER = "Options"
_OPTION_HEADINGS = (
    INPUTS,
    SCORING,
    RECORDING,
    TIME_IN_BED,
    SIMULATED,
    NUMBERS,
    RESULTS,
    RUN,
    OTHER,
)

# Headings of commands.
ONE_NIGHT = "One night"
MANY_NIGHTS = "Many nights"
OTHERS = "Other commands"

# The widest word of a command or option that has its explanation on the same line.
_WIDEST = 27


class Command(TyperCommand):
    """A command with its options grouped under headings in the help."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the call's words; see typer's own."""
        with _plain_words():
            return super().make_context(*args, **options)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the words of the usage line."""
        pieces = [_in_usage(param, ctx) for param in self.get_params(ctx)]
        return ["[OPTIONS]", *filter(None, pieces)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, then the options of every command."""
        params: list[Any] = list(self.get_params(ctx))
        arguments = [
            (str(p.metavar or p.name), p.help or "")
            for p in params
            if p.param_type_name == "argument"
        ]
        _write(formatter, "Arguments", arguments)
        _write_options(ctx, formatter, params)


class Group(TyperGroup):
    """The command `psgkit` with its subcommands grouped under headings in the help."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's
        """Return the words of the usage line."""
        return ["COMMAND [OPTIONS]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, then the options of every command."""
        by_heading: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            heading = str(getattr(command, "rich_help_panel", "") or "Commands")
            first = (command.help or "").partition("\n\n")[0].replace("\n", " ")
            by_heading.setdefault(heading, []).append((name, first))
        widest = max(map(len, self.commands))
        for heading, rows in by_heading.items():
            _write(formatter, heading, [(f"{n:{widest}}", text) for n, text in rows])
        _write_options(ctx, formatter, self.get_params(ctx))


def _in_usage(param: Any, ctx: Any) -> str:
    """Return an argument or a required option for the usage line."""
    if param.param_type_name == "option":
        return str(param.get_help_record(ctx)[0]) if param.required else ""
    name = str(param.metavar or param.name)
    return name if param.required else f"[{name}]"


def _write_options(ctx: Any, formatter: Any, params: Iterable[Any]) -> None:
    by_heading: dict[str, list[tuple[str, str]]] = {
        name: [] for name in _OPTION_HEADINGS
    }
    for param in params:
        row = param.get_help_record(ctx)
        if param.param_type_name == "option" and row is not None:
            by_heading[getattr(param, "rich_help_panel", None) or OTHER].append(row)
    widest = max(len(first) for rows in by_heading.values() for first, _ in rows)
    width = min(widest, _WIDEST)
    for heading, rows in by_heading.items():
        _write(formatter, heading, [(f"{name:{width}}", text) for name, text in rows])


def _write(formatter: Any, heading: str, rows: list[tuple[str, str]]) -> None:
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=_WIDEST)


@contextmanager
def _plain_words() -> Iterator[None]:
    """Describe invalid values without the terms of pydantic and Typer."""
    try:
        yield
    except typer.BadParameter as fault:
        fault.message = fault.message.removeprefix("Value error, ")
        if not is_english():  # which Typer's own lines around it would be
            raise InputError(fault.format_message()) from None
        raise

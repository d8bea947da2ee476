"""The command `psgkit`: its subcommands, and the exit status of an error."""

import sys
import traceback
from collections.abc import Callable
from typing import Annotated

import typer

from psgkit._version import __version__
from psgkit.cli import console
from psgkit.cli.batch import batch
from psgkit.cli.collect import collect
from psgkit.cli.compare import compare
from psgkit.cli.contrast import contrast
from psgkit.cli.export import export
from psgkit.cli.help import MANY_NIGHTS, ONE_NIGHT, OTHERS, Command, Group
from psgkit.cli.hypnogram import hypnogram
from psgkit.cli.inspect import inspect
from psgkit.cli.metrics import metrics
from psgkit.cli.power import power
from psgkit.cli.report import report
from psgkit.cli.simulate import simulate
from psgkit.cli.view import view
from psgkit.errors import PsgkitError

EXIT_UNUSABLE = 2
EXIT_BUG = 3

EXIT_STATUS = (
    "Exit status: 0 done; 1 some nights of a batch failed; 2 the call or its input "
    "cannot be used; 3 a bug of psgkit; 130 stopped by Ctrl-C."
)

app = typer.Typer(
    name="psgkit",
    cls=Group,
    help="REM continuity, N3 and arousals from EDF sleep recordings.",
    epilog=EXIT_STATUS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    ONE_NIGHT: (report, inspect, hypnogram, view),
    MANY_NIGHTS: (batch, collect, contrast, power),
    OTHERS: (compare, export, metrics, simulate),
}
for heading, commands in COMMANDS.items():
    for command in commands:
        app.command(cls=Command, rich_help_panel=heading)(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.out(f"psgkit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the place of an error in the code.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version and leave.",
            callback=_show_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """REM continuity, N3 and arousals from EDF sleep recordings."""
    del version
    context.obj = debug


def main(arguments: list[str] | None = None) -> None:
    """Run the command; every error ends in one sentence and an exit status.

    `EXIT_STATUS` has their meanings; only a bug shows a traceback.
    """
    words = sys.argv[1:] if arguments is None else arguments
    console.prepare()
    console.speak(None)
    debug = "--debug" in words
    # Accept --debug after the subcommand too: that is where a second try puts it.
    words = ["--debug", *(w for w in words if w != "--debug")] if debug else words
    try:
        app(args=words, prog_name="psgkit")
    except PsgkitError as fault:
        if debug:
            traceback.print_exc()
        console.error(str(fault))
        sys.exit(EXIT_UNUSABLE)
    except OSError as fault:
        if fault.errno is None:
            raise
        if debug:
            traceback.print_exc()
        place = "" if fault.filename is None else f" {str(fault.filename)!r}"
        console.error(
            f"The system refused a file or folder{place}: {fault.strerror}. Check its path and your permissions."
        )
        sys.exit(EXIT_UNUSABLE)
    except MemoryError:
        if debug:
            traceback.print_exc()
        console.error(
            "There was not enough memory; close other programs, or leave the signals "
            "out with --only staging."
        )
        sys.exit(EXIT_UNUSABLE)
    except Exception:  # noqa: BLE001 - the last door: whatever it is, it is our bug
        traceback.print_exc()
        console.error("This is a bug of psgkit; please report it with the lines above.")
        sys.exit(EXIT_BUG)

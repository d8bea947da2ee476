"""`psgkit export`: a scoring for other programs."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door
from psgkit.errors import InputError, PsgkitError

FormatChoice = Literal["edf+", "luna", "bids", "csv", "yasa"]


def export(
    night: Annotated[
        Path,
        typer.Argument(
            metavar="NIGHT.h5", help="A night of psgkit's, or a scoring in any format."
        ),
    ],
    to: Annotated[
        FormatChoice,
        typer.Option("--to", rich_help_panel=help.RESULTS, help="The format to write."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            rich_help_panel=help.RESULTS,
            help="The file to write, or a folder (a name without a suffix is one); "
            "beside the night by default.",
        ),
    ] = None,
    recording: Annotated[
        Path | None,
        typer.Option(
            metavar="NIGHT.edf",
            rich_help_panel=help.RECORDING,
            help="With --to edf+: write a copy of this recording, without the person "
            "and the date, with the scoring inside.",
        ),
    ] = None,
    align: options.Align = False,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
) -> None:
    """Write stages and events for EDFbrowser, MNE, Luna, BIDS or YASA."""
    from psgkit.read import read_recording, read_scoring
    from psgkit.report.export.scoring import SUFFIXES, export_scoring

    with Door() as door:
        door.check(
            partial(
                checks.check_scoring,
                night,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        if recording is None:
            door.refuse_idle("without --recording", align=align)
        elif to != "edf+":
            door.refuse_idle("without --to edf+", recording=recording)
    name = f"{night.stem}_scoring{SUFFIXES[to]}"
    target = out or night.with_name(name)
    if target.is_dir() or not target.suffix:
        target /= name
    if target.resolve() == night.resolve():
        raise InputError(f"{target.name} is the scoring itself; name another --out.")
    if recording is None:
        _refuse_recording(target)
    layout: dict[str, Any] = {
        "codes": codes,
        "column": options.columns(column),
        "epoch_s": epoch,
        "annotator": annotator,
    }
    if recording is None:
        scoring = read_scoring(night, **layout)
        written = export_scoring(scoring, target, to)
    else:
        from psgkit.prepare.window import lay_on
        from psgkit.report.export.edf import write_recording_with

        facts = read_recording(recording)
        scoring = read_scoring(night, recording_start=facts.start, **layout)
        scoring, issues = lay_on(scoring, facts, align=align)
        for issue in issues:
            console.out(issue.message)
        write_recording_with(scoring, recording, target)
        written = (target,)
    for path in written:
        console.out(f"Written: {path}")


def _refuse_recording(target: Path) -> None:
    """Refuse to write stages alone over a file that holds signals."""
    from psgkit.read import read_recording

    if not target.exists():
        return
    try:
        channels = read_recording(target).channels
    except PsgkitError:
        return
    if channels:
        raise InputError(
            f"{target.name} is a recording; name another --out, or give it with "
            "--recording, which writes a copy with the scoring inside."
        )

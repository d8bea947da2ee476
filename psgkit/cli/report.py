"""`psgkit report`: one recording to its files and a page of text."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door


def report(
    recording: Annotated[
        Path,
        typer.Argument(
            metavar="NIGHT.edf", help="A recording: EDF, BDF, or a format of MNE."
        ),
    ],
    scoring: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=help.SCORING,
            help="A scoring to use; given twice, stages come from one and events from "
            "the other. Without one, the recording's own annotations count, and YASA "
            "stages the night where they hold no stages.",
        ),
    ] = None,
    out: options.Out = Path("results"),
    id: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            rich_help_panel=help.RESULTS,
            help="Name of the night in every output; 'hash' for one made from the "
            "recording's content, where file names carry names of people.",
        ),
    ] = None,
    config: options.Config = None,
    lights_off: options.LightsOff = None,
    lights_on: options.LightsOn = None,
    lights: options.Lights = None,
    unit: options.Unit = None,
    ignore_clock: options.IgnoreClock = False,
    channel: options.Channel = None,
    align: options.Align = False,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
    tables: options.Tables = False,
    keep_dates: options.KeepDates = False,
    only: options.Only = None,
    eeg: options.Eeg = None,
    language: options.Language = None,
    pdf: options.Pdf = False,
    names: options.Names = None,
    review: options.Review = False,
    full: options.Full = False,
    arousals: options.Arousals = None,
    explain_arousals: options.ExplainArousals = False,
    age: options.Age = None,
    sex: options.Sex = None,
    stager: options.Stager = None,
    spindles: options.Spindles = None,
) -> None:
    """Report one night: stages, REM continuity, N3 and arousals."""
    from psgkit.domain.jobs import Job, person_faults
    from psgkit.pipeline import STEPS, analyse_night, open_recording
    from psgkit.read.input_hash import sha256_of
    from psgkit.report import save_night
    from psgkit.store.files import check_writable

    first, second = [*(scoring or []), None, None][:2]
    with Door() as door:
        for fault in person_faults(age, sex):
            door.refuse(fault)
        door.refuse_empty(id=id, stager=stager)
        if len(scoring or ()) > 2:
            door.refuse("--scoring was given more than twice; give stages and events.")
        door.check(partial(checks.check_lights, lights, lights_off, lights_on))
        door.check(
            partial(
                checks.check_work,
                only,
                arousals=arousals,
                explain_arousals=explain_arousals,
                pdf=pdf,
                names=names,
                review=review,
                spindles=spindles,
            )
        )
        door.check(
            partial(
                checks.check_scoring,
                first,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        if first is None:
            door.refuse_idle("without --scoring", align=align)
        else:
            door.refuse_idle("with --scoring", stager=stager)
        settings = options.build_settings(
            config,
            unit=unit,
            ignore_clock=ignore_clock,
            channel=channel,
            lights=lights,
            align=align,
            tables=tables,
            keep_dates=keep_dates,
            only=only,
            eeg=eeg,
            language=language,
            pdf=pdf,
            names=names,
            review=review,
            arousals=arousals,
            explain_arousals=explain_arousals,
            codes=codes,
            column=column,
            epoch=epoch,
            annotator=annotator,
            stager=stager,
            spindles=spindles,
        )
    job = Job(
        recording=recording,
        id=sha256_of(recording)[:12] if id == "hash" else id or "",
        scoring=first,
        scoring_beside=second,
        lights_off=lights_off,
        lights_on=lights_on,
        age_y=age,
        sex=sex,
    )
    check_writable(out)
    language = settings.report.language
    with (
        console.stoppable(),
        console.progress(STEPS, language) as progress,
    ):
        night = analyse_night(job, settings, progress=progress)
        progress("writing")
        signals = open_recording(job, settings) if settings.report.review else None
        folder = save_night(night, out, settings=settings, recording=signals)
    console.night_page(night, full=full, files=str(folder), language=language)

"""`psgkit hypnogram`: all that a scoring alone gives."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door

if TYPE_CHECKING:
    from psgkit.domain.night import Night


def hypnogram(
    scoring: Annotated[
        Path, typer.Argument(metavar="SCORING", help="A scoring in any known format.")
    ],
    lights: options.Lights = None,
    lights_off: options.LightsOff = None,
    lights_on: options.LightsOn = None,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
    config: options.Config = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            rich_help_panel=help.RESULTS,
            help="Write the tables, the HDF5 file and the page into this folder.",
        ),
    ] = None,
    language: options.Language = None,
    pdf: options.Pdf = False,
    names: options.Names = None,
    full: options.Full = False,
    json: options.Json = False,
) -> None:
    """Measure a scoring without its recording."""
    from psgkit.domain.jobs import Job
    from psgkit.pipeline import analyse_scoring

    with Door() as door:
        door.check(partial(checks.check_lights, lights, lights_off, lights_on))
        door.check(
            partial(
                checks.check_scoring,
                scoring,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        if out is None:
            door.refuse_idle("without --out", pdf=pdf, names=names)
        if json:
            door.refuse_idle("with --json", full=full)
    settings = options.build_settings(
        config,
        language=language,
        pdf=pdf,
        names=names,
        lights=lights,
        codes=codes,
        column=column,
        epoch=epoch,
        annotator=annotator,
    )
    job = Job(
        recording=None, scoring=scoring, lights_off=lights_off, lights_on=lights_on
    )
    night = analyse_scoring(job, settings)
    files = ""
    if out is not None:
        from psgkit.report import save_night
        from psgkit.store.files import check_writable

        check_writable(out)
        files = str(save_night(night, out, settings=settings))
    if not json:
        console.night_page(
            night, full=full, files=files, language=settings.report.language
        )
        return
    console.json_out(
        {
            "id": night.id,
            "epochs_n": night.scoring.n_epochs,
            "epoch_s": night.scoring.epoch_s,
            "arousals_n": _arousal_count(night),
            "measures": {m.name: None if m.reason else m.value for m in night.results},
            "reasons": night.reasons,
            "issues": console.issues_as_json(night.issues),
        }
    )


def _arousal_count(night: "Night") -> int | None:
    arousals = night.scoring.arousals
    return None if arousals is None else len(arousals)

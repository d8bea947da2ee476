"""`psgkit hypnogram`: all that a scoring alone gives."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from psgkit.cli import console, options
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
    settings = options.build_settings(
        None,
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
    if not json:
        console.night_page(night)
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

"""`psgkit simulate`: a night with known truth."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from psgkit.cli import console, help, options
from psgkit.cli import option_checks as checks
from psgkit.cli.option_errors import Door
from psgkit.errors import InputError

MontageChoice = Literal["aasm", "minimal", "electrodes", "wide", "mixed"]


def simulate(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT.edf", help="The file to write; .edf is added to a bare name."
        ),
    ],
    hours: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=help.SIMULATED,
            help="Length; 8 where no hypnogram is given.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=help.SIMULATED,
            help="The same seed makes the same night.",
        ),
    ] = 0,
    hypnogram: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=help.SCORING,
            help="A scoring in any known format to follow.",
        ),
    ] = None,
    montage: Annotated[
        MontageChoice,
        typer.Option(rich_help_panel=help.SIMULATED, help="Which channels."),
    ] = "aasm",
    rate: Annotated[
        int,
        typer.Option(
            metavar="HZ",
            rich_help_panel=help.SIMULATED,
            help="Sampling rate of EEG, EOG, EMG and ECG.",
        ),
    ] = 256,
    arousals: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=help.SIMULATED,
            help="Arousals an hour of sleep.",
        ),
    ] = 12.0,
    infraslow_depth: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=help.SIMULATED,
            help="Depth of the 0.02 Hz oscillation of spindles, 0 to 0.6.",
        ),
    ] = 0.3,
    atonia_loss: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            rich_help_panel=help.SIMULATED,
            help="Share of REM sleep without atonia, 0 to 1.",
        ),
    ] = 0.0,
    respiratory_events: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            rich_help_panel=help.SIMULATED,
            help="Apnoeas and hypopnoeas an hour of sleep.",
        ),
    ] = 0.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND[:CHANNEL][@ONSET+DURATION]",
            rich_help_panel=help.SIMULATED,
            help="flat, railed, line_50, line_60, pops, swapped_eog, volts, "
            "volts_as_uv, gap or mixed_rates; repeatable.",
        ),
    ] = None,
    annotations: Annotated[
        bool,
        typer.Option(
            "--annotations",
            rich_help_panel=help.RESULTS,
            help="Write stages, events and lights into it too.",
        ),
    ] = False,
    codes: options.Codes = None,
    column: options.Column = None,
    epoch: options.Epoch = None,
    annotator: options.Annotator = None,
) -> None:
    """Simulate a night, with its truth in files beside it."""
    from psgkit.read import read_scoring
    from psgkit.simulate import simulate_night
    from psgkit.simulate.write import check_target

    with Door() as door:
        door.check(
            partial(
                checks.check_scoring,
                hypnogram,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
                option="hypnogram",
            )
        )
        target = _with_suffix(out)
    check_target(target)
    followed = None
    if hypnogram is not None:
        followed = read_scoring(
            hypnogram,
            codes=codes,
            column=options.columns(column),
            epoch_s=epoch,
            annotator=annotator,
        )
    night = simulate_night(
        hours,
        seed=seed,
        hypnogram=followed,
        montage=montage,
        rate_hz=rate,
        arousals_per_h=arousals,
        infraslow_depth=infraslow_depth,
        atonia_loss=atonia_loss,
        respiratory_events_per_h=respiratory_events,
        faults=fault or (),
    )
    written = night.write(target, annotations=annotations)
    console.out(f"Files: {written}, and its truth beside it")


def _with_suffix(out: Path) -> Path:
    """Return the file that a name means; one without a suffix means an EDF file."""
    if not out.suffix and not out.is_dir():
        return out.with_name(f"{out.name}.edf")
    if out.suffix and out.suffix.lower() != ".edf":
        raise InputError(
            f"{out.name}: a simulated night is written as EDF; end its name in .edf."
        )
    return out

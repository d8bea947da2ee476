"""`psgkit simulate`: a night with known truth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from psgkit.cli import console, options


class MontageChoice(StrEnum):
    """Which channels a simulated night has."""

    AASM = "aasm"
    MINIMAL = "minimal"
    ELECTRODES = "electrodes"
    WIDE = "wide"


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT.edf", help="The file to write.")],
    hours: Annotated[
        float | None, typer.Option(help="Length; 8 where no hypnogram is given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same night.")] = 0,
    hypnogram: Annotated[
        Path | None, typer.Option(help="A scoring in any known format to follow.")
    ] = None,
    montage: Annotated[
        MontageChoice, typer.Option(help="Which channels.")
    ] = MontageChoice.AASM,
    rate: Annotated[
        int, typer.Option(help="Sampling rate of EEG, EOG, EMG and ECG in Hz.")
    ] = 256,
    arousals: Annotated[float, typer.Option(help="Arousals an hour of sleep.")] = 12.0,
    infraslow_depth: Annotated[
        float, typer.Option(help="Depth of the 0.02 Hz oscillation of spindles, 0-0.6.")
    ] = 0.3,
    atonia_loss: Annotated[
        float, typer.Option(help="Share of REM sleep without atonia, 0-1.")
    ] = 0.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND[:CHANNEL][@ONSET+DURATION]",
            help="flat, railed, line_50, line_60, pops, swapped_eog, volts, "
            "volts_as_uv, gap or mixed_rates; repeatable.",
        ),
    ] = None,
    annotations: Annotated[
        bool,
        typer.Option("--annotations", help="Write stages and arousals into it too."),
    ] = False,
    codes: options.Codes = None,
    column: options.Column = None,
) -> None:
    """Simulate a night, with its truth in files beside it."""
    from psgkit.read import read_scoring
    from psgkit.simulate import simulate_night
    from psgkit.simulate.write import check_target

    check_target(out)
    followed = None
    if hypnogram is not None:
        followed = read_scoring(
            hypnogram, codes=None if codes is None else codes.value, column=column
        )
    night = simulate_night(
        hours,
        seed=seed,
        hypnogram=followed,
        montage=montage.value,
        rate_hz=rate,
        arousals_per_h=arousals,
        infraslow_depth=infraslow_depth,
        atonia_loss=atonia_loss,
        faults=fault or (),
    )
    written = night.write(out, annotations=annotations)
    console.out(f"Files: {written}, and its truth beside it")

"""`psgkit simulate`: a night with known truth."""

from pathlib import Path
from typing import Annotated

import typer

from psgkit.cli import console


def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT.edf", help="The file to write.")],
    hours: Annotated[float, typer.Option(help="Length of the night.")] = 8.0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same night.")] = 0,
) -> None:
    """Simulate a night, with its truth in files beside it."""
    from psgkit.simulate import simulate_night

    simulate_night(hours=hours, seed=seed).write(out)
    console.out(f"Files: {out}")

"""Options that say how a scoring file is meant."""

from enum import StrEnum
from typing import Annotated

import typer


class CodesChoice(StrEnum):
    """What numbers mean that stand for stages."""

    AASM = "aasm"
    RK = "rk"


Codes = Annotated[
    CodesChoice | None,
    typer.Option(help="What a stage of 4 means: REM ('aasm') or S4 ('rk')."),
]

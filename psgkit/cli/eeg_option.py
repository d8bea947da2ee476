"""The option that chooses which EEG is measured."""

from enum import StrEnum
from typing import Annotated

import typer

from psgkit.cli import help


class EegChoice(StrEnum):
    """Which EEG is measured."""

    ROLES = "roles"
    ALL = "all"


Eeg = Annotated[
    EegChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'roles': the derivations of routine polysomnography; 'all': every scalp "
        "electrode besides, re-referenced alike, in tables of their own.",
    ),
]

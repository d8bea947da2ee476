"""The option that chooses which EEG is measured."""

from typing import Annotated, Literal

import typer

from psgkit.cli import help

EegChoice = Literal["roles", "all"]
Eeg = Annotated[
    EegChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'roles': the derivations of routine polysomnography; 'all': every scalp "
        "electrode too, re-referenced alike, in separate tables.",
    ),
]

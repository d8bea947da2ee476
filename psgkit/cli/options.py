"""Options that several commands share, and the settings made from them."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from psgkit.cli import help
from psgkit.cli.console import speak
from psgkit.cli.option_errors import Door
from psgkit.cli.read_options import channel_pairs, read_overrides, unit_pairs
from psgkit.errors import InputError

if TYPE_CHECKING:
    from psgkit.settings import Settings


EegChoice = Literal["roles", "all"]
LightsChoice = Literal["marked", "recording"]
OnlyChoice = Literal["staging", "numbers"]
ArousalsChoice = Literal[
    "auto", "scored", "rules", "unet_v1", "unet_v2", "unet_v2_bands"
]
NamesChoice = Literal["plain", "codes"]
SpindlesChoice = Literal["yasa-fast", "yasa", "a7"]
LanguageChoice = Literal["en", "nl"]
Out = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER", rich_help_panel=help.RESULTS, help="Folder for the results."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A settings file; see configs/default.toml."),
]
LightsOff = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        rich_help_panel=help.TIME_IN_BED,
        help="When the lights went off: 22:47, or 120s after the start.",
    ),
]
LightsOn = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        rich_help_panel=help.TIME_IN_BED,
        help="When the lights went on: 06:58, or 28800s.",
    ),
]
Lights = Annotated[
    LightsChoice | None,
    typer.Option(
        rich_help_panel=help.TIME_IN_BED,
        help="'recording': the whole recording counts as time in bed.",
    ),
]
Unit = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[LABEL=]UNIT",
        rich_help_panel=help.RECORDING,
        help="Unit (nV, uV, mV, V) of EEG, EOG and EMG if the header has no unit or a wrong unit; of one channel as 'Chin=mV'. Repeatable.",
    ),
]
IgnoreClock = Annotated[
    bool,
    typer.Option(
        "--ignore-clock",
        rich_help_panel=help.RECORDING,
        help="Read the records of an EDF+D one after another; ignore their times.",
    ),
]
Channel = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE=LABEL",
        rich_help_panel=help.RECORDING,
        help="Which channel to use for a role or use, e.g. C4_M1='EEG 3', EMG_CHIN=Aux2, "
        "eeg=C3-M2 or central=C3-M2. Repeatable.",
    ),
]
Align = Annotated[
    bool,
    typer.Option(
        "--align",
        rich_help_panel=help.SCORING,
        help="Cut a scoring that does not fit the recording.",
    ),
]
Tables = Annotated[
    bool,
    typer.Option(
        "--tables",
        rich_help_panel=help.RESULTS,
        help="Write bouts, periods and cycles as CSV too.",
    ),
]
KeepDates = Annotated[
    bool,
    typer.Option(
        "--keep-dates",
        rich_help_panel=help.RESULTS,
        help="Keep the date of the recording in the results; it can identify the person.",
    ),
]
Only = Annotated[
    OnlyChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'staging': stages and their numbers, without the other signals "
        "and the page; 'numbers': everything but the page.",
    ),
]
Language = Annotated[
    LanguageChoice | None,
    typer.Option(
        rich_help_panel=help.RESULTS,
        help="Language of the page, of messages and of errors.",
        callback=speak,
        is_eager=True,  # so that it names faults of the other options, too
    ),
]
Codes = Annotated[
    str | None,
    typer.Option(
        metavar="PRESET|MAP",
        rich_help_panel=help.SCORING,
        help="Meaning of a scoring's numbers: 'aasm' (4 is REM), 'rk' (4 is S4), "
        "'ucddb', 'dreams', 'sleepecg', 'deltamed', or a map such as "
        "W=0,N1=1,N2=2,N3=3,R=5.",
    ),
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[ROLE=]NAME",
        rich_help_panel=help.SCORING,
        help="Column of a table that holds the stages; or onset=NAME, end=NAME, "
        "duration=NAME, epoch=NAME, annotator=NAME. Repeatable; columns without names "
        "are 1, 2, 3.",
    ),
]
Epoch = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        rich_help_panel=help.SCORING,
        help="Length of an epoch, if the scoring does not give it; by default 30.",
    ),
]
Annotator = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=help.SCORING,
        help="Scorer to read, if a file holds several.",
    ),
]
Stager = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        rich_help_panel=help.SCORING,
        help="'yasa-fast', 'yasa' (YASA itself, slower), or another package's stager.",
    ),
]
Spindles = Annotated[
    SpindlesChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'yasa': yasa.spindles_detect itself, slower, by the same rules; 'a7': "
        "the rules of Lacourse et al. 2019.",
    ),
]
Arousals = Annotated[
    ArousalsChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'auto': the scorer's if there are any, else 'unet_v2_bands', else (a "
        "channel is missing) by rules; 'scored': the scorer's alone; 'unet_v1', "
        "'unet_v2': by that network of psgscoring; 'unet_v2_bands': by unet_v2, and by "
        "bands and chin EMG where it is unsure; 'rules': by rules.",
    ),
]
ExplainArousals = Annotated[
    bool,
    typer.Option(
        "--explain-arousals",
        rich_help_panel=help.RESULTS,
        help="Write every candidate of the arousal detector, with the reason for "
        "which it was taken or rejected.",
    ),
]
Age = Annotated[
    float | None,
    typer.Option(
        metavar="YEARS",
        rich_help_panel=help.RECORDING,
        help="Age in years; with --sex, for staging.",
    ),
]
Sex = Annotated[
    str | None,
    typer.Option(
        metavar="[F|M]",
        rich_help_panel=help.RECORDING,
        help="F or M; with --age, for staging.",
    ),
]
Pdf = Annotated[
    bool,
    typer.Option(
        "--pdf",
        rich_help_panel=help.RESULTS,
        help="Write the page as PDF, too: one to two sheets of A4.",
    ),
]
Review = Annotated[
    bool,
    typer.Option(
        "--review",
        rich_help_panel=help.RESULTS,
        help="Write a page on which a person checks and corrects stages and arousals.",
    ),
]
Names = Annotated[
    NamesChoice | None,
    typer.Option(
        rich_help_panel=help.RESULTS,
        help="Names on the page: 'plain', or with the 'codes' of the tables' columns.",
    ),
]
Full = Annotated[
    bool,
    typer.Option(
        "--full",
        rich_help_panel=help.RESULTS,
        help="Print everything, the answers last.",
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        rich_help_panel=help.RESULTS,
        help="Print everything as JSON, for a program.",
    ),
]
Eeg = Annotated[
    EegChoice | None,
    typer.Option(
        rich_help_panel=help.NUMBERS,
        help="'roles': the derivations of routine polysomnography; 'all': every scalp "
        "electrode too, re-referenced alike, in separate tables.",
    ),
]


def build_settings(
    config: Path | None,
    *,
    unit: list[str] | None = None,
    ignore_clock: bool = False,
    channel: list[str] | None = None,
    lights: LightsChoice | None = None,
    align: bool = False,
    tables: bool = False,
    keep_dates: bool = False,
    only: OnlyChoice | None = None,
    eeg: EegChoice | None = None,
    language: LanguageChoice | None = None,
    pdf: bool = False,
    names: NamesChoice | None = None,
    review: bool = False,
    arousals: ArousalsChoice | None = None,
    explain_arousals: bool = False,
    codes: str | None = None,
    column: list[str] | None = None,
    epoch: float | None = None,
    annotator: str | None = None,
    stager: str | None = None,
    spindles: SpindlesChoice | None = None,
) -> "Settings":
    """Lay a call's options over the settings file, and that over the defaults."""
    from psgkit.settings import Settings, load_settings, with_overrides

    with Door() as door:
        door.check(partial(channel_pairs, channel or []))
        door.check(partial(unit_pairs, unit or []))
        settings = Settings() if config is None else load_settings(config)
    speak(language or settings.report.language)
    window: dict[str, Any] = {}
    if lights is not None:
        window["lights"] = lights
    if align:
        window["align"] = True
    said = {"codes": codes, "epoch_s": epoch, "annotator": annotator}
    scoring: dict[str, Any] = {k: v for k, v in said.items() if v is not None}
    if column:
        scoring["column"] = settings.scoring.column | columns(column)
    switches = {
        "tables": tables,
        "keep_dates": keep_dates,
        "explain_arousals": explain_arousals,
        "pdf": pdf,
        "review": review,
    }
    report: dict[str, Any] = {name: True for name, is_on in switches.items() if is_on}
    chosen = {"language": language, "names": names}
    report |= {name: one for name, one in chosen.items() if one is not None}
    if only is not None:
        report["page"] = False
    measure: dict[str, Any] = {} if eeg is None else {"eeg": eeg}
    measure |= {"signals": False} if only == "staging" else {}
    given = {} if arousals is None else {"source": arousals}
    if only != "staging":
        _check_arousals(given.get("source", settings.arousals.source))
    overrides = {
        "detectors": {} if spindles is None else {"spindles": spindles},
        "stage": _checked_stager(stager or settings.stage.stager),
        "arousals": given,
        "read": read_overrides(settings, unit, channel, ignore_clock=ignore_clock),
        "scoring": scoring,
        "window": window,
        "measure": measure,
        "report": report,
    }
    return with_overrides(settings, overrides)


def columns(words: list[str] | None) -> dict[str, str]:
    """Return the columns that ``--column`` names, by their roles.

    A column whose name holds ``=`` is named with its role: ``stage=a=b``.
    """
    from psgkit.read.scorings.listed import COLUMN_ROLES

    named = {}
    for word in words or ():
        role, equals, name = word.partition("=")
        if not equals:
            named["stage"] = word
        elif role in COLUMN_ROLES and name:
            named[role] = name
        else:
            raise InputError(
                f"--column {word!r} is not [ROLE=]NAME; roles are "
                f"{', '.join(COLUMN_ROLES)}."
            )
    return named


def _checked_stager(name: str | None) -> dict[str, Any]:
    """Refuse a stager that is not installed before any night is read."""
    if name is not None:
        from psgkit.stage.choice import find_stager

        find_stager(name)
    return {"stager": name}


def _check_arousals(source: str) -> None:
    """Refuse a network with missing or wrong weights before any night is read."""
    if source == "auto" or source.startswith("unet"):
        from psgkit.measure.arousals.network.weights import (
            NETWORK,
            SECOND_LOOK,
            read_weights,
        )

        name = NETWORK if source == "auto" else source
        read_weights(name.removesuffix(SECOND_LOOK))

"""Options that several commands share, and the settings made from them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from psgkit.errors import InputError

if TYPE_CHECKING:
    from psgkit.settings import Settings


class SexChoice(StrEnum):
    """Sex of the person, as YASA's demographic classifiers know it."""

    F = "F"
    M = "M"


class LightsChoice(StrEnum):
    """What counts as time in bed."""

    MARKED = "marked"
    RECORDING = "recording"


class UnitChoice(StrEnum):
    """Unit of EEG, EOG and EMG."""

    NV = "nV"
    UV = "uV"
    MV = "mV"
    V = "V"


class CodesChoice(StrEnum):
    """What numbers mean that stand for stages."""

    AASM = "aasm"
    RK = "rk"


class OnlyChoice(StrEnum):
    """How much of the work is done."""

    STAGING = "staging"
    NUMBERS = "numbers"


class ArousalsChoice(StrEnum):
    """Whose arousals are counted."""

    AUTO = "auto"
    SCORED = "scored"
    RULES = "rules"
    UNET_V1 = "unet_v1"
    UNET_V2 = "unet_v2"


class LanguageChoice(StrEnum):
    """Language of the page."""

    EN = "en"
    NL = "nl"


Config = Annotated[
    Path | None, typer.Option(help="A settings file; see configs/default.toml.")
]
LightsOff = Annotated[
    str | None,
    typer.Option(help="When the lights went off: 22:47, or 120s after the start."),
]
LightsOn = Annotated[
    str | None, typer.Option(help="When the lights went on: 06:58, or 28800s.")
]
Lights = Annotated[
    LightsChoice | None,
    typer.Option(help="'recording': the whole recording counts as time in bed."),
]
Unit = Annotated[
    UnitChoice | None,
    typer.Option(
        case_sensitive=True,
        help="Unit of EEG, EOG and EMG where the header is silent or wrong.",
    ),
]
Channel = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE=LABEL",
        help="Which channel to use, e.g. eeg='EEG C4-A1' or EMG_CHIN=Aux2; repeatable.",
    ),
]
Align = Annotated[
    bool, typer.Option("--align", help="Cut a scoring that does not fit the recording.")
]
Tables = Annotated[
    bool, typer.Option("--tables", help="Write bouts, periods and cycles as CSV too.")
]
KeepDates = Annotated[
    bool,
    typer.Option(
        "--keep-dates",
        help="Keep the date of the recording in the results; by itself or with other "
        "records it can tell whose night it is.",
    ),
]
Only = Annotated[
    OnlyChoice | None,
    typer.Option(
        help="'staging': stages and what follows from them, without the other signals "
        "and the page; 'numbers': everything but the page."
    ),
]
Language = Annotated[LanguageChoice | None, typer.Option(help="Of the page's words.")]
Codes = Annotated[
    CodesChoice | None,
    typer.Option(
        help="What 4 means among a scoring's numbers: REM ('aasm') or S4 ('rk')."
    ),
]
Column = Annotated[
    str | None, typer.Option(help="Column of a table that holds the stages.")
]
Arousals = Annotated[
    ArousalsChoice | None,
    typer.Option(
        help="'scored': the scorer's; 'rules': found by rules; 'auto': the scorer's "
        "where there are any, else by rules; 'unet_v1', 'unet_v2': by a trained network "
        "of psgscoring (the extra 'unet')."
    ),
]
ExplainArousals = Annotated[
    bool,
    typer.Option(
        "--explain-arousals",
        help="Write every candidate of the arousal detector, with the reason for which "
        "it was taken or rejected.",
    ),
]
Age = Annotated[
    float | None, typer.Option(help="Age in years; with --sex, for staging.")
]
Sex = Annotated[SexChoice | None, typer.Option(help="F or M; with --age, for staging.")]


def check_lights(
    lights: LightsChoice | None, lights_off: str | None, lights_on: str | None
) -> None:
    """Refuse times that are none, or that contradict ``--lights recording``."""
    from psgkit.prepare.lights import check_time

    given = {"--lights-off": lights_off, "--lights-on": lights_on}
    times = {option: text for option, text in given.items() if text is not None}
    for option, text in times.items():
        check_time(text, option)
    if times and lights is LightsChoice.RECORDING:
        raise InputError(
            f"--lights recording and {' and '.join(times)} contradict each other; "
            "give one or the other."
        )


def build_settings(
    config: Path | None,
    *,
    unit: UnitChoice | None = None,
    channel: list[str] | None = None,
    lights: LightsChoice | None = None,
    align: bool = False,
    tables: bool = False,
    keep_dates: bool = False,
    only: OnlyChoice | None = None,
    language: LanguageChoice | None = None,
    arousals: ArousalsChoice | None = None,
    explain_arousals: bool = False,
    codes: CodesChoice | None = None,
    column: str | None = None,
) -> "Settings":
    """Lay a call's options over the settings file, and that over the defaults."""
    from psgkit.settings import Settings, load_settings, with_overrides

    settings = Settings() if config is None else load_settings(config)
    read: dict[str, Any] = {}
    if unit is not None:
        read["unit"] = unit.value
    if channel:
        read["channels"] = settings.read.channels | _pairs(channel)
    window: dict[str, Any] = {}
    if lights is not None:
        window["lights"] = lights.value
    if align:
        window["align"] = True
    scoring: dict[str, Any] = {}
    if codes is not None:
        scoring["codes"] = codes.value
    if column is not None:
        scoring["column"] = column
    report: dict[str, Any] = {}
    if tables:
        report["tables"] = True
    if keep_dates:
        report["keep_dates"] = True
    if explain_arousals:
        report["explain_arousals"] = True
    if language is not None:
        report["language"] = language.value
    if only is not None:
        report["page"] = False
    measure = {"signals": False} if only is OnlyChoice.STAGING else {}
    given = {} if arousals is None else {"source": arousals.value}
    if only is not OnlyChoice.STAGING:
        _check_arousals(given.get("source", settings.arousals.source))
    overrides = {
        "arousals": given,
        "read": read,
        "scoring": scoring,
        "window": window,
        "measure": measure,
        "report": report,
    }
    return with_overrides(settings, overrides)


def _check_arousals(source: str) -> None:
    """Refuse a network that is not installed before any night is read."""
    if source.startswith("unet"):
        from psgkit.measure.arousals.trained import check_installed

        check_installed(source)


def _pairs(words: list[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    wrong = [
        word
        for word, (role, _, label) in zip(words, pairs, strict=True)
        if not (role and label)
    ]
    if wrong:
        raise InputError(
            f"--channel {wrong[0]!r} is not ROLE=LABEL; for example "
            "--channel eeg='EEG C4-A1'."
        )
    return {role: label for role, _, label in pairs}

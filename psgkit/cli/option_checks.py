"""What is wrong with the options that several commands share."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from psgkit.cli.option_errors import Door
from psgkit.cli.options import (
    ArousalsChoice,
    CodesChoice,
    LanguageChoice,
    LightsChoice,
    OnlyChoice,
)


def check_lights(
    lights: LightsChoice | None, lights_off: str | None, lights_on: str | None
) -> None:
    """Refuse times that are none, or that contradict ``--lights recording``."""
    from psgkit.prepare.lights import check_time

    given = {"--lights-off": lights_off, "--lights-on": lights_on}
    times = {option: text for option, text in given.items() if text is not None}
    with Door() as door:
        for option, text in times.items():
            door.check(partial(check_time, text, option))
        if times and lights is LightsChoice.RECORDING:
            door.refuse(
                f"--lights recording and {' and '.join(times)} contradict each other; "
                "give one or the other."
            )


def check_scoring(
    path: Path | None,
    *,
    codes: CodesChoice | None,
    column: str | None,
    option: str = "scoring",
) -> None:
    """Refuse options on a scoring where there is none, or whose format has no use for them.

    Parameters
    ----------
    path : Path or None
        The scoring, None where none was given.
    codes, column : CodesChoice or None, str or None
        The options.
    option : str
        Name of the option that gives a scoring.
    """
    from psgkit.read.scorings.reader import options_unused

    with Door() as door:
        door.refuse_empty(column=column)
        if path is None:
            door.refuse_idle(f"without --{option}", codes=codes, column=column)
        elif codes is not None or column:
            name, unused = options_unused(path, column=column)
            given = {"codes": codes, "column": column}
            door.refuse_idle(
                f"for a scoring in the format {name}",
                **{word: value for word, value in given.items() if word in unused},
            )


def check_scorings(
    scorings: Sequence[tuple[Path, str | None]], codes: CodesChoice | None
) -> None:
    """Refuse options that none of several scorings has a use for.

    Parameters
    ----------
    scorings : sequence of (Path, str or None)
        Each with the column asked for. Of folders, which may hold all formats, nothing
        is said.
    codes : CodesChoice or None
    """
    from psgkit.read.scorings.reader import options_unused

    column = any(name for _, name in scorings)
    if not (codes or column) or not all(path.is_file() for path, _ in scorings):
        return
    found = [options_unused(path, column=name) for path, name in scorings]
    names = list(dict.fromkeys(name for name, _ in found))
    formats = "format" if len(names) == 1 else "formats"
    unused = frozenset.intersection(*(words for _, words in found))
    with Door() as door:
        door.refuse_idle(
            f"for scorings in the {formats} {', '.join(names)}",
            codes=codes if "codes" in unused else None,
            column=column and "column" in unused,
        )


def check_work(
    only: OnlyChoice | None,
    *,
    arousals: ArousalsChoice | None,
    explain_arousals: bool,
    language: LanguageChoice | None,
) -> None:
    """Refuse options on arousals where none are searched for, and on a page not written."""
    with Door() as door:
        if only is not None:
            door.refuse_idle(f"with --only {only}", language=language)
        if only is OnlyChoice.STAGING:
            searched = arousals not in {None, ArousalsChoice.SCORED}
            door.refuse_idle(
                "with --only staging",
                arousals=searched,
                explain_arousals=explain_arousals,
            )
        elif arousals is ArousalsChoice.SCORED:
            door.refuse_idle(
                "with --arousals scored", explain_arousals=explain_arousals
            )

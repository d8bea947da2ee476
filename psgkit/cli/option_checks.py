"""Checks of the options that several commands share."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from psgkit.cli.option_errors import Door
from psgkit.cli.options import (
    ArousalsChoice,
    LightsChoice,
    NamesChoice,
    OnlyChoice,
    SpindlesChoice,
    columns,
)


def check_lights(
    lights: LightsChoice | None, lights_off: str | None, lights_on: str | None
) -> None:
    """Refuse invalid times, and times that contradict ``--lights recording``."""
    from psgkit.prepare.lights import check_time

    given = {"--lights-off": lights_off, "--lights-on": lights_on}
    times = {option: text for option, text in given.items() if text is not None}
    with Door() as door:
        for option, text in times.items():
            door.check(partial(check_time, text, option))
        if times and lights == "recording":
            door.refuse(
                f"--lights recording and {' and '.join(times)} contradict each other; "
                "give one or the other."
            )


def check_scoring(
    path: Path | None,
    *,
    codes: str | None,
    column: list[str] | None,
    epoch: float | None,
    annotator: str | None,
    option: str = "scoring",
) -> None:
    """Refuse scoring options without a scoring, or for a format that ignores them.

    Parameters
    ----------
    path : Path or None
        The scoring, or None.
    codes, column, epoch, annotator : optional
        The options.
    option : str
        Name of the option that gives a scoring.
    """
    given = {"codes": codes, "column": column, "annotator": annotator}
    with Door() as door:
        door.check(
            partial(
                check_layout,
                codes=codes,
                column=column,
                epoch=epoch,
                annotator=annotator,
            )
        )
        if path is None:
            door.refuse_idle(f"without --{option}", **given, epoch=epoch)
        elif any(given.values()):
            _check_use([(path, column)], given, door)


def check_layout(
    *,
    codes: str | None,
    column: list[str] | None,
    epoch: float | None,
    annotator: str | None,
) -> None:
    """Refuse invalid values of the options on a scoring's layout."""
    from psgkit.domain.sleep.scoring_faults import is_epoch
    from psgkit.read.scorings.stage_codes import parse_codes

    with Door() as door:
        for name in column or ():
            door.refuse_empty(column=name)
        door.refuse_empty(annotator=annotator)
        door.check(partial(columns, column))
        if codes is not None:
            door.check(partial(parse_codes, codes))
        if epoch is not None and not is_epoch(epoch):
            door.refuse(
                f"--epoch {epoch:g} is not a length of an epoch; give seconds, for "
                "example 20."
            )


def check_scorings(
    scorings: Sequence[tuple[Path, str | None]],
    *,
    codes: str | None,
    annotator: Sequence[str] | None,
) -> None:
    """Refuse options that no scoring of several uses.

    Parameters
    ----------
    scorings : sequence of (Path, str or None)
        Each with its column. Folders are not checked, because they may hold all
        formats.
    codes : str or None
    annotator : sequence of str or None
    """
    named = any(name for _, name in scorings)
    given = {"codes": codes, "column": named, "annotator": annotator}
    if not any(given.values()) or not all(path.is_file() for path, _ in scorings):
        return
    with Door() as door:
        _check_use(
            [(path, [name] if name else None) for path, name in scorings], given, door
        )


def _check_use(
    scorings: Sequence[tuple[Path, list[str] | None]],
    given: Mapping[str, object],
    door: Door,
) -> None:
    """Refuse options that no format of some scorings has a use for."""
    from psgkit.read.scorings.reader import options_unused

    found = [options_unused(path, column=columns(names)) for path, names in scorings]
    formats = list(dict.fromkeys(name for name, _ in found))
    unused = frozenset.intersection(*(words for _, words in found))
    one = len(scorings) == 1
    what = "a scoring" if one else "scorings"
    noun = "format" if len(formats) == 1 else "formats"
    door.refuse_idle(
        f"for {what} in the {noun} {', '.join(formats)}",
        **{word: value for word, value in given.items() if word in unused},
    )


def check_work(
    only: OnlyChoice | None,
    *,
    arousals: ArousalsChoice | None,
    explain_arousals: bool,
    pdf: bool,
    names: NamesChoice | None,
    review: bool,
    spindles: SpindlesChoice | None,
) -> None:
    """Refuse options on arousals without a search, and on a page that is not written."""
    with Door() as door:
        if only is not None:
            door.refuse_idle(
                f"with --only {only}",
                pdf=pdf,
                names=names,
                review=review,
            )
        if only == "staging":
            searched = arousals not in {None, "scored"}
            door.refuse_idle(
                "with --only staging",
                arousals=searched,
                explain_arousals=explain_arousals,
                spindles=spindles,
            )
        elif arousals == "scored":
            door.refuse_idle(
                "with --arousals scored", explain_arousals=explain_arousals
            )

"""Numbers that stand for stages: the 4 that is REM to some and S4 to others."""

from collections.abc import Iterable, Sequence

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.read.scorings.listed import Options, ScoringFile
from psgkit.read.scorings.vocabulary import Codes, stage_of, stage_of_code


def choose_codes(
    numbers: Iterable[int], options: Options
) -> tuple[Codes, tuple[Issue, ...]]:
    """Tell how a file counts its stages.

    A 5 occurs in Rechtschaffen and Kales' way of counting alone, where it is REM and 4
    is S4. Without a 5, 4 is taken for REM, as YASA, BOAS and DOD have it.

    Returns
    -------
    codes : {"aasm", "rk"}
    issues : tuple of Issue
        A note where the numbers leave it open.
    """
    if options.codes is not None:
        return options.codes, ()
    seen = set(numbers)
    if 5 in seen:
        return "rk", ()
    if 4 not in seen:
        return "aasm", ()
    note = Issue(
        Severity.NOTE,
        "code_4_is_rem",
        "The stage code 4 was read as REM, since no 5 occurs.",
        "If 4 means S4, say --codes rk.",
    )
    return "aasm", (note,)


def stages_of_words(
    words: Sequence[tuple[str, str]],
    file: ScoringFile,
    options: Options,
) -> tuple[list[Stage], tuple[Issue, ...]]:
    """Return the stage of each word, numbers and names alike.

    Parameters
    ----------
    words : sequence of (str, str)
        A word and its place in the file, such as ``("2", "line 7")``.
    file : ScoringFile
        For messages.
    options : Options
        ``codes`` settles what numbers mean.

    Raises
    ------
    UnreadableScoring
        If a word is no stage, naming its place.
    """
    numbers = [_number(word) for word, _ in words]
    codes, issues = choose_codes((n for n in numbers if n is not None), options)
    stages = []
    for (word, where), number in zip(words, numbers, strict=True):
        stage = stage_of(word) if number is None else stage_of_code(number, codes)
        if stage is None:
            raise file.fault(
                f"{where} has {quoted(word)}, which is no stage; "
                "stages are W N1 N2 N3 R, ART, UNS, or their numbers."
            )
        stages.append(stage)
    return stages, issues


def is_stage(word: str) -> bool:
    """Tell whether a word could be a stage, whatever its way of counting."""
    number = _number(word)
    if number is None:
        return stage_of(word) is not None
    return stage_of_code(number, "aasm") is not None or number == 5


def _number(word: str) -> int | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None

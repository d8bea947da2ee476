"""Numbers for stages, and presets with their meaning.

A 4 is REM to YASA, S4 to Rechtschaffen and Kales, REM to the DREAMS database (which
counts down from wake = 5) and N2 to Deltamed. The presets are in
``configs/scoring.toml``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.quoting import quoted
from psgkit.domain.scoring import Stage
from psgkit.errors import InputError
from psgkit.read.scorings.lexicon import plain
from psgkit.read.scorings.listed import Options, ScoringFile
from psgkit.read.scorings.vocabulary import code_tables, stage_of

# Without an option, the first preset that fits the numbers is assumed.
_ASSUMED = ("aasm", "rk")
# Half an hour of sleep without wake may be the middle of a nap; more is another code.
_MANY = 60
_PAIR = re.compile(r"^\s*([^=\s]+)\s*=\s*(\S.*?)\s*$")


@dataclass(frozen=True, slots=True)
class StageCodes:
    """Meaning of numbers, or of a file's own words.

    Attributes
    ----------
    name : str
        Of the preset; ``map`` for a map that the call gave.
    numbers : mapping of int to Stage
    words : mapping of str to Stage
        A map's words, as `plain` writes them.
    """

    name: str
    numbers: Mapping[int, Stage]
    words: Mapping[str, Stage]

    def stage(self, word: str) -> Stage | None:
        """Return the stage of a cell, or None."""
        if plain(word) in self.words:
            return self.words[plain(word)]
        number = number_of(word)
        return stage_of(word) if number is None else self.numbers.get(number)


def parse_codes(text: str) -> StageCodes:
    """Return a preset by its name, or a map such as ``W=0,N1=1,N2=2,N3=3,N3=4,R=5``.

    Raises
    ------
    InputError
        If it is neither; the message lists the presets and shows a map.

    Examples
    --------
    >>> parse_codes("W=1,R=2,N1=3").stage("2").name
    'R'
    """
    if text in presets():
        return presets()[text]
    known = ", ".join(presets())
    if "=" not in text:
        raise InputError(
            f"--codes {text!r} is not known. Use one of {known}, or a map such as "
            "W=0,N1=1,N2=2,N3=3,R=5."
        )
    numbers: dict[int, Stage] = {}
    words: dict[str, Stage] = {}
    for part in filter(str.strip, re.split(r"[,;]", text)):
        pair = _PAIR.match(part)
        stage = _stage_named(pair[1]) if pair else None
        if pair is None or stage is None:
            raise InputError(
                f"--codes: {part.strip()!r} is not STAGE=NUMBER. Stages are "
                f"{', '.join(s.name for s in Stage)}; for example N2=2."
            )
        number = number_of(pair[2])
        known_as = words.get(plain(pair[2])) if number is None else numbers.get(number)
        if known_as not in {None, stage}:
            raise InputError(f"--codes: {pair[2]} has two meanings; give it one.")
        if number is None:
            words[plain(pair[2])] = stage
        else:
            numbers[number] = stage
    return StageCodes("map", numbers, words)


def _stage_named(text: str) -> Stage | None:
    return Stage.__members__.get(text.strip().upper()) or stage_of(text)


@cache
def presets() -> dict[str, StageCodes]:
    """Return the presets by name."""
    return {
        name: StageCodes(
            name, {n: Stage[stage] for stage, held in table.items() for n in held}, {}
        )
        for name, table in code_tables().items()
    }


def choose_codes(
    numbers: Sequence[int], options: Options, file: ScoringFile
) -> tuple[StageCodes, tuple[Issue, ...]]:
    """Choose the meaning of a file's numbers.

    Without an option, AASM's numbers are assumed where no 5 occurs (4 is REM), else
    Rechtschaffen and Kales'. The assumption is an issue, which names every other preset
    that fits the numbers and gives other stages.

    Raises
    ------
    UnreadableScoring
        If the assumed night would begin in REM or deep sleep, or be without any wake, and
        another preset fits.
    """
    if options.codes is not None:
        return options.codes, ()
    seen = set(numbers)
    if not seen:
        return presets()["aasm"], ()
    fitting = [codes for codes in presets().values() if seen <= set(codes.numbers)]
    assumed = next(
        (presets()[name] for name in _ASSUMED if presets()[name] in fitting),
        presets()["rk"],
    )
    stages = _stages(assumed, seen)
    others = [
        codes
        for codes in fitting
        if _stages(codes, seen) != stages and not _is_unlikely(codes, numbers)
    ]
    if others and _is_unlikely(assumed, numbers):
        names = " or ".join(f"--codes {c.name}" for c in (assumed, *others))
        first = numbers[0]
        raise file.fault(
            f"its stages are numbers, and the first is {first}: "
            f"{_name(assumed, first)} in the codes {assumed.name!r}, "
            f"{_name(others[0], first)} in {others[0].name!r}. Give {names}."
        )
    return assumed, (_assumption(assumed, others, seen),)


def _stages(codes: StageCodes, seen: set[int]) -> dict[int, Stage | None]:
    return {number: codes.numbers.get(number) for number in seen}


def _is_unlikely(codes: StageCodes, numbers: Sequence[int]) -> bool:
    """Return whether a night would begin in REM or N3, or be without any wake."""
    first = next(
        (
            n
            for n in numbers
            if codes.numbers.get(n) not in {None, Stage.UNS, Stage.ART}
        ),
        None,
    )
    if first is None:
        return True
    if codes.numbers[first] in {Stage.R, Stage.N3}:
        # one epoch may be a slip of the scorer, a run of them is not
        return _leads(numbers, first) > 1
    meant = {codes.numbers.get(number) for number in set(numbers)}
    return Stage.W not in meant and len(numbers) > _MANY


def _name(codes: StageCodes, number: int) -> str:
    stage = codes.numbers.get(number)
    return "no stage" if stage is None else stage.name


def _leads(numbers: Sequence[int], first: int) -> int:
    """Return how many epochs long the first run of a number is."""
    begin = numbers.index(first)
    return next(
        (n for n, number in enumerate(numbers[begin:]) if number != first),
        len(numbers) - begin,
    )


def _assumption(
    assumed: StageCodes, others: Sequence[StageCodes], seen: set[int]
) -> Issue:
    shown = ", ".join(
        f"{number} is {assumed.numbers[number].name}"
        for number in sorted(seen & set(assumed.numbers))
    )
    differing = ", ".join(
        f"{c.name!r} ({_difference(assumed, c, seen)})" for c in others
    )
    also = f" They also fit {differing}." if others else ""
    return Issue(
        Severity.NOTE,
        "stage_codes_assumed",
        f"The stages are numbers. They were read as {assumed.name!r}: {shown}.{also}",
        "If another code is meant, give --codes PRESET or a map such as "
        "W=0,N1=1,N2=2,N3=3,R=5.",
    )


def _difference(assumed: StageCodes, other: StageCodes, seen: set[int]) -> str:
    number = next(
        n
        for n in sorted(seen, reverse=True)
        if assumed.numbers.get(n) is not other.numbers.get(n)
    )
    return f"{number} is {other.numbers[number].name}"


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
        ``codes`` gives the meanings of numbers.

    Raises
    ------
    UnreadableScoring
        If a word is not a stage, naming its place.
    """
    known = {word: number_of(word) for word in {word for word, _ in words}}
    numbers = [n for n in (known[word] for word, _ in words) if n is not None]
    codes, issues = choose_codes(numbers, options, file)
    meanings = {word: codes.stage(word) for word in known}
    stages = []
    for word, where in words:
        stage = meanings[word]
        if stage is None:
            raise file.fault(
                f"{where} has {quoted(word)}, which is not a stage; "
                "stages are W N1 N2 N3 R, ART, UNS, or their numbers. For other words "
                "or numbers give --codes with a map, such as W=0,N1=1,N2=2,N3=3,R=5."
            )
        stages.append(stage)
    return stages, issues


def is_stage(word: str) -> bool:
    """Return whether a word could be a stage in some preset."""
    number = number_of(word)
    if number is None:
        return stage_of(word) is not None
    return any(number in codes.numbers for codes in presets().values())


def are_stages(words: Iterable[str], options: Options) -> bool:
    """Return whether words are stages, with the codes of the call."""
    if options.codes is None:
        return all(is_stage(word) for word in set(words))
    return all(options.codes.stage(word) is not None for word in set(words))


def number_of(word: str) -> int | None:
    """Return the whole number in a cell, or None."""
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return None
    return int(value) if value.is_integer() else None

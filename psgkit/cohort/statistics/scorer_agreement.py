"""Scorings of many nights compared: two scorers, or each of several with each other.

Nights are paired by the names of their files without the ending. Agreement of epochs
and arousals comes from `psgkit.stage`, the numbers from `psgkit.measure`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import pandas as pd

from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError, PsgkitError
from psgkit.measure import measure_scoring
from psgkit.read import read_scoring
from psgkit.stage.agreement import Agreement, compare_many
from psgkit.stage.number_agreement import compare_measures

# Beside scorings in folders of data sets.
_NOT_SCORINGS = {".md", ".pdf", ".png", ".html", ".toml", ".yaml", ".yml", ".py"}
_SIDECAR = ("events.json", "eeg.json")


@dataclass(frozen=True, slots=True)
class Source:
    """Where one scorer's scorings are.

    Attributes
    ----------
    path : pathlib.Path
        One scoring, or a folder of them; an output folder of psgkit's counts, too.
    column, codes, epoch_s, annotator, events : optional
        How to read them; see `read_scoring`.
    """

    path: Path
    column: str | Mapping[str, str] | None = None
    codes: str | None = None
    epoch_s: float | None = None
    annotator: str | None = None
    events: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two scorers compared over their common nights.

    Attributes
    ----------
    nights : pandas.DataFrame
        One row per night: accuracy, kappa, F1 and the like; see `Agreement.numbers`.
    confusion : pandas.DataFrame, shape (5, 5)
        Epochs of all nights; the reference's stages as rows.
    numbers : pandas.DataFrame
        One row per column of the catalogue; see `compare_measures`.
    differences : pandas.DataFrame
        Test minus reference, one row per night, one column per number.
    left_out : dict of str to str
        Nights that could not be compared, and why.
    macro_f1_stages : dict of str to tuple of str
        The stages over which the macro F1 of each night is the mean.
    epoch_s : dict of str to float
        Length of the compared epochs of each night.
    doubts : dict of str to str
        Nights whose two scorings may be of two nights.
    """

    nights: pd.DataFrame
    confusion: pd.DataFrame
    numbers: pd.DataFrame
    differences: pd.DataFrame
    left_out: dict[str, str]
    macro_f1_stages: dict[str, tuple[str, ...]]
    epoch_s: dict[str, float]
    doubts: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class RaterComparison:
    """Each of several scorers compared with each other.

    Attributes
    ----------
    pairs : pandas.DataFrame
        One row per night and pair of scorers, with `Agreement.numbers`.
    left_out : dict of str to str
        Nights that could not be compared, and why.
    """

    pairs: pd.DataFrame
    left_out: dict[str, str]

    @property
    def by_pair(self) -> pd.DataFrame:
        """Means over the nights, a row a pair of scorers."""
        return self.pairs.groupby(["first", "second"], sort=False).mean(
            numeric_only=True
        )

    @property
    def means(self) -> pd.Series:
        """Mean over the nights of the mean over the pairs that a night has."""
        nights = self.pairs.groupby("night", sort=False).mean(numeric_only=True)
        return nights.mean()


def compare_nights(
    pairs: Mapping[str, tuple[Scoring, Scoring]], *, lights: str = "marked"
) -> Comparison:
    """Compare a test and a reference scoring of each of many nights.

    Parameters
    ----------
    pairs : mapping of str to (Scoring, Scoring)
        Test and reference of each night.
    lights : {"marked", "recording"}
        ``recording``: the whole of each scoring counts as time in bed.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If no night can be compared.
    """
    agreements, left_out = _compare_each(pairs)
    kept = list(agreements)
    test = _measured({night: pairs[night][0] for night in kept}, lights)
    reference = _measured({night: pairs[night][1] for night in kept}, lights)
    confusion = sum(
        (agreements[night].confusion for night in kept[1:]),
        start=agreements[kept[0]].confusion,
    )
    return Comparison(
        nights=_rows(agreements),
        confusion=confusion,
        numbers=compare_measures(test, reference),
        differences=test - reference,
        left_out=left_out,
        macro_f1_stages={n: a.macro_f1_stages for n, a in agreements.items()},
        epoch_s={n: a.epoch_s for n, a in agreements.items()},
        doubts={n: a.doubt for n, a in agreements.items() if a.doubt},
    )


def compare_folders(
    test: Source, reference: Source, *, lights: str = "marked"
) -> Comparison:
    """Compare two files, or two folders of them by the names of their files.

    Raises
    ------
    InputError
        If no night is common, or no pair can be compared.
    """
    (first, second), left_out = _read_common((test, reference))
    found = compare_nights(
        {night: (first[night], second[night]) for night in first}, lights=lights
    )
    return replace(found, left_out=left_out | found.left_out)


def compare_raters(sources: Sequence[Source]) -> RaterComparison:
    """Compare each of several scorers with each other, night by night.

    Parameters
    ----------
    sources : sequence of Source
        A file or folder of each scorer.

    Raises
    ------
    InputError
        If no night is common, or no pair can be compared.
    """
    scorings, left_out = _read_common(sources)
    names = _scorer_names(sources)
    keys = [
        (night, a, b)
        for a, b in combinations(range(len(sources)), 2)
        for night in scorings[0]
    ]
    agreements, failed = _compare_each(
        {
            str(number): (scorings[a][night], scorings[b][night])
            for number, (night, a, b) in enumerate(keys)
        }
    )
    table = _rows(agreements)
    held = [keys[int(number)] for number in table.index]
    table.insert(0, "night", [night for night, _, _ in held])
    table.insert(1, "first", [names[a] for _, a, _ in held])
    table.insert(2, "second", [names[b] for _, _, b in held])
    reasons = {keys[int(number)][0]: why for number, why in failed.items()}
    return RaterComparison(table.reset_index(drop=True), left_out | reasons)


def _compare_each(
    pairs: Mapping[str, tuple[Scoring, Scoring]],
) -> tuple[dict[str, Agreement], dict[str, str]]:
    """Compare each pair that can be compared; give the reason for the others."""
    if not pairs:
        raise InputError("There is no night to compare.")
    try:
        return compare_many(pairs), {}
    except PsgkitError as fault:
        if len(pairs) == 1:
            raise
        first = fault
    fitting: dict[str, tuple[Scoring, Scoring]] = {}
    left_out: dict[str, str] = {}
    for night, pair in pairs.items():
        try:
            compare_many({night: pair})
        except PsgkitError as fault:
            left_out[night] = str(fault)
        else:
            fitting[night] = pair
    if not fitting:
        raise first
    return compare_many(fitting), left_out


def _read_common(
    sources: Sequence[Source],
) -> tuple[list[dict[str, Scoring]], dict[str, str]]:
    """Return each scorer's scorings of the nights that all of them have."""
    files = [_files_of(source.path) for source in sources]
    if not any(source.path.is_dir() for source in sources):
        # single files are meant for each other, whatever they are called
        name = sources[0].path.stem
        files = [{name: source.path} for source in sources]
    common = [night for night in files[0] if all(night in other for other in files)]
    if not common:
        names = " and ".join(str(source.path) for source in sources)
        raise InputError(
            f"{names} have no night in common; scorings are paired by the names of "
            "their files without the ending."
        )
    anywhere = {night for each in files for night in each}
    left_out = dict.fromkeys(
        sorted(anywhere - set(common)), "not every scorer has this night"
    )
    scorings: list[dict[str, Scoring]] = [{} for _ in sources]
    for night in common:
        try:
            read = [
                read_scoring(
                    each[night],
                    column=source.column,
                    codes=source.codes,
                    epoch_s=source.epoch_s,
                    annotator=source.annotator,
                    events=source.events,
                )
                for source, each in zip(sources, files, strict=True)
            ]
        except PsgkitError as fault:
            if len(common) == 1:
                raise
            left_out[night] = str(fault)
            continue
        for held, scoring in zip(scorings, read, strict=True):
            held[night] = scoring
    return scorings, left_out


def _files_of(path: Path) -> dict[str, Path]:
    """Return the scorings of a folder by the names of their nights, in order."""
    if not path.is_dir():
        return {path.stem: path}
    inside = [
        file
        for file in path.iterdir()
        if file.is_file()
        and not file.name.startswith(".")
        and file.suffix.lower() not in _NOT_SCORINGS
        and not file.name.endswith(_SIDECAR)
    ]
    nights = [file for file in path.glob("*/*.h5") if file.stem == file.parent.name]
    # psgkit's own output folder has tables of the cohort beside its nights
    files = nights or inside
    return {file.stem: file for file in sorted(files)}


def _scorer_names(sources: Sequence[Source]) -> list[str]:
    names = [source.path.name or str(source.path) for source in sources]
    if len(set(names)) < len(names):
        names = [f"{name} ({number})" for number, name in enumerate(names, start=1)]
    return names


def _measured(scorings: Mapping[str, Scoring], lights: str) -> pd.DataFrame:
    rows = {}
    for night, scoring in scorings.items():
        marked = scoring
        if lights == "recording":
            marked = replace(
                scoring, lights_off_s=scoring.onset_s, lights_on_s=scoring.end_s
            )
        rows[night] = measure_scoring(marked)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("night")


def _rows(agreements: Mapping[str, Agreement]) -> pd.DataFrame:
    rows = {night: found.numbers for night, found in agreements.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("night")

"""A manifest: a table with a row for every night of a study."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from psgkit.cohort.jobs.ids import folded
from psgkit.cohort.jobs.kept_ids import name_nights_kept
from psgkit.cohort.jobs.paired_scorings import AUTO, NONE, find_scoring
from psgkit.cohort.jobs.remote import check_address, is_address, naming_path
from psgkit.cohort.jobs.text_tables import read_sheet
from psgkit.domain.jobs import Job, person_faults
from psgkit.domain.sleep.scoring_faults import is_epoch
from psgkit.errors import InputError
from psgkit.prepare.lights import check_time
from psgkit.store.columns import NIGHT_COLUMNS
from psgkit.store.files import safe_name

# Accepted names of a column, in upper or lower case; "lights-off" and
# "Lights off" are lights_off too.
_COLUMNS = {
    "id": ("id", "night", "night_id"),
    "edf": ("edf", "bdf", "recording", "file"),
    "scoring": ("scoring", "hypnogram"),
    "scoring_beside": ("scoring_beside", "second_scoring", "scoring_2"),
    "lights_off": ("lights_off",),
    "lights_on": ("lights_on",),
    "age": ("age", "age_y"),
    "sex": ("sex",),
    "epoch_s": ("epoch_s", "epoch_length_s"),
}

_SEXES = {
    "f": "F",
    "female": "F",
    "w": "F",
    "woman": "F",
    "m": "M",
    "male": "M",
    "man": "M",
}

Value = TypeVar("Value")


def read_manifest(
    path: str | Path, *, scoring: str = "auto", out: str | Path | None = None
) -> list[Job]:
    """Read the nights of a study from a CSV or TSV table.

    Parameters
    ----------
    path : str or pathlib.Path
        Columns ``edf`` or ``scoring`` (files, relative to the manifest's folder, or
        addresses such as ``s3://bucket/night.edf``), and
        where wanted ``id``, ``lights_off``, ``lights_on``, ``age``, ``sex``,
        ``scoring_beside`` (a second file: stages come from one, events from the other),
        ``epoch_s`` (length of an epoch where the scoring does not give it). Any further
        column is carried into ``cohort.csv``.
    scoring : str
        How scorings are found if the manifest has no such column; see
        `psgkit.cohort.jobs.paired_scorings.find_scoring`. Where it has one, only ``"auto"``.
    out : str or pathlib.Path, optional
        The output folder of `run_cohort`. Nights that are done in it, and that the
        manifest does not name, keep their ids.

    Returns
    -------
    list of Job
        In the order of the rows. A night with a missing file is included: it
        fails alone.

    Raises
    ------
    InputError
        If the table cannot be used; all faults of its rows are named together.

    Examples
    --------
    >>> import psgkit
    >>> [job] = psgkit.read_manifest("study.csv")
    >>> job.night_id, job.covariates
    ('p01', {'diagnosis': 'control'})
    """
    path = Path(path)
    columns, rows = read_sheet(path)
    names = _known_columns(path, columns)
    further = [column for column in columns if column and column not in names.values()]
    faults = _faults_of_further(further)
    if "scoring" in names and scoring != AUTO:
        faults.append(
            f"Its column {names['scoring']!r} says which scorings to take; leave "
            "--scoring out, or that column."
        )
    jobs = [
        _job(path.parent, line, row, names, further, scoring, faults)
        for line, row in rows
    ]
    if not jobs:
        raise InputError(f"{path.name} names no night.")
    jobs = _with_ids(jobs, None if out is None else Path(out))
    lines = [line for line, _ in rows]
    faults += _clashes(jobs, lines)
    if faults:
        # A missing file alone is not a fault of the table: that night fails on its own.
        faults += [
            f"Line {line}: its {' and its '.join(missing)} is not there."
            for line, job in zip(lines, jobs, strict=True)
            if (missing := missing_files(job))
        ]
        shown = " ".join(faults[:20])
        more = f" And {len(faults) - 20} more." if len(faults) > 20 else ""
        raise InputError(f"{path.name}: {shown}{more}")
    return jobs


def missing_files(job: Job) -> list[str]:
    """Return the kinds of a night's missing files; addresses are not checked."""
    return [name for name, file in job.files.items() if not is_there(file)]


def is_there(file: Path) -> bool:
    """Return whether a file exists; a name too long for the system does not."""
    try:
        return file.exists()
    except OSError:
        return False


def to_age(text: str) -> float:
    """Return years from a cell; a decimal comma is understood.

    Raises
    ------
    ValueError
        If it is not an age.
    """
    age = float(text.replace(",", "."))
    if person_faults(age, None):
        raise ValueError(text)
    return age


def to_sex(text: str) -> str:
    """Return ``F`` or ``M`` from a cell.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if text.lower() not in _SEXES:
        raise ValueError(text)
    return _SEXES[text.lower()]


def _to_epoch(text: str) -> float:
    epoch_s = float(text.replace(",", "."))
    if not is_epoch(epoch_s):
        raise ValueError(text)
    return epoch_s


def _known_columns(path: Path, columns: list[str]) -> dict[str, str]:
    found = {}
    for meaning, words in _COLUMNS.items():
        fitting = [column for column in columns if _plain(column) in words]
        if len(fitting) > 1:
            raise InputError(
                f"{path.name}: columns {fitting[0]!r} and {fitting[1]!r} mean the same."
            )
        if fitting:
            found[meaning] = fitting[0]
    if not {"edf", "scoring"} & set(found):
        raise InputError(
            f"{path.name} has no column 'edf' or 'scoring' with the nights' files; "
            f"its columns are: {', '.join(filter(None, columns))}."
        )
    return found


def _plain(column: str) -> str:
    return "_".join(column.lower().replace("-", " ").split())


def _faults_of_further(further: list[str]) -> list[str]:
    """Refuse columns that would be overwritten by a result of psgkit."""
    # They need pandas.
    from psgkit.measure.catalogue.lookup import BY_NAME  # noqa: PLC0415
    from psgkit.measure.catalogue.own_rows import own_rows  # noqa: PLC0415

    taken = {*NIGHT_COLUMNS, *BY_NAME, *own_rows()}
    return [
        f"Column {name!r} has the name of a result of psgkit; rename it, for example "
        f"to {f'my_{name}'!r}."
        for name in further
        if name.partition("__")[0] in taken
    ]


def _job(
    folder: Path,
    line: int,
    row: dict[str, str],
    names: dict[str, str],
    further: list[str],
    scoring: str,
    faults: list[str],
) -> Job:
    cells = {meaning: row[column] for meaning, column in names.items()}
    # No file, no time and no age is called so; of further columns it is a word.
    cells = {name: "" if cell.lower() == NONE else cell for name, cell in cells.items()}
    given = {"recording": cells.get("edf", ""), "scoring": cells.get("scoring", "")}
    addresses = {what: cell for what, cell in given.items() if is_address(cell)}
    files = {
        what: folder / cell
        for what, cell in given.items()
        if cell and what not in addresses
    }
    if is_address(beside := cells.get("scoring_beside", "")):
        faults.append(f"Line {line}: the second scoring must be a file here.")
    if beside and not given["scoring"]:
        faults.append(f"Line {line} names a second scoring and no first.")
    if not (files or addresses):
        faults.append(f"Line {line} names no file.")
    for address in addresses.values():
        try:
            check_address(address)
        except InputError as fault:
            faults.append(f"Line {line}: {fault}")
    recording, marked = files.get("recording"), files.get("scoring")
    if "scoring" not in names:
        if recording is not None:
            marked = find_scoring(recording, scoring)
        elif scoring not in (AUTO, NONE):
            faults.append(
                f"Line {line}: scorings are not looked for at addresses; name them in "
                "a column 'scoring'."
            )

    for which in ("lights_off", "lights_on"):
        if text := cells.get(which):
            try:
                check_time(text, which)
            except InputError:
                # Without the cell's own words: people type names and dates there.
                faults.append(
                    f"Line {line}: the {which} is not a time. Use 22:47, 22:47:30 or "
                    "120s, or empty the cell."
                )

    def read(name: str, convert: Callable[[str], Value], wanted: str) -> Value | None:
        text = cells.get(name, "")
        try:
            return convert(text) if text else None
        except ValueError:
            faults.append(
                f"Line {line}: the {name} is not {wanted}; empty the cell where it is "
                "not known."
            )
            return None

    return Job(
        recording=recording,
        id=cells.get("id", ""),
        scoring=marked,
        scoring_beside=folder / beside if beside else None,
        lights_off=cells.get("lights_off") or None,
        lights_on=cells.get("lights_on") or None,
        age_y=read("age", to_age, "a number of years between 0 and 120"),
        sex=read("sex", to_sex, "F or M"),
        epoch_s=read("epoch_s", _to_epoch, "seconds, such as 20"),
        covariates={column: row[column] for column in further},
        addresses=addresses,
    )


def _with_ids(jobs: list[Job], out: Path | None) -> list[Job]:
    """Name the nights that the manifest does not name after their files."""
    nameless = [i for i, job in enumerate(jobs) if not job.id]
    files = [naming_path(jobs[i]) for i in nameless]
    named = name_nights_kept(
        files,
        [file.stem for file in files],
        out,
        taken=[job.id for job in jobs if job.id],
    )
    by_row = dict(zip(nameless, named, strict=True))
    return [
        replace(job, id=by_row[i]) if i in by_row else job for i, job in enumerate(jobs)
    ]


def _clashes(jobs: list[Job], lines: list[int]) -> list[str]:
    first: dict[str, int] = {}
    faults = []
    for job, line in zip(jobs, lines, strict=True):
        name = folded(safe_name(job.id))
        if name in first:
            faults.append(
                f"Lines {first[name]} and {line} have the same id; ids must differ."
            )
        first.setdefault(name, line)
    return faults

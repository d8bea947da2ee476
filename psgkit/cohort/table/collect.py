"""All nights of a folder as one table, made from their HDF5 files."""

import hashlib
import json
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from psgkit.cohort.batch.folder_lock import nights_under_way
from psgkit.cohort.batch.state import (
    STATE_FOLDER,
    TABLE,
    night_folder,
    read_asked,
    read_record,
)
from psgkit.cohort.table.column_types import (
    MANIFEST,
    check_format,
    dictionary,
    typed,
    with_units,
)
from psgkit.cohort.table.kept_rows import KeptRows, NightRow
from psgkit.cohort.table.parquet import PARQUET, parquet_table
from psgkit.cohort.table.spreadsheet import spreadsheet
from psgkit.domain.jobs import Job
from psgkit.domain.metrics import Measure
from psgkit.errors import InputError, UnreadableNight
from psgkit.report.pages.cohort_html import cohort_page
from psgkit.report.tables import to_csv, unguarded
from psgkit.store.file_set import together
from psgkit.store.files import safe_name

logger = logging.getLogger(__name__)

PAGE = "cohort.html"

# Why a night has neither numbers nor a fault.
UNDER_WAY = "A batch is at work on this night."
NOT_BEGUN = "A batch is at work; this night's turn has not come."
NO_RESULT = "It has no result yet; the same batch command goes on with it."
AGAIN = "A batch is at work on it again."

# How many doubled inputs a line names; then it gives the number of others.
MAX_TOLD = 10


@dataclass(slots=True)
class _Cohort:
    """The rows, faults and notes that `collect` gathers, night by night."""

    out: Path
    kept: KeptRows
    rows: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    measures: dict[str, Measure] = field(default_factory=dict)
    covariates: dict[str, None] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    # The nights that a batch is at; None where no batch is at work.
    under_way: frozenset[str] | None = None
    # The measured file and its SHA-256, to the nights with it.
    inputs: defaultdict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )


def collect(
    out: str | Path,
    *,
    every: bool = False,
    page: bool = True,
    language: str = "en",
    verify: bool = False,
    parquet: bool = False,
) -> pd.DataFrame:
    """Make the tables of a cohort from the HDF5 files of its nights.

    Writes ``cohort.csv``, ``failures.csv``, ``data_dictionary.csv``, ``cohort.html``
    and ``cohort.xlsx``. Tables that would be the same are left as they are. Warns,
    through `logging`, of nights with the same recording: it counts several times.

    Parameters
    ----------
    out : str or pathlib.Path
        The output folder of `run_cohort`, or any folder with saved nights.
    every : bool
        Whether nights count too that are in the folder and that the last call of
        `run_cohort` did not ask for.
    page : bool
        Whether ``cohort.html`` is written.
    language : {"en", "nl"}
        Of the words on that page.
    verify : bool
        Whether every night's file is read and its seal checked. Otherwise the rows of
        files that have the same size, time and last bytes are kept from the last call.
    parquet : bool
        Whether ``cohort.parquet`` is written too, with the unit of every column.

    Returns
    -------
    pandas.DataFrame
        One row per night of the call; see `read_cohort`. Its ``status`` is ``done``,
        ``failed``, or ``skipped``: a run was stopped before it, or a running batch has
        not done it yet. Its ``message`` names the reason.
        ``.attrs["under_way"]`` lists the nights that a batch is at, and is None where
        no batch is at work.

    Raises
    ------
    InputError
        If the folder has no night.
    OutputError
        If a table cannot be written.
    MissingExtra
        If Parquet is chosen and pyarrow is not installed.

    Examples
    --------
    >>> import psgkit
    >>> table = psgkit.collect("results", every=True)
    >>> table["status"].tolist(), table["n3_min"].tolist()  # minutes
    (['done'], [6.0])
    """
    out = Path(out)
    if not out.is_dir():
        raise InputError(f"There is no folder {str(out)!r}; check its path.")
    asked = read_asked(out)
    found = dict(_saved_nights(out)) if every or asked is None else {}
    kept = KeptRows(out, verify=verify)
    # Before the records: a night that is done meanwhile is then done, not waiting.
    cohort = _Cohort(
        out, kept, under_way=None if asked is None else nights_under_way(out)
    )
    for job in asked or ():
        cohort.covariates |= dict.fromkeys(job.covariates)
        found.pop(safe_name(job.night_id), None)
        _add_asked(cohort, job)
    for file in found.values():
        _add_saved(cohort, Job(recording=None, id=file.stem), file)
    if not cohort.rows:
        raise InputError(f"There is no night of psgkit in {out}.")
    table = _write_tables(cohort, page=page, language=language, parquet=parquet)
    _tell_of_repeats(cohort)
    return table


def _write_tables(
    cohort: _Cohort, *, page: bool, language: str, parquet: bool
) -> pd.DataFrame:
    """Write the tables, unless the folder has the same already."""
    table = _table(cohort)
    failures = pd.DataFrame(cohort.failures, columns=["id", "error", "message"])
    meanings = dictionary(table, cohort.measures)
    texts = {
        "data_dictionary.csv": to_csv(meanings),
        "failures.csv": to_csv(failures),
        TABLE: to_csv(table),
    }
    at = None if cohort.under_way is None else sorted(cohort.under_way)
    facts = json.dumps([texts, at, cohort.pages, language if page else None, parquet])
    digest = hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()
    if not cohort.kept.are_tables_of(digest):
        sheets = {"cohort": table, "failures": failures, "dictionary": meanings}
        with together(cohort.out, mark=TABLE) as files:
            for name, text in texts.items():
                files.write_text(name, text)
            files.write_bytes("cohort.xlsx", spreadsheet(sheets))
            if parquet:
                files.write_bytes(PARQUET, parquet_table(table, meanings))
            else:  # one of an earlier call would have other numbers
                files.remove(PARQUET)
            if page:
                shown = with_units(table.copy(), meanings)
                shown.attrs |= {"pages": cohort.pages, "under_way": at}
                metrics = {m.metric.name: m.metric for m in cohort.measures.values()}
                html = cohort_page(shown, metrics.values(), language=language)
                files.write_text(PAGE, html)
            else:
                files.remove(PAGE)
    # The absence of the page is recorded too.
    cohort.kept.save(cohort.measures, digest, (*texts, "cohort.xlsx", PAGE, PARQUET))
    table = with_units(table, meanings)
    table.attrs["under_way"] = at
    return table


def read_cohort(out: str | Path) -> pd.DataFrame:
    """Read the table of a cohort.

    Parameters
    ----------
    out : str or pathlib.Path
        The folder with ``cohort.csv`` and ``data_dictionary.csv``.

    Returns
    -------
    pandas.DataFrame
        One row per night: ``id`` and other text as ``string``, numbers as ``float64``,
        whole numbers of a manifest as ``Int64``. ``.attrs["units"]`` has the unit of
        every column that has one.

    Raises
    ------
    InputError
        If the files do not exist or are not tables of a cohort.

    Examples
    --------
    >>> import psgkit
    >>> table = psgkit.read_cohort("results")
    >>> table.attrs["units"]["tst_min"]
    'minutes'
    """
    out = Path(out)
    table = _read_csv(out / TABLE)
    meanings = _read_csv(out / "data_dictionary.csv")
    if not {"id", "status"} <= set(table) or not {"name", "unit", "source"} <= set(
        meanings
    ):
        raise InputError(f"{TABLE} in {out} was not written by psgkit.")
    check_format(table, TABLE)
    ours = meanings.loc[meanings["source"] != MANIFEST, "name"]
    return with_units(typed(table, set(ours)), meanings)


def _add_asked(cohort: _Cohort, job: Job) -> None:
    record = read_record(cohort.out, job)
    match record.get("status"):
        case "done":
            folder = night_folder(cohort.out, job)
            _add_saved(cohort, job, folder / f"{folder.name}.h5")
        case "failed":
            again = [AGAIN] if job.night_id in (cohort.under_way or ()) else []
            message = " ".join([record.get("message", ""), *again])
            _add_failed(cohort, job, record.get("error", ""), message)
        case _:
            message = _why_not_yet(job, cohort.under_way)
            cohort.rows.append(_row(job, "skipped", {"message": message}))


def _why_not_yet(job: Job, under_way: frozenset[str] | None) -> str:
    if under_way is None:
        return NO_RESULT
    return UNDER_WAY if job.night_id in under_way else NOT_BEGUN


def _add_saved(cohort: _Cohort, job: Job, file: Path) -> None:
    try:
        night = cohort.kept.read(file, cohort.measures)
    except UnreadableNight as fault:
        _add_failed(cohort, job, type(fault).__name__, str(fault))
        return
    page = file.with_name(f"{file.stem}_report.html")
    if page.is_file():
        cohort.pages[night.id] = page.relative_to(cohort.out).as_posix()
    _note_input(cohort, night, file)
    cohort.rows.append(_row(job, "done", night.cells) | {"id": night.id})


def _note_input(cohort: _Cohort, night: NightRow, file: Path) -> None:
    """Note a night's input, to find recordings that are there twice."""
    # A night that was copied under another name keeps its id inside of the file.
    copied = safe_name(night.id) != file.stem
    name = f"{night.id!r} (in {file.stem!r})" if copied else repr(night.id)
    if night.recording_sha256:
        cohort.inputs["recording", night.recording_sha256].append(name)
    elif night.scoring_sha256:
        cohort.inputs["scoring", night.scoring_sha256].append(name)


def _tell_of_repeats(cohort: _Cohort) -> None:
    """Warn of nights with one recording, or with one scoring without a recording."""
    repeats = [
        (what, names) for (what, _), names in cohort.inputs.items() if len(names) > 1
    ]
    for what, names in repeats[:MAX_TOLD]:
        logger.warning(
            "%s and %s hold the same %s, which counts %s in the table.",
            ", ".join(names[:-1]),
            names[-1],
            what,
            "twice" if len(names) == 2 else f"{len(names)} times",
        )
    if len(repeats) > MAX_TOLD:
        logger.warning(
            "%d more are in the table more than once.", len(repeats) - MAX_TOLD
        )


def _add_failed(cohort: _Cohort, job: Job, error: str, message: str) -> None:
    words = {"error": error, "message": message}
    cohort.failures.append({"id": job.night_id, **words})
    cohort.rows.append(_row(job, "failed", words))


def _row(job: Job, status: str, values: Mapping[str, Any]) -> dict[str, Any]:
    person = {"age_y": job.age_y, "sex": job.sex}
    known = {name: value for name, value in person.items() if value is not None}
    return {
        "id": job.night_id,
        "status": status,
        **known,
        **job.covariates,
        **values,
    }


def _table(cohort: _Cohort) -> pd.DataFrame:
    """Return rows as a table: id, covariates, numbers, and faults last."""
    names = dict.fromkeys(name for row in cohort.rows for name in row)
    last = ("error", "message")
    first: list[str] = [n for n in ("id", "status", "age_y", "sex") if n in names]
    first += cohort.covariates
    middle = [name for name in names if name not in (*first, *last)]
    return typed(pd.DataFrame(cohort.rows, columns=[*first, *middle, *last]), None)


def _saved_nights(out: Path) -> Iterator[tuple[str, Path]]:
    """Find the HDF5 files in a folder of the same name."""
    for place, folders, names in os.walk(out):
        folders[:] = sorted(f for f in folders if f != STATE_FOLDER)
        name = f"{Path(place).name}.h5"
        if name in names:
            yield Path(place).name, Path(place, name)


def _read_csv(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(
            f"There is no {path.name} in {path.parent}; psgkit collect makes it."
        )
    try:
        table = pd.read_csv(path, dtype="string", keep_default_na=False)
    except (OSError, ValueError) as fault:
        raise InputError(f"{path} cannot be read: {fault}.") from None
    columns = {
        unguarded(name): table[name].map(unguarded).astype("string")
        for name in table.columns
    }
    return pd.DataFrame(columns)

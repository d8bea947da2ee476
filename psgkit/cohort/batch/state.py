"""The memory of a batch about each night, so that it can resume.

The output folder holds ``.psgkit/`` with ``asked.json``, the nights that the
last call asked for, and ``nights/<name>.json``, the outcome of each. A night's record
is written after all its files, by renaming: it is there only when they are whole.
"""

import hashlib
import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psgkit.domain.jobs import Done, Failed, Job
from psgkit.domain.night import Night
from psgkit.domain.provenance import METRIC_VERSION
from psgkit.errors import OutputError
from psgkit.read.input_hash import sha256_of
from psgkit.read.recording_files import files_of, is_recording
from psgkit.settings import Settings
from psgkit.store.file_set import clear_unfinished, recover
from psgkit.store.files import make_folder, safe_name, write_text

STATE_FOLDER = ".psgkit"

# The table of all nights; those beside it are written with it, see `file_set`.
TABLE = "cohort.csv"

# Endings of a night's own files; recordings and notes may be beside them.
RESULT_ENDINGS = (".h5", ".csv", ".html", ".pdf")

# The header of an EDF file and a little more; of most scorings, the whole file.
HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Print:
    """Facts that identify a version of an input file without reading all of it."""

    size: int
    mtime_ns: int
    head_sha256: str


def take_print(path: Path) -> Print | None:
    """Return an input's print; None where it is a pipe, or cannot be read.

    A recording of several files, or a folder, has one print for all of them.
    """
    size, mtime_ns, heads = 0, 0, []
    try:
        if path.is_dir() and not is_recording(path):
            return None
        for file in files_of(path):
            facts = file.stat()
            # Opening a FIFO would wait for a writer for ever.
            if not stat.S_ISREG(facts.st_mode):
                return None
            with file.open("rb") as stream:
                heads.append(stream.read(HEAD_BYTES))
            size += facts.st_size
            mtime_ns = max(mtime_ns, facts.st_mtime_ns)
    except (OSError, ValueError):
        return None
    return Print(size, mtime_ns, hashlib.sha256(b"".join(heads)).hexdigest())


def folder_mark(path: Path) -> str:
    """Return a hash for the folder of a file, so that its name is not stored."""
    return hashlib.sha256(os.fsencode(path.absolute().parent)).hexdigest()[:16]


def night_folder(out: Path, job: Job) -> Path:
    """Return the folder of a night's files."""
    return out / job.subfolder / safe_name(job.night_id)


def record_done(
    out: Path,
    job: Job,
    settings: Settings,
    prints: dict[str, dict[str, Any]],
    night: Night,
    done: Done,
) -> None:
    """Remember that a night is done; call it when all its files are written.

    Raises
    ------
    OutputError
        If the record cannot be written.
    """
    scorings = night.provenance.scoring_sha256.split("+")
    digests = dict(zip(("scoring", "second scoring"), scorings, strict=False))
    digests["recording"] = night.provenance.recording_sha256
    for name, facts in prints.items():
        facts["sha256"] = digests[name]
        if name in job.files:
            facts["folder_mark"] = folder_mark(job.files[name])
    _write(
        out,
        job,
        {
            "status": "done",
            **_asked(job, settings),
            "inputs": prints,
            "files": {
                file.name: file_facts(file)
                for file in sorted(done.folder.iterdir())
                if file.suffix in RESULT_ENDINGS
                and file.stem.startswith(done.folder.name)
            },
            "seconds": round(done.seconds, 3),
            "issues_n": done.issues_n,
            "issues_error_n": done.issues_error_n,
        },
    )


def file_facts(file: Path) -> dict[str, Any]:
    """Return facts that show later whether a result file has changed."""
    found = file.stat()
    return {
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "sha256": sha256_of(file),
    }


def record_failed(out: Path, failed: Failed) -> None:
    """Remember why a night could not be done.

    The result of an earlier run stays: a disk that is full or a share that is away for
    an hour must cost no result. The tables say that the night failed.

    Raises
    ------
    OutputError
        If the record cannot be written.
    """
    told = {"status": "failed", "error": failed.error, "message": failed.message}
    try:
        _write(out, failed.job, told)
    except OutputError:
        # No record is better than one that calls the earlier result this run's.
        forget(out, failed.job)
        raise
    tidy(out, failed.job)


def record_again(out: Path, failed: Sequence[Failed]) -> None:
    """Write records of failed nights that could not be written at the time.

    A disk that was full may have space again once other programs have ended.
    """
    for night in failed:
        if read_record(out, night.job).get("status") != "failed":
            with suppress(OSError, OutputError):
                record_failed(out, night)


def forget(out: Path, job: Job) -> None:
    """Take away a night's record: its result is about to be replaced."""
    _record_path(out, job).unlink(missing_ok=True)


def has_result(out: Path, job: Job) -> bool:
    """Return whether a night has a whole result, from any run."""
    folder = night_folder(out, job)
    return (folder / f"{folder.name}.h5").is_file()


def tidy(out: Path, job: Job) -> None:
    """Remove unfinished files of a killed run; whole results stay.

    No other file is touched: recordings and scorings may be in the same folder.
    """
    folder = night_folder(out, job)
    if not folder.is_dir() or folder.is_symlink():
        return
    recover(folder, f"{folder.name}.h5")
    if not any(folder.iterdir()):
        folder.rmdir()


def clear_leftovers(out: Path, jobs: Sequence[Job]) -> None:
    """Take away the unfinished files of a run that was killed, where that can be done.

    Call it while you hold the folder's lock.
    """
    state = out / STATE_FOLDER
    with suppress(OSError):
        for job in jobs:
            tidy(out, job)
        recover(out, TABLE)
        for folder in (state, state / "nights"):
            clear_unfinished(folder)
        for pattern in ("lock.*.part", "lock.*.dead"):
            for file in state.glob(pattern):
                file.unlink(missing_ok=True)


def read_record(out: Path, job: Job) -> dict[str, Any]:
    """Return the record of a night; empty without a record."""
    return _read(_record_path(out, job))


def read_done(out: Path) -> dict[str, dict[str, Any]]:
    """Return the records of all nights that are done in a folder, by their ids."""
    records = map(_read, sorted((out / STATE_FOLDER / "nights").glob("*.json")))
    return {
        record["id"]: record
        for record in records
        if record.get("status") == "done" and isinstance(record.get("id"), str)
    }


def write_asked(out: Path, jobs: Sequence[Job]) -> None:
    """Write the list of nights of this call, with their columns of the table.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    nights = [
        {
            "id": job.night_id,
            "subfolder": job.subfolder,
            "age_y": job.age_y,
            "sex": job.sex,
            "covariates": job.covariates,
        }
        for job in jobs
    ]
    folder = make_folder(out / STATE_FOLDER)
    text = json.dumps({"nights": nights}, indent=1, default=str) + "\n"
    write_text(folder / "asked.json", text)


def read_asked(out: Path) -> list[Job] | None:
    """Return the nights of the last call, without their files; None where unknown."""
    nights = _read(out / STATE_FOLDER / "asked.json").get("nights")
    try:
        return [Job(recording=None, **night) for night in nights or ()] or None
    except TypeError:  # damaged, or of another version
        return None


def as_asked(job: Job, settings: Settings) -> dict[str, Any]:
    """Return all that a night's numbers depend on beside its files, as JSON has it."""
    asked: dict[str, Any] = json.loads(json.dumps(_asked(job, settings)))
    return asked


def _asked(job: Job, settings: Settings) -> dict[str, Any]:
    from psgkit.measure.catalogue.own_rows import own_rows  # noqa: PLC0415 - slow

    return {
        "id": job.night_id,
        "job": {
            "lights_off": job.lights_off,
            "lights_on": job.lights_on,
            "age_y": job.age_y,
            "sex": job.sex,
            "epoch_s": job.epoch_s,
        },
        # How long to wait for a server changes no number.
        "settings": settings.model_dump(mode="json", exclude={"read": {"stall_s"}}),
        "metric_version": METRIC_VERSION,
        "own_metrics": {name: row.source for name, row in own_rows().items()},
    }


def _record_path(out: Path, job: Job) -> Path:
    return out / STATE_FOLDER / "nights" / f"{safe_name(job.night_id)}.json"


def _write(out: Path, job: Job, record: dict[str, Any]) -> None:
    path = _record_path(out, job)
    make_folder(path.parent)
    write_text(path, json.dumps(record, indent=1) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

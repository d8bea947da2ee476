"""Recordings in folders: which nights there are to do."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from psgkit.cohort.batch.state import take_print
from psgkit.cohort.jobs.kept_ids import name_nights_kept
from psgkit.cohort.jobs.paired_scorings import AUTO, NONE, find_scoring, is_scoring_name
from psgkit.cohort.jobs.remote import (
    check_address,
    is_address,
    place_of,
    without_password,
)
from psgkit.domain.jobs import Job
from psgkit.errors import InputError
from psgkit.read.input_hash import sha256_of
from psgkit.read.recording_files import is_closed, is_recording


def find_jobs(
    inputs: Iterable[str | Path], *, scoring: str = AUTO, out: str | Path | None = None
) -> list[Job]:
    """Find the recordings in files and folders, and the scorings beside them.

    Parameters
    ----------
    inputs : iterable of str or pathlib.Path
        Recordings, and folders that are searched with all that is below them. Hidden
        files and folders, and files named as hypnograms, are left out. A folder that
        cannot be opened is a night that fails. An address such as ``s3://bucket/night.edf`` names one recording; its
        scoring is not looked for.
    scoring : str
        How scorings are found; see `psgkit.cohort.jobs.paired_scorings.find_scoring`.
    out : str or pathlib.Path, optional
        The output folder of `run_cohort`. Nights that are done in it keep their ids,
        whatever files of the same name have come or gone since.

    Returns
    -------
    list of Job
        In the order given, within a folder by name. Every job has
        its own id.

    Raises
    ------
    InputError
        If an input does not exist, or no input has a recording.

    Examples
    --------
    >>> import psgkit
    >>> [job] = psgkit.find_jobs(["bids"])
    >>> job.recording.name
    'sub-01_task-sleep_eeg.edf'
    """
    given = [str(place) for place in inputs]
    addresses = list(dict.fromkeys(filter(is_address, given)))
    _check_addresses(addresses, scoring)
    places = [Path(place) for place in given if not is_address(place)]
    files = list(_without_repeats(file for place in places for file in _files(place)))
    if not (files or addresses):
        shown = ", ".join(given.name or str(given) for given in places[:3])
        raise InputError(
            f"There is no recording in {shown}. psgkit looks for EDF, BDF, BrainVision, "
            "EEGLAB, GDF, FIF and the other formats of docs/recordings.md."
        )
    naming = [*files, *(Path(place_of(address)) for address in addresses)]
    names = name_nights_kept(
        naming, [file.stem for file in naming], None if out is None else Path(out)
    )
    here = [
        Job(recording=file, id=name, scoring=find_scoring(file, scoring))
        for file, name in zip(files, names[: len(files)], strict=True)
    ]
    elsewhere = [
        Job(recording=None, id=name, addresses={"recording": address})
        for address, name in zip(addresses, names[len(files) :], strict=True)
    ]
    return here + elsewhere


def _check_addresses(addresses: Sequence[str], scoring: str) -> None:
    for address in addresses:
        check_address(address)
    if addresses and scoring not in (AUTO, NONE):
        raise InputError(
            "Scorings are not looked for at addresses; name them in a manifest."
        )


def walk(folder: Path) -> Iterator[Path]:
    """Go through all files below a folder, and recordings that are a folder (.mff).

    Links to folders are followed once; hidden ones are left out. A folder that cannot
    be opened is among the results, so that nothing is skipped in silence.
    """
    seen: set[str] = set()
    closed: list[str] = []

    def keep(fault: OSError) -> None:
        closed.append(os.fspath(fault.filename or folder))

    for place, folders, names in os.walk(folder, followlinks=True, onerror=keep):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # macOS writes "._night.edf" beside night.edf on foreign disks.
        whole = [name for name in folders if is_recording(Path(place, name))]
        folders[:] = [name for name in folders if name not in whole]
        for name in sorted([*names, *whole]):
            if not name.startswith("."):
                yield Path(place, name)
    yield from map(Path, closed)


def _files(given: Path) -> Iterator[Path]:
    if given.is_dir() and not is_recording(given):
        return (
            file
            for file in walk(given)
            if (is_recording(file) and not is_scoring_name(file.name))
            or is_closed(file)
        )
    if os.path.lexists(given):
        return iter([given])
    raise InputError(f"No file or folder {without_password(str(given))!r}.")


def _without_repeats(files: Iterable[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for file in files:
        real = os.path.realpath(file)
        if real not in seen:
            seen.add(real)
            yield file


def with_hashed_ids(jobs: Sequence[Job]) -> list[Job]:
    """Name every night by the SHA-256 of its content, since file names name people.

    A file that cannot be read, and fails as a night, is named by its path's.

    Raises
    ------
    InputError
        If an input is at an address, since all of it would be copied for its name,
        or two have the same content.
    """
    if any(job.addresses for job in jobs):
        raise InputError(
            "Names from the content need a copy of every night at an address. Give ids "
            "in a manifest."
        )
    named = [replace(job, id=_hash_of(job)) for job in jobs]
    first: dict[str, int] = {}
    for place, job in enumerate(named, start=1):
        if (other := first.setdefault(job.night_id, place)) != place:
            # By their numbers: --id hash hides the names of files.
            raise InputError(
                f"Recordings {other} and {place} of {len(named)}, in the order of their "
                "names, have the same content, so that names from the content are equal. "
                "Remove one of them."
            )
    return named


def _file_of(job: Job) -> Path:
    return job.recording or job.scoring or Path()


def _hash_of(job: Job) -> str:
    file = _file_of(job)
    if take_print(file) is None:
        return hashlib.sha256(os.fsencode(file)).hexdigest()[:12]
    return sha256_of(file)[:12]

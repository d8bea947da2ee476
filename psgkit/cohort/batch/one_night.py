"""One night of a cohort, as a worker does it."""

import errno
import re
import time
import traceback
import warnings
from dataclasses import asdict
from pathlib import Path

from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.resume import why_to_do
from psgkit.cohort.batch.state import (
    forget,
    night_folder,
    record_done,
    take_print,
    tidy,
)
from psgkit.cohort.jobs.remote import facts_at, fetched
from psgkit.domain.jobs import Done, Failed, Job, Outcome, Skipped
from psgkit.errors import (
    InputError,
    PsgkitError,
    UnreadableRecording,
    UnreadableScoring,
)
from psgkit.measure.catalogue.own_rows import own_rows
from psgkit.pipeline import analyse_night, open_recording
from psgkit.read.recording_files import is_closed
from psgkit.report import save_night
from psgkit.store.files import refuse_link

DONE_BEFORE = "its result stands"


def do_night(task: Task) -> Outcome:
    """Analyse a night and write its files.

    Whatever goes wrong becomes a `Failed`.
    """
    started = time.monotonic()
    job, out = task.job, task.out
    if unknown := sorted(set(task.own_metrics) - set(own_rows())):
        told = (
            f"The worker does not know the metric {', '.join(unknown)}. Define it at the "
            "top of a script or module, not in a notebook, or offer it by the entry "
            "point psgkit.metrics."
        )
        return Failed(job, "InputError", told, time.monotonic() - started)
    if task.resume and not why_to_do(job, task.settings, out, verify=task.verify):
        return Skipped(job, night_folder(out, job), DONE_BEFORE)
    try:
        return _analyse_and_save(task, started)
    except PsgkitError as fault:
        error, message = type(fault).__name__, str(fault)
    except MemoryError:
        error = "MemoryError"
        message = "There was not enough memory; use fewer --workers."
    except OSError as fault:
        error, message = type(fault).__name__, _sentence(fault)
    except Exception as fault:  # noqa: BLE001 - the other nights must go on
        error, message = type(fault).__name__, _bug(fault)
    told = _nameless(_without_id(message, job), job)
    return Failed(job, error, told, time.monotonic() - started)


def _analyse_and_save(task: Task, started: float) -> Done:
    job, out = task.job, task.out
    below = Path(job.subfolder)
    for part in (below, *below.parents)[:-1]:  # the last is the output folder itself
        refuse_link(out / part)
    tidy(out, job)
    _check_there(job)
    for file in job.files.values():
        if file.exists() and not (file.is_file() or file.is_dir()):
            # Opening a FIFO would wait for a writer for ever.
            raise InputError(
                f"{file.name} is a pipe or a device, not a file; copy its content "
                "into one."
            )
    # Hashed before reading, so that a change during the reading is seen.
    prints = {
        name: asdict(found)
        for name, file in job.files.items()
        if (found := take_print(file)) is not None
    }
    for name, address in job.addresses.items():
        prints[name] = facts_at(address) or {}
    with (
        fetched(job, stall_s=task.settings.read.stall_s) as local,
        warnings.catch_warnings(),
    ):
        # Facts for a reader of the numbers are issues.
        warnings.simplefilter("ignore")
        night = analyse_night(local, task.settings)
        # Where it stops from here on, no record says that the folder's files are right.
        forget(out, job)
        wanted = task.settings.report.review and local.recording is not None
        folder = save_night(
            night,
            out / job.subfolder,
            settings=task.settings,
            recording=open_recording(local, task.settings) if wanted else None,
        )
    done = Done(
        job,
        folder,
        seconds=time.monotonic() - started,
        issues_n=len(night.issues),
        issues_error_n=night.error_count,
    )
    record_done(out, job, task.settings, prints, night, done)
    return done


def _check_there(job: Job) -> None:
    """Refuse missing files without their names, for nights named by hash.

    The reader itself names a file if it may.
    """
    for what, file in job.files.items():
        if is_closed(file):
            raise InputError(
                "This folder cannot be opened: permission denied. Nobody looked for "
                "recordings in it. Get the right to read it, and give the command again."
            )
        if file.stem != job.night_id and not file.exists():
            kind = UnreadableRecording if what == "recording" else UnreadableScoring
            raise kind(
                f"The {what} of night {job.night_id} is not there; check its path in "
                "the manifest, where one was given."
            )


def _without_id(message: str, job: Job) -> str:
    """Remove the night's id from the start of a sentence."""
    rest = message.removeprefix(f"{job.night_id}: ")
    return message if rest == message else rest[:1].upper() + rest[1:]


def _nameless(message: str, job: Job) -> str:
    """Return a message without names of files, which name people.

    The file's part in its night replaces them; the night's own name may stay.
    """
    for what, file in job.files.items():
        if file.stem != job.night_id:
            words = f"the {what} of night {job.night_id}"
            message = message.replace(repr(file.name), words)
            message = message.replace(file.name, words)
    # Where a sentence began with the name.
    return re.sub(r"(^|[.!?] )the (recording|scoring) of night", _capital, message)


def _capital(found: re.Match[str]) -> str:
    return f"{found[1]}The {found[2]} of night"


def _sentence(fault: OSError) -> str:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some space."
    return f"A file could not be read or written: {fault.strerror or 'unknown'}."


def _bug(fault: Exception) -> str:
    # Not the exception's own words: they may repeat the file's header.
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return (
        f"This is a bug of psgkit ({type(fault).__name__} in "
        f"{Path(place.filename).name}, line {place.lineno}); psgkit report --debug "
        "shows more."
    )

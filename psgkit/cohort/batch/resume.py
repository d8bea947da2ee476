"""Whether a night is done already, and if not, why it has to be done."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from psgkit.cohort.batch.state import as_asked, night_folder, read_record, take_print
from psgkit.cohort.jobs.remote import facts_at, sha256_at
from psgkit.domain.jobs import Job
from psgkit.errors import InputError
from psgkit.read.input_hash import sha256_of
from psgkit.settings import Settings

DAMAGED = "its record is damaged"

# Facts of a record besides the input files, and the names of their changes.
_ASKED = {
    "metric_version": "the numbers are defined anew in this version of psgkit",
    "id": "its id is another",
    "job": "lights, age, sex or epoch_s are given otherwise",
    "settings": "the settings are others",
    "own_metrics": "the metrics of one's own are others",
}


def why_to_do(job: Job, settings: Settings, out: Path, *, verify: bool = False) -> str:
    """Return the reason why a night must be done; empty if its result is valid.

    A night is done when its files are there, whole, for the same inputs, the same
    settings and the same definitions of all numbers.

    Parameters
    ----------
    job : Job
    settings : Settings
    out : pathlib.Path
        The output folder of the cohort.
    verify : bool
        Whether inputs and results are compared by SHA-256, which reads them, and not
        only by size, time and header.
    """
    record = read_record(out, job)
    if record.get("status") == "failed":
        return "it failed before"
    if record.get("status") != "done":
        return "it has no result yet"
    asked = as_asked(job, settings)
    for name, sentence in _ASKED.items():
        if record.get(name) != asked[name]:
            return sentence
    return _why_files(night_folder(out, job), record, verify=verify) or _why_inputs(
        job, record.get("inputs"), verify=verify
    )


def _why_files(folder: Path, record: dict[str, Any], *, verify: bool) -> str:
    files = record.get("files")
    if not isinstance(files, dict) or not files:
        return DAMAGED
    for name, before in files.items():
        if not isinstance(before, dict):
            return DAMAGED
        file = folder / name
        try:
            now = file.stat()
        except (OSError, ValueError):
            return f"its file {name} is missing or not whole"
        if now.st_size != before.get("size"):
            return f"its file {name} is missing or not whole"
        is_touched = now.st_mtime_ns != before.get("mtime_ns")
        if (verify or is_touched) and not _is_same(file, before.get("sha256")):
            return f"its file {name} is damaged or was changed"
    return ""


def _why_inputs(job: Job, before: object, *, verify: bool) -> str:
    files = job.files
    if not isinstance(before, dict) or not all(
        isinstance(facts, dict) for facts in before.values()
    ):
        return DAMAGED
    if set(files) | set(job.addresses) != set(before):
        return "a scoring is given now, or is no longer"
    for name, file in files.items():
        now = take_print(file)
        if now is None or not asdict(now).items() <= before[name].items():
            return f"its {name} has changed"
        if verify and not _is_same(file, before[name].get("sha256")):
            return f"the content of its {name} has changed"
    for name, address in job.addresses.items():
        if why := _why_address(name, address, before[name], verify=verify):
            return why
    return ""


def _why_address(
    name: str, address: str, before: dict[str, Any], *, verify: bool
) -> str:
    try:
        now = facts_at(address)
        if now is None or not now.items() <= before.items():
            return f"its {name} has changed"
        if verify and sha256_at(address) != before.get("sha256"):
            return f"the content of its {name} has changed"
    except InputError:
        # A connection that is down for an hour does not invalidate a result.
        return ""
    return ""


def _is_same(file: Path, digest: object) -> bool:
    try:
        return sha256_of(file) == digest
    except InputError:
        return False

"""A BIDS data set as the nights of a study, and its results as a derivative.

The names follow the Brain Imaging Data Structure, https://bids-specification.readthedocs.io:
``sub-<label>/[ses-<label>/]eeg/sub-<label>[_ses-<label>][_task-…]_eeg.edf`` with an
``_events.tsv`` beside it, and ``participants.tsv`` in the root.
"""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from psgkit._version import __version__
from psgkit.cohort.jobs.discovery import walk
from psgkit.cohort.jobs.ids import name_nights
from psgkit.cohort.jobs.manifest import to_age, to_sex
from psgkit.cohort.jobs.paired_scorings import AUTO, find_scoring
from psgkit.cohort.jobs.text_tables import read_sheet
from psgkit.domain.jobs import Job
from psgkit.errors import InputError
from psgkit.store.files import write_text

BIDS_VERSION = "1.10.0"

_NAME = re.compile(
    r"(sub-[A-Za-z0-9]+)(?:_(ses-[A-Za-z0-9]+))?(?:_[a-z]+-[A-Za-z0-9+]+)*"
)
# The formats of EEG that BIDS allows.
_ENDINGS = (".edf", ".bdf", ".vhdr", ".set")
# Folders of the root without raw data of this set.
_NOT_RAW = ("derivatives", "sourcedata", "code", "stimuli")

logger = logging.getLogger(__name__)

Value = TypeVar("Value")


def find_bids_jobs(root: str | Path, *, scoring: str = AUTO) -> list[Job]:
    """Find the nights of a BIDS data set.

    Parameters
    ----------
    root : str or pathlib.Path
        The data set's folder.
    scoring : str
        ``"auto"`` takes the ``_events.tsv`` beside each recording; see
        `psgkit.cohort.jobs.paired_scorings.find_scoring` for others.

    Returns
    -------
    list of Job
        A recording each, and an ``_events.tsv`` each that has no recording; named
        after their files without ``_eeg`` and ``_events``. ``participant_id`` and
        ``session`` come from the names, age, sex and all other columns from
        ``participants.tsv``.

    Raises
    ------
    InputError
        If the folder does not exist or has no such file.

    Examples
    --------
    >>> import psgkit
    >>> [job] = psgkit.find_bids_jobs("bids")
    >>> job.night_id, job.age_y, job.sex
    ('sub-01_task-sleep', 34.0, 'F')
    """
    root = Path(root)
    if not root.is_dir():
        raise InputError(f"No folder {str(root)!r}.")
    raw = [file for file in walk(root) if _is_raw(file.relative_to(root))]
    recordings = {_base(file): file for file in raw if _is_part(file, "_eeg", _ENDINGS)}
    alone = [
        file
        for file in raw
        if _is_part(file, "_events", (".tsv",)) and _base(file) not in recordings
    ]
    files = sorted([*recordings.values(), *alone])
    if not files:
        raise InputError(
            f"{root.absolute().name} holds no recording sub-*_eeg.edf (.bdf, .vhdr, .set) and no sub-*_events.tsv; "
            "is it the root of a BIDS data set?"
        )
    people = _participants(root / "participants.tsv")
    names = name_nights(files, [_base(file).name for file in files])
    return [
        _job(file, name, people, scoring)
        for file, name in zip(files, names, strict=True)
    ]


def describe_derivative(out: Path) -> None:
    """Write the ``dataset_description.json`` of a folder of results.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    description = {
        "Name": "psgkit: sleep architecture, REM continuity, N3 and arousals",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "psgkit", "Version": __version__}],
    }
    write_text(
        out / "dataset_description.json", json.dumps(description, indent=2) + "\n"
    )


def _is_raw(place: Path) -> bool:
    return place.parts[0] not in _NOT_RAW


def _is_part(file: Path, suffix: str, endings: tuple[str, ...]) -> bool:
    name = file.name.lower()
    return name.startswith("sub-") and any(name.endswith(suffix + e) for e in endings)


def _base(file: Path) -> Path:
    """Return the path without its suffix, which recording and events share."""
    return file.with_name(file.stem.rpartition("_")[0])


def _job(file: Path, name: str, people: dict[str, dict[str, str]], scoring: str) -> Job:
    entities = _NAME.match(_base(file).name)
    person, session = entities.groups() if entities else (None, None)
    # Person and visit, for a comparison of repeated nights.
    given = {"participant_id": person, "session": session}
    row = {name: word for name, word in given.items() if word}
    row |= people.get(person or "", {})
    has_signals = file.suffix.lower() in _ENDINGS
    return Job(
        recording=file if has_signals else None,
        id=name,
        scoring=find_scoring(file, scoring) if has_signals else file,
        age_y=_read(row.pop("age", ""), to_age),
        sex=_read(row.pop("sex", ""), to_sex),
        covariates=dict(row),
        subfolder="/".join(word for word in (person, session, "eeg") if word),
    )


def _read(text: str, convert: Callable[[str], Value]) -> Value | None:
    """Return None for a value in another form, such as "89+"."""
    try:
        return convert(text) if text else None
    except ValueError:
        return None


def _participants(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    columns, rows = read_sheet(path)
    if "participant_id" not in columns:
        logger.warning("participants.tsv has no column participant_id: not used.")
        return {}
    return {row["participant_id"]: row for _, row in rows}

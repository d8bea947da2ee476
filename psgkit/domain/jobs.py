"""A night to analyse, and its outcome."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring

MAX_AGE_Y = 120
SEXES = ("F", "M")


def person_faults(age_y: object, sex: object) -> list[str]:
    """Return a sentence for each fault of a person's age and sex; None is unknown."""
    faults = []
    if age_y is not None:
        is_number = isinstance(age_y, int | float) and not isinstance(age_y, bool)
        if not is_number:
            faults.append(f"Age must be a number of years; got {age_y!r}.")
        elif not (math.isfinite(age_y) and 0 <= age_y <= MAX_AGE_Y):  # type: ignore[arg-type,operator]  # a number
            faults.append(
                f"Age must be between 0 and {MAX_AGE_Y} years; got {age_y:g}."
            )
    if sex is not None and sex not in SEXES:
        faults.append(f'Sex must be "F" or "M"; got {str(sex)[:20]!r}.')
    return faults


@dataclass(frozen=True, slots=True)
class Job:
    """A night to analyse, with the values that differ from night to night.

    Attributes
    ----------
    recording : pathlib.Path or None
        The recording's file; None for a night with a scoring alone.
    id : str
        Name of the night in every output; the stem of its file where empty.
    scoring : pathlib.Path or None
        A scoring to use in place of automatic staging.
    scoring_beside : pathlib.Path or None
        A second scoring: stages come from one of the two, events from the other.
    lights_off, lights_on : str or None
        Clock times such as ``"22:47"``, or seconds after the start such as ``"120s"``.
    age_y, sex : float or None, str or None
        Of the person; ``sex`` is ``"F"`` or ``"M"``.
    epoch_s : float or None
        Length of an epoch of the scoring, where its file does not give it; the
        settings' one where None.
    covariates : dict of str to object
        Further columns of a manifest, copied into the cohort's table.
    subfolder : str
        Folder of the night below the output folder, such as ``sub-1/ses-2/eeg``;
        empty for directly below it.
    addresses : dict of str to str
        Remote inputs: ``"recording"`` or ``"scoring"`` to an address that fsspec
        reads, such as ``s3://bucket/night.edf``. The field of that name is None until
        a worker has copied the file.

    Examples
    --------
    >>> from pathlib import Path
    >>> import psgkit
    >>> psgkit.Job(Path("night.edf"), lights_off="22:47", age_y=34.0, sex="F").night_id
    'night'
    """

    recording: Path | None
    id: str = ""
    scoring: Path | None = None
    lights_off: str | None = None
    lights_on: str | None = None
    age_y: float | None = None
    sex: str | None = None
    epoch_s: float | None = None
    scoring_beside: Path | None = None
    covariates: dict[str, object] = field(default_factory=dict)
    subfolder: str = ""
    # Not shown with the job, since an address may hold a password.
    addresses: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def night_id(self) -> str:
        """The name of the night."""
        if self.id:
            return self.id
        file = self.recording or self.scoring
        if file is None:
            address = next(iter(self.addresses.values()), "")
            # The query of a web address may be a key.
            return PurePosixPath(address.partition("?")[0]).stem
        return file.stem

    @property
    def files(self) -> dict[str, Path]:
        """The local input files, by kind."""
        files = {
            "recording": self.recording,
            "scoring": self.scoring,
            "second scoring": self.scoring_beside,
        }
        return {name: file for name, file in files.items() if file is not None}


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects in memory that a caller gives in place of files and names.

    Attributes
    ----------
    recording : Recording or None
    scoring : object
        Anything that `Scoring.of` takes, or None.
    stager : callable or None
        A `Stager`.
    arousals : DataFrame, sequence of (onset_s, duration_s), or None
    """

    recording: Recording | None = None
    scoring: object = None
    stager: Callable[[Recording], Any] | None = None
    arousals: Any = None

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Notes for the reader about data that did not come from a file."""
        if self.recording is None and self.scoring is None:
            return ()
        text = "The recording or its scoring came from memory. No SHA-256 says which it was."
        remedy = "Keep the script that made it."
        return (Issue(Severity.NOTE, "input_without_file", text, remedy),)


class Scored(NamedTuple):
    """The scoring of a night, the channels that it was staged from, and its issues."""

    scoring: Scoring
    channels_used: dict[str, str]
    issues: tuple[Issue, ...]


NO_OBJECTS = Objects()


@dataclass(frozen=True, slots=True)
class Done:
    """A night that was analysed and saved.

    Attributes
    ----------
    job : Job
        The night.
    folder : pathlib.Path
        The folder of its files.
    seconds : float
        Time that it took.
    issues_n, issues_error_n : int
        Number of issues, and of errors among them.

    Examples
    --------
    >>> from pathlib import Path
    >>> import psgkit
    >>> job = psgkit.Job(Path("night.edf"))
    >>> done = psgkit.Done(job, Path("results/night"), 9.1, issues_n=2, issues_error_n=0)
    >>> done.job.night_id, done.seconds
    ('night', 9.1)
    """

    job: Job
    folder: Path
    seconds: float
    issues_n: int
    issues_error_n: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A night that failed, and why.

    Attributes
    ----------
    job : Job
        The night.
    error : str
        Name of the error, such as ``UnreadableRecording``.
    message : str
        The reason, in one sentence.
    seconds : float
        Time that it took.

    Examples
    --------
    >>> from pathlib import Path
    >>> import psgkit
    >>> job = psgkit.Job(Path("night.edf"))
    >>> psgkit.Failed(job, "UnreadableRecording", "The file is empty.", 0.1).message
    'The file is empty.'
    """

    job: Job
    error: str
    message: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A night that was not analysed in this run.

    Attributes
    ----------
    job : Job
    folder : pathlib.Path or None
        The folder of its result, for a night that was done before; None for one that
        was still to do when the run was stopped.
    reason : str
        The reason, in one sentence.

    Examples
    --------
    >>> from pathlib import Path
    >>> import psgkit
    >>> job = psgkit.Job(Path("night.edf"))
    >>> psgkit.Skipped(job, Path("results/night"), "It was done before.").reason
    'It was done before.'
    """

    job: Job
    folder: Path | None
    reason: str


Outcome = Done | Failed | Skipped

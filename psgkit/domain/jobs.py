"""One night to do, and what became of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from psgkit.domain.recording import Recording

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
    """One night to do: what differs from night to night; `Settings` holds the rest.

    Attributes
    ----------
    recording : pathlib.Path or None
        The EDF or BDF file; None for a night of which only the scoring is left.
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
        Further columns of a manifest, carried into the cohort's table.
    subfolder : str
        Where below the output folder of a cohort the night's folder stands, such as
        ``sub-1/ses-2/eeg``; directly below it where empty.
    addresses : dict of str to str
        Inputs that do not lie here: ``"recording"`` or ``"scoring"`` to an address
        that fsspec reads, such as ``s3://bucket/night.edf``. The field of that name is
        None until a worker has copied the file.
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
            # What follows on the web may be a key.
            return PurePosixPath(address.partition("?")[0]).stem
        return file.stem


@dataclass(frozen=True, slots=True)
class Objects:
    """What a caller in Python hands over in place of files and names.

    Attributes
    ----------
    recording : Recording or None
    scoring : object
        Anything that `Scoring.of` takes, or None.
    stager : callable or None
        A `Stager`.
    """

    recording: Recording | None = None
    scoring: object = None
    stager: Callable[[Recording], Any] | None = None


NO_OBJECTS = Objects()


@dataclass(frozen=True, slots=True)
class Done:
    """A night that was analysed and saved."""

    job: Job
    folder: Path
    seconds: float
    issues_n: int
    issues_error_n: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A night that could not be done, and why."""

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
        Where its result stands, for a night that was done before; None for one that
        was still to do when the run was stopped.
    reason : str
        Why, in one sentence.
    """

    job: Job
    folder: Path | None
    reason: str


Outcome = Done | Failed | Skipped

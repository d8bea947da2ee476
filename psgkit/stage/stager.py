"""The interface of a stager: recording in, scoring with probabilities out."""

from dataclasses import dataclass, field
from typing import Protocol

from psgkit.domain.issues import Issue
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring


@dataclass(frozen=True, slots=True)
class Staging:
    """Stages of a recording, and how they were found.

    Attributes
    ----------
    scoring : Scoring
        Epochs from second zero, with probabilities where the stager gives them.
    channels_used : dict of str to str
        ``staging_eeg``, ``staging_eog``, ``staging_emg`` to role and label, such as
        ``"C4_M1 (EEG C4-A1)"``.
    issues : tuple of Issue
        Notes for the reader of the stages.
    """

    scoring: Scoring
    channels_used: dict[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


class Stager(Protocol):
    """A function that stages a recording.

    `psgkit.analyse` takes one as ``stager=``. A package offers one to the command line
    by an entry point of the group ``psgkit.stagers``.

    Examples
    --------
    >>> def all_awake(recording):
    ...     n_epochs = int(recording.duration_s // 30)
    ...     return Scoring.from_stages(["W"] * n_epochs, scorer="all_awake 1.0")
    """

    def __call__(self, recording: Recording, /) -> Scoring | Staging:
        """Stage a recording.

        Parameters
        ----------
        recording : Recording
            Age and sex are the person's, if known.

        Returns
        -------
        Scoring or Staging
            Seconds count from the recording's start. ``scorer`` names the program and
            its version.
        """
        ...

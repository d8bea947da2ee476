"""What is wrong with a recording: one small rule each."""

from psgkit.domain.issues import Issue
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring


def find_header_issues(recording: Recording) -> tuple[Issue, ...]:
    """Return what the header alone shows."""
    del recording
    return ()


def find_issues(
    recording: Recording, scoring: Scoring | None = None
) -> tuple[Issue, ...]:
    """Return what the header and the signals show."""
    del scoring
    return find_header_issues(recording)

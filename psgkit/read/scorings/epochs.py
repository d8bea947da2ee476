"""Length of an epoch: usual lengths, and what is assumed where a file has no times."""

from psgkit.domain.issues import Issue, Severity
from psgkit.read.scorings.listed import DraftBuilder, ScoringFile

ASSUMED_S = 30.0
# Longest first; a grid is laid with the longest that fits.
USUAL_S = (30.0, 20.0, 15.0, 10.0, 5.0, 4.0, 3.0, 2.0, 1.0)
# Longer than any night or multiple sleep latency test with a day before it.
_MAX_NIGHT_S = 36 * 3600.0


def epoch_assumed(builder: DraftBuilder, n_epochs: int, file: ScoringFile) -> float:
    """Return the 30 s that are assumed where a file gives no length, and note it.

    Raises
    ------
    UnreadableScoring
        If the night would then be longer than 36 h.
    """
    if n_epochs * ASSUMED_S > _MAX_NIGHT_S:
        raise file.fault(
            f"its {n_epochs} epochs would last {n_epochs * ASSUMED_S / 3600:.0f} h at "
            "30 s each. Say how long an epoch is, for example --epoch 1."
        )
    builder.issues.append(
        Issue(
            Severity.NOTE,
            "epoch_length_assumed",
            f"The file does not say how long an epoch is. 30 s were assumed, which "
            f"makes {n_epochs * ASSUMED_S / 3600:.1f} h.",
            "If an epoch is shorter or longer, give --epoch SECONDS.",
        )
    )
    return ASSUMED_S

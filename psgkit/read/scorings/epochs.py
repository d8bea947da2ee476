"""Length of an epoch: usual lengths, and the default for a file without times."""

from psgkit.domain.clock import USUAL_EPOCHS_S
from psgkit.domain.issues import Issue, Severity
from psgkit.read.scorings.listed import DraftBuilder, ScoringFile

ASSUMED_S = 30.0
# Longer than any night or multiple sleep latency test with a day before it.
_MAX_NIGHT_S = 36 * 3600.0
_LONG_NIGHT_S = 12 * 3600.0


def epoch_assumed(builder: DraftBuilder, n_epochs: int, file: ScoringFile) -> float:
    """Return the 30 s that are assumed where a file gives no length, and note it.

    Raises
    ------
    UnreadableScoring
        If the night would then be longer than 36 h.
    """
    if n_epochs * ASSUMED_S > _MAX_NIGHT_S:
        likely = next(
            (s for s in USUAL_EPOCHS_S if n_epochs * s <= _LONG_NIGHT_S),
            USUAL_EPOCHS_S[-1],
        )
        raise file.fault(
            f"its {n_epochs} epochs would last {n_epochs * ASSUMED_S / 3600:.0f} h at "
            "30 s each. Say how long an epoch is with --epoch SECONDS; at "
            f"--epoch {likely:g} they last {n_epochs * likely / 3600:.1f} h."
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

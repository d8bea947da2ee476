"""Small inputs, each next to its answer in the test that uses it."""

from collections.abc import Iterable

from psgkit.domain.scoring import Scoring

_LETTERS = {
    "W": "W",
    "1": "N1",
    "2": "N2",
    "3": "N3",
    "R": "R",
    "A": "ART",
    "?": "UNS",
}


def make_scoring(
    stages: str,
    *,
    epoch_s: float = 30.0,
    lights: bool = True,
    arousals: Iterable[tuple[float, float]] | None = None,
) -> Scoring:
    """Build a scoring from one letter an epoch: W 1 2 3 R, A artefact, ? unscored.

    With ``lights`` the whole hypnogram counts as time in bed. Arousals are pairs of
    onset and duration in seconds; None means that they were not scored.
    """
    letters = "".join(stages.split())
    return Scoring.from_stages(
        [_LETTERS[letter] for letter in letters],
        epoch_s=epoch_s,
        lights_off_s=0.0 if lights else None,
        lights_on_s=len(letters) * epoch_s if lights else None,
        arousals=None if arousals is None else list(arousals),
    )

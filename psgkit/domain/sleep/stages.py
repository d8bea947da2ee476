"""Words for sleep stages, their codes, and probabilities of the five."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from psgkit.domain.scoring import Scoring

N_STAGES = 5
_SLACK = 0.01  # tables are written with two or three digits

YASA_NAMES = {
    -2: "UNS",
    -1: "ART",
    0: "WAKE",
    1: "N1",
    2: "N2",
    3: "N3",
    4: "REM",
}
_WORDS = {
    **{name.casefold(): code for code, name in YASA_NAMES.items()},
    "w": 0,
    "r": 4,
    "movement time": -1,
    "?": -2,
}


def code_of(stage: object) -> int | None:
    """Return the code of a stage in AASM's words, YASA's, or as a code; else None.

    Examples
    --------
    >>> code_of("Stage N2"), code_of("WAKE"), code_of(4), code_of("S2")
    (2, 0, 4, None)
    """
    if isinstance(stage, str):
        word = stage.strip().casefold()
        for prefix in ("sleep stage ", "stage "):
            word = word.removeprefix(prefix)
        return _WORDS.get(word)
    if isinstance(stage, bool | np.bool_):
        return None
    if isinstance(stage, float | np.floating) and not float(stage).is_integer():
        return None
    is_number = isinstance(stage, int | float | np.integer | np.floating)
    known = is_number and stage in YASA_NAMES
    return int(stage) if known else None  # type: ignore[call-overload]


def probability_faults(proba: npt.NDArray[np.floating], n_epochs: int) -> list[str]:
    """Say why probabilities cannot belong to a scoring of so many epochs.

    Parameters
    ----------
    proba : numpy.ndarray
        Should have the shape (n_epochs, 5); NaN in an epoch that was not scored.
    n_epochs : int
    """
    if proba.shape != (n_epochs, N_STAGES):
        wanted = (n_epochs, N_STAGES)
        return [f"the probabilities have the shape {proba.shape} and need {wanted}"]
    known = proba[~np.isnan(proba).all(axis=1)]
    is_share = (known >= 0) & (known <= 1)
    if not is_share.all() or (np.abs(known.sum(axis=1) - 1) > _SLACK).any():
        return ["the probabilities of an epoch do not add up to 1"]
    return []


def stages_at(
    scoring: "Scoring", seconds: npt.NDArray[np.floating]
) -> npt.NDArray[np.int8]:
    """Return the stage at some seconds, unscored outside the scoring."""
    epochs = np.floor((seconds - scoring.onset_s) / scoring.epoch_s + 1e-9).astype(int)
    inside = (epochs >= 0) & (epochs < scoring.n_epochs)
    stages = np.full(len(seconds), -2, dtype=np.int8)  # UNS
    stages[inside] = scoring.stages[epochs[inside]]
    return stages

"""Faults in the values of a scoring."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from psgkit.domain.scoring import Scoring

# Limits of numbers, checked before memory is allocated.
MIN_EPOCH_S, MAX_EPOCH_S = 0.1, 120.0
MAX_EPOCHS = 200_000


def find_faults(scoring: "Scoring", codes: Collection[Any]) -> list[str]:
    """Return the faults of a scoring, one text each.

    Parameters
    ----------
    scoring : Scoring
        Its values are as they were given.
    codes : collection of int
        The codes of stages.
    """
    stages = np.asarray(scoring.stages)
    faults = _stage_faults(stages, codes)
    if not is_epoch(scoring.epoch_s):
        faults.append(f"an epoch of {scoring.epoch_s} s")
    for name in ("onset_s", "lights_off_s", "lights_on_s"):
        seconds = getattr(scoring, name)
        if seconds is not None and not np.isfinite(seconds):
            faults.append(f"{name} is {seconds}")
    untimed = scoring.events[~np.isfinite(scoring.events["onset_s"])]
    faults += [f"{kind} has no onset" for kind in untimed["kind"]]
    return faults


def is_epoch(seconds: float) -> bool:
    """Return whether an epoch can have this length; NaN cannot.

    Examples
    --------
    >>> is_epoch(30.0), is_epoch(1e-9), is_epoch(1e9)
    (True, False, False)
    """
    return MIN_EPOCH_S <= seconds <= MAX_EPOCH_S


def _stage_faults(stages: npt.NDArray[Any], codes: Collection[Any]) -> list[str]:
    if stages.ndim != 1:
        return [f"stages have {stages.ndim} dimensions in place of one"]
    if stages.size and stages.dtype.kind not in "iuf":
        return ["stages are not numbers (use Scoring.from_stages for names)"]
    wrong = np.flatnonzero(~np.isin(stages, list(codes)))
    return [f"epoch {number + 1} is {stages[number]}" for number in wrong]

"""From the probability of an arousal to arousals, by the rules of the network's authors.

psgscoring takes what passes a threshold for 3 s or longer and begins in sleep; arousals
less than 10 s apart are one. Its own gate takes every label but ``"W"`` for sleep,
``"WAKE"`` and ``"ART"`` too, and knows only epochs of 30 s from second zero. Here the
scoring's own epochs are the gate, and an arousal has its stage by the rule for those of
a scorer: in an epoch of wake, the stage of 10 s earlier. Stagers often call an epoch
wake because of its arousal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.arousals.candidates import ARTEFACT_S, close_gaps
from psgkit.measure.arousals.criteria import Night
from psgkit.measure.arousals.network.channels import NetworkChannels
from psgkit.measure.arousals.network.preparation import RATE_HZ
from psgkit.measure.arousals.thresholds import ArousalRules
from psgkit.measure.events.events_in_window import STAGE_BEFORE_S

BoolArray = npt.NDArray[np.bool_]
Float32Array = npt.NDArray[np.float32]

SMOOTH_S = 1.0
MERGE_S = 1.0
SHORTEST_S = 3.0
JOIN_S = 10.0  # psgscoring's chain; AASM's ten seconds of sleep before an arousal

COLUMNS = {
    "onset_s": float,
    "duration_s": float,
    "stage": object,
    "arousal_probability": float,
    "is_long": bool,
    "to_wake": bool,
    "channels": object,
    "artefact_frac": float,
    "is_arousal": bool,
    "reason": object,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch with a probable arousal.

    Attributes
    ----------
    onset_s, end_s : float
    probability : float
        The highest within it.
    reason : str
        Why it is not an arousal; empty if nothing speaks against it.
    """

    onset_s: float
    end_s: float
    probability: float
    reason: str = ""

    def overlaps(self, other: "Span") -> bool:
        """Return whether two stretches overlap."""
        return self.onset_s < other.end_s and other.onset_s < self.end_s


def arousal_table(
    spans: Iterable[Span], scoring: Scoring, channels: NetworkChannels
) -> pd.DataFrame:
    """Return every stretch, an arousal or not, and why not.

    Parameters
    ----------
    spans : iterable of Span
        In order of onset.
    scoring : Scoring
        An arousal begins in its sleep, or within 10 s after it.
    channels : NetworkChannels
        An arousal does not begin where one is lost.

    Returns
    -------
    pandas.DataFrame
        Of ``COLUMNS``. Reasons are ``not_asleep``, ``signal_lost``, that of the span,
        and ``joined``.
    """
    night = Night(scoring, None)
    rows: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None  # the arousal that a close follower continues
    for span in spans:
        stage = _stage_of(night, span.onset_s)
        row: dict[str, Any] = {
            "onset_s": span.onset_s,
            "duration_s": span.end_s - span.onset_s,
            "stage": stage.name,
            "arousal_probability": span.probability,
            "reason": _reason(stage, span.onset_s, channels.is_lost) or span.reason,
        }
        rows.append(row)
        if row["reason"]:
            continue
        if last is not None and span.onset_s - _end_s(last) < JOIN_S:
            row["reason"] = "joined"
            last["duration_s"] = max(span.end_s, _end_s(last)) - last["onset_s"]
            last["arousal_probability"] = max(
                last["arousal_probability"], row["arousal_probability"]
            )
        else:
            last = row
    long_s = ArousalRules().long_s
    for row in rows:
        row["is_long"] = row["duration_s"] > long_s
        row["to_wake"] = night.stage_at(_end_s(row)) is Stage.W
        row["channels"] = channels.eeg
        row["artefact_frac"] = _share(channels.artefacts, row["onset_s"], _end_s(row))
        row["is_arousal"] = not row["reason"]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def probable_spans(probabilities: Float32Array, threshold: float) -> Iterator[Span]:
    """Yield each stretch that is probable for long enough, in order.

    The mean of a second passes the threshold for at least 3 s; breaks of up to a second
    do not count.
    """
    is_probable = _probable(probabilities, threshold)
    is_probable = close_gaps(is_probable, round(MERGE_S * RATE_HZ) + 1)
    for first, last in true_runs(is_probable).tolist():
        if last - first >= SHORTEST_S * RATE_HZ:
            highest = round(float(probabilities[first:last].max()), 3)
            yield Span(round(first / RATE_HZ, 3), round(last / RATE_HZ, 3), highest)


def _probable(probabilities: Float32Array, threshold: float) -> BoolArray:
    """Return at which samples the mean of a second passes the threshold."""
    n_mean = round(SMOOTH_S * RATE_HZ)
    if len(probabilities) < n_mean:
        return np.zeros(0, dtype=bool)
    summed = np.zeros(len(probabilities) + 1)
    np.cumsum(probabilities, dtype=np.float64, out=summed[1:])
    means = summed[n_mean:] - summed[:-n_mean]
    means /= n_mean
    before = (n_mean - 1) // 2
    return np.pad(means >= threshold, (before, n_mean - 1 - before), mode="edge")


def _stage_of(night: Night, onset_s: float) -> Stage:
    stage = night.stage_at(onset_s)
    before = night.stage_at(onset_s - STAGE_BEFORE_S)
    return before if stage is Stage.W and before in SLEEP_STAGES else stage


def _reason(stage: Stage, onset_s: float, is_lost: BoolArray) -> str:
    if stage not in SLEEP_STAGES:
        return "not_asleep"
    window = int(onset_s // ARTEFACT_S)
    return "signal_lost" if window < len(is_lost) and is_lost[window] else ""


def _end_s(row: dict[str, Any]) -> float:
    return float(row["onset_s"] + row["duration_s"])


def _share(artefacts: BoolArray, onset_s: float, end_s: float) -> float:
    """Return the share of an event in windows of artefact."""
    first, last = int(onset_s // ARTEFACT_S), int(np.ceil(end_s / ARTEFACT_S))
    starts_s = np.arange(first, last) * ARTEFACT_S
    inside_s = np.minimum(starts_s + ARTEFACT_S, end_s) - np.maximum(starts_s, onset_s)
    held = artefacts[first:last]
    return float((inside_s[: len(held)] * held).sum() / (end_s - onset_s))

"""From the probability of an arousal to arousals, by the rules of the network's authors.

psgscoring takes what passes a threshold for 3 s or longer and begins in sleep; arousals
less than 10 s apart are one. Its own gate takes every label but ``"W"`` for sleep,
``"WAKE"`` and ``"ART"`` too, and knows only epochs of 30 s from second zero. Here the
scoring's own epochs are the gate.
"""

from collections.abc import Iterator
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


def arousal_table(
    probabilities: Float32Array,
    threshold: float,
    scoring: Scoring,
    channels: NetworkChannels,
) -> pd.DataFrame:
    """Return every stretch above the threshold, an arousal or not, and why not.

    Parameters
    ----------
    probabilities : numpy.ndarray of float32, shape (n_samples,)
        At 50 Hz.
    threshold : float
    scoring : Scoring
        An arousal begins in its sleep.
    channels : NetworkChannels
        An arousal does not begin where one is lost.

    Returns
    -------
    pandas.DataFrame
        Of ``COLUMNS``. Reasons are ``not_asleep``, ``signal_lost`` and ``joined``.
    """
    night = Night(scoring, None)
    rows: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None  # the arousal that a close follower continues
    for onset_s, end_s in probable_spans(probabilities, threshold):
        stage = night.stage_at(onset_s)
        inside = slice(round(onset_s * RATE_HZ), round(end_s * RATE_HZ))
        row: dict[str, Any] = {
            "onset_s": onset_s,
            "duration_s": end_s - onset_s,
            "stage": stage.name,
            "arousal_probability": round(float(probabilities[inside].max()), 3),
            "reason": _reason(stage, onset_s, channels.is_lost),
        }
        rows.append(row)
        if row["reason"]:
            continue
        if last is not None and onset_s - _end_s(last) < JOIN_S:
            row["reason"] = "joined"
            last["duration_s"] = max(end_s, _end_s(last)) - last["onset_s"]
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


def probable_spans(
    probabilities: Float32Array, threshold: float
) -> Iterator[tuple[float, float]]:
    """Yield onset and end of each stretch that is probable for long enough.

    The mean of a second passes the threshold for at least 3 s; breaks of up to a second
    do not count.
    """
    n_mean = round(SMOOTH_S * RATE_HZ)
    if len(probabilities) < n_mean:
        return
    summed = np.cumsum(np.concatenate([[0.0], probabilities.astype(np.float64)]))
    means = (summed[n_mean:] - summed[:-n_mean]) / n_mean
    before = (n_mean - 1) // 2
    smoothed = np.pad(means, (before, n_mean - 1 - before), mode="edge")
    is_probable = close_gaps(smoothed >= threshold, round(MERGE_S * RATE_HZ) + 1)
    for first, last in true_runs(is_probable).tolist():
        if last - first >= SHORTEST_S * RATE_HZ:
            yield round(first / RATE_HZ, 3), round(last / RATE_HZ, 3)


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

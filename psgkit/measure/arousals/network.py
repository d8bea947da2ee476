"""Arousals found by a trained network: psgscoring's U-Nets, an extra.

The networks (Rombaut et al., psgscoring, BSD-3-Clause; after Ehrlich et al. 2024,
Scientific Reports 14) read EEG, EOG and chin EMG at 50 Hz and give a probability of
arousal for each sample. psgscoring takes what passes a threshold for 3 s or longer and
begins in sleep; arousals less than 10 s apart are one. The last two are done here: its
own gate takes every label but ``"W"`` for sleep, ``"WAKE"`` and ``"ART"`` too, and
knows only epochs of 30 s from second zero.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.errors import InputError, MissingChannel, MissingExtra
from psgkit.measure.arousals.candidate_table import ArousalsFound
from psgkit.measure.arousals.candidates import ARTEFACT_S
from psgkit.measure.arousals.criteria import Night
from psgkit.measure.arousals.input_channels import (
    CENTRAL_ROLES,
    LARGEST_ARTEFACT_SHARE,
    artefact_windows,
    windows_of,
)
from psgkit.measure.arousals.thresholds import ArousalRules
from psgkit.measure.signals.channel_reader import ArtefactMask

EYE_ROLES = (Role.EOG_L, Role.EOG_R, Role.EOG_H)
CHIN_ROLES = (Role.EMG_CHIN,)

_NEEDED = ("psgscoring", "onnxruntime")

RATE_HZ = 50.0  # what the networks were trained at
THEIR_EPOCH_S = 30
JOIN_S = 10.0  # psgscoring's chain; AASM's ten seconds of sleep before an arousal

# F1 of the events as psgscoring's README (0.37.0) gives it, on nights that the network
# was not trained on; no figures are published elsewhere.
PUBLISHED = {
    "unet_v1": "F1 of 0.676 on 150 nights of SHHS1, 0.687 on 76 of MESA and 0.745 on 5 "
    "of PSG-IPA",
    "unet_v2": "a median F1 of 0.739 on 148 nights of SHHS1 and 0.699 on 76 of MESA, and "
    "0.763 on 5 of PSG-IPA",
}

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

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Input:
    """One channel as the network is given it."""

    channel: Channel
    samples: npt.NDArray[np.float64]  # without NaN
    artefacts: BoolArray  # windows of 5 s


def detector_name(weight: str) -> str:
    """Return what stands as the source of a network's arousals, with its version.

    Raises
    ------
    MissingExtra
        If psgscoring is not installed.
    """
    return f"psgscoring {weight} {_import('psgscoring', weight).__version__}"


def check_installed(weight: str) -> None:
    """Refuse, before a night is read, what would fail once it is staged.

    Raises
    ------
    MissingExtra
        If psgscoring or onnxruntime is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        raise _missing(weight)


def find_arousals_trained(
    recording: Recording,
    scoring: Scoring,
    *,
    weight: str,
    artefacts: ArtefactMask | None = None,
) -> ArousalsFound:
    """Find the arousals of a night with a trained network.

    Parameters
    ----------
    recording : Recording
        With a central EEG, an EOG and a chin EMG.
    scoring : Scoring
        Laid on the recording. The network does not see it; arousals begin in its sleep.
    weight : {"unet_v1", "unet_v2"}
        Which of psgscoring's networks, at its own threshold.
    artefacts : callable, optional
        Gives the artefact mask of a channel. A central EEG that is mostly artefact
        gives way to another; within one, the network judges for itself.

    Returns
    -------
    ArousalsFound
        Its candidates are what passed the network's threshold: the columns are those of
        `find_arousals` that a network can fill, and ``arousal_probability``, the
        highest within it. The reasons are ``not_asleep`` and ``joined``. There is no
        noise floor: ``noise_per_h`` is NaN.

    Raises
    ------
    MissingExtra
        If psgscoring or onnxruntime is not installed.
    MissingChannel
        If one of the three channels is not there, or cannot be used.
    InputError
        If the network fails.
    """
    network = _network(weight)
    name = detector_name(weight)
    eeg = _choose(recording, CENTRAL_ROLES, "a central EEG", scoring, artefacts)
    eye = _choose(recording, EYE_ROLES, "an EOG", scoring, None)
    chin = _choose(recording, CHIN_ROLES, "a chin EMG", scoring, None)
    answer = network(
        *(
            part
            for one in (eeg, eye, chin)
            for part in (one.samples, one.channel.rate_hz)
        ),
        their_stages(scoring, recording.duration_s),
        weight=weight,
        min_interval_s=0.0,  # joined here, after the gate
        threads=1,  # a cohort has a night on every core already
    )
    if not answer["success"]:
        raise InputError(f"{recording.id}: psgscoring's {weight} failed on this night.")
    return ArousalsFound(
        candidates=_judged(answer["events"], scoring, eeg),
        noise_per_h=float("nan"),
        channels_used={
            purpose: f"{one.channel.role.value} ({one.channel.label})"
            for purpose, one in (
                ("arousals_central", eeg),
                ("arousals_eye", eye),
                ("arousals_chin", chin),
            )
        },
        issues=(
            Issue(
                Severity.NOTE,
                "arousals_by_network",
                f"Arousals were found by a trained network, {name}; its authors report "
                f"{PUBLISHED[weight]}. It was not held against this laboratory's own "
                "scorers.",
                "Score some nights and compare with psgkit compare.",
            ),
        ),
    )


def their_stages(scoring: Scoring, duration_s: float) -> list[str]:
    """Return the stages as psgscoring wants them: N1, N2, N3, R, and W for the rest.

    Its epochs have 30 s and begin at second zero; one that holds any sleep is called by
    the first sleep stage in it, so that an exact gate can follow.
    """
    n_epochs = int(np.ceil(duration_s / THEIR_EPOCH_S))
    middles_s = np.arange(n_epochs * THEIR_EPOCH_S) + 0.5
    numbers = np.floor((middles_s - scoring.onset_s) / scoring.epoch_s).astype(int)
    inside = (numbers >= 0) & (numbers < scoring.n_epochs)
    codes = np.full(len(numbers), Stage.W.value)
    codes[inside] = scoring.stages[numbers[inside]]
    by_epoch = codes.reshape(n_epochs, THEIR_EPOCH_S)
    asleep = np.isin(by_epoch, SLEEP_STAGES)
    firsts = by_epoch[np.arange(n_epochs), asleep.argmax(axis=1)]
    return [
        Stage(code).name if code in SLEEP_STAGES else Stage.W.name
        for code in firsts.tolist()
    ]


def _network(weight: str) -> Callable[..., dict[str, Any]]:
    module = _import("psgscoring.arousal_unet", weight)
    usable, _ = module.available(weight)
    if usable:
        return module.detect_arousals_unet  # type: ignore[no-any-return]
    check_installed(weight)
    raise InputError(
        f"psgscoring's {weight} is not there or not the file that was released; "
        "install it anew: pip install --force-reinstall 'psgscoring[ml]'."
    )


def _import(name: str, weight: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise _missing(weight) from None


def _missing(weight: str) -> MissingExtra:
    return MissingExtra(
        f"Arousals by {weight} need psgscoring and onnxruntime: pip install "
        "'psgkit[unet]'."
    )


def _choose(
    recording: Recording,
    roles: Iterable[Role],
    words: str,
    scoring: Scoring,
    artefacts: ArtefactMask | None,
) -> _Input:
    order = list(roles)
    for channel in sorted(
        (c for c in recording.without_unfit().channels if c.role in order),
        key=lambda channel: order.index(channel.role),
    ):
        if channel.rate_hz < RATE_HZ:
            continue
        values = recording.signal(channel)
        bad = artefact_windows(values, channel, artefacts)
        asleep = bad[windows_of(scoring, len(bad), SLEEP_STAGES)]
        values = np.nan_to_num(values, nan=0.0)
        if np.ptp(values) and (
            not asleep.size or asleep.mean() <= LARGEST_ARTEFACT_SHARE
        ):
            return _Input(channel, values, bad)
    raise MissingChannel(
        f"{recording.id}: the network needs {words} with {RATE_HZ:g} Hz or more of which "
        f"at most half is artefact or gap; there are: {recording.labels_explained}."
    )


def _judged(
    events: Iterable[dict[str, Any]], scoring: Scoring, eeg: _Input
) -> pd.DataFrame:
    """Gate events by the scoring's own epochs and join those that are close."""
    night = Night(scoring, None)
    rows: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None  # the arousal that a close follower continues
    for event in sorted(events, key=lambda event: float(event["onset_s"])):
        onset_s, end_s = float(event["onset_s"]), float(event["end_s"])
        stage = night.stage_at(onset_s)
        row: dict[str, Any] = {
            "onset_s": onset_s,
            "duration_s": end_s - onset_s,
            "stage": stage.name,
            "arousal_probability": float(event["confidence"]),
            "reason": "" if stage in SLEEP_STAGES else "not_asleep",
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
        row["channels"] = eeg.channel.role.value
        row["artefact_frac"] = _share(eeg.artefacts, row["onset_s"], _end_s(row))
        row["is_arousal"] = not row["reason"]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _end_s(row: dict[str, Any]) -> float:
    return float(row["onset_s"] + row["duration_s"])


def _share(artefacts: BoolArray, onset_s: float, end_s: float) -> float:
    """Return which share of an event lies in windows of artefact."""
    first, last = int(onset_s // ARTEFACT_S), int(np.ceil(end_s / ARTEFACT_S))
    starts_s = np.arange(first, last) * ARTEFACT_S
    inside_s = np.minimum(starts_s + ARTEFACT_S, end_s) - np.maximum(starts_s, onset_s)
    held = artefacts[first:last]
    return float((inside_s[: len(held)] * held).sum() / (end_s - onset_s))

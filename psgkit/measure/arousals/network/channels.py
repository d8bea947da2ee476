"""Prepare the channels for the networks, each backed by the next best.

If the first channel of a kind is lost (a gap, a flat line, minutes of artefact), the next
one of the same kind takes its place for that time. Time without any is lost: arousals in
it are unknown.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.domain.signals.trace import is_missing, trace_of
from psgkit.domain.true_runs import true_runs
from psgkit.errors import MissingChannel
from psgkit.measure.arousals.candidates import ARTEFACT_S
from psgkit.measure.arousals.input_channels import (
    CENTRAL_ROLES,
    artefact_windows,
    still_windows,
    windows_of,
)
from psgkit.measure.arousals.network.preparation import (
    RATE_HZ,
    Extended,
    normalised,
)
from psgkit.measure.signals.centring import centre_of
from psgkit.measure.signals.channel_reader import ArtefactMask

BoolArray = npt.NDArray[np.bool_]
Float32Array = npt.NDArray[np.float32]

LARGEST_LOST_SHARE = 0.5
# A shorter loss is not worth another channel; a movement is shorter than the second.
LEAST_LOST_WINDOWS = 12
LONGEST_ARTEFACT_WINDOWS = 24
WINDOW = round(ARTEFACT_S * RATE_HZ)


@dataclass(frozen=True, slots=True)
class _Kind:
    purpose: str
    words: str
    roles: tuple[Role, ...]


_KINDS = (
    _Kind("arousals_central", "central EEG", CENTRAL_ROLES),
    _Kind("arousals_eye", "EOG", (Role.EOG_L, Role.EOG_R, Role.EOG_H)),
    _Kind("arousals_chin", "chin EMG", (Role.EMG_CHIN,)),
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkChannels:
    """Input signals of a network.

    Attributes
    ----------
    inputs : numpy.ndarray of float32, shape (3, n_samples)
        EEG, EOG and chin at 50 Hz.
    is_lost : numpy.ndarray of bool, shape (n_windows,)
        Windows of 5 s without one of the three.
    artefacts : numpy.ndarray of bool, shape (n_windows,)
        Windows of 5 s with artefact in the EEG.
    eeg : str
        Role of the EEG that is used for most of the night.
    used : dict of str to str
        Purpose to the roles and labels that are used.
    """

    inputs: Float32Array
    is_lost: BoolArray
    artefacts: BoolArray
    eeg: str
    used: dict[str, str]


@dataclass(slots=True, eq=False)
class _Composed:
    """One input, put together from channels of one kind."""

    samples: Float32Array
    is_lost: BoolArray
    artefacts: BoolArray
    used: list[Channel]


def network_channels(
    recording: Recording, scoring: Scoring, artefacts: ArtefactMask | None
) -> NetworkChannels:
    """Choose and prepare a central EEG, an EOG and a chin EMG.

    Raises
    ------
    MissingChannel
        If one of the three is missing, or lost in over half of the sleep; the message
        names every such kind, and why.
    """
    composed = [_compose(recording, scoring, kind, artefacts) for kind in _KINDS]
    faults = [one for one in composed if isinstance(one, str)]
    if faults:
        raise MissingChannel(
            f"The network needs a central EEG, an EOG and a chin EMG: "
            f"{'; '.join(faults)}."
        )
    parts = [one for one in composed if isinstance(one, _Composed)]
    n_samples = min(len(part.samples) for part in parts)
    n_windows = min(len(part.is_lost) for part in parts)
    return NetworkChannels(
        inputs=np.stack([part.samples[:n_samples] for part in parts]),
        is_lost=np.logical_or.reduce([part.is_lost[:n_windows] for part in parts]),
        artefacts=parts[0].artefacts[:n_windows],
        eeg=parts[0].used[0].role.value,
        used={
            kind.purpose: " and ".join(
                f"{channel.role.value} ({channel.label})" for channel in part.used
            )
            for kind, part in zip(_KINDS, parts, strict=True)
        },
    )


def _compose(
    recording: Recording, scoring: Scoring, kind: _Kind, artefacts: ArtefactMask | None
) -> _Composed | str:
    """Put one input together; say why where it cannot be."""
    order = list(kind.roles)
    ranked = sorted(
        (channel for channel in recording.channels if channel.role in order),
        key=lambda channel: order.index(channel.role),
    )
    serving = [one for one in ranked if one.unfit is None and one.rate_hz >= RATE_HZ]
    masks = artefacts if kind.purpose == "arousals_central" else None
    whole: _Composed | None = None
    share = 0.0
    for channel in serving:
        part = _prepare(recording, channel, masks)
        if whole is None:
            whole = part
        else:
            _fill(whole, part)
        is_asleep = windows_of(scoring, len(whole.is_lost), SLEEP_STAGES)
        share = float(whole.is_lost[is_asleep].mean()) if is_asleep.any() else 0.0
        if (whole.is_lost & is_asleep).sum() <= LEAST_LOST_WINDOWS:
            break
    if whole is not None and share <= LARGEST_LOST_SHARE:
        return whole
    if not ranked:
        return f"there is no {kind.words}"
    return "; ".join(f"{channel.label} {_shortfall(channel)}" for channel in ranked)


def _shortfall(channel: Channel) -> str:
    """Return why a channel cannot be used, to be read after its label."""
    if channel.unfit is not None:
        return channel.unfit.why
    if channel.rate_hz < RATE_HZ:
        return f"has {channel.rate_hz:g} samples a second, {RATE_HZ} are needed"
    return f"is lost in over {LARGEST_LOST_SHARE:.0%} of sleep"


def _prepare(
    recording: Recording, channel: Channel, artefacts: ArtefactMask | None
) -> _Composed:
    values = trace_of(recording, channel)
    bad = artefact_windows(values, channel, artefacts)
    lost = artefact_windows(values, channel, None)
    centre = centre_of(values)
    still = still_windows(values, channel.rate_hz, len(lost), centre)
    unknown = is_missing(values) | at_rate(still, channel.rate_hz, len(values))
    gaps = true_runs(unknown)
    del unknown  # beside a Fourier transform of the night
    lost |= still
    is_long = np.zeros_like(lost)
    for windows, least in ((bad, LONGEST_ARTEFACT_WINDOWS), (lost, LEAST_LOST_WINDOWS)):
        for first, last in true_runs(windows).tolist():
            is_long[first:last] |= last - first >= least
    lost |= is_long
    longest = round(LEAST_LOST_WINDOWS * ARTEFACT_S * channel.rate_hz)
    gaps = gaps[gaps[:, 1] - gaps[:, 0] <= longest]
    extended = Extended.of(values, channel.rate_hz, centre, gaps)
    del values
    reduced = extended.to_50_hz()
    del extended
    samples = normalised(reduced, at_rate(is_long, RATE_HZ, len(reduced)))
    return _Composed(samples, lost, bad, [channel])


def at_rate(windows: BoolArray, rate_hz: float, n_samples: int) -> BoolArray:
    """Spread a mask of 5-s windows over samples."""
    edges = np.ceil(np.arange(len(windows) + 1) * rate_hz * ARTEFACT_S - 1e-6)
    edges[-1] = max(edges[-1], n_samples)  # the last goes on to the end
    lengths = np.diff(np.minimum(edges, n_samples)).astype(int)
    return np.repeat(windows, lengths)


def _fill(whole: _Composed, part: _Composed) -> None:
    """Fill lost stretches from another channel that has them."""
    n_samples = min(len(whole.samples), len(part.samples))
    taken = whole.is_lost & ~part.is_lost
    if not taken.any():
        return
    is_taken = np.repeat(taken, WINDOW)[:n_samples]
    whole.samples[:n_samples][is_taken] = part.samples[:n_samples][is_taken]
    whole.artefacts[taken] = part.artefacts[taken]
    if taken.sum() > len(taken) / 2:  # it is used longer than the one before
        whole.used.insert(0, part.used[0])
    else:
        whole.used.append(part.used[0])
    whole.is_lost &= part.is_lost

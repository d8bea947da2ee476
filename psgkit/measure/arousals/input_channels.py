"""The channels of a night, chosen and made ready for the arousal rules."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.domain.signals.trace import Samples, in_parts, is_missing, trace_of
from psgkit.domain.sleep.stages import stages_at
from psgkit.measure.arousals.bands import BoolArray, FloatArray, band_powers, smooth
from psgkit.measure.arousals.candidates import ARTEFACT_S
from psgkit.measure.arousals.chin_rises import LEAST_RATE_HZ, muscle_tone
from psgkit.measure.arousals.thresholds import HOP_S, ArousalRules
from psgkit.measure.detectors.heart_beats import NO_BEATS
from psgkit.measure.signals.centring import centre_of, centred
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.usable_time import still_seconds
from psgkit.measure.spectra.power import reduce_rate

CENTRAL_ROLES = (
    *(Role.C4_M1, Role.C3_M2, Role.C4_M1M2, Role.C3_M1M2),
    *(Role.C4_M2, Role.C3_M1, Role.C4, Role.C3, Role.CZ_M1, Role.CZ_M2, Role.CZ),
)
OCCIPITAL_ROLES = (
    *(Role.O2_M1, Role.O1_M2, Role.O2_M1M2, Role.O1_M1M2),
    *(Role.O2_M2, Role.O1_M1, Role.O2, Role.O1, Role.OZ_M1, Role.OZ_M2, Role.OZ),
)

# Beta to 30 Hz needs room above; and no band is looked at near an amplifier's cut-off.
LEAST_EEG_RATE_HZ = 100.0
LOWPASS_SHARE = 0.8
LEAST_BETA_HZ = 20.0
LARGEST_ARTEFACT_SHARE = 0.5
LARGEST_MISSING_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class PreparedEeg:
    """One EEG channel, ready to be searched."""

    channel: Channel
    powers: FloatArray  # smoothed
    artefacts: BoolArray  # windows of 5 s
    lost: BoolArray  # windows without signal

    def usable_hops(self) -> BoolArray:
        """Return which hops may enter a baseline."""
        return ~_at_hops(self.artefacts, self.powers.shape[1])


def best_eeg(
    recording: Recording,
    roles: Iterable[Role],
    scoring: Scoring,
    artefacts: ArtefactMask | None,
    rules: ArousalRules,
    *,
    use: str = "",
) -> PreparedEeg | None:
    """Return the first channel that is good enough.

    One wanted for the use is first. One that was off for a while comes after those that
    were not, as in staging.
    """

    def rank(channel: Channel) -> tuple[bool, float]:
        lost_s = sum(gap.duration_s for gap in recording.lost_of(channel))
        return use not in channel.wanted_for, lost_s

    for channel in sorted(recording.without_unfit().ranked(roles, use), key=rank):
        highest_hz = min(30.0, LOWPASS_SHARE * (channel.lowpass_hz or np.inf))
        if (
            channel.to_uv is None
            or channel.rate_hz < LEAST_EEG_RATE_HZ
            or highest_hz < LEAST_BETA_HZ
        ):
            continue
        eeg = _prepare(recording, channel, artefacts, highest_hz, rules)
        bad = eeg.artefacts[windows_of(scoring, len(eeg.artefacts), SLEEP_STAGES)]
        if not bad.size or bad.mean() <= LARGEST_ARTEFACT_SHARE:
            return eeg
    return None


def _prepare(
    recording: Recording,
    channel: Channel,
    artefacts: ArtefactMask | None,
    highest_hz: float,
    rules: ArousalRules,
) -> PreparedEeg:
    values = trace_of(recording, channel)
    is_bad = artefact_windows(values, channel, artefacts)
    centre = centre_of(values)
    is_lost = artefact_windows(values, channel, None)
    is_lost |= still_windows(values, channel.rate_hz, len(is_lost), centre)
    reduced, rate_hz = reduce_rate(values, channel.rate_hz, LEAST_EEG_RATE_HZ, centre)
    powers = band_powers(reduced, rate_hz, highest_hz)
    del reduced  # it holds a whole night
    powers = smooth(powers, rules.smooth_s)
    return PreparedEeg(channel, powers, is_bad | is_lost, is_lost)


def artefact_windows(
    values: Samples, channel: Channel, artefacts: ArtefactMask | None
) -> BoolArray:
    """Return the windows of 5 s with a gap, or with artefact by the mask."""
    n_windows = int(np.ceil(len(values) / channel.rate_hz / ARTEFACT_S))
    is_bad = np.zeros(n_windows, dtype=bool)
    missing_s = np.flatnonzero(is_missing(values)) / channel.rate_hz
    is_bad[(missing_s / ARTEFACT_S).astype(int)] = True
    if artefacts is not None:
        mask = artefacts(channel, values)[:n_windows]
        is_bad[: len(mask)] |= mask
    return is_bad


def still_windows(
    values: Samples,
    rate_hz: float,
    n_windows: int,
    centre: float = 0.0,
) -> BoolArray:
    """Return in which windows of 5 s a signal is constant; see `still_seconds`."""
    seconds = round(ARTEFACT_S)
    still = still_seconds(values, rate_hz, n_windows * seconds, centre)
    return np.asarray(still.reshape(-1, seconds).all(axis=1))


def chin_tone(
    recording: Recording, beats_s: FloatArray = NO_BEATS
) -> tuple[Channel, FloatArray] | None:
    """Return the chin EMG and its tone, or None without a usable chin EMG.

    The tone is NaN if the chin is missing or constant: against no signal, all
    that follows would be a rise.
    """
    channel = recording.without_unfit().find([Role.EMG_CHIN])
    if channel is None or channel.to_uv is None or channel.rate_hz < LEAST_RATE_HZ:
        return None
    values = trace_of(recording, channel)
    centre = centre_of(values)
    missing = artefact_windows(values, channel, None)
    missing |= still_windows(values, channel.rate_hz, len(missing), centre)
    if not any(centred(part, centre).any() for _, part in in_parts(values)):
        return None
    tone = muscle_tone(values, channel.rate_hz, beats_s, centre)
    tone[np.repeat(missing, round(ARTEFACT_S / HOP_S))[: len(tone)]] = np.nan
    return channel, tone


def lacks_in_rem(tone: FloatArray, scoring: Scoring) -> bool:
    """Return whether the chin EMG is missing in over a tenth of REM sleep.

    Then it cannot say how many arousals there were.
    """
    missing = np.isnan(tone[:: round(ARTEFACT_S / HOP_S)])
    in_rem = missing[windows_of(scoring, len(missing), (Stage.R,))]
    return bool(in_rem.size and in_rem.mean() > LARGEST_MISSING_SHARE)


def _at_hops(windows: BoolArray, n_hops: int) -> BoolArray:
    """Spread a mask of 5-s windows over hops; a hop is half a second behind."""
    middles_s = np.arange(n_hops) * HOP_S + 0.5
    index = np.minimum((middles_s // ARTEFACT_S).astype(int), len(windows) - 1)
    return np.asarray(windows[index])


def windows_of(
    scoring: Scoring, n_windows: int, stages: tuple[Stage, ...]
) -> BoolArray:
    """Return which windows of 5 s are in epochs of some stages, by their middle."""
    middles_s = (np.arange(n_windows) + 0.5) * ARTEFACT_S
    return np.isin(stages_at(scoring, middles_s), stages)

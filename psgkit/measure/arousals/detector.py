"""`arousal_rule_v1`: arousals found by rules that a technician can follow.

AASM's rule (an abrupt shift to theta, alpha or beta for at least 3 s, after 10 s of
sleep, in REM sleep with a rise of the chin EMG) as in METRICS.md, section D: robust
baselines and a veto of spindles as in Luna, structure after Fernández-Varela et al. 2017
(10.1016/j.compbiomed.2017.05.011). `rules` holds the thresholds, `bands` what is
measured, `candidates` where it shifts, `verdicts` what is an arousal and why not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.roles import Role
from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.errors import MissingChannel
from psgkit.measure.arousals.bands import (
    BoolArray,
    FloatArray,
    band_powers,
    contrast,
    smooth,
)
from psgkit.measure.arousals.candidates import (
    ARTEFACT_S,
    Shift,
    find_shifts,
    join_channels,
    note_artefacts,
    note_spindles,
)
from psgkit.measure.arousals.muscle import LEAST_RATE_HZ, muscle_tone, tone_rises
from psgkit.measure.arousals.noise_floor import LEAST_S, LONGEST_S, phase_randomised
from psgkit.measure.arousals.rules import HOP_S, ArousalRules
from psgkit.measure.arousals.verdicts import Candidate, Night, judge
from psgkit.measure.spectral import reduce_rate

DETECTOR = "arousal_rule_v1"

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

ArtefactMask = Callable[[Channel], npt.NDArray[np.bool_]]

CANDIDATE_COLUMNS = (
    *("onset_s", "duration_s", "stage", "band", "peak_ratio", "sustained_ratio"),
    *(
        "emg",
        "movement",
        "is_long",
        "to_wake",
        "channels",
        "spindle_s",
        "artefact_frac",
    ),
    *("is_arousal", "reason"),
)


@dataclass(frozen=True, slots=True, eq=False)
class ArousalsFound:
    """What the rules found in a night.

    Attributes
    ----------
    candidates : pandas.DataFrame
        Every shift to faster rhythms, an arousal (``is_arousal``) or not, for the
        ``reason`` given: ``not_asleep``, ``too_short``, ``spindle``,
        ``occipital_without_emg``, ``rem_without_emg``, ``weak_without_emg``,
        ``artefact``, ``no10s`` (no ten seconds of sleep before it) or ``joined`` (to
        the arousal before it).
    noise_per_h : float
        Arousals an hour that the same rules find in noise with the spectrum of this
        night's N2 and N3; NaN where there are less than 30 minutes of them.
    channels_used : dict of str to str
        ``arousals_central``, ``arousals_occipital``, ``arousals_chin`` to role and
        label.
    issues : tuple of Issue
        What the reader of the arousals should know.
    """

    candidates: pd.DataFrame
    noise_per_h: float
    channels_used: dict[str, str]
    issues: tuple[Issue, ...]

    @property
    def arousals(self) -> pd.DataFrame:
        """The candidates that are arousals, without the verdict."""
        taken = self.candidates[self.candidates["is_arousal"]]
        return taken.drop(columns=["is_arousal", "reason"]).reset_index(drop=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Eeg:
    """One EEG channel, ready to be searched."""

    channel: Channel
    signal: npt.NDArray[np.float32]
    rate_hz: float
    powers: FloatArray  # smoothed
    artefacts: BoolArray  # windows of 5 s
    highest_hz: float

    def usable_hops(self) -> BoolArray:
        """Return which hops may enter a baseline."""
        return ~_at_hops(self.artefacts, self.powers.shape[1])


def detect_arousals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask | None = None,
    spindles: pd.DataFrame | None = None,
    rules: ArousalRules | None = None,
) -> pd.DataFrame:
    """Find the arousals of a night by rules; see `find_arousals`.

    Returns
    -------
    pandas.DataFrame
        One row an arousal: ``onset_s, duration_s, stage, band, peak_ratio,
        sustained_ratio, emg, movement, is_long, to_wake, channels, spindle_s,
        artefact_frac``.
    """
    found = find_arousals(
        recording, scoring, artefacts=artefacts, spindles=spindles, rules=rules
    )
    return found.arousals


def find_arousals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask | None = None,
    spindles: pd.DataFrame | None = None,
    rules: ArousalRules | None = None,
) -> ArousalsFound:
    """Find the arousals of a night by rules, and say why what was left out was.

    Parameters
    ----------
    recording : Recording
        With a central EEG; an occipital EEG and a chin EMG are used where there are
        any.
    scoring : Scoring
        Laid on the recording.
    artefacts : callable, optional
        Gives the artefact mask of a channel, True where a stretch of 5 s from second
        zero is artefact; without it only gaps are.
    spindles : pandas.DataFrame, optional
        ``onset_s`` and ``duration_s`` of the spindles of a central channel; without it,
        sigma power alone speaks against a spindle.
    rules : ArousalRules, optional
        Other thresholds than the defaults.

    Returns
    -------
    ArousalsFound

    Raises
    ------
    MissingChannel
        If no central EEG can be used; the message says why.
    """
    rules = rules or ArousalRules()
    issues: list[Issue] = []
    central = _best(recording, CENTRAL_ROLES, scoring, artefacts, rules)
    if central is None:
        raise MissingChannel(
            f"{recording.id}: arousals need a central EEG in microvolts with "
            f"{LEAST_EEG_RATE_HZ:g} Hz or more of which at most half is artefact; "
            f"there are: {', '.join(recording.labels)}."
        )
    occipital = _best(recording, OCCIPITAL_ROLES, scoring, artefacts, rules)
    if occipital is None:
        issues.append(_NO_OCCIPITAL)
    chin = _chin_tone(recording)
    if chin is None:
        issues.append(_NO_CHIN)
    eeg = [one for one in (central, occipital) if one is not None]
    tone = None if chin is None else chin[1]
    judged = _search(eeg, tone, scoring, _intervals(spindles), rules)
    noise_per_h = _noise_per_h(central, judged, scoring, rules)
    if noise_per_h > _MOST_NOISE_PER_H:
        issues.append(_noisy(noise_per_h))
    used = {"arousals_central": central.channel}
    if occipital is not None:
        used["arousals_occipital"] = occipital.channel
    if chin is not None:
        used["arousals_chin"] = chin[0]
    return ArousalsFound(
        candidates=_table(judged, rules),
        noise_per_h=noise_per_h,
        channels_used={
            purpose: f"{channel.role.value} ({channel.label})"
            for purpose, channel in used.items()
        },
        issues=tuple(issues),
    )


def _search(
    eeg: list[_Eeg],
    tone: FloatArray | None,
    scoring: Scoring,
    spindles: FloatArray,
    rules: ArousalRules,
) -> list[Candidate]:
    """Search twice: baselines leave out the arousals that the first search found."""
    central = frozenset({eeg[0].channel.role.value})
    judged: list[Candidate] = []
    for _ in range(2):
        events = [one.shift for one in judged if one.is_taken]
        shifts: list[Shift] = []
        for one in eeg:
            usable = one.usable_hops() & ~_in_events(events, one.powers.shape[1])
            found = find_shifts(
                contrast(one.powers, usable, rules), one.channel.role.value, rules
            )
            shifts += note_artefacts(found, one.artefacts)
        rises = None
        if tone is not None:
            rises = tone_rises(tone, ~_in_events(events, len(tone)), rules)
        joined = note_spindles(join_channels(shifts), spindles)
        judged = judge(joined, Night(scoring, rises), central, rules)
    return judged


def _best(
    recording: Recording,
    roles: Iterable[Role],
    scoring: Scoring,
    artefacts: ArtefactMask | None,
    rules: ArousalRules,
) -> _Eeg | None:
    """Return the first channel of some roles that is good enough."""
    order = list(roles)
    ranked = sorted(
        (channel for channel in recording.channels if channel.role in order),
        key=lambda channel: order.index(channel.role),
    )
    for channel in ranked:
        highest_hz = min(30.0, LOWPASS_SHARE * (channel.lowpass_hz or np.inf))
        if channel.to_uv is None or channel.rate_hz < LEAST_EEG_RATE_HZ:
            continue
        eeg = _prepare(recording, channel, artefacts, highest_hz, rules)
        asleep = _sleep_windows(scoring, len(eeg.artefacts))
        bad = eeg.artefacts[asleep]
        if highest_hz >= LEAST_BETA_HZ and (
            not bad.size or bad.mean() <= LARGEST_ARTEFACT_SHARE
        ):
            return eeg
    return None


def _prepare(
    recording: Recording,
    channel: Channel,
    artefacts: ArtefactMask | None,
    highest_hz: float,
    rules: ArousalRules,
) -> _Eeg:
    values = recording.signal(channel)
    is_missing = ~np.isfinite(values)
    n_windows = int(np.ceil(len(values) / channel.rate_hz / ARTEFACT_S))
    is_bad = np.zeros(n_windows, dtype=bool)
    is_bad[(np.flatnonzero(is_missing) / channel.rate_hz / ARTEFACT_S).astype(int)] = (
        True
    )
    if artefacts is not None:
        mask = artefacts(channel)[:n_windows]
        is_bad[: len(mask)] |= mask
    filled = np.where(is_missing, 0.0, values).astype(np.float32)
    del values, is_missing  # a night is large, and only its short form is needed
    reduced, rate_hz = reduce_rate(filled, channel.rate_hz, LEAST_EEG_RATE_HZ)
    powers = smooth(band_powers(reduced, rate_hz, highest_hz), rules.smooth_s)
    return _Eeg(channel, reduced, rate_hz, powers, is_bad, highest_hz)


def _chin_tone(recording: Recording) -> tuple[Channel, FloatArray] | None:
    """Return the chin EMG and its tone, or None where there is none to use."""
    channel = recording.find([Role.EMG_CHIN])
    if channel is None or channel.to_uv is None or channel.rate_hz < LEAST_RATE_HZ:
        return None
    values = np.nan_to_num(recording.signal(channel), nan=0.0)
    if not values.any():
        return None
    return channel, muscle_tone(values, channel.rate_hz)


def _noise_per_h(
    central: _Eeg,
    judged: Iterable[Candidate],
    scoring: Scoring,
    rules: ArousalRules,
) -> float:
    """Return how many arousals an hour the rules find in this night's noise.

    The night's own arousals are no part of the noise.
    """
    is_wanted = _nrem_windows(scoring, len(central.artefacts)) & ~central.artefacts
    for one in judged:
        if one.is_taken:
            first = int(one.shift.onset_s // ARTEFACT_S)
            is_wanted[first : int(one.shift.end_s // ARTEFACT_S) + 1] = False
    n_window = round(ARTEFACT_S * central.rate_hz)
    windows = np.flatnonzero(is_wanted)[: round(LONGEST_S / ARTEFACT_S)]
    windows = windows[(windows + 1) * n_window <= len(central.signal)]
    seconds = len(windows) * ARTEFACT_S
    if seconds < LEAST_S:
        return float("nan")
    samples = windows[:, np.newaxis] * n_window + np.arange(n_window)
    noise = phase_randomised(central.signal[samples].ravel().astype(np.float64))
    powers = smooth(
        band_powers(noise, central.rate_hz, central.highest_hz), rules.smooth_s
    )
    usable = np.ones(powers.shape[1], dtype=bool)
    role = central.channel.role.value
    shifts = find_shifts(contrast(powers, usable, rules), role, rules)
    asleep = Scoring.from_stages(["N2"] * int(np.ceil(seconds / 30.0) + 1))
    judged = judge(shifts, Night(asleep, None), frozenset({role}), rules)
    return sum(one.is_taken for one in judged) / (seconds / 3600.0)


def _intervals(spindles: pd.DataFrame | None) -> FloatArray:
    if spindles is None:
        return np.zeros((0, 2))
    onsets = spindles["onset_s"].to_numpy(float)
    return np.stack([onsets, onsets + spindles["duration_s"].to_numpy(float)], axis=1)


def _at_hops(windows: BoolArray, n_hops: int) -> BoolArray:
    """Spread a mask of 5-s windows over hops; a hop shows what stands 0.5 s after."""
    middles_s = np.arange(n_hops) * HOP_S + 0.5
    index = np.minimum((middles_s // ARTEFACT_S).astype(int), len(windows) - 1)
    return np.asarray(windows[index])


def _in_events(events: Iterable[Shift], n_hops: int) -> BoolArray:
    inside = np.zeros(n_hops, dtype=bool)
    for event in events:
        inside[max(int(event.onset_s / HOP_S) - 2, 0) : int(event.end_s / HOP_S)] = True
    return inside


def _sleep_windows(scoring: Scoring, n_windows: int) -> BoolArray:
    return _windows_of(scoring, n_windows, SLEEP_STAGES)


def _nrem_windows(scoring: Scoring, n_windows: int) -> BoolArray:
    return _windows_of(scoring, n_windows, (Stage.N2, Stage.N3))


def _windows_of(
    scoring: Scoring, n_windows: int, stages: tuple[Stage, ...]
) -> BoolArray:
    """Tell which windows of 5 s lie in epochs of some stages, by their middle."""
    middles_s = (np.arange(n_windows) + 0.5) * ARTEFACT_S
    epochs = np.floor((middles_s - scoring.onset_s) / scoring.epoch_s).astype(int)
    inside = (epochs >= 0) & (epochs < scoring.n_epochs)
    codes = scoring.stages[np.clip(epochs, 0, scoring.n_epochs - 1)]
    return np.asarray(inside & np.isin(codes, stages))


def _table(judged: list[Candidate], rules: ArousalRules) -> pd.DataFrame:
    rows = [
        (
            one.shift.onset_s,
            one.shift.duration_s,
            one.stage.name,
            one.shift.band,
            one.shift.peak_ratio,
            one.shift.sustained,
            one.emg,
            one.emg and one.shift.artefact > rules.artefact_share,
            one.shift.duration_s > rules.long_s,
            one.to_wake,
            "+".join(one.shift.channels),
            one.shift.spindle_s,
            one.shift.artefact,
            one.is_taken,
            one.reason,
        )
        for one in judged
    ]
    table = pd.DataFrame(rows, columns=list(CANDIDATE_COLUMNS))
    numbers = (
        *("onset_s", "duration_s", "peak_ratio", "sustained_ratio"),
        *("spindle_s", "artefact_frac"),
    )
    flags = ("emg", "movement", "is_long", "to_wake", "is_arousal")
    words = ("stage", "band", "channels", "reason")
    return table.astype(
        dict.fromkeys(numbers, float)
        | dict.fromkeys(flags, bool)
        | dict.fromkeys(words, object)
    )


_MOST_NOISE_PER_H = 2.0

_NO_OCCIPITAL = Issue(
    Severity.NOTE,
    "arousals_without_occipital",
    "Arousals were looked for in the central EEG alone: there is no usable occipital "
    "one.",
)
_NO_CHIN = Issue(
    Severity.WARNING,
    "arousals_without_chin",
    "Without a usable chin EMG no arousal can be scored in REM sleep: those of REM are "
    "unknown, not none.",
    "If there is a chin EMG, name it with --channel emg=LABEL.",
)


def _noisy(noise_per_h: float) -> Issue:
    return Issue(
        Severity.WARNING,
        "arousals_noise_floor",
        f"In noise with the spectrum of this night's sleep, the arousal rules find "
        f"{noise_per_h:.1f} an hour; over {_MOST_NOISE_PER_H:g} is unusual.",
        "Look at the arousals before using their index.",
    )

"""`arousal_rule_v1`: arousals found by rules that a technician can follow.

AASM's rule (an abrupt shift to theta, alpha or beta for at least 3 s, after 10 s of
sleep, in REM sleep with a rise of the chin EMG) with robust
baselines and a veto of spindles as in Luna, structure after Fernández-Varela et al. 2017
(10.1016/j.compbiomed.2017.05.011). `thresholds` has the thresholds, `input_channels` the
channels, `bands` the powers, `candidates` the shifts, `criteria` the reasons against them;
docs/arousals.md describes the steps.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import SLEEP_STAGES, Scoring
from psgkit.errors import MissingChannel
from psgkit.measure.arousals.bands import (
    BoolArray,
    FloatArray,
    contrast,
)
from psgkit.measure.arousals.candidate_table import (
    NO_OCCIPITAL,
    ArousalsFound,
    candidate_table,
    lost_spans,
    no_chin,
)
from psgkit.measure.arousals.candidates import (
    Shift,
    find_shifts,
    join_channels,
    note_artefacts,
    note_spindles,
)
from psgkit.measure.arousals.chin_rises import tone_rises
from psgkit.measure.arousals.criteria import Candidate, Night, judge
from psgkit.measure.arousals.input_channels import (
    CENTRAL_ROLES,
    LEAST_EEG_RATE_HZ,
    OCCIPITAL_ROLES,
    PreparedEeg,
    best_eeg,
    chin_tone,
    lacks_in_rem,
    windows_of,
)
from psgkit.measure.arousals.own_alpha import note_alpha, own_alpha
from psgkit.measure.arousals.thresholds import HOP_S, ArousalRules
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.signals.channel_reader import ArtefactMask

if TYPE_CHECKING:
    from psgkit.domain.issues import Issue

DETECTOR = "arousal_rule_v1"


def detect_arousals(
    recording: object,
    scoring: object,
    *,
    artefacts: ArtefactMask | None = None,
    spindles: pd.DataFrame | None = None,
    rules: ArousalRules | None = None,
) -> pd.DataFrame:
    """Find the arousals of a night by rules; see `find_arousals`.

    Parameters
    ----------
    recording : Recording, str, Path, mne.io.BaseRaw or SimulatedNight
        Anything that `Recording.of` takes.
    scoring : Scoring, str, Path, yasa.Hypnogram, mne.Annotations or sequence of stages
        Anything that `Scoring.of` takes, aligned with the recording.
    artefacts, spindles, rules
        As in `find_arousals`.

    Returns
    -------
    pandas.DataFrame
        One row an arousal: ``onset_s, duration_s, stage, band, peak_ratio,
        sustained_ratio, emg, movement, is_long, to_wake, channels, spindle_s,
        artefact_frac``.

    Raises
    ------
    MissingChannel
        If the recording has no EEG channel.
    InputError
        If an input cannot be used.

    Examples
    --------
    >>> import psgkit
    >>> arousals = psgkit.detect_arousals("night.edf", "night.csv")
    >>> bool((arousals["duration_s"] >= 3).all())
    True
    """
    found = find_arousals(
        Recording.of(recording),
        Scoring.of(scoring),
        artefacts=artefacts,
        spindles=spindles,
        rules=rules,
    )
    return found.arousals


def find_arousals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask | None = None,
    spindles: pd.DataFrame | None = None,
    beats_s: FloatArray | None = None,
    rules: ArousalRules | None = None,
) -> ArousalsFound:
    """Find the arousals of a night by rules, each rejected candidate with its reason.

    Parameters
    ----------
    recording : Recording
        With a central EEG; an occipital EEG and a chin EMG are used if
        present.
    scoring : Scoring
        Aligned with the recording.
    artefacts : callable, optional
        Gives the artefact mask of a channel and its signal, True where a stretch of 5 s from second
        zero is artefact; without it only gaps are.
    spindles : pandas.DataFrame, optional
        ``onset_s`` and ``duration_s`` of the spindles of a central channel; without it,
        sigma power alone speaks against a spindle.
    beats_s : numpy.ndarray of float64, optional
        When the heart beats, as from `heart_beats`: not a rise of the chin. Looked for
        in the recording's ECG where not given.
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
    central = best_eeg(
        recording, CENTRAL_ROLES, scoring, artefacts, rules, use="arousals_central"
    )
    if central is None:
        labels_explained = _labels_explained(recording)
        raise MissingChannel(
            "Arousals were not detected: this needs a central EEG (C4, C3) in "
            f"microvolts with {LEAST_EEG_RATE_HZ:g} Hz or more and at most half artefact. "
            f"Channels: {labels_explained}. Name one with --channel C4_M1=LABEL."
        )
    occipital = best_eeg(
        recording, OCCIPITAL_ROLES, scoring, artefacts, rules, use="arousals_occipital"
    )
    if occipital is None:
        issues.append(NO_OCCIPITAL)
    beats_s = heart_beats(recording) if beats_s is None else beats_s
    chin = chin_tone(recording, beats_s)
    knows_rem = chin is not None and not lacks_in_rem(chin[1], scoring)
    if not knows_rem:
        issues.append(no_chin(recording.find([Role.EMG_CHIN])))
    eeg = [one for one in (central, occipital) if one is not None]
    tone = None if chin is None else chin[1]
    judged = _search(eeg, tone, scoring, intervals(spindles), rules)
    used = {"arousals_central": central.channel}
    if occipital is not None:
        used["arousals_occipital"] = occipital.channel
    if chin is not None:
        used["arousals_chin"] = chin[0]
    return ArousalsFound(
        candidates=candidate_table(judged, rules),
        channels_used={
            purpose: f"{channel.role.value} ({channel.label})"
            for purpose, channel in used.items()
        },
        issues=tuple(issues),
        knows_rem=knows_rem,
        lost=lost_spans(
            central.lost & windows_of(scoring, len(central.lost), SLEEP_STAGES)
        ),
    )


def _search(
    eeg: list[PreparedEeg],
    tone: FloatArray | None,
    scoring: Scoring,
    spindles: FloatArray,
    rules: ArousalRules,
) -> list[Candidate]:
    """Search twice: baselines leave out the arousals that the first search found."""
    central = frozenset({eeg[0].channel.role.value})
    own = {
        one.channel.role: own_alpha(one.powers, one.usable_hops(), scoring, rules)
        for one in eeg
    }
    judged: list[Candidate] = []
    for _ in range(2):
        events = [one.shift for one in judged if one.is_taken]
        shifts: list[Shift] = []
        for one in eeg:
            usable = one.usable_hops() & ~_in_events(events, one.powers.shape[1])
            found = find_shifts(
                contrast(one.powers, usable, rules), one.channel.role.value, rules
            )
            found = note_alpha(found, one.powers, own[one.channel.role])
            shifts += note_artefacts(found, one.artefacts)
        rises = None
        if tone is not None:
            rises = tone_rises(tone, ~_in_events(events, len(tone)), rules)
        joined = note_spindles(join_channels(shifts), spindles)
        judged = judge(joined, Night(scoring, rises), central, rules)
    return judged


def intervals(spindles: pd.DataFrame | None) -> FloatArray:
    """Return onset and end of each spindle, shape (n_spindles, 2)."""
    if spindles is None:
        return np.zeros((0, 2))
    onsets = spindles["onset_s"].to_numpy(float)
    return np.stack([onsets, onsets + spindles["duration_s"].to_numpy(float)], axis=1)


def _in_events(events: Iterable[Shift], n_hops: int) -> BoolArray:
    inside = np.zeros(n_hops, dtype=bool)
    for event in events:
        inside[max(int(event.onset_s / HOP_S) - 2, 0) : int(event.end_s / HOP_S)] = True
    return inside


def _labels_explained(recording: Recording) -> str:
    """Return the labels: unfit ones with the reason, electrodes of a cap counted."""
    caps = Counter(c.role.cap for c in recording.channels if c.role.cap)
    labels = [
        f"{c.label} ({c.unfit.why})" if c.unfit else c.label
        for c in recording.channels
        if not c.role.cap
    ]
    counted = [f"{n} electrodes numbered as on {cap}" for cap, n in caps.items()]
    return ", ".join([*labels, *counted])

"""Choose the arousals that a night's indices count, and state their validity."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.recording import Gap, Recording
from psgkit.domain.scoring import (
    AROUSAL_KINDS,
    AROUSALS_UNSEEN,
    NREM_AROUSALS,
    Scoring,
    Stage,
)
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import MissingChannel
from psgkit.measure.arousals.candidate_table import ArousalsFound
from psgkit.measure.arousals.detector import DETECTOR, find_arousals
from psgkit.measure.arousals.network import (
    NETWORK,
    detector_name,
    find_arousals_trained,
)
from psgkit.measure.arousals.thresholds import ArousalRules
from psgkit.measure.catalogue.lookup import measures_of
from psgkit.measure.results import Results
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.usable_time import ARTEFACT_S, FloatArray, gap_windows
from psgkit.settings import ArousalSettings

CANDIDATES = "arousal_candidates"

_SCORED = Undefined("the arousals were scored, not found by psgkit")
_NOT_LOOKED_FOR = Undefined("arousals were not looked for")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ArousalsCounted(Results):
    """A scoring with the arousals that count, and the facts on them.

    Attributes
    ----------
    scoring : Scoring
    detector : str
        Detector of the arousals; empty for a scorer's arousals, or without arousals.
    uncounted : pandas.DataFrame or None
        Arousals of REM sleep that were found, but may not be all.
    """

    scoring: Scoring
    detector: str = ""
    uncounted: pd.DataFrame | None = None

    @property
    def known(self) -> pd.DataFrame | None:
        """All known arousals, ``onset_s`` and ``duration_s``."""
        counted = self.scoring.arousals
        if counted is None or self.uncounted is None or self.uncounted.empty:
            return counted
        columns = ["onset_s", "duration_s"]
        return pd.concat([counted[columns], self.uncounted[columns]])


def with_arousals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask,
    settings: ArousalSettings,
    spindles: pd.DataFrame | None = None,
    beats_s: FloatArray | None = None,
) -> ArousalsCounted:
    """Return the scoring with the arousals that its indices count.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Aligned with the recording.
    artefacts : callable
        Gives the artefact mask of a channel.
    settings : ArousalSettings
        Whose arousals count.
    spindles : pandas.DataFrame, optional
        ``onset_s`` and ``duration_s`` of the spindles of a central channel.
    beats_s : numpy.ndarray of float64, optional
        Times of heart beats, as from `heart_beats`; detected if not given.

    Returns
    -------
    ArousalsCounted
        Without a scorer's arousals and without a detector that can run, the scoring
        as it is, with an issue that says why.

    Raises
    ------
    InputError
        If the weights of the network are missing or not those that were released.
    """
    is_scored = scoring.arousals is not None
    if settings.source == "scored" or (settings.source == "auto" and is_scored):
        why = _SCORED if is_scored else _NOT_LOOKED_FOR
        return ArousalsCounted(scoring=scoring, measures=_worth(why))
    signals = _Signals(recording, scoring, artefacts, spindles, beats_s)
    try:
        match settings.source:
            case "rules":
                return _by_rules(signals, settings)
            case "auto":
                return _by_best(signals, settings)
            case _:
                return _by_network(signals, settings.source)
    except MissingChannel as fault:
        why = Undefined("no channel in which arousals could be looked for")
        issue = Issue(Severity.WARNING, "arousals_not_found", str(fault))
        # If a detector is chosen, a scorer's arousals do not replace its own.
        bare = scoring if settings.source == "auto" else _without_arousals(scoring)
        return ArousalsCounted(scoring=bare, measures=_worth(why), issues=(issue,))


@dataclass(frozen=True, slots=True, eq=False)
class _Signals:
    """Input of a detector."""

    recording: Recording
    scoring: Scoring
    artefacts: ArtefactMask
    spindles: pd.DataFrame | None
    beats_s: FloatArray | None


def _by_best(signals: _Signals, settings: ArousalSettings) -> ArousalsCounted:
    """Use the network, or the rules if it has too few channels."""
    try:
        return _by_network(signals, NETWORK)
    except MissingChannel as fault:
        counted = _by_rules(signals, settings)
        return replace(counted, issues=(_exploratory(fault), *counted.issues))


def _by_rules(signals: _Signals, settings: ArousalSettings) -> ArousalsCounted:
    found = find_arousals(
        signals.recording,
        signals.scoring,
        artefacts=signals.artefacts,
        spindles=signals.spindles,
        beats_s=signals.beats_s,
        rules=ArousalRules(seed=settings.seed),
    )
    is_calibrated = bool(settings.calibration)
    return ArousalsCounted(
        scoring=_with_found(signals, found, DETECTOR),
        measures=_worth(float(is_calibrated)),
        detector=DETECTOR,
        tables={CANDIDATES: found.candidates},
        channels_used=found.channels_used,
        issues=found.issues if is_calibrated else (*found.issues, _UNCALIBRATED),
        uncounted=None if found.knows_rem else found.arousals[_is_rem(found)],
    )


def _by_network(signals: _Signals, source: str) -> ArousalsCounted:
    found = find_arousals_trained(
        signals.recording,
        signals.scoring,
        source=source,
        artefacts=signals.artefacts,
        spindles=signals.spindles,
        beats_s=signals.beats_s,
    )
    name = detector_name(source)
    return ArousalsCounted(
        scoring=_with_found(signals, found, name),
        # The settings' calibration holds for the rules' threshold.
        measures=_worth(0.0),
        detector=name,
        tables={CANDIDATES: found.candidates},
        channels_used=found.channels_used,
        issues=found.issues,
    )


def _is_rem(found: ArousalsFound) -> "pd.Series[bool]":
    return found.arousals["stage"] == Stage.R.name


def _with_found(signals: _Signals, found: ArousalsFound, source: str) -> Scoring:
    group = "arousal" if found.knows_rem else NREM_AROUSALS
    arousals = found.arousals if found.knows_rem else found.arousals[~_is_rem(found)]
    rows = arousals[["onset_s", "duration_s"]].itertuples(index=False, name=None)
    events = make_events(
        (
            *((onset, length, "arousal", source) for onset, length in rows),
            *(
                (onset, length, AROUSALS_UNSEEN + cause, source)
                for onset, length, cause in _by_cause(found, signals.recording.gaps)
            ),
        )
    )
    return _without_arousals(signals.scoring).with_events(events, {group})


def _by_cause(
    found: ArousalsFound, gaps: tuple[Gap, ...]
) -> Iterator[tuple[float, float, str]]:
    """Yield onset, duration and cause of lost sleep: ``:gap`` for one of the recording."""
    in_gap = gap_windows(gaps)
    for onset_s, duration_s in found.lost:
        first = round(onset_s / ARTEFACT_S)
        windows = range(first, first + round(duration_s / ARTEFACT_S))
        for is_gap, run in groupby(windows, in_gap.__contains__):
            numbers = list(run)
            cause = ":gap" if is_gap else ""
            yield numbers[0] * ARTEFACT_S, len(numbers) * ARTEFACT_S, cause


_UNCALIBRATED = Issue(
    Severity.NOTE,
    "arousals_uncalibrated",
    "Arousals were detected by rules that have not been validated on your laboratory's "
    "scoring. Use the indices to compare nights, not in place of an expert's.",
    "Score some nights, compare with psgkit compare, and calibrate.",
)


def _exploratory(fault: MissingChannel) -> Issue:
    """Return the issue that rules replaced the network, with the reason."""
    return Issue(
        Severity.WARNING,
        "arousals_exploratory",
        f"Arousals were detected by rules, so their indices are exploratory. {fault}",
        "Check the channels with psgkit inspect; name one with --channel ROLE=LABEL.",
    )


def _without_arousals(scoring: Scoring) -> Scoring:
    keep = ~scoring.events["kind"].isin((*AROUSAL_KINDS, AROUSALS_UNSEEN))
    return replace(
        scoring,
        events=scoring.events[keep].reset_index(drop=True),
        kinds_scored=scoring.kinds_scored - {"arousal", NREM_AROUSALS},
    )


def _worth(calibrated: Value) -> tuple[Measure, ...]:
    return measures_of({"ar_calibrated": calibrated})

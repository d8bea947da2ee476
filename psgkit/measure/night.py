"""Measure one night, each part after the parts that it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.arousals.source import with_arousals
from psgkit.measure.body.night_body import measure_body
from psgkit.measure.corrections import corrections_issue, corrections_table
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.detectors.nrem_events import DEFAULT_DETECTORS
from psgkit.measure.network.night_network import measure_network
from psgkit.measure.plausibility import find_measure_issues
from psgkit.measure.results import Results
from psgkit.measure.scoring_measures import measure_all
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.night_signals import complete_signals, measure_eeg_channels
from psgkit.measure.spectra.electrodes import measure_electrodes
from psgkit.measure.stages.analysis_window import find_window_issues
from psgkit.settings import ArousalSettings, DetectorSettings


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NightMeasured(Results):
    """Results of a night.

    Attributes
    ----------
    scoring : Scoring
        With the arousals that were found, where they were looked for.
    arousal_detector : str
        Detector of the arousals; empty for a scorer's arousals, or without arousals.
    """

    scoring: Scoring
    arousal_detector: str = ""


def measure_night(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask,
    settings: ArousalSettings,
    detectors: DetectorSettings = DEFAULT_DETECTORS,
    every_electrode: bool = False,
    network: bool = False,
    bands: Mapping[str, tuple[float, float]] | None = None,
) -> NightMeasured:
    """Measure all that a scoring and its recording give.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Aligned with the recording, its lights marked.
    artefacts : callable
        Gives the artefact mask of an EEG channel and its signal, True where a stretch
        of 5 s from second zero is artefact.
    settings : ArousalSettings
        Whose arousals are counted.
    detectors : DetectorSettings
        Which program finds spindles, slow waves and eye movements, by which rules.
    every_electrode : bool
        Whether every scalp electrode is measured too, in separate tables.
    network : bool
        Whether the coupling of EEG channels is measured, which takes a minute or so.
    bands : mapping of str to tuple of float, optional
        Further frequency bands: name to limits in hertz.

    Returns
    -------
    NightMeasured

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    eeg = measure_eeg_channels(recording, scoring, artefacts, detectors, bands)
    beats_s = heart_beats(recording)
    counted = with_arousals(
        recording,
        scoring,
        artefacts=artefacts,
        settings=settings,
        spindles=eeg.spindles,
        beats_s=beats_s,
    )
    signals = complete_signals(
        recording, counted.scoring, eeg, counted.known, beats_s, detectors
    )
    body = measure_body(
        recording, counted.scoring, eeg, signals.value("isf_peak_hz"), beats_s
    )
    electrodes = Results()
    if every_electrode:
        electrodes = measure_electrodes(recording, counted.scoring)
    if electrodes.tables:
        # Electrodes without a column are in the tables then.
        measured = [i for i in signals.issues if i.code != "eeg_not_measured"]
        signals = replace(signals, issues=tuple(measured))
    of_scoring = _measure_scoring(counted.scoring)
    results = of_scoring + counted + signals + body + electrodes
    results += Results(issues=_of_own_rules(detectors))
    if network:
        results += measure_network(recording, eeg.timeline, artefacts)
    return _night(counted.scoring, results, counted.detector)


def _of_own_rules(detectors: DetectorSettings) -> tuple[Issue, ...]:
    changed = [
        what
        for what in ("spindle_rules", "slow_wave_rules")
        if getattr(detectors, what) != getattr(DEFAULT_DETECTORS, what)
    ]
    if not changed:
        return ()
    return (
        Issue(
            Severity.NOTE,
            "detector_rules_changed",
            f"Other thresholds than psgkit's were used: {', '.join(changed)}.",
            "Compare spindles and slow waves only with nights of the same settings.",
        ),
    )


def measure_scored(scoring: Scoring) -> NightMeasured:
    """Measure all that a scoring gives without its recording."""
    return _night(scoring, _measure_scoring(scoring))


def _measure_scoring(scoring: Scoring) -> Results:
    measures, tables = measure_all(scoring)
    issues = (*find_window_issues(scoring), *find_measure_issues(measures))
    if scoring.original is not None:
        tables["corrections"] = corrections_table(scoring)
        issues = (corrections_issue(scoring), *issues)
    return Results(measures=measures, tables=tables, issues=issues)


def _night(scoring: Scoring, results: Results, detector: str = "") -> NightMeasured:
    return NightMeasured(
        scoring=scoring,
        arousal_detector=detector,
        measures=results.measures,
        tables=results.tables,
        spectra=results.spectra,
        channels_used=results.channels_used,
        issues=results.issues,
    )

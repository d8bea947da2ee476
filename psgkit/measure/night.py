"""Everything that is measured of one night, in the order in which parts need others."""

from dataclasses import dataclass

import pandas as pd

from psgkit.domain.issues import Issue
from psgkit.domain.metrics import Measure
from psgkit.domain.night import Spectra
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.arousals.source import with_arousals
from psgkit.measure.body.night_body import measure_body
from psgkit.measure.corrections import corrections_issue, corrections_table
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.detectors.nrem_events import DEFAULT_DETECTORS
from psgkit.measure.network.night_network import NetworkMeasured, measure_network
from psgkit.measure.plausibility import find_measure_issues
from psgkit.measure.scoring_measures import measure_all
from psgkit.measure.signals.channel_reader import ArtefactMask
from psgkit.measure.signals.night_signals import complete_signals, measure_eeg_channels
from psgkit.measure.spectra.electrodes import ElectrodeResults, measure_electrodes
from psgkit.measure.stages.analysis_window import find_window_issues
from psgkit.settings import ArousalSettings, DetectorSettings


@dataclass(frozen=True, slots=True, eq=False)
class NightMeasured:
    """What was measured of a night.

    Attributes
    ----------
    scoring : Scoring
        With the arousals that were found, where they were looked for.
    measures : tuple of Measure
        Every number.
    tables : dict of str to pandas.DataFrame
        Long tables.
    spectra : dict of str to Spectra
        By role.
    channels_used : dict of str to str
        Purpose to role and label.
    issues : tuple of Issue
        What a reader of the numbers should know.
    arousal_detector : str
        What found the arousals; empty where they are a scorer's, or none's.
    """

    scoring: Scoring
    measures: tuple[Measure, ...]
    tables: dict[str, pd.DataFrame]
    spectra: dict[str, Spectra]
    channels_used: dict[str, str]
    issues: tuple[Issue, ...]
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
) -> NightMeasured:
    """Measure all that a scoring and its recording give.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Laid on the recording, its lights marked.
    artefacts : callable
        Gives the artefact mask of an EEG channel and its signal, True where a stretch
        of 5 s from second zero is artefact.
    settings : ArousalSettings
        Whose arousals are counted.
    detectors : DetectorSettings
        Which program finds spindles, slow waves and eye movements.
    every_electrode : bool
        Whether every scalp electrode is measured too, in tables of its own.
    network : bool
        Whether the coupling of EEG channels is measured, which takes a minute or so.

    Returns
    -------
    NightMeasured

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    eeg = measure_eeg_channels(recording, scoring, artefacts, detectors)
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
    of_scoring = measure_scored(counted.scoring)
    electrodes = (
        measure_electrodes(recording, counted.scoring)
        if every_electrode
        else ElectrodeResults({}, ())
    )
    coupling = (
        measure_network(recording, eeg.timeline, artefacts)
        if network
        else NetworkMeasured()
    )
    return NightMeasured(
        scoring=counted.scoring,
        measures=(
            *(*of_scoring.measures, *counted.measures),
            *(*signals.measures, *body.measures, *coupling.measures),
        ),
        tables=(
            of_scoring.tables
            | counted.tables
            | signals.tables
            | body.tables
            | electrodes.tables
            | coupling.tables
        ),
        spectra=signals.spectra,
        channels_used=(
            counted.channels_used
            | signals.channels_used
            | body.channels_used
            | coupling.channels_used
        ),
        issues=(
            *(*of_scoring.issues, *counted.issues, *body.issues),
            # Electrodes without a column of their own stand in the tables then.
            *(
                issue
                for issue in signals.issues
                if not (electrodes.tables and issue.code == "eeg_not_measured")
            ),
            *electrodes.issues,
        ),
        arousal_detector=counted.detector,
    )


def measure_scored(scoring: Scoring) -> NightMeasured:
    """Measure all that a scoring gives without its recording."""
    measures, tables = measure_all(scoring)
    corrected: tuple[Issue, ...] = ()
    if scoring.original is not None:
        tables["corrections"] = corrections_table(scoring)
        corrected = (corrections_issue(scoring),)
    return NightMeasured(
        scoring=scoring,
        measures=measures,
        tables=tables,
        spectra={},
        channels_used={},
        issues=(
            *corrected,
            *find_window_issues(scoring),
            *find_measure_issues(measures),
        ),
    )

"""All that the signals of a night give: the channels read one at a time, each once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from psgkit.domain.channels.roles import Kind
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.domain.signals.trace import trace_of
from psgkit.measure.catalogue.lookup import (
    SIGNAL_METRICS,
    all_undefined,
    measures_of,
)
from psgkit.measure.catalogue.signals.signal_rows import INFRASLOW, SWA
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.detectors.nrem_events import DEFAULT_DETECTORS
from psgkit.measure.results import Results
from psgkit.measure.signals.channel_reader import (
    ArtefactMask,
    first_limit,
    reduce_signal,
)
from psgkit.measure.signals.derivations import (
    INFRASLOW_SITES,
    SWA_SITES,
    Derivations,
    choose_derivations,
)
from psgkit.measure.signals.eeg_channel import ChannelTasks, measure_eeg
from psgkit.measure.signals.rem_channels import measure_chin, measure_eyes
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
    artefact_seconds,
    event_seconds,
    seconds_without_beats,
    usable_pct,
)
from psgkit.measure.spectra.infraslow import infraslow_values
from psgkit.measure.spectra.power import SPECTRAL_RATE_HZ, band_limit
from psgkit.measure.spectra.sigma_power import MEASURE, SigmaPower
from psgkit.measure.spectra.swa import (
    NREM,
    SWA_BAND,
    SWA_BAND_ALTERNATIVE,
    NremPeriod,
    mean_swa,
    slow_wave_energy,
    swa_cycles,
    swa_decline,
    swa_series,
)
from psgkit.measure.stages.analysis_window import analysis_window
from psgkit.measure.stages.evidence import Evidence
from psgkit.settings import DetectorSettings


@dataclass(frozen=True, slots=True, eq=False)
class EegMeasured:
    """Results of the EEG channels, before arousals are known.

    Attributes
    ----------
    timeline : Timeline
    chosen : Derivations
    results : Results
    sigma : SigmaPower or None
        If a channel can be used for its fluctuation.
    """

    timeline: Timeline
    chosen: Derivations
    results: Results
    sigma: SigmaPower | None

    @property
    def spindles(self) -> pd.DataFrame | None:
        """Spindles of the central channels; None without a central channel."""
        return self.results.tables.get("spindles")

    @property
    def seconds_of_artefact(self) -> BoolArray | None:
        """Artefacts of the central EEG by second, which eyes and chin share."""
        chosen = self.chosen
        first = next(iter((*chosen.spindles, *chosen.swa, *chosen.eeg)), None)
        return None if first is None else self.results.unusable[first]


def measure_signals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask,
    arousals: pd.DataFrame | None,
) -> Results:
    """Compute every number and table that needs the signals of a night.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Aligned with the recording.
    artefacts : callable
        Gives the artefact mask of an EEG channel and its signal, True where a stretch
        of 5 s from second zero is artefact. Eyes and chin are artefact where the central EEG
        is: outliers of their amplitude are the events to be found.
    arousals : pandas.DataFrame or None
        ``onset_s`` and ``duration_s``; eye movements and chin tone are not looked for
        in them.

    Returns
    -------
    Results
        Tables ``spectra`` (channel, stage, freq_hz, psd_uv2_hz), ``spindles``,
        ``slow_waves``, ``eye_movements``, ``rem_density`` (one row per REM period) and
        ``swa_cycles``, if their channels exist.

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    eeg = measure_eeg_channels(recording, scoring, artefacts)
    return complete_signals(recording, scoring, eeg, arousals, heart_beats(recording))


def measure_eeg_channels(
    recording: Recording,
    scoring: Scoring,
    artefacts: ArtefactMask,
    detectors: DetectorSettings = DEFAULT_DETECTORS,
    bands: Mapping[str, tuple[float, float]] | None = None,
) -> EegMeasured:
    """Measure the EEG channels, which comes before arousals are looked for.

    The first half of `measure_signals`; ``bands`` are further bands,
    name to limits in hertz.
    """
    start, stop, _ = analysis_window(scoring)
    timeline = Timeline.from_scoring(
        scoring, recording.duration_s, (start, stop), recording.gaps
    )
    chosen = choose_derivations(recording)
    results = Results()
    sigma = None
    for channel in chosen.eeg:
        of_channel, of_sigma = _measure_channel(
            recording, chosen, channel, timeline, artefacts, detectors, bands or {}
        )
        results += of_channel
        sigma = sigma or of_sigma
    return EegMeasured(timeline, chosen, results, sigma)


def complete_signals(
    recording: Recording,
    scoring: Scoring,
    eeg: EegMeasured,
    arousals: pd.DataFrame | None,
    beats_s: FloatArray,
    detectors: DetectorSettings = DEFAULT_DETECTORS,
) -> Results:
    """Add the results that need cycles, and arousals in REM sleep.

    The second half of `measure_signals`; ``beats_s`` are the times of heart beats.
    """
    night = Evidence.of(scoring)
    start, _, _ = analysis_window(scoring)
    timeline, chosen = eeg.timeline, eeg.chosen
    periods = tuple(
        NremPeriod(max(start + c.start, 0), min(start + c.nrem_stop, scoring.n_epochs))
        for c in night.cycles
    )
    rem = timeline
    if eeg.seconds_of_artefact is not None:
        rem = rem.without(eeg.seconds_of_artefact)
    if arousals is not None:
        rem = rem.without(event_seconds(arousals, len(rem.stages)))
    spans = tuple(
        (start + period.start, start + period.stop) for period in night.rem_periods
    )
    of_night = (
        _swa(eeg, periods)
        + Results(measures=_infraslow(eeg))
        + measure_eyes(recording, chosen, rem, spans, detectors.eye_movements)
        + measure_chin(recording, chosen, rem, beats_s)
    )
    unusable = eeg.results.unusable | of_night.unusable
    if chosen.ecg is not None:
        unusable[chosen.ecg] = seconds_without_beats(beats_s, len(timeline.stages))
    # An ECG without beats is not named as the source of any.
    used = chosen if len(beats_s) else replace(chosen, ecg=None)
    return replace(
        eeg.results + of_night,
        measures=(
            *_in_order(of_night.measures),
            *eeg.results.measures,
            *_usable(timeline, unusable),
        ),
        channels_used=used.used,
        issues=_issues(chosen),
        unusable=unusable,
    )


def _measure_channel(
    recording: Recording,
    chosen: Derivations,
    channel: Channel,
    timeline: Timeline,
    artefacts: ArtefactMask,
    detectors: DetectorSettings,
    bands: Mapping[str, tuple[float, float]],
) -> tuple[Results, SigmaPower | None]:
    n_seconds = len(timeline.stages)
    signal_uv = trace_of(recording, channel)
    is_bad = artefact_seconds(artefacts(channel, signal_uv), n_seconds)
    values, rate_hz, absent = reduce_signal(
        signal_uv, channel, n_seconds, SPECTRAL_RATE_HZ
    )
    is_bad |= absent
    results, sigma = measure_eeg(
        channel,
        values,
        rate_hz,
        timeline.without(is_bad),
        ChannelTasks(
            infraslow=channel == chosen.infraslow,
            slow_waves=channel in (*chosen.swa, *chosen.spindles),
            spindles=channel in chosen.spindles,
            detectors=detectors,
            bands=bands,
        ),
    )
    return replace(results, unusable={channel: is_bad}), sigma


def _usable(
    timeline: Timeline, is_bad: dict[Channel, BoolArray]
) -> tuple[Measure, ...]:
    return tuple(
        measure
        for channel, seconds in is_bad.items()
        for measure in measures_of(
            {"usable_pct": usable_pct(timeline, seconds)}, channel.role.value
        )
    )


def _swa(eeg: EegMeasured, periods: tuple[NremPeriod, ...]) -> Results:
    chosen, timeline = eeg.chosen, eeg.timeline
    reason = first_limit(chosen.swa, SWA_BAND) or (
        None
        if chosen.swa
        else chosen.lacking("no frontal, central or Fpz channel", Kind.EEG, SWA_SITES)
    )
    if reason is not None:
        return Results(measures=all_undefined(SWA, reason))
    spectra = tuple(eeg.results.spectra[channel.role.value] for channel in chosen.swa)
    series = swa_series(spectra, SWA_BAND)
    cycles = swa_cycles(series, timeline, periods)
    values = {
        "swa_uv2": mean_swa(series, timeline, NREM),
        "swa_n3_uv2": mean_swa(series, timeline, (Stage.N3,)),
        "swa_alt_uv2": mean_swa(
            swa_series(spectra, SWA_BAND_ALTERNATIVE), timeline, NREM
        ),
        "swe_uv2h": slow_wave_energy(series, timeline),
        **swa_decline(cycles),
    }
    return Results(measures=measures_of(values), tables={"swa_cycles": cycles})


def _infraslow(eeg: EegMeasured) -> tuple[Measure, ...]:
    channel = eeg.chosen.infraslow
    no_channel = eeg.chosen.lacking(
        "no parietal or central EEG channel", Kind.EEG, INFRASLOW_SITES
    )
    limit = None if channel is None else band_limit(channel, MEASURE.band_hz)
    if eeg.sigma is None or limit is not None:
        return all_undefined(INFRASLOW, limit or no_channel)
    found = infraslow_values(
        {name: [b.series for b in bouts] for name, bouts in eeg.sigma.bouts.items()}
    )
    return measures_of(
        {
            name: eeg.timeline.naming_gaps(
                value, NREM if name.startswith("isf_nrem") else (Stage.N2,)
            )
            for name, value in found.items()
        }
    )


def _in_order(measures: tuple[Measure, ...]) -> list[Measure]:
    rank = {row.name: number for number, row in enumerate(SIGNAL_METRICS)}
    return sorted(measures, key=lambda measure: rank[measure.name])


def _issues(chosen: Derivations) -> tuple[Issue, ...]:
    issues = []
    if chosen.eeg and not chosen.spindles:
        issues.append(
            Issue(
                Severity.NOTE,
                "no_spindle_channel",
                "Spindles and their coupling were not detected: no C3, C4 or Cz.",
                "If there is a central channel, name it with --channel C4_M1=LABEL.",
            )
        )
    if chosen.not_measured:
        issues.append(_eeg_not_measured(chosen))
    return tuple(issues)


def _eeg_not_measured(chosen: Derivations) -> Issue:
    labels = [channel.label for channel in chosen.not_measured]
    shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
    return Issue(
        Severity.NOTE if chosen.eeg else Severity.WARNING,
        "eeg_not_measured",
        f"{len(labels)} EEG {'channel has' if len(labels) == 1 else 'channels have'} no "
        f"column in the table of a night and {'was' if len(labels) == 1 else 'were'} "
        f"not measured: {shown}.",
        "Measure every electrode with --eeg all, or name one that you need with "
        "--channel C4_M1=LABEL.",
    )

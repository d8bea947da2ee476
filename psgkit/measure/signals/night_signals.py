"""All that the signals of a night give: the channels read one at a time, each once."""

from dataclasses import dataclass, field, replace

import pandas as pd

from psgkit.domain.channels.roles import Kind
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.night import Spectra
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.catalogue.lookup import (
    SIGNAL_METRICS,
    all_undefined,
    measures_of,
)
from psgkit.measure.catalogue.signal_rows import INFRASLOW, SWA
from psgkit.measure.detectors.heart_beats import heart_beats
from psgkit.measure.detectors.nrem_events import DEFAULT_DETECTORS
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
class SignalResults:
    """What the signals of a night gave.

    Attributes
    ----------
    measures : tuple of Measure
        Of the night, then of each channel.
    tables : dict of str to pandas.DataFrame
        ``spectra`` (channel, stage, freq_hz, psd_uv2_hz), ``spindles``,
        ``slow_waves``, ``eye_movements``, ``rem_density`` (a REM period a row) and
        ``swa_cycles``, as far as there are channels for them.
    spectra : dict of str to Spectra
        By role, a row an epoch of the scoring.
    channels_used : dict of str to str
        Purpose to role and label.
    issues : tuple of Issue
        What a reader of the numbers should know.
    """

    measures: tuple[Measure, ...]
    tables: dict[str, pd.DataFrame]
    spectra: dict[str, Spectra]
    channels_used: dict[str, str]
    issues: tuple[Issue, ...] = ()

    def value(self, name: str) -> Value:
        """Return a number of the night."""
        return next(
            Undefined(found.reason) if found.reason else found.value
            for found in self.measures
            if found.name == name
        )


@dataclass(slots=True)
class _Gathered:
    """What is kept from channel to channel: no signal is."""

    of_night: list[Measure] = field(default_factory=list)
    of_channels: list[Measure] = field(default_factory=list)
    tables: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    spectra: dict[str, Spectra] = field(default_factory=dict)
    eeg_is_bad: BoolArray | None = None
    is_bad: dict[Channel, BoolArray] = field(default_factory=dict)  # by second

    def add_tables(self, tables: dict[str, pd.DataFrame]) -> None:
        for name, table in tables.items():
            self.tables.setdefault(name, []).append(table)


@dataclass(frozen=True, slots=True, eq=False)
class EegMeasured:
    """What the EEG channels gave, before arousals are known."""

    timeline: Timeline
    chosen: Derivations
    gathered: _Gathered
    sigma: SigmaPower | None

    @property
    def spindles(self) -> pd.DataFrame | None:
        """Spindles of the central channels; None where there is no such channel."""
        parts = self.gathered.tables.get("spindles")
        return None if parts is None else pd.concat(parts, ignore_index=True)


def measure_signals(
    recording: Recording,
    scoring: Scoring,
    *,
    artefacts: ArtefactMask,
    arousals: pd.DataFrame | None,
) -> SignalResults:
    """Compute every number and table that needs the signals of a night.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        Laid on the recording.
    artefacts : callable
        Gives the artefact mask of an EEG channel and its signal, True where a stretch
        of 5 s from second zero is artefact. Eyes and chin are taken as artefact where the central
        EEG is: an outlier of their own amplitude is what is looked for in them.
    arousals : pandas.DataFrame or None
        ``onset_s`` and ``duration_s``; eye movements and chin tone are not looked for
        in them.

    Returns
    -------
    SignalResults

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
) -> EegMeasured:
    """Measure the EEG channels, which comes before arousals are looked for.

    See `measure_signals`, of which this is the first half.
    """
    start, stop, _ = analysis_window(scoring)
    timeline = Timeline.from_scoring(scoring, recording.duration_s, (start, stop))
    chosen = choose_derivations(recording)
    gathered = _Gathered()
    sigma = _measure_eeg_channels(
        recording, chosen, timeline, artefacts, gathered, detectors
    )
    return EegMeasured(timeline, chosen, gathered, sigma)


def complete_signals(
    recording: Recording,
    scoring: Scoring,
    eeg: EegMeasured,
    arousals: pd.DataFrame | None,
    beats_s: FloatArray,
    detectors: DetectorSettings = DEFAULT_DETECTORS,
) -> SignalResults:
    """Add what needs the cycles, and in REM sleep the arousals.

    See `measure_signals`, of which this is the second half; ``beats_s`` is when the
    heart beats.
    """
    night = Evidence.of(scoring)
    start, _, _ = analysis_window(scoring)
    timeline, chosen, gathered = eeg.timeline, eeg.chosen, eeg.gathered
    periods = tuple(
        NremPeriod(max(start + c.start, 0), min(start + c.nrem_stop, scoring.n_epochs))
        for c in night.cycles
    )
    _add_swa(chosen, timeline, periods, gathered)
    _add_infraslow(chosen, eeg.sigma, gathered)
    rem = timeline
    if gathered.eeg_is_bad is not None:
        rem = rem.without(gathered.eeg_is_bad)
    if arousals is not None:
        rem = rem.without(event_seconds(arousals, len(rem.stages)))
    spans = tuple(
        (start + period.start, start + period.stop) for period in night.rem_periods
    )
    for found in (
        measure_eyes(recording, chosen, rem, spans, detectors.eye_movements),
        measure_chin(recording, chosen, rem, beats_s),
    ):
        gathered.of_night += found.measures
        gathered.add_tables(found.tables)
        gathered.is_bad |= found.absent
    if chosen.ecg is not None:
        without = seconds_without_beats(beats_s, len(timeline.stages))
        gathered.is_bad[chosen.ecg] = without
    return SignalResults(
        measures=(
            *_in_order(gathered.of_night),
            *gathered.of_channels,
            *_usable(timeline, gathered.is_bad),
        ),
        tables={
            name: pd.concat(parts, ignore_index=True)
            for name, parts in gathered.tables.items()
        },
        spectra=gathered.spectra,
        # An ECG that does not beat tells of no beats.
        channels_used=(chosen if len(beats_s) else replace(chosen, ecg=None)).used,
        issues=_issues(chosen),
    )


def _measure_eeg_channels(
    recording: Recording,
    chosen: Derivations,
    timeline: Timeline,
    artefacts: ArtefactMask,
    gathered: _Gathered,
    detectors: DetectorSettings,
) -> SigmaPower | None:
    sigma = None
    n_seconds = len(timeline.stages)
    reference = (*chosen.spindles, *chosen.swa, *chosen.eeg)[:1]
    for channel in chosen.eeg:
        signal_uv = recording.signal(channel)
        is_bad = artefact_seconds(artefacts(channel, signal_uv), n_seconds)
        values, rate_hz, absent = reduce_signal(
            signal_uv, channel, n_seconds, SPECTRAL_RATE_HZ
        )
        del signal_uv  # a night is large, and only its short form is needed
        is_bad |= absent
        gathered.is_bad[channel] = is_bad
        if channel in reference:
            gathered.eeg_is_bad = is_bad
        results = measure_eeg(
            channel,
            values,
            rate_hz,
            timeline.without(is_bad),
            ChannelTasks(
                infraslow=channel == chosen.infraslow,
                slow_waves=channel in (*chosen.swa, *chosen.spindles),
                spindles=channel in chosen.spindles,
                detectors=detectors,
            ),
        )
        gathered.spectra[channel.role.value] = results.spectra
        gathered.of_channels += results.measures
        gathered.add_tables(results.tables)
        sigma = results.sigma or sigma
    return sigma


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


def _add_swa(
    chosen: Derivations,
    timeline: Timeline,
    periods: tuple[NremPeriod, ...],
    gathered: _Gathered,
) -> None:
    reason = first_limit(chosen.swa, SWA_BAND) or (
        None
        if chosen.swa
        else chosen.lacking("no frontal, central or Fpz channel", Kind.EEG, SWA_SITES)
    )
    if reason is not None:
        gathered.of_night += all_undefined(SWA, reason)
        return
    spectra = tuple(gathered.spectra[channel.role.value] for channel in chosen.swa)
    series = swa_series(spectra, SWA_BAND)
    cycles = swa_cycles(series, timeline, periods)
    decline = swa_decline(cycles)
    gathered.add_tables({"swa_cycles": cycles})
    gathered.of_night += measures_of(
        {
            "swa_uv2": mean_swa(series, timeline, NREM),
            "swa_n3_uv2": mean_swa(series, timeline, (Stage.N3,)),
            "swa_alt_uv2": mean_swa(
                swa_series(spectra, SWA_BAND_ALTERNATIVE), timeline, NREM
            ),
            "swe_uv2h": slow_wave_energy(series, timeline),
            "swa_slope_ln_per_h": decline.slope_ln_per_h,
            "swa_c1c2_ratio": decline.c1c2_ratio,
            "swa_c1last_ratio": decline.c1last_ratio,
        }
    )


def _add_infraslow(
    chosen: Derivations, sigma: SigmaPower | None, gathered: _Gathered
) -> None:
    no_channel = chosen.lacking(
        "no parietal or central EEG channel", Kind.EEG, INFRASLOW_SITES
    )
    limit: Undefined | None = no_channel
    if chosen.infraslow is not None:
        limit = band_limit(chosen.infraslow, MEASURE.band_hz)
    if limit is not None or sigma is None:
        gathered.of_night += all_undefined(INFRASLOW, limit or no_channel)
        return
    gathered.of_night += measures_of(
        infraslow_values(
            {name: [b.series for b in bouts] for name, bouts in sigma.bouts.items()}
        )
    )


def _in_order(measures: list[Measure]) -> list[Measure]:
    rank = {row.name: number for number, row in enumerate(SIGNAL_METRICS)}
    return sorted(measures, key=lambda measure: rank[measure.name])


def _issues(chosen: Derivations) -> tuple[Issue, ...]:
    issues = []
    if chosen.eeg and not chosen.spindles:
        issues.append(
            Issue(
                Severity.NOTE,
                "no_spindle_channel",
                "Spindles and their coupling were not looked for: no C3, C4 or Cz.",
                "Give a central channel with --channel C4_M1=LABEL if there is one.",
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
        "Name one that you need with --channel C4_M1=LABEL or the like.",
    )

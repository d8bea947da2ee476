"""`simulate_night`: a recording, and the truth about it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.signal import resample_poly

from psgkit.domain.channels.roles import Role
from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import (
    DESATURATION_KINDS,
    LIMB_KINDS,
    RESPIRATORY_KINDS,
    Scoring,
)
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import InputError
from psgkit.simulate.digital import Digital, DigitalSource, digitise
from psgkit.simulate.faults import (
    Fault,
    break_signals,
    disturb,
    gaps,
    log_faults,
    mixed,
    refuse_outside,
    unit_of,
)
from psgkit.simulate.hypnogram import stages_to_follow
from psgkit.simulate.layers import Body, paint
from psgkit.simulate.montages import MONTAGES, Lead, MontageName
from psgkit.simulate.options import USUAL_DRIFT_RAD, NightOptions
from psgkit.simulate.signals.breathing import slow_signal
from psgkit.simulate.signals.respiratory_events import log_respiratory_events
from psgkit.simulate.signals.tracks import Canvas
from psgkit.simulate.sleep_state import Float32Array, FloatArray, Timeline
from psgkit.simulate.write import ANNOTATIONS, write_night

if TYPE_CHECKING:
    import yasa


@dataclass(frozen=True, slots=True)
class Truth:
    """The known stages and events of a simulated night.

    Attributes
    ----------
    scoring : Scoring
        Stages and arousals.
    events : pandas.DataFrame
        Columns ``onset_s, duration_s, kind, channel``, ordered by onset: each thing put
        into the signals, with the label of the channel that shows it best.
    swa : pandas.DataFrame
        The course of slow-wave activity: ``onset_s`` of each epoch, and under the label
        of each EEG channel the power from 0.5 to 4 Hz, in µV², that the brain puts into
        it: background, slow waves and K-complexes, as arousals leave them. Worked out
        from the parts of the night, not from the finished signals.
    beats_s : numpy.ndarray of float64
        Peaks of the R waves. Early ones are events of kind ``ectopic_beat``.
    options : mapping of str to object
        The options of the night, as JSON values.
    """

    scoring: Scoring
    events: pd.DataFrame = field(repr=False)
    swa: pd.DataFrame = field(repr=False)
    beats_s: FloatArray = field(repr=False)
    options: Mapping[str, object]

    @property
    def hypnogram(self) -> "yasa.Hypnogram":
        """The stages as a `yasa.Hypnogram`."""
        return self.scoring.hypnogram


@dataclass(frozen=True, slots=True)
class SimulatedNight:
    """A recording, and the truth about it.

    Attributes
    ----------
    recording : Recording
        As `psgkit.read_recording` would give it from the file.
    truth : Truth
        Its contents.
    signals : tuple of Digital
        The samples in the file.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.simulate_night(0.1, seed=1, montage="minimal", rate_hz=100)
    >>> night.recording.duration_s, night.truth.scoring.n_epochs
    (360.0, 12)
    >>> night.write("simulated.edf").name
    'simulated.edf'
    """

    recording: Recording
    truth: Truth
    signals: tuple[Digital, ...] = field(repr=False)

    def write(
        self, path: str | Path, *, annotations: bool | Collection[str] = False
    ) -> Path:
        """Write the night as EDF+, and its truth beside it.

        Parameters
        ----------
        path : str or Path
            The EDF file. ``<stem>_hypnogram.csv``, ``<stem>_events.csv`` and
            ``<stem>_truth.json`` are written beside it.
        annotations : bool or collection of {"stages", "arousals", "breathing", "lights"}
            Contents of the EDF file's annotations; all of it if True.

        Returns
        -------
        pathlib.Path
            The EDF file.

        Raises
        ------
        OutputError
            If a file cannot be written; no file is left half-written.
        """
        return write_night(
            self.recording,
            self.signals,
            self.truth.scoring,
            self.truth.events,
            self.truth.swa,
            self.truth.options,
            Path(path),
            annotations=_wanted(
                ANNOTATIONS if annotations is True else annotations or ()
            ),
        )


def _wanted(names: Collection[str]) -> frozenset[str]:
    unknown = set(names) - ANNOTATIONS
    if unknown:
        raise InputError(
            f"Annotations cannot be {', '.join(sorted(unknown))}; choose from "
            f"{', '.join(sorted(ANNOTATIONS))}."
        )
    return frozenset(names)


def simulate_night(
    hours: float | None = None,
    *,
    seed: int = 0,
    hypnogram: "Scoring | yasa.Hypnogram | Sequence[str] | None" = None,
    montage: str = MontageName.AASM,
    rate_hz: float = 256,
    arousals_per_h: float | Mapping[str, float] = 12.0,
    arousal_clusters: bool = True,
    infraslow_hz: float = 0.02,
    infraslow_depth: float = 0.3,
    coupling_phase_rad: float = 0.0,
    twitches_per_min: float = 1.0,
    alpha_swells_per_min: float = 1.0,
    atonia_loss: float = 0.0,
    respiratory_events_per_h: float = 0.0,
    infraslow_drift_rad: float = USUAL_DRIFT_RAD,
    heart_infraslow_bpm: float = 0.0,
    ectopic_beats_per_h: float = 0.0,
    limb_movements_per_h: float = 0.0,
    faults: Sequence[str | Fault] = (),
    start: str = "23:00",
) -> SimulatedNight:
    """Make a recording with known stages and events.

    Parameters
    ----------
    hours : float, optional
        Length; 8 h where no hypnogram is given. A hypnogram is followed to its end, or
        for so many hours.
    seed : int
        Seed of the random numbers: the same seed and options give the same night.
    hypnogram : Scoring, yasa.Hypnogram or sequence of str, optional
        Stages to follow (names W N1 N2 N3 R ART UNS, 30 s each in a sequence); drawn,
        with plausible cycles, if not given. Artefact and unscored epochs become
        artefact. Of a scoring, stages and lights are followed, events are not.
    montage : {"aasm", "minimal", "electrodes", "wide", "mixed"}
        Six EEG, two EOG, chin and ECG; C4-M1 with EOG and chin; electrodes with their
        mastoids apart; 25 channels with legs, breath, SpO2 and position; or two EEG,
        EOG, chin, ECG and SpO2, each kind at its own rate.
    rate_hz : float
        Sampling rate of EEG, EOG, EMG and ECG, a whole number from 100; of the chin
        alone in the montage ``mixed``.
    arousals_per_h : float or mapping of str to float
        Arousals an hour of sleep, more in N1 and fewer in N3; or by stage, such as
        ``{"N2": 15, "R": 8}``.
    arousal_clusters : bool
        Whether arousals come in clusters, as in people. False spreads them evenly over
        each stage, as psgkit did before.
    infraslow_hz, infraslow_depth : float
        Frequency, and depth from 0 to 0.6, of the oscillation that paces spindles and
        sigma power.
    coupling_phase_rad : float
        Phase of the slow wave at which tied spindles culminate, 0 at its positive peak.
    twitches_per_min : float
        Chin twitches in a minute of REM sleep.
    alpha_swells_per_min : float
        How often alpha swells and fades in a minute of N2, without muscle or beta. 0
        gives the nights of psgkit before it had them.
    atonia_loss : float
        Share of REM sleep without atonia, from 0 to 1.
    respiratory_events_per_h : float
        Apnoeas and hypopnoeas an hour of sleep, with desaturations and, after six in
        ten, an arousal.
    infraslow_drift_rad : float
        Standard deviation of the random step, each second, of the oscillation's phase.
        At 0.1 it drifts by half a turn in a quarter of an hour.
    heart_infraslow_bpm : float
        By how many beats a minute the same oscillation slows and quickens the heart in
        N2 and N3.
    ectopic_beats_per_h : float
        Early heart beats an hour.
    limb_movements_per_h : float
        Periodic limb movements an hour of sleep, in series in NREM sleep. Above zero,
        the true scoring has all limb movements.
    faults : sequence of str or Fault
        Faults of the recording; see `psgkit.simulate.faults`.
    start : str
        Clock time of the first sample.

    Returns
    -------
    SimulatedNight
        With ``.recording``, ``.truth`` and ``.write``.

    Raises
    ------
    InputError
        If an option or a stage cannot be used; every fault is named.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.simulate_night(0.25, seed=1, montage="minimal", rate_hz=100)
    >>> night.recording.labels
    ('C4-M1', 'E1-M2', 'E2-M2', 'Chin1-Chin2')
    >>> night.truth.scoring.n_epochs
    30
    """
    options = NightOptions(
        hours=hours,
        seed=seed,
        montage=montage,
        rate_hz=rate_hz,
        arousals_per_h=arousals_per_h,
        arousal_clusters=arousal_clusters,
        infraslow_hz=infraslow_hz,
        infraslow_depth=infraslow_depth,
        coupling_phase_rad=coupling_phase_rad,
        twitches_per_min=twitches_per_min,
        alpha_swells_per_min=alpha_swells_per_min,
        atonia_loss=atonia_loss,
        respiratory_events_per_h=respiratory_events_per_h,
        infraslow_drift_rad=infraslow_drift_rad,
        heart_infraslow_bpm=heart_infraslow_bpm,
        ectopic_beats_per_h=ectopic_beats_per_h,
        limb_movements_per_h=limb_movements_per_h,
        faults=tuple(Fault.parse(f) if isinstance(f, str) else f for f in faults),
        start=start,
    )
    asked = stages_to_follow(hypnogram, hours, seed)
    timeline = Timeline(
        asked.stages, asked.epoch_s, asked.end_s, float(options.rate_hz), seed
    )
    leads = mixed(MONTAGES[MontageName(options.montage)], options.faults)
    refuse_outside(options.faults, timeline.duration_s)
    missing = gaps(options.faults, timeline.duration_s)
    canvas = Canvas(timeline, tuple(lead for lead in leads if lead.is_voltage))
    body = paint(canvas, options)
    log_respiratory_events(canvas, body.respiratory_events, _saturation_label(leads))
    disturb(canvas, options.faults)
    log_faults(canvas, leads, options.faults)
    signals = break_signals(_signals(canvas, leads, body), leads, options.faults)
    first = dt.datetime.combine(UNKNOWN_DATE, options.start_time)
    events = canvas.table()
    recording = Recording(
        id=f"simulated-{seed}",
        start=first,
        duration_s=timeline.duration_s,
        channels=tuple(
            _channel(lead, index, signal, options.faults)
            for index, (lead, signal) in enumerate(zip(leads, signals, strict=True))
        ),
        source=DigitalSource(signals, missing),
        gaps=missing,
    )
    truth = Truth(
        _true_scoring(asked, events, first, options),
        events,
        canvas.swa_table(),
        body.beats_s,
        options.as_json(),
    )
    return SimulatedNight(recording, truth, signals)


def _signals(
    canvas: Canvas, leads: tuple[Lead, ...], body: Body
) -> tuple[Digital, ...]:
    """Digitise every lead at its own rate, letting go of each voltage when it is done."""
    rate_hz = canvas.timeline.rate_hz
    voltages = iter(range(len(canvas.leads)))
    signals = []
    for lead in leads:
        own_hz = lead.rate_at(rate_hz)
        if lead.is_voltage:
            index = next(voltages)
            values = canvas.voltages[index]
            canvas.voltages[index] = np.empty(0, dtype=np.float32)
            if own_hz != rate_hz:
                values = resample_poly(values, 1, round(rate_hz / own_hz))
        else:
            values = slow_signal(lead, canvas.timeline, body)
        signals.append(_digitised(values, lead, own_hz))
    return tuple(signals)


def _saturation_label(leads: tuple[Lead, ...]) -> str:
    return next((lead.label for lead in leads if lead.role is Role.SPO2), "")


def _digitised(values: Float32Array, lead: Lead, rate_hz: float) -> Digital:
    return digitise(values, lead.limit, rate_hz, is_positive=lead.is_positive)


def _channel(
    lead: Lead, index: int, signal: Digital, faults: Sequence[Fault]
) -> Channel:
    unit, to_uv = unit_of(lead, faults)
    return Channel(
        role=lead.role,
        label=lead.label,
        index=index,
        rate_hz=signal.rate_hz,
        unit=unit,
        to_uv=to_uv,
        limits=signal.physical_range,
    )


def _true_scoring(
    asked: Scoring, events: pd.DataFrame, start: dt.datetime, options: NightOptions
) -> Scoring:
    """Return the wanted stages, with the events that a scorer would mark."""
    arousals = events.loc[events["kind"] == "arousal", ["onset_s", "duration_s"]]
    scoring = Scoring.from_stages(
        asked.stages.tolist(),
        asked.epoch_s,
        start,
        asked.lights_off_s,
        asked.lights_on_s,
        arousals,
        scorer="simulated",
    )
    kinds: dict[str, tuple[str, ...]] = {}
    if options.respiratory_events_per_h:
        kinds |= {"respiratory": RESPIRATORY_KINDS, "desaturation": DESATURATION_KINDS}
    if options.limb_movements_per_h:
        kinds["limb_movement"] = LIMB_KINDS
    marked = events[
        events["kind"].isin([kind for some in kinds.values() for kind in some])
    ]
    rows = marked[["onset_s", "duration_s", "kind"]].itertuples(index=False, name=None)
    return scoring.with_events(make_events((*row, "simulated") for row in rows), kinds)

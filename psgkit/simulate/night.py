"""`simulate_night`: a recording, and the truth about it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.simulate.digital import Digital, DigitalSource, digitise
from psgkit.simulate.hypnogram import MAX_HOURS, draw_stages, given_scoring
from psgkit.simulate.montages import MONTAGES, Lead, MontageName
from psgkit.simulate.signals.arousals import (
    add_arousals,
    calm_seconds,
    plan_arousals,
    rates_by_stage,
)
from psgkit.simulate.signals.background import add_background
from psgkit.simulate.signals.canvas import Canvas
from psgkit.simulate.signals.eyes import add_eyes
from psgkit.simulate.signals.heart import add_heart
from psgkit.simulate.signals.muscle import add_muscle
from psgkit.simulate.signals.noise import HOP_S, n_windows
from psgkit.simulate.signals.paces import at_windows, infraslow, slow_wave_pressure
from psgkit.simulate.signals.slow_waves import add_slow_waves
from psgkit.simulate.signals.spindles import add_spindles
from psgkit.simulate.timeline import Timeline
from psgkit.simulate.write import write_night

if TYPE_CHECKING:
    import yasa

START = dt.datetime.combine(UNKNOWN_DATE, dt.time(23, 0))


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulated night holds.

    Attributes
    ----------
    scoring : Scoring
        Stages and arousals.
    events : pandas.DataFrame
        Columns ``onset_s, duration_s, kind, channel``, ordered by onset.
    options : dict
        What the night was asked to be.
    """

    scoring: Scoring
    events: pd.DataFrame = field(repr=False)
    options: Mapping[str, object]

    @property
    def hypnogram(self) -> "yasa.Hypnogram":
        """The stages as a `yasa.Hypnogram`."""
        return self.scoring.hypnogram


@dataclass(frozen=True, slots=True)
class SimulatedNight:
    """A recording, and the truth about it."""

    recording: Recording
    truth: Truth
    signals: tuple[Digital, ...] = field(repr=False)

    def write(self, path: str | Path, *, annotations: bool = False) -> Path:
        """Write the night as EDF+, and its truth beside it."""
        return write_night(self, Path(path), annotations=annotations)


def simulate_night(
    hours: float | None = None,
    *,
    seed: int = 0,
    hypnogram: "Scoring | yasa.Hypnogram | Sequence[str] | None" = None,
    montage: str = MontageName.AASM,
    rate_hz: float = 256.0,
    arousals_per_h: float = 12.0,
    infraslow_hz: float = 0.02,
    infraslow_depth: float = 0.3,
    coupling_phase_rad: float = 0.0,
    twitches_per_min: float = 1.0,
    atonia_loss: float = 0.0,
) -> SimulatedNight:
    """Make a night whose truth is known."""
    leads = MONTAGES[MontageName(montage)]
    scoring = _scoring(hours, hypnogram, seed)
    timeline = Timeline(
        scoring.stages, scoring.epoch_s, scoring.end_s, float(rate_hz), seed
    )
    voltages = tuple(lead for lead in leads if lead.is_voltage)
    canvas = Canvas(timeline, voltages)
    arousals = plan_arousals(timeline, rates_by_stage(arousals_per_h, timeline))
    calm = calm_seconds(timeline, arousals)
    pressure = slow_wave_pressure(timeline)
    pace = infraslow(timeline, infraslow_hz, infraslow_depth)
    steps = n_windows(timeline)
    add_background(
        canvas, at_windows(pressure**2, HOP_S, steps), at_windows(pace, HOP_S, steps)
    )
    waves = add_slow_waves(canvas, pressure, calm)
    add_spindles(canvas, pace, calm, waves, coupling_phase_rad)
    add_arousals(canvas, arousals)
    add_eyes(canvas, calm)
    add_muscle(canvas, arousals, twitches_per_min, atonia_loss)
    add_heart(canvas, arousals)
    signals = tuple(
        digitise(v, lead.limit, timeline.rate_hz, is_positive=False)
        for lead, v in zip(voltages, canvas.voltages, strict=True)
    )
    recording = Recording(
        id=f"simulated-{seed}",
        start=START,
        duration_s=timeline.duration_s,
        channels=tuple(
            _channel(lead, i, s)
            for i, (lead, s) in enumerate(zip(voltages, signals, strict=True))
        ),
        source=DigitalSource(signals),
    )
    events = canvas.table()
    found = events.loc[events["kind"] == "arousal"]
    scoring = Scoring.from_stages(
        scoring.stages.tolist(),
        scoring.epoch_s,
        START,
        scoring.lights_off_s if scoring.lights_off_s is not None else 0.0,
        scoring.lights_on_s if scoring.lights_on_s is not None else scoring.end_s,
        found,
        scorer="truth",
    )
    return SimulatedNight(recording, Truth(scoring, events, {"seed": seed}), signals)


def _scoring(hours, hypnogram, seed) -> Scoring:
    if hypnogram is not None:
        return given_scoring(hypnogram)
    rng = np.random.default_rng([seed, 7])
    return Scoring.from_stages(draw_stages(hours or 8.0, rng).tolist())


def _channel(lead: Lead, index: int, signal: Digital) -> Channel:
    return Channel(
        role=lead.role,
        label=lead.label,
        index=index,
        rate_hz=signal.rate_hz,
        unit=lead.unit,
        limits=signal.physical_range,
    )

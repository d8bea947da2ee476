"""Channels of a wide montage beside the head: breath, oxygen, pulse, position.

Quiet breathing at 12 to 18 a minute, deeper and more regular in N3, uneven in REM sleep
(AASM manual; Douglas et al. 1982, Thorax 37:840). Apnoeas and hypopnoeas are made where
a night is asked for them.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d

from psgkit.domain.channels.roles import Role
from psgkit.simulate.montages import Lead
from psgkit.simulate.signals.respiratory_events import (
    RespiratoryEvent,
    flow_left,
    saturation_falls,
)
from psgkit.simulate.sleep_state import (
    Float32Array,
    FloatArray,
    State,
    Timeline,
    wander,
)

_UNEVEN = {State.REM: 0.30, State.N3: 0.06, State.N2: 0.10}
_SNORES = (State.N2, State.N3)


class Breather(Protocol):
    """State of the body that the channels of this module follow."""

    @property
    def bpm(self) -> FloatArray:
        """Heart rate of each second."""

    @property
    def beats_s(self) -> FloatArray:
        """Times of heart beats."""

    @property
    def respiratory_events(self) -> Sequence[RespiratoryEvent]:
        """Apnoeas and hypopnoeas."""


def slow_signal(lead: Lead, timeline: Timeline, body: Breather) -> Float32Array:
    """Return the samples of a channel that is not made of sources.

    Parameters
    ----------
    lead : Lead
        The channel.
    timeline : Timeline
        The night.
    body : Breather
        Heart and breath.

    Returns
    -------
    numpy.ndarray of float32, shape (n_samples,)
        In the unit of the channel, at its own rate.
    """
    rate_hz = lead.rate_at(timeline.rate_hz)
    times = np.arange(round(timeline.duration_s * rate_hz)) / rate_hz
    rng = timeline.rng(lead.label)
    match lead.role:
        case Role.SPO2:
            values = np.clip(96.0 + 0.6 * wander(times.size, 40.0, rng), 90.0, 99.0)
            falls = saturation_falls(body.respiratory_events, times)
            values = np.round(values - falls)
        case Role.PULSE:
            values = np.round(np.interp(times, np.arange(len(body.bpm)), body.bpm))
        case Role.POSITION:
            values = _position(times, rng)
        case Role.SNORE:
            values = _snore(times, timeline, rng)
        case Role.OTHER:
            beats = body.beats_s
            since = times - beats[np.maximum(np.searchsorted(beats, times) - 1, 0)]
            values = 50.0 + 30.0 * np.exp(-0.5 * ((since - 0.35) / 0.12) ** 2)
        case _:
            values = _breath(lead.role, times, timeline, rng)
            is_effort = lead.role in (Role.THORAX, Role.ABDOMEN)
            values *= flow_left(body.respiratory_events, times, effort=is_effort)
    return values.astype(np.float32)


def _turns(times: FloatArray, timeline: Timeline) -> tuple[FloatArray, FloatArray]:
    """Return the phase, in breaths, and the depth of breathing."""
    rng = timeline.rng("breathing")
    uneven = timeline.by_state(_UNEVEN, default=0.15)
    seconds = np.arange(len(uneven))
    noise = wander(len(uneven), 4.0, rng)
    depth = np.clip(1.0 + uneven * noise, 0.4, 1.8)
    per_s = 0.245 * np.clip(1.0 + 0.5 * uneven * np.roll(noise, 7), 0.6, 1.5)
    turns = np.concatenate(([0.0], np.cumsum(per_s)))
    return (
        np.asarray(np.interp(times, np.arange(len(turns)), turns)),
        np.asarray(np.interp(times, seconds, depth)),
    )


def _breath(
    role: Role, times: FloatArray, timeline: Timeline, rng: np.random.Generator
) -> FloatArray:
    turns, depth = _turns(times, timeline)
    uv, lag = {
        Role.AIRFLOW: (120.0, 0.0),
        Role.PRESSURE: (150.0, 0.0),
        Role.THORAX: (180.0, 0.25),
        Role.ABDOMEN: (200.0, 0.27),
    }[role]
    wave = np.sin(2.0 * np.pi * (turns - lag))
    if role is Role.PRESSURE:  # a cannula measures flow squared, with its sign
        wave = np.sign(wave) * wave**2
    return np.asarray(uv * depth * wave + rng.normal(0.0, 3.0, times.size))


def _snore(
    times: FloatArray, timeline: Timeline, rng: np.random.Generator
) -> FloatArray:
    turns, _ = _turns(times, timeline)
    inspiring = np.clip(np.sin(2.0 * np.pi * turns), 0.0, None)
    seconds = np.minimum(times.astype(int), len(timeline.states) - 1)
    loud = np.where(np.isin(timeline.states, _SNORES), 40.0, 2.0)
    loud = gaussian_filter1d(loud, 20.0, mode="nearest")
    return np.asarray(
        rng.standard_normal(times.size) * (1.0 + loud[seconds] * inspiring)
    )


def _position(times: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return a code that changes some twice an hour: 0 to 3, back, left, right, front."""
    changes = np.cumsum(rng.exponential(1800.0, 4 + int(times[-1] // 600)))
    codes = rng.choice(4, len(changes) + 1, p=(0.4, 0.28, 0.27, 0.05))
    return codes[np.searchsorted(changes, times)].astype(np.float64)

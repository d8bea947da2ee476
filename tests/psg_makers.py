"""A quarter of an hour of plain sleep signals in memory, to be broken in one place."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from makers import make_scoring

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring

RATE_HZ = 200.0
DURATION_S = 900.0
TIMES_S = np.arange(int(RATE_HZ * DURATION_S)) / RATE_HZ
ALL_REM = make_scoring("R" * 30)

Signals = dict[Role, np.ndarray]


def make_signals(seed: int = 1) -> Signals:
    """Make EEG that falls with frequency, eyes that move, a chin and a heart, in µV.

    Frontal and central sites share a source; eye movements are positive on the side
    that is looked to, at the eyes and, a tenth as large, at the frontal sites.
    """
    rng = np.random.default_rng(seed)
    common = pink(rng, 12.0)
    gaze = np.zeros_like(TIMES_S)
    for onset in np.arange(2.0, DURATION_S - 2.0, 4.0):
        since = TIMES_S - onset
        size = rng.choice((-1.0, 1.0)) * rng.uniform(60, 120)
        gaze += size * np.where((since >= 0) & (since < 0.7), 1.0, 0.0)
    heart = np.exp(-(((TIMES_S % 0.9) - 0.45) ** 2) / (2 * 0.012**2))
    return {
        Role.F3_M2: common + pink(rng, 6.0) + 0.1 * gaze,
        Role.F4_M1: common + pink(rng, 6.0) - 0.1 * gaze,
        Role.C3_M2: common + pink(rng, 6.0),
        Role.C4_M1: common + pink(rng, 6.0),
        Role.EOG_L: 0.3 * common + pink(rng, 4.0) + gaze,
        Role.EOG_R: 0.3 * common + pink(rng, 4.0) - gaze,
        Role.EMG_CHIN: rng.normal(0, 3.0, TIMES_S.size),
        Role.ECG: 1000.0 * heart + rng.normal(0, 10.0, TIMES_S.size),
    }


def pink(rng: np.random.Generator, sd_uv: float) -> np.ndarray:
    """Return noise whose power falls with frequency above 0.5 Hz."""
    spectrum = np.fft.rfft(rng.normal(size=TIMES_S.size))
    freqs = np.fft.rfftfreq(TIMES_S.size, 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.maximum(freqs, 0.5), TIMES_S.size)
    return noise * sd_uv / noise.std()


def make_recording(
    signals: Mapping[Role, np.ndarray],
    changes: Mapping[Role, Mapping[str, object]] | None = None,
) -> Recording:
    """Put signals in µV into a recording; ``changes`` are fields of its channels."""
    channels = []
    for index, role in enumerate(signals):
        highpass, lowpass = (10.0, 100.0) if role.kind is Kind.EMG else (0.3, 70.0)
        channel = Channel(
            role=role,
            label=role.value.replace("_", "-"),
            index=index,
            rate_hz=RATE_HZ,
            highpass_hz=highpass,
            lowpass_hz=lowpass,
            limits=(-3200.0, 3200.0),
        )
        channels.append(replace(channel, **dict((changes or {}).get(role, {}))))
    arrays = tuple(np.asarray(values, float) for values in signals.values())
    return Recording(
        id="made",
        start=None,
        duration_s=max(
            v.size / c.rate_hz for v, c in zip(arrays, channels, strict=True)
        ),
        channels=tuple(channels),
        source=ArraySource(arrays, tuple(c.rate_hz for c in channels)),
    )


def in_rem() -> Scoring:
    """Return the whole quarter of an hour scored as REM sleep."""
    return ALL_REM

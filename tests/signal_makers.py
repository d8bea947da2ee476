"""Signals and timelines of known content, for tests of signal metrics."""

import numpy as np
import numpy.typing as npt
from makers import make_scoring

from psgkit.measure.signals.usable_time import Timeline


def make_timeline(stages: str, *, bad_s: tuple[int, ...] = ()) -> Timeline:
    """Lay stages, one letter an epoch of 30 s, on a recording of their length."""
    scoring = make_scoring(stages)
    timeline = Timeline.from_scoring(scoring, scoring.end_s, (0, scoring.n_epochs))
    is_bad = np.zeros(len(timeline.stages), dtype=bool)
    is_bad[list(bad_s)] = True
    return timeline.without(is_bad)


def make_noise(
    seconds: float, rate_hz: float, *, exponent: float = 0.0, seed: int = 0
) -> npt.NDArray[np.float32]:
    """Return Gaussian noise of density 1 µV²/Hz at 1 Hz, falling as f^-exponent.

    White noise of density 1 has a variance of half the rate. Below 0.25 Hz the density
    stays at what it is there.
    """
    size = int(seconds * rate_hz)
    white = np.random.default_rng(seed).standard_normal(size) * np.sqrt(rate_hz / 2)
    freqs = np.maximum(np.fft.rfftfreq(size, 1 / rate_hz), 0.25)
    shaped = np.fft.irfft(np.fft.rfft(white) * freqs ** (-exponent / 2), size)
    return shaped.astype(np.float32)


def make_sine(
    seconds: float, rate_hz: float, freq_hz: float, amplitude: float
) -> npt.NDArray[np.float32]:
    """Return a sine; its power is half its squared amplitude."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * freq_hz * time_s)).astype(np.float32)

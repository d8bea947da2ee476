"""Channels under construction, and the list of events put into them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from psgkit.domain.channels.roles import Kind
from psgkit.simulate.montages import Lead, Topography
from psgkit.simulate.sleep_state import Float32Array, FloatArray, Timeline
from psgkit.simulate.slow_power import second_means

SHORTEST_S = 0.05
EVENT_COLUMNS = ("onset_s", "duration_s", "kind", "channel")


@dataclass
class Canvas:
    """The voltages of a night, into which sources are mixed one after the other.

    Attributes
    ----------
    timeline : Timeline
        The night.
    leads : tuple of Lead
        The channels that are voltages.
    voltages : list of numpy.ndarray of float32
        One array a lead, in µV, all at the timeline's rate.
    swa_uv2 : numpy.ndarray of float64, shape (n_leads, n_seconds)
        Power from 0.5 to 4 Hz that the brain puts into each lead, so far.
    events : list of tuple
        Onset in s, duration in s, kind, channel.
    """

    timeline: Timeline
    leads: tuple[Lead, ...]
    voltages: list[Float32Array] = field(default_factory=list)
    swa_uv2: FloatArray = field(init=False, repr=False)
    events: list[tuple[float, float, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with silence."""
        size = self.timeline.n_samples
        self.voltages = [np.zeros(size, dtype=np.float32) for _ in self.leads]
        self.swa_uv2 = np.zeros((len(self.leads), len(self.timeline.states)))

    def add(self, source: Float32Array, topography: Topography) -> None:
        """Mix a source of the whole night into every channel with a gain for it."""
        for lead, voltage in zip(self.leads, self.voltages, strict=True):
            gain = lead.gain(topography)
            if abs(gain) > 1e-3:
                np.add(voltage, np.float32(gain) * source, out=voltage)

    def tell_swa(self, power_uv2: FloatArray, topography: Topography) -> None:
        """Write down the power from 0.5 to 4 Hz of a source, one number a second.

        Powers of sources that know nothing of each other add up.
        """
        gains = np.array([lead.gain(topography) for lead in self.leads])
        self.swa_uv2 += gains[:, np.newaxis] ** 2 * power_uv2

    def scale(self, factor: Float32Array) -> None:
        """Multiply all that is there so far, sample by sample."""
        for voltage in self.voltages:
            np.multiply(voltage, factor, out=voltage)
        self.swa_uv2 *= second_means(factor**2, self.timeline)

    def log(
        self, onset_s: float, duration_s: float, kind: str, where: Topography
    ) -> None:
        """Write down an event, with the channel that shows it best.

        An event that the recording's end cuts to almost nothing is left out.
        """
        duration_s = min(duration_s, self.timeline.duration_s - onset_s)
        if duration_s >= SHORTEST_S:
            self.events.append((onset_s, duration_s, kind, self.best_label(where)))

    def best_label(self, topography: Topography) -> str:
        """Return the label of the channel with the largest gain; empty without a channel."""
        gains = [abs(lead.gain(topography)) for lead in self.leads]
        if not gains or max(gains) < 0.05:
            return ""
        return self.leads[int(np.argmax(gains))].label

    def table(self) -> pd.DataFrame:
        """Return the events, ordered by onset, to the millisecond."""
        table = pd.DataFrame(self.events, columns=list(EVENT_COLUMNS))
        table = table.astype(
            {"onset_s": float, "duration_s": float, "kind": object, "channel": object}
        )
        table[["onset_s", "duration_s"]] = table[["onset_s", "duration_s"]].round(3)
        return table.sort_values(
            ["onset_s", "kind", "channel"], kind="stable", ignore_index=True
        )

    def swa_table(self) -> pd.DataFrame:
        """Return the power from 0.5 to 4 Hz in each epoch and EEG channel."""
        epoch_s = self.timeline.epoch_s
        seconds = np.arange(len(self.timeline.states))
        epochs = (seconds // epoch_s).astype(int)
        count = np.bincount(epochs)
        table = {"onset_s": np.arange(len(count)) * epoch_s}
        for lead, swa in zip(self.leads, self.swa_uv2, strict=True):
            if lead.role.kind is Kind.EEG:
                table[lead.label] = (np.bincount(epochs, swa) / count).round(3)
        return pd.DataFrame(table)


def blank(timeline: Timeline) -> Float32Array:
    """Return a source that is silent throughout."""
    return np.zeros(timeline.n_samples, dtype=np.float32)


def put(
    source: Float32Array, rate_hz: float, onset_s: float, shape: Float32Array
) -> None:
    """Add a shape to a source, cut where the night begins or ends."""
    first = round(onset_s * rate_hz)
    low, high = max(first, 0), min(first + len(shape), len(source))
    if high > low:
        source[low:high] += shape[low - first : high - first]


def seconds_of(duration_s: float, rate_hz: float) -> Float32Array:
    """Return the times of the samples of a stretch, from zero."""
    n_samples = max(round(duration_s * rate_hz), 1)
    return np.arange(n_samples, dtype=np.float32) / np.float32(rate_hz)


def wandering_rhythm(
    times: Float32Array, hz: float, rng: np.random.Generator
) -> Float32Array:
    """Return a rhythm whose frequency and amplitude wander, of amplitude about one."""
    knots = np.arange(0.0, float(times[-1]) + 1.0, 0.4)
    drift = np.interp(times, knots, rng.normal(0.0, 0.8, knots.size))
    level = np.interp(times, knots, rng.uniform(0.6, 1.4, knots.size))
    phase = 2 * np.pi * hz * times + np.cumsum(drift) * (
        times[1] if len(times) > 1 else 0
    )
    return np.asarray(level * np.sin(phase + rng.uniform(0, 6.28)), dtype=np.float32)

"""A sample of a few hundred short windows of each channel for the quality rules.

psgkit samples 480 windows of five seconds of a 9 h night: a second, not a minute, of
computing. Faults of minutes are not missed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.amplitude import PLAUSIBLE_SD_UV
from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.recording import Channel, FloatArray, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.prepare.artefacts import (
    RAIL_SHARE,
    WINDOW_S,
    is_clipped,
    is_flat,
    limits_in_uv,
)

MAX_WINDOWS = 480
A_FEW = 96
# Bytes of windows that are read together; a cap of 128 electrodes is read in groups.
GROUP_BYTES = 128_000_000
USUAL_SHARE = 0.1
SHARP_S = 0.3
PLATEAU_SAMPLES = 3
# Channels of these kinds carry the numbers of a report.
LOOKED_AT = frozenset({Kind.EEG, Kind.EOG, Kind.ECG})

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ChannelLook:
    """One channel through its windows.

    Attributes
    ----------
    channel : Channel
    start : datetime.datetime or None
        Of the recording.
    starts_s : numpy.ndarray of float64, shape (n_windows,)
        Where each window starts.
    sd_uv : numpy.ndarray of float64, shape (n_windows,)
        Standard deviation; NaN where a gap falls into the window.
    peak_uv : numpy.ndarray of float64, shape (n_windows,)
        Largest distance from the median of the whole channel; NaN likewise.
    step_uv : numpy.ndarray of float64, shape (n_windows,)
        Largest difference of two neighbouring samples; NaN likewise.
    flat, clipped : numpy.ndarray of bool, shape (n_windows,)
        Windows without change, and windows that touch a limit of the file.
    cut : numpy.ndarray of bool, shape (n_windows,)
        Windows that stay at the channel's own highest or lowest value for some samples.
    cut_uv : float
        How far from the median they stay there; infinite without windows.
    usual : numpy.ndarray of bool, shape (n_windows,)
        Other windows with a plausible amplitude.
    freqs_hz, psd_uv2_per_hz : numpy.ndarray of float64, shape (n_freqs,)
        Median spectrum of the usual windows. If few are usual, of all windows that are
        neither flat nor clipped; empty without windows.
    beat : float
        How regularly sharp peaks recur at the pace of a heart, 0 to 1; see `_beat`.
    """

    channel: Channel
    start: dt.datetime | None
    starts_s: FloatArray
    sd_uv: FloatArray
    peak_uv: FloatArray
    step_uv: FloatArray
    flat: BoolArray
    clipped: BoolArray
    cut: BoolArray
    cut_uv: float
    usual: BoolArray
    freqs_hz: FloatArray
    psd_uv2_per_hz: FloatArray
    beat: float

    @property
    def is_known(self) -> BoolArray:
        """Windows without a gap, shape (n_windows,)."""
        return np.isfinite(self.sd_uv)

    @property
    def is_alive(self) -> BoolArray:
        """Windows without a gap that are not flat, shape (n_windows,)."""
        return self.is_known & ~self.flat

    @property
    def typical_sd_uv(self) -> float:
        """Median standard deviation of the windows that count, NaN without any."""
        counted = _counted(self.usual, self.is_alive)
        return float(np.median(self.sd_uv[counted])) if counted.any() else float("nan")

    def share(self, windows: BoolArray) -> float:
        """Return the share of windows without a gap that are among some, 0 to 1."""
        known = self.is_known
        return float(np.mean(windows[known])) if known.any() else 0.0

    def power_uv2(self, low_hz: float, high_hz: float) -> float:
        """Return the power in a band, NaN without a spectrum."""
        if not self.freqs_hz.size:
            return float("nan")
        inside = (self.freqs_hz >= low_hz) & (self.freqs_hz < high_hz)
        step = self.freqs_hz[1] - self.freqs_hz[0]
        return float(self.psd_uv2_per_hz[inside].sum() * step)


@dataclass(frozen=True, eq=False)
class RecordingLook:
    """All channels through their windows."""

    recording: Recording
    scoring: Scoring | None
    starts_s: FloatArray
    channels: tuple[ChannelLook, ...] = field(default=())

    def of_kind(self, kind: Kind) -> tuple[ChannelLook, ...]:
        """Return the channels of one family."""
        return tuple(c for c in self.channels if c.channel.role.kind is kind)

    def windows(
        self, channels: Sequence[Channel], which: BoolArray
    ) -> list[FloatArray]:
        """Read some windows of some channels, shape (n_which, n_samples) each, in µV.

        NaN in gaps. All channels come in one pass, since the samples of a file are
        interleaved.
        """
        read = _read_together(self.recording, channels, self.starts_s[which])
        return [read[channel] for channel in channels]

    @cached_property
    def a_few(self) -> BoolArray:
        """At most `A_FEW` windows, evenly spread, for facts of the whole night."""
        few = np.zeros(self.starts_s.size, dtype=bool)
        few[:: max(1, -(-few.size // A_FEW))] = True
        return few

    @cached_property
    def eyes_may_move(self) -> BoolArray:
        """Windows in REM sleep or wake; empty without stages."""
        if self.scoring is None:
            return np.zeros(self.starts_s.size, dtype=bool)
        epochs = np.floor(
            (self.starts_s - self.scoring.onset_s) / self.scoring.epoch_s
        ).astype(int)
        inside = (epochs >= 0) & (epochs < self.scoring.n_epochs)
        moving = np.isin(self.scoring.stages, (Stage.W, Stage.R))
        result = np.zeros(self.starts_s.size, dtype=bool)
        result[inside] = moving[epochs[inside]]
        return result


def look_at(recording: Recording, scoring: Scoring | None = None) -> RecordingLook:
    """Read the windows of every channel that carries numbers.

    Channels that are not in microvolts, or slower than 10 Hz, are left out, as are
    electrodes from which a derivation was made.
    """
    starts = _starts(recording.duration_s)
    derived_from = {
        c.index for c in recording.channels if c.reference_index is not None
    }
    wanted = [
        channel
        for channel in recording.channels
        if _carries_numbers(channel)
        and (channel.reference_index is not None or channel.index not in derived_from)
    ]
    looks: list[ChannelLook] = []
    for group in _groups(recording, wanted, len(starts)):
        electrodes = list(dict.fromkeys(one for both in group.values() for one in both))
        windows = _read_together(recording, electrodes, starts)
        looks += [
            _look_at_channel(
                channel,
                [windows[one] for one in both],
                both,
                start=recording.start,
                starts=starts,
            )
            for channel, both in group.items()
        ]
    return RecordingLook(recording, scoring, starts, tuple(looks))


def _groups(
    recording: Recording, channels: Iterable[Channel], n_windows: int
) -> Iterator[dict[Channel, tuple[Channel, ...]]]:
    """Yield channels that are read together, each with the electrodes it is made of."""
    whole = {c.index: c for c in recording.channels if c.reference_index is None}
    group: dict[Channel, tuple[Channel, ...]] = {}
    room = GROUP_BYTES
    for channel in channels:
        if channel.reference_index is None:
            electrodes: tuple[Channel, ...] = (channel,)
        else:
            electrodes = whole[channel.index], whole[channel.reference_index]
        needed = 8 * n_windows * len(electrodes) * round(WINDOW_S * channel.rate_hz)
        if group and needed > room:
            yield group
            group, room = {}, GROUP_BYTES
        group[channel] = electrodes
        room -= needed
    if group:
        yield group


def _read_together(
    recording: Recording, channels: Sequence[Channel], starts_s: FloatArray
) -> dict[Channel, FloatArray]:
    """Read windows of several channels, shape (n_windows, n_samples); NaN in gaps."""
    windows = {
        channel: np.full((starts_s.size, _window_size(channel)), np.nan)
        for channel in channels
    }
    for number, start_s in enumerate(starts_s.tolist()):
        read = recording.signals(channels, start_s, start_s + WINDOW_S)
        for channel, values in zip(channels, read, strict=True):
            row = windows[channel][number]
            row[: values.size] = values[: row.size]
    return windows


def _window_size(channel: Channel) -> int:
    return int(WINDOW_S * channel.rate_hz + 1e-6)


def _starts(duration_s: float) -> FloatArray:
    count = min(int(duration_s / WINDOW_S + 1e-9), MAX_WINDOWS)
    if count == 0:
        return np.empty(0)
    return np.floor(np.linspace(0.0, duration_s - WINDOW_S, count))


def _carries_numbers(channel: Channel) -> bool:
    return (
        (channel.role.kind in LOOKED_AT or channel.role is Role.EMG_CHIN)
        and channel.to_uv is not None
        and channel.rate_hz >= 10
    )


def _look_at_channel(
    channel: Channel,
    windows_of: Sequence[FloatArray],
    electrodes: Sequence[Channel],
    *,
    start: dt.datetime | None,
    starts: FloatArray,
) -> ChannelLook:
    """Look at a channel through the windows of its one or two electrodes.

    The limits of a difference come from its two electrodes: its windows are clipped
    or cut off where an electrode's are.
    """
    windows = windows_of[0] if len(windows_of) == 1 else windows_of[0] - windows_of[1]
    clipped, cut = np.zeros((2, len(windows)), dtype=bool)
    cut_uv = float("inf")
    for electrode, values in zip(electrodes, windows_of, strict=True):
        clipped |= is_clipped(values, limits_in_uv(electrode))
        is_cut, level_uv = _find_cut(values)
        cut, cut_uv = cut | is_cut, min(cut_uv, level_uv)
    known = np.isfinite(windows).all(axis=1)
    centre = float(np.median(windows[known])) if known.any() else 0.0
    flat = is_flat(windows, channel.rate_hz)
    sd_uv = windows.std(axis=1)
    low, high = PLAUSIBLE_SD_UV[channel.role.kind]
    usable = known & ~flat & ~clipped
    usual = usable & (sd_uv >= low) & (sd_uv <= high)
    good = windows[_counted(usual, usable)]
    freqs, psd = _spectrum(good, channel.rate_hz)
    return ChannelLook(
        channel=channel,
        start=start,
        starts_s=starts,
        sd_uv=sd_uv,
        peak_uv=np.abs(windows - centre).max(axis=1, initial=0.0),
        step_uv=np.abs(np.diff(windows, axis=1)).max(axis=1, initial=0.0),
        flat=flat,
        clipped=clipped,
        cut=cut & ~flat,
        cut_uv=cut_uv,
        usual=usual,
        freqs_hz=freqs,
        psd_uv2_per_hz=psd,
        beat=_beat(good[:: max(1, len(good) // A_FEW)], channel.rate_hz),
    )


def _counted(usual: BoolArray, alive: BoolArray) -> BoolArray:
    """Return the usual windows, or all live windows if too few are usual."""
    return usual if usual.sum() >= USUAL_SHARE * alive.sum() else alive


def _find_cut(windows: FloatArray) -> tuple[BoolArray, float]:
    """Find the windows that stay at the highest or lowest value of all for some samples.

    An amplifier that cuts off at 150 µV leaves plateaus there, whatever the file could
    hold.

    Returns
    -------
    is_cut : numpy.ndarray of bool, shape (n_windows,)
    level_uv : float
        The distance of those values from the median; infinite without a plateau.
    """
    known = np.isfinite(windows).all(axis=1)
    is_cut, level_uv = np.zeros(len(windows), dtype=bool), float("inf")
    if not known.any() or windows.shape[1] < PLATEAU_SAMPLES:
        return is_cut, level_uv
    centre = float(np.median(windows[known]))
    ends = float(windows[known].max()), float(windows[known].min())
    margin = RAIL_SHARE * (ends[0] - ends[1])
    for end_uv in ends:
        at_end = np.abs(windows - end_uv) <= margin
        runs = at_end[:, PLATEAU_SAMPLES - 1 :].copy()
        for shift in range(1, PLATEAU_SAMPLES):
            runs &= at_end[:, PLATEAU_SAMPLES - 1 - shift : -shift]
        here = runs.any(axis=1)
        if here.any():
            is_cut |= here
            level_uv = min(level_uv, abs(end_uv - centre))
    return is_cut, level_uv


def _spectrum(windows: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Return frequencies and the median power spectral density (Hann window)."""
    if not len(windows):
        return np.empty(0), np.empty(0)
    size = windows.shape[1]
    taper = np.hanning(size + 1)[:-1]  # periodic, as spectra want it
    centred = windows - windows.mean(axis=1, keepdims=True)
    waves = np.fft.rfft(centred * taper, axis=1)
    power = waves.real**2 + waves.imag**2
    density = 2.0 * power / (rate_hz * np.sum(taper**2))
    freqs = np.arange(density.shape[1]) * (rate_hz / size)
    # Medians along contiguous rows take half of the time.
    return freqs, np.median(np.ascontiguousarray(density.T), axis=1)


def _beat(windows: FloatArray, rate_hz: float) -> float:
    """Measure how regularly sharp peaks recur at the pace of a heart.

    The largest autocorrelation of the slope's size, high-passed for a QRS complex
    and smoothed over 0.1 s, at 0.4 to 1.5 s (40 to 150 beats a minute): near 1
    for an ECG, near 0 for EEG. The median over the windows; 0 where the rate is too low
    to see a QRS complex.
    """
    if rate_hz < 50 or not len(windows):
        return 0.0
    calm = windows
    for mains_hz in (50.0, 60.0):  # hum would recur at every lag
        calm = _moving_mean(calm, rate_hz / mains_hz)
    drift = _moving_mean(calm, SHARP_S * rate_hz)  # breath and slow waves recur too
    before = (calm.shape[1] - drift.shape[1]) // 2
    calm = calm[:, before : before + drift.shape[1]] - drift
    smooth = _moving_mean(np.abs(np.diff(calm, axis=1)), 0.1 * rate_hz)
    smooth = smooth - smooth.mean(axis=1, keepdims=True)
    size = smooth.shape[1]
    waves = np.fft.rfft(smooth, n=2 * size, axis=1)
    power = waves.real**2 + waves.imag**2
    correlation = np.fft.irfft(power, axis=1)[:, :size]
    energy = correlation[:, :1]
    unbiased = correlation * size / np.arange(size, 0, -1)
    lags = unbiased[:, int(0.4 * rate_hz) : int(1.5 * rate_hz)]
    with np.errstate(invalid="ignore", divide="ignore"):
        peaks = np.where(energy[:, 0] > 0, lags.max(axis=1) / energy[:, 0], 0.0)
    return float(np.median(peaks))


def _moving_mean(windows: FloatArray, width: float) -> FloatArray:
    """Return the mean of so many neighbouring samples, rounded to one at least."""
    samples = max(round(width), 1)
    sums = np.pad(np.cumsum(windows, axis=1), ((0, 0), (1, 0)))
    return np.asarray((sums[:, samples:] - sums[:, :-samples]) / samples)

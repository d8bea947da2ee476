"""Heart rate by stage, from corrected beats or from an oximeter's pulse."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import SLEEP_STAGES, Stage
from psgkit.measure.body.beat_correction import Beats
from psgkit.measure.signals.usable_time import BoolArray, FloatArray, Timeline

NREM = (Stage.N1, Stage.N2, Stage.N3)
# By the last part of a column; the empty name is all sleep.
STAGES_OF: dict[str, tuple[Stage, ...]] = {
    "": SLEEP_STAGES,
    "W": (Stage.W,),
    "N1": (Stage.N1,),
    "N2": (Stage.N2,),
    "N3": (Stage.N3,),
    "R": (Stage.R,),
    "NREM": NREM,
}
NO_HEART = Undefined("no ECG of 50 Hz or more in which the heart is seen, and no pulse")

_LEAST_SEEN = 0.5
_LEAST_S = 60.0
_AVERAGED = 5
_PULSE_BPM = (25.0, 220.0)
_STUCK_S = 600
_LARGE_STEP_BPM = 10.0


@dataclass(frozen=True, slots=True)
class HeartRate:
    """Heart rate in spans of time: from beat to beat, or each second of a pulse.

    Attributes
    ----------
    starts_s, ends_s : numpy.ndarray of float64, shape (n_spans,)
        Seconds after the recording's start.
    bpm : numpy.ndarray of float64, shape (n_spans,)
        Beats a minute.
    is_sound : numpy.ndarray of bool, shape (n_spans,)
        Whether neither end is a corrected beat.
    beats : Beats or None
        None if an oximeter's pulse replaces the ECG.
    """

    starts_s: FloatArray
    ends_s: FloatArray
    bpm: FloatArray
    is_sound: BoolArray
    beats: Beats | None = None

    @classmethod
    def of_beats(cls, beats: Beats) -> "HeartRate":
        """Return the rate from beat to beat, gaps left out."""
        intervals = beats.intervals_s
        known = np.isfinite(intervals)
        return cls(
            beats.times_s[:-1][known],
            beats.times_s[1:][known],
            60 / intervals[known],
            ~beats.interval_is_corrected[known],
            beats,
        )

    @classmethod
    def of_pulse(cls, pulse: FloatArray, rate_hz: float) -> "HeartRate":
        """Return the rate that an oximeter gives, second by second."""
        values = each_second(pulse, rate_hz)
        low, high = _PULSE_BPM
        with np.errstate(invalid="ignore"):
            known = (values >= low) & (values <= high) & ~stuck(values, _STUCK_S)
        seconds = np.flatnonzero(known).astype(np.float64)
        return cls(
            seconds, seconds + 1, values[known], np.ones(len(seconds), dtype=bool)
        )

    def stages(self, timeline: Timeline) -> npt.NDArray[np.int8]:
        """Return the stage at the middle of each span, shape (n_spans,)."""
        middles = ((self.starts_s + self.ends_s) / 2).astype(int)
        inside = middles < len(timeline.stages)
        stages = np.full(len(middles), Stage.UNS, dtype=np.int8)
        stages[inside] = timeline.stages[middles[inside]]
        return stages


def each_second(values: FloatArray, rate_hz: float) -> FloatArray:
    """Return the sample in the middle of each second of a slow signal."""
    n_seconds = int(len(values) / rate_hz + 1e-6)
    places = np.floor((np.arange(n_seconds) + 0.5) * rate_hz + 1e-9).astype(int)
    return np.asarray(values[np.minimum(places, len(values) - 1)], dtype=np.float64)


def looks_like_pulse(pulse: FloatArray, rate_hz: float) -> bool:
    """Return whether a channel is a rate, not the wave of a plethysmogram."""
    values = each_second(pulse, rate_hz)
    low, high = _PULSE_BPM
    with np.errstate(invalid="ignore"):
        known = (values >= low) & (values <= high)
    steps = np.abs(np.diff(values[known]))
    return len(steps) > _STUCK_S and bool(np.mean(steps > _LARGE_STEP_BPM) < 0.05)


def stuck(values: FloatArray, longer_than: int) -> BoolArray:
    """Mark the runs of equal values that are longer than so many samples."""
    edges = np.flatnonzero(np.diff(values)) + 1
    lengths = np.diff(np.concatenate(([0], edges, [len(values)])))
    return np.asarray(np.repeat(lengths > longer_than, lengths))


def mean_rate(rate: HeartRate, timeline: Timeline, name: str) -> Value:
    """Return the mean of 60,000/RR in a stage of `STAGES_OF`.

    Undefined in under a minute of it, or if less than half of it has beats.
    """
    stages = STAGES_OF[name]
    words = name or "sleep"
    whole_s = float(np.isin(timeline.stages, stages).sum())
    if whole_s == 0:
        return Undefined(f"no {words}")
    if whole_s < _LEAST_S:
        return Undefined(f"under 1 min of {words}")
    inside = np.isin(rate.stages(timeline), stages)
    seen = float((rate.ends_s - rate.starts_s)[inside].sum()) / whole_s
    if seen < _LEAST_SEEN:
        return Undefined(f"the heart was seen in {100 * seen:.0f} % of {words}")
    return float(rate.bpm[inside].mean())


def rate_range(rate: HeartRate, timeline: Timeline) -> tuple[Value, Value]:
    """Return the lowest and the highest heart rate in sleep, over five beats each.

    An oximeter's pulse is averaged over five seconds. Corrected beats do not count.
    """
    seen = mean_rate(rate, timeline, "")
    if isinstance(seen, Undefined):
        return seen, seen
    asleep = np.isin(rate.stages(timeline), SLEEP_STAGES) & rate.is_sound
    last = _AVERAGED - 1
    # Five spans without a gap between them, all of them sound and in sleep.
    meets = np.append(np.abs(rate.starts_s[1:] - rate.ends_s[:-1]) < 1e-6, False)
    unbroken = np.convolve(meets, np.ones(last), "valid")[: len(meets) - last] == last
    sound = np.convolve(asleep, np.ones(_AVERAGED), "valid") == _AVERAGED
    keep = unbroken & sound
    if not keep.any():
        none = Undefined("no five beats in a row were seen in sleep")
        return none, none
    if rate.beats is None:
        means = np.convolve(rate.bpm, np.ones(_AVERAGED) / _AVERAGED, "valid")[keep]
    else:
        spans = rate.ends_s[last:] - rate.starts_s[: len(rate.bpm) - last]
        means = 60 * _AVERAGED / spans[keep]
    return float(means.min()), float(means.max())


def rem_nrem_difference(rate: HeartRate, timeline: Timeline) -> Value:
    """Return the mean heart rate in REM sleep less that in NREM sleep."""
    rem, nrem = (mean_rate(rate, timeline, name) for name in ("R", "NREM"))
    if isinstance(rem, Undefined):
        return rem
    return nrem if isinstance(nrem, Undefined) else rem - nrem


def corrected_pct(rate: HeartRate, timeline: Timeline) -> Value:
    """Return the share of beats in sleep that were moved, added or removed."""
    if rate.beats is None:
        return Undefined("an oximeter's pulse has no beats")
    seconds = rate.beats.times_s.astype(int)
    inside = seconds < len(timeline.stages)
    asleep = np.isin(timeline.stages[seconds[inside]], SLEEP_STAGES)
    if not asleep.any():
        return Undefined("no beat was seen in sleep")
    return 100 * float(rate.beats.is_corrected[inside][asleep].mean())

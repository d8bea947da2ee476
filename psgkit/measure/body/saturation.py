"""Oxygen saturation in sleep: its mean, its lowest value, and time under 90 %."""

from dataclasses import dataclass

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import SLEEP_STAGES, Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.body.heart_rate import each_second, stuck
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
)

VALID_PCT = (50.0, 100.0)
FASTEST_PER_S = 4.0
STUCK_S = 600
SHORT_S = 60
LEAST_VALID = 0.8
UNDER_PCT = 90.0
NO_SATURATION = Undefined("no saturation channel")

# Half a step of an oximeter that writes tenths.
_AT_LIMIT = 0.05


@dataclass(frozen=True, slots=True)
class Saturation:
    """Saturation of each second.

    Attributes
    ----------
    pct : numpy.ndarray of float64, shape (n_seconds,)
        NaN where it is artefact or missing.
    """

    pct: FloatArray

    def missing_reason(
        self, timeline: Timeline, stages: tuple[Stage, ...], words: str
    ) -> Undefined | None:
        """Say why a number of some stages is undefined; None where it is defined."""
        inside = np.isin(timeline.stages, stages)
        if not inside.any():
            return Undefined(f"no {words}")
        share = float(np.isfinite(self.pct[inside]).mean())
        if share < LEAST_VALID:
            return Undefined(
                f"saturation is valid in {100 * share:.0f} % of {words}; 80 % are needed"
            )
        return None

    def valid_min(self, timeline: Timeline, stages: tuple[Stage, ...]) -> float:
        """Return the minutes of some stages in which it is valid."""
        inside = np.isin(timeline.stages, stages)
        return float((inside & np.isfinite(self.pct)).sum()) / 60


def saturation_of(values: FloatArray, channel: Channel, n_seconds: int) -> Saturation:
    """Return the saturation of each second, artefact removed.

    Artefact is under 50 or over 100 %, a change of over 4 points in a second, a value
    that stays equal for over 10 min, and the extremes that the file can hold. A value
    of 100 % is valid.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_samples,)
        In percent, NaN in gaps.
    channel : Channel
    n_seconds : int
        Of the recording.
    """
    found = each_second(values, channel.rate_hz)[:n_seconds]
    pct = np.full(n_seconds, np.nan)
    pct[: len(found)] = found
    pct[_is_artefact(pct, channel)] = np.nan
    return Saturation(pct)


def _is_artefact(pct: FloatArray, channel: Channel) -> BoolArray:
    low, high = VALID_PCT
    with np.errstate(invalid="ignore"):
        is_bad = ~((pct >= low) & (pct <= high))
        too_fast = np.abs(np.diff(pct)) > FASTEST_PER_S
        is_bad[1:] |= too_fast
        is_bad[:-1] |= too_fast
        if channel.limits is not None:
            lowest, highest = (limit * (channel.to_uv or 1) for limit in channel.limits)
            is_bad |= pct <= lowest + _AT_LIMIT
            is_bad |= (pct >= highest - _AT_LIMIT) & (pct < high)
    is_bad |= stuck(pct, STUCK_S)
    return is_bad | _is_off_between_jumps(pct, is_bad)


def _is_off_between_jumps(pct: FloatArray, is_bad: BoolArray) -> BoolArray:
    """Mark short stretches between artefacts at a level that blood cannot jump to.

    A probe that slips off shows 70 % for some seconds: only its edges are too fast.
    """
    off = np.zeros(len(pct), dtype=bool)
    level = None
    for start, stop in true_runs(~is_bad).tolist():
        stretch = pct[start:stop]
        jumps = level is not None and abs(stretch[0] - level) > FASTEST_PER_S
        if jumps and stop - start < SHORT_S:
            off[start:stop] = True
        else:
            level = float(stretch[-1])
    return off


def saturation_values(saturation: Saturation, timeline: Timeline) -> dict[str, Value]:
    """Return the numbers over sleep."""
    names = ("spo2_mean_pct", "spo2_min_pct", "t90_min", "t90_pct")
    reason = saturation.missing_reason(timeline, SLEEP_STAGES, "sleep")
    if reason is not None:
        return dict.fromkeys(names, reason)
    asleep = saturation.pct[np.isin(timeline.stages, SLEEP_STAGES)]
    known = asleep[np.isfinite(asleep)]
    under = known < UNDER_PCT
    values = (known.mean(), known.min(), under.sum() / 60, 100 * under.mean())
    return {name: float(value) for name, value in zip(names, values, strict=True)}

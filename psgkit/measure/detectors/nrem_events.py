"""Spindles and slow waves of one EEG channel, and how the two are timed."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.slow_wave_detector import Amplitudes
from psgkit.measure.detectors.slow_waves import (
    COUPLING_NUMBERS,
    NREM,
    RELATIVE_NUMBERS,
    SLOW_WAVE_BAND,
    SLOW_WAVE_NUMBERS,
    SlowWaves,
    coupling_values,
    detect_slow_waves,
    relative_values,
    slow_wave_values,
)
from psgkit.measure.detectors.spindle_detector import SPINDLE_BAND
from psgkit.measure.detectors.spindles import (
    SPINDLE_NUMBERS,
    spindle_table,
    spindle_values,
)
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.power import (
    MIN_STAGE_MIN,
    Float32Array,
    band_limit,
    resample_to,
)
from psgkit.settings import DetectorSettings

DEFAULT_DETECTORS = DetectorSettings()
DETECTION_RATE_HZ = 100.0
# Spindles are compared with power from 1 to 30 Hz; its filter needs room above.
MIN_DETECTION_RATE_HZ = 75.0
# YASA's own limits on the spread of a signal in microvolts.
SPREAD_UV = (0.1, 1000.0)

STAGE_GROUPS: dict[str, tuple[Stage, ...]] = {
    "N2": (Stage.N2,),
    "N3": (Stage.N3,),
    "NREM": NREM,
}


# Values by metric name, with the channel and the stage that they are of.
Numbers = tuple[tuple[dict[str, Value], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class NremEvents:
    """Numbers and tables (``spindles``, ``slow_waves``) of one channel."""

    numbers: Numbers
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def find_nrem_events(
    channel: Channel,
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    *,
    spindles: bool,
    detectors: DetectorSettings = DEFAULT_DETECTORS,
) -> NremEvents:
    """Find slow waves, and with ``spindles`` those too and the coupling of both.

    Parameters
    ----------
    channel : Channel
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero, at ``rate_hz``.
    rate_hz : float
    timeline : Timeline
        With the channel's artefacts.
    spindles : bool
    detectors : DetectorSettings
        Which program finds them.

    Returns
    -------
    NremEvents
        Every number that could not be had says why.
    """
    name = channel.role.value
    excerpt, cut = _excerpt(values, rate_hz, timeline)
    refusal = _limit(channel, timeline) or _spread_limit(name, cut)
    if refusal is not None:
        return NremEvents(_refused(refusal, name, spindles=spindles))
    limits = detectors.slow_wave_rules
    waves = detect_slow_waves(
        cut,
        excerpt,
        coupling=spindles,
        detector=detectors.slow_waves,
        amplitudes=Amplitudes(limits.negative_uv, limits.positive_uv, limits.ptp_uv),
    )
    tables = {"slow_waves": waves.table.assign(channel=name)}
    numbers = _wave_numbers(waves, timeline, name)
    if not spindles:
        return NremEvents(numbers, tables)
    table = spindle_table(cut, excerpt, detectors.spindles, detectors.spindle_rules)
    tables["spindles"] = table.assign(channel=name)
    of_spindles = tuple(
        (spindle_values(table, timeline, stage), (name, stage.name)) for stage in NREM
    )
    coupling = (coupling_values(waves, table), (name,))
    return NremEvents((*numbers, *of_spindles, coupling), tables)


def _excerpt(
    values: Float32Array, rate_hz: float, timeline: Timeline
) -> tuple[Excerpt, Float32Array]:
    """Return N2 and N3 at the rate of the detectors."""
    signal, rate = resample_to(values, rate_hz, DETECTION_RATE_HZ)
    excerpt = Excerpt.of(timeline, NREM, rate, len(signal))
    return excerpt, excerpt.cut(signal)


def _wave_numbers(waves: SlowWaves, timeline: Timeline, name: str) -> Numbers:
    by_group = tuple(
        (slow_wave_values(waves, timeline, stages), (name, label))
        for label, stages in STAGE_GROUPS.items()
    )
    return ((relative_values(waves, timeline), (name,)), *by_group)


def _refused(reason: Undefined, name: str, *, spindles: bool) -> Numbers:
    """Give every number that the channel would have had the same reason."""
    groups = [(SLOW_WAVE_NUMBERS, tuple(STAGE_GROUPS)), (RELATIVE_NUMBERS, ("",))]
    if spindles:
        groups += [(SPINDLE_NUMBERS, ("N2", "N3")), (COUPLING_NUMBERS, ("",))]
    return tuple(
        (dict.fromkeys(names, reason), (name, label) if label else (name,))
        for names, labels in groups
        for label in labels
    )


def _limit(channel: Channel, timeline: Timeline) -> Undefined | None:
    if channel.rate_hz < MIN_DETECTION_RATE_HZ:
        return Undefined(
            f"{channel.role.value} is sampled at {channel.rate_hz:g} Hz, "
            f"{MIN_DETECTION_RATE_HZ:g} Hz are needed"
        )
    minutes = timeline.clean_min(NREM)
    if minutes < MIN_STAGE_MIN:
        return timeline.too_little(NREM, minutes, MIN_STAGE_MIN)
    return band_limit(channel, (SLOW_WAVE_BAND[0], SPINDLE_BAND[1]))


def _spread_limit(name: str, values: Float32Array) -> Undefined | None:
    spread = float(np.std(values, dtype=float)) if len(values) else 0.0
    if SPREAD_UV[0] < spread < SPREAD_UV[1]:
        return None
    return Undefined(
        f"{name} has a standard deviation of {spread:g} µV in NREM sleep, "
        "which no EEG has"
    )

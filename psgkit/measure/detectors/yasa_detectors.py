"""YASA's own detectors; tests compare psgkit's with them.

Settings follow the columns' definitions, not YASA's defaults: spindles from 11 to 16 Hz.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from psgkit.measure.detectors.slow_wave_detector import COLUMNS as WAVE_COLUMNS
from psgkit.measure.detectors.slow_wave_detector import Amplitudes
from psgkit.measure.detectors.spindle_detector import COLUMNS as SPINDLE_COLUMNS
from psgkit.measure.detectors.spindle_detector import DEFAULT_RULES
from psgkit.measure.signals.usable_time import BoolArray, FloatArray
from psgkit.settings import SpindleRules

_SPINDLES = ("Start", "Peak", "Duration", "Amplitude", "Frequency")
_WAVES = ("Start", "NegPeak", "Duration", "PTP", "Slope")
_EYES = ("Start", "Peak", "Duration", "LOCAbsValPeak", "ROCAbsValPeak")
EYE_COLUMNS = ("onset_s", "peak_s", "duration_s", "left_uv", "right_uv")


def yasa_spindles(
    values: FloatArray,
    rate_hz: float,
    wanted: BoolArray,
    rules: SpindleRules = DEFAULT_RULES,
) -> pd.DataFrame:
    """Find spindles with `yasa.spindles_detect`; see `find_spindles`."""
    found = _run(
        "spindles_detect",
        values,
        sf=rate_hz,
        freq_sp=rules.band_hz,
        duration=rules.duration_s,
        thresh={
            "rel_pow": rules.relative_power,
            "corr": rules.correlation,
            "rms": rules.rms,
        },
        wanted=wanted,
    )
    return _renamed(found, _SPINDLES, SPINDLE_COLUMNS)


def yasa_slow_waves(
    values: FloatArray, rate_hz: float, wanted: BoolArray, amplitudes: Amplitudes
) -> pd.DataFrame:
    """Find slow waves with `yasa.sw_detect`; see `find_slow_waves`.

    ``values`` are the signal itself: YASA filters it.
    """
    found = _run(
        "sw_detect",
        values,
        sf=rate_hz,
        amp_neg=amplitudes.negative,
        amp_pos=amplitudes.positive,
        amp_ptp=amplitudes.ptp,
        wanted=wanted,
    )
    return _renamed(found, _WAVES, WAVE_COLUMNS)


def yasa_eye_movements(
    left: FloatArray, right: FloatArray, rate_hz: float, wanted: BoolArray
) -> pd.DataFrame:
    """Find rapid eye movements with `yasa.rem_detect`, in seconds of the signals."""
    found = _run("rem_detect", left, right, sf=rate_hz, wanted=wanted)
    return _renamed(found, _EYES, EYE_COLUMNS)


def _run(name: str, *signals: FloatArray, wanted: BoolArray, **options: Any) -> Any:
    """Run a detector if it is wanted; None if it finds no event."""
    if not wanted.any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports
        import yasa  # noqa: PLC0415 - costs seconds

        found = getattr(yasa, name)(
            *signals,
            hypno=wanted.astype(np.int8),
            include=1,
            verbose="ERROR",
            **options,
        )
    return None if found is None else found.summary()


def _renamed(
    found: pd.DataFrame | None, theirs: tuple[str, ...], ours: tuple[str, ...]
) -> pd.DataFrame:
    if found is None:
        return pd.DataFrame([], columns=list(ours), dtype=float)
    table: pd.DataFrame = found[list(theirs)].astype(float)
    return table.set_axis(list(ours), axis=1).reset_index(drop=True)

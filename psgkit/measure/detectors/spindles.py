"""Sleep spindles in N2 and N3: density and form.

The detector takes as one of its thresholds the spread of the night's own sigma power, so
densities compare people with themselves rather than with a norm.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.a7_spindles import find_spindles_a7
from psgkit.measure.detectors.spindle_detector import DEFAULT_RULES, find_spindles
from psgkit.measure.detectors.yasa_detectors import yasa_spindles
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.signals.usable_time import Timeline
from psgkit.measure.spectra.power import Float32Array
from psgkit.measure.values import MIN_STAGE_MIN
from psgkit.settings import SpindleDetector, SpindleRules

NREM = (Stage.N2, Stage.N3)
FAST_FROM_HZ = 13.0
SPINDLE_NUMBERS = (
    "sp_density_per_min",
    "sp_slow_density_per_min",
    "sp_fast_density_per_min",
    "sp_amp_uv",
    "sp_freq_hz",
    "sp_dur_s",
)

SPINDLE_DETECTORS: dict[SpindleDetector, Callable[..., pd.DataFrame]] = {
    "yasa-fast": find_spindles,
    "yasa": yasa_spindles,
    "a7": find_spindles_a7,
}


def spindle_table(
    values: Float32Array,
    excerpt: Excerpt,
    detector: SpindleDetector = "yasa-fast",
    rules: SpindleRules = DEFAULT_RULES,
) -> pd.DataFrame:
    """Find spindles in an excerpt that holds N2 and N3.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts, at 75 Hz or more.
    excerpt : Excerpt
        Where they come from.
    detector : {"yasa-fast", "yasa", "a7"}
        psgkit's form of YASA's detector, `yasa.spindles_detect` itself, or A7.
    rules : SpindleRules
        Of YASA's detector; A7 has its own.

    Returns
    -------
    pandas.DataFrame
        ``onset_s``, ``peak_s``, ``duration_s``, ``amplitude_uv``, ``frequency_hz`` and
        ``stage`` (at onset), in the recording's seconds.
    """
    wanted, rate_hz = excerpt.within(NREM), excerpt.rate_hz
    find = SPINDLE_DETECTORS[detector]
    its_own = () if detector == "a7" else (rules,)
    table = find(values, rate_hz, wanted, *its_own)
    return in_recording(table, excerpt, ("onset_s", "peak_s"))


def in_recording(
    table: pd.DataFrame, excerpt: Excerpt, moments: tuple[str, ...]
) -> pd.DataFrame:
    """Move some columns of events to the recording's seconds, and add their stage.

    The stage comes from the first of the columns.
    """
    first = table[moments[0]].to_numpy(float)
    samples = np.round(first * excerpt.rate_hz).astype(int)
    stages = [Stage(int(code)).name for code in excerpt.stages[samples]]
    moved = {name: excerpt.recording_s(table[name].to_numpy(float)) for name in moments}
    return table.assign(**moved, stage=pd.Series(stages, dtype=object))


def spindle_values(
    table: pd.DataFrame, timeline: Timeline, stage: Stage
) -> dict[str, Value]:
    """Return density and form of the spindles of a stage.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `spindle_table`.
    timeline : Timeline
        Gives the clean minutes that densities are divided by.
    stage : Stage

    Returns
    -------
    dict of str to float or Undefined
        By the stem of the column.
    """
    own = table[table["stage"] == stage.name]
    fast_n = int((own["frequency_hz"] >= FAST_FROM_HZ).sum())
    densities = [
        per_clean_min(count, timeline, (stage,))
        for count in (len(own), len(own) - fast_n, fast_n)
    ]
    form = own[["amplitude_uv", "frequency_hz", "duration_s"]].mean()
    none = Undefined(f"no spindle in {stage.name}")
    means: list[Value] = [float(x) for x in form] if len(own) else [none] * 3
    return dict(zip(SPINDLE_NUMBERS, (*densities, *means), strict=True))


def per_clean_min(count: int, timeline: Timeline, stages: tuple[Stage, ...]) -> Value:
    """Divide a count by the clean minutes of some stages; a rate needs ten."""
    minutes = timeline.clean_min(stages)
    if minutes < MIN_STAGE_MIN:
        return timeline.too_little(stages, minutes, MIN_STAGE_MIN)
    return count / minutes

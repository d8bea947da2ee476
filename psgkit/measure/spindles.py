"""Sleep spindles, found by YASA's detector in N2 and N3.

``yasa.spindles_detect`` (after Lacourse et al. 2018) takes as one of its thresholds the
spread of the night's own sigma power, so densities compare people with themselves
rather than with a norm.
"""

import pandas as pd

from psgkit.domain.measures import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.excerpts import Excerpt
from psgkit.measure.spec import Value
from psgkit.measure.timeline import FloatArray, Timeline

NREM = (Stage.N2, Stage.N3)
FAST_FROM_HZ = 13.0
MIN_RATE_MIN = 10.0
SPINDLE_BAND = (11.0, 16.0)

SPINDLE_NUMBERS = (
    "sp_density_per_min",
    "sp_slow_density_per_min",
    "sp_fast_density_per_min",
    "sp_amp_uv",
    "sp_freq_hz",
    "sp_dur_s",
)


def detect_spindles(values: FloatArray, excerpt: Excerpt) -> pd.DataFrame:
    """Find spindles in an excerpt that holds N2 and N3.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_samples,)
        Microvolts, at 100 Hz or more.
    excerpt : Excerpt
        Where they come from.

    Returns
    -------
    pandas.DataFrame
        YASA's own table, in the excerpt's seconds; without rows where none was found.
    """
    import yasa  # noqa: PLC0415 - costs seconds

    found = yasa.spindles_detect(
        values,
        excerpt.rate_hz,
        hypno=excerpt.stages,
        include=NREM,
        freq_sp=SPINDLE_BAND,
        verbose="ERROR",
    )
    return _NONE if found is None else found.summary()


def spindle_table(found: pd.DataFrame, excerpt: Excerpt) -> pd.DataFrame:
    """Return the spindles with psgkit's names and the recording's seconds."""
    return pd.DataFrame(
        {
            "onset_s": excerpt.recording_s(found["Start"].to_numpy(float)),
            "peak_s": excerpt.recording_s(found["Peak"].to_numpy(float)),
            "duration_s": found["Duration"].to_numpy(float),
            "amplitude_uv": found["Amplitude"].to_numpy(float),
            "frequency_hz": found["Frequency"].to_numpy(float),
            "stage": [Stage(int(code)).name for code in found["Stage"]],
        }
    )


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
    minutes = timeline.clean_min((stage,))
    densities = [
        per_clean_min(count, minutes, stage.name)
        for count in (len(own), len(own) - fast_n, fast_n)
    ]
    form = own[["amplitude_uv", "frequency_hz", "duration_s"]].mean()
    none = Undefined(f"no spindle in {stage.name}")
    means: list[Value] = [float(x) for x in form] if len(own) else [none] * 3
    return dict(zip(SPINDLE_NUMBERS, (*densities, *means), strict=True))


def per_clean_min(count: int, minutes: float, name: str) -> Value:
    """Divide a count by clean minutes, of which a rate needs ten."""
    if minutes < MIN_RATE_MIN:
        return Undefined(
            f"{minutes:.1f} clean min of {name}, at least {MIN_RATE_MIN:g} are needed"
        )
    return count / minutes


_NONE = pd.DataFrame(
    columns=["Start", "Peak", "End", "Duration", "Amplitude", "Frequency", "Stage"],
    dtype=float,
)

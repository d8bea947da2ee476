"""Slow waves, found by YASA's detector in N2 and N3, and their coupling with spindles.

``yasa.sw_detect`` (after Massimini et al. 2004, Carrier et al. 2011) asks for 75 µV from
peak to peak, so that density follows age, sex and reference. The second density here has
a threshold of its own for every night: 1.25 times the mean of all waves, small ones
included.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import fft, signal

from psgkit.domain.measures import Undefined
from psgkit.domain.scoring import Stage
from psgkit.measure.excerpts import Excerpt
from psgkit.measure.spec import Value
from psgkit.measure.spindles import per_clean_min
from psgkit.measure.timeline import FloatArray, Timeline

NREM = (Stage.N2, Stage.N3)
# What a recording must let through; the detector itself looks from 0.3 to 1.5 Hz.
SLOW_WAVE_BAND = (0.5, 4.0)
RELATIVE_THRESHOLD = 1.25
_WIDE = {"amp_ptp": (20, 350), "amp_neg": (10, 200), "amp_pos": (5, 150)}
_COUPLING = {"freq_sp": (12, 16), "time": 1, "p": 0.05}
_PHASE_BAND = (0.3, 1.5)

SLOW_WAVE_NUMBERS = ("sw_density_per_min", "sw_ptp_uv", "sw_slope_uvs", "sw_dur_s")
RELATIVE_NUMBERS = ("sw_density_rel_per_min", "sw_rel_threshold_uv")
COUPLING_NUMBERS = (
    "coup_phase_rad",
    "coup_mvl",
    "coup_z",
    "coup_ndpac",
    "coup_overlap_frac",
)

MIN_COUPLED_WAVES = 50
LOOKAROUND_S = 1.2
N_SHUFFLES = 200


@dataclass(frozen=True, slots=True, eq=False)
class SlowWaves:
    """What the detector found, in the excerpt's seconds.

    Attributes
    ----------
    waves : pandas.DataFrame
        YASA's table of slow waves of 75 µV or more, with the columns of its coupling
        and of spindles that occur with them where those were given.
    rel_threshold_uv : float
        1.25 times the mean amplitude of all waves; NaN without any.
    rel_n : int
        Waves at or above it.
    """

    waves: pd.DataFrame
    rel_threshold_uv: float
    rel_n: int


def detect_slow_waves(
    values: FloatArray, excerpt: Excerpt, *, spindles: pd.DataFrame | None = None
) -> SlowWaves:
    """Find slow waves in an excerpt that holds N2 and N3.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_samples,)
        Microvolts.
    excerpt : Excerpt
        Where they come from.
    spindles : pandas.DataFrame, optional
        Of the same channel, as from `detect_spindles`; asks for coupling, which YASA
        computes at whole numbers of hertz.

    Returns
    -------
    SlowWaves
    """
    import yasa  # noqa: PLC0415 - costs seconds

    given = {
        "sf": excerpt.rate_hz,
        "hypno": excerpt.stages,
        "include": NREM,
        "verbose": "ERROR",
    }
    wide = yasa.sw_detect(values, **_WIDE, **given)
    amplitudes = np.zeros(0) if wide is None else wide.summary()["PTP"].to_numpy(float)
    threshold = RELATIVE_THRESHOLD * amplitudes.mean() if len(amplitudes) else np.nan
    coupling = spindles is not None and float(excerpt.rate_hz).is_integer()
    found = yasa.sw_detect(
        values, coupling=coupling, coupling_params=_COUPLING, **given
    )
    if found is not None and spindles is not None and len(spindles):
        found.find_cooccurring_spindles(spindles, lookaround=LOOKAROUND_S)
    return SlowWaves(
        waves=_NONE if found is None else found.summary(),
        rel_threshold_uv=float(threshold),
        rel_n=int((amplitudes >= threshold).sum()),
    )


def slow_wave_table(found: SlowWaves, excerpt: Excerpt) -> pd.DataFrame:
    """Return the waves with psgkit's names and the recording's seconds."""
    waves = found.waves
    table = pd.DataFrame(
        {
            "onset_s": excerpt.recording_s(waves["Start"].to_numpy(float)),
            "neg_peak_s": excerpt.recording_s(waves["NegPeak"].to_numpy(float)),
            "duration_s": waves["Duration"].to_numpy(float),
            "ptp_uv": waves["PTP"].to_numpy(float),
            "slope_uvs": waves["Slope"].to_numpy(float),
            "stage": [Stage(int(code)).name for code in waves["Stage"]],
        }
    )
    absent = pd.Series(np.nan, index=waves.index)
    phase = waves.get("PhaseAtSigmaPeak", absent)
    return table.assign(sigma_phase_rad=phase.to_numpy(float))


def slow_wave_values(
    found: SlowWaves, timeline: Timeline, stages: tuple[Stage, ...]
) -> dict[str, Value]:
    """Return density and form of the slow waves of some stages."""
    own = found.waves[found.waves["Stage"].isin(stages)]
    name = "+".join(stage.name for stage in stages)
    none = Undefined(f"no slow wave in {name}")
    density = per_clean_min(len(own), timeline.clean_min(stages), name)
    form = own[["PTP", "Slope", "Duration"]].mean()
    means: list[Value] = [float(x) for x in form] if len(own) else [none] * 3
    return dict(zip(SLOW_WAVE_NUMBERS, (density, *means), strict=True))


def relative_values(found: SlowWaves, timeline: Timeline) -> dict[str, Value]:
    """Return the density above the night's own threshold in N2 and N3, and that."""
    density = per_clean_min(found.rel_n, timeline.clean_min(NREM), "N2+N3")
    threshold: Value = found.rel_threshold_uv
    if np.isnan(found.rel_threshold_uv):
        threshold = Undefined("no wave in N2 and N3")
    return dict(zip(RELATIVE_NUMBERS, (density, threshold), strict=True))


def coupling_values(
    found: SlowWaves, values: FloatArray, excerpt: Excerpt, *, seed: int = 0
) -> dict[str, Value]:
    """Return how sigma power is timed within slow waves.

    Parameters
    ----------
    found : SlowWaves
        Detected with ``spindles``.
    values : numpy.ndarray of float64, shape (n_samples,)
        What they were detected in.
    excerpt : Excerpt
    seed : int
        Of the shuffles.

    Returns
    -------
    dict of str to float or Undefined
        ``coup_phase_rad``: circular mean of the slow wave's phase at the sigma peak
        within 1 s of the trough (0 is the positive peak); ``coup_mvl``: length of the
        mean vector; ``coup_z``: that length against sigma peaks at random times within
        the same second; ``coup_ndpac``; ``coup_overlap_frac``: share of slow waves
        with a spindle within 1.2 s.
    """
    if not float(excerpt.rate_hz).is_integer():
        odd = Undefined(f"sampled at {excerpt.rate_hz:g} Hz, a whole number is needed")
        return dict.fromkeys(COUPLING_NUMBERS, odd)
    waves = found.waves.dropna(subset="PhaseAtSigmaPeak")
    if len(waves) < MIN_COUPLED_WAVES:
        few = Undefined(f"{len(waves)} slow waves, {MIN_COUPLED_WAVES} are needed")
        return dict.fromkeys(COUPLING_NUMBERS, few)
    vectors = np.exp(1j * waves["PhaseAtSigmaPeak"].to_numpy(float))
    length = float(np.abs(vectors.mean()))
    chance = _shuffled_lengths(values, excerpt.rate_hz, waves, seed)
    together = waves.get("CooccurringSpindle", pd.Series(data=False, index=waves.index))
    numbers = (
        float(np.angle(vectors.mean())),
        length,
        float((length - chance.mean()) / chance.std(ddof=1)),
        float(waves["ndPAC"].mean()),
        float(together.mean()),
    )
    return dict(zip(COUPLING_NUMBERS, numbers, strict=True))


def _shuffled_lengths(
    values: FloatArray, rate_hz: float, waves: pd.DataFrame, seed: int
) -> FloatArray:
    """Return mean vector lengths with sigma peaks at random within 1 s of troughs."""
    sos = signal.butter(2, _PHASE_BAND, "bandpass", fs=rate_hz, output="sos")
    slow = signal.sosfiltfilt(sos, values)
    padded = fft.next_fast_len(len(slow))
    phase = np.angle(signal.hilbert(slow, N=padded)[: len(slow)])
    troughs = np.round(waves["NegPeak"].to_numpy(float) * rate_hz).astype(int)
    reach = int(rate_hz * _COUPLING["time"])  # type: ignore[operator]
    rng = np.random.default_rng(seed)
    lags = rng.integers(-reach, reach + 1, (N_SHUFFLES, len(troughs)))
    at = np.clip(troughs + lags, 0, len(phase) - 1)
    return np.asarray(np.abs(np.exp(1j * phase[at]).mean(axis=1)))


_NONE = pd.DataFrame(
    columns=[
        "Start",
        "NegPeak",
        "Duration",
        "PTP",
        "Slope",
        "Stage",
        "PhaseAtSigmaPeak",
        "ndPAC",
    ],
    dtype=float,
)

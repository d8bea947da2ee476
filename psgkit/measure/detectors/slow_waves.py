"""Slow waves in N2 and N3, and their coupling with spindles.

The detector asks for 75 µV from peak to peak, so that density follows age, sex and
reference. The second density here has a threshold per night: 1.25 times
the mean of all waves, small ones included.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.slow_wave_detector import (
    Amplitudes,
    find_slow_waves,
    sigma_in_waves,
    slow_signal,
)
from psgkit.measure.detectors.spindles import in_recording, per_clean_min
from psgkit.measure.detectors.yasa_detectors import yasa_slow_waves
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra.power import Float32Array
from psgkit.settings import Detector

NREM = (Stage.N2, Stage.N3)
# Band that a recording must have; the detector itself uses 0.3 to 1.5 Hz.
SLOW_WAVE_BAND = (0.5, 4.0)
RELATIVE_THRESHOLD = 1.25
DEFAULT_AMPLITUDES = Amplitudes()
SMALL = Amplitudes(negative=(10, 200), positive=(5, 150), ptp=(20, 350))

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
    """Slow waves of one channel.

    Attributes
    ----------
    table : pandas.DataFrame
        ``onset_s``, ``neg_peak_s``, ``duration_s``, ``ptp_uv``, ``slope_uvs`` and
        ``stage`` (at the trough) of waves of 75 µV or more, in the recording's
        seconds; with coupling, ``sigma_phase_rad`` and ``ndpac`` too.
    phases : numpy.ndarray of float64, shape (n_waves, n_samples)
        Phase within 1 s of each trough; empty without coupling.
    rel_threshold_uv : float
        1.25 times the mean amplitude of all waves; NaN without any.
    rel_n : int
        Waves at or above it.
    """

    table: pd.DataFrame
    phases: FloatArray
    rel_threshold_uv: float
    rel_n: int


def detect_slow_waves(
    values: Float32Array,
    excerpt: Excerpt,
    *,
    coupling: bool = False,
    detector: Detector = "yasa-fast",
    amplitudes: Amplitudes = DEFAULT_AMPLITUDES,
) -> SlowWaves:
    """Find slow waves in an excerpt that holds N2 and N3.

    Parameters
    ----------
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts.
    excerpt : Excerpt
        Where they come from.
    coupling : bool
        Whether sigma power is related to them.
    detector : {"yasa-fast", "yasa"}
        psgkit's form of YASA's detector, or `yasa.sw_detect` itself.
    amplitudes : Amplitudes
    """
    rate_hz, wanted = excerpt.rate_hz, excerpt.within(NREM)
    slow = slow_signal(values, rate_hz)
    ptp = find_slow_waves(slow, rate_hz, wanted, SMALL)["ptp_uv"].to_numpy(float)
    threshold = RELATIVE_THRESHOLD * ptp.mean() if len(ptp) else np.nan
    if detector == "yasa":
        found = yasa_slow_waves(values.astype(float), rate_hz, wanted, amplitudes)
    else:
        found = find_slow_waves(slow, rate_hz, wanted, amplitudes)
    table = in_recording(found, excerpt, ("neg_peak_s", "onset_s"))
    phases = np.zeros((len(found), 0))
    if coupling and len(found):
        troughs_s = found["neg_peak_s"].to_numpy(float)
        peak, ndpac, phases = sigma_in_waves(slow, values, rate_hz, troughs_s)
        table = table.assign(sigma_phase_rad=peak, ndpac=ndpac)
    return SlowWaves(table, phases, float(threshold), int((ptp >= threshold).sum()))


def slow_wave_values(
    found: SlowWaves, timeline: Timeline, stages: tuple[Stage, ...]
) -> dict[str, Value]:
    """Return density and form of the slow waves of some stages."""
    names = [stage.name for stage in stages]
    own = found.table[found.table["stage"].isin(names)]
    none = Undefined(f"no slow wave in {'+'.join(names)}")
    density = per_clean_min(len(own), timeline, stages)
    form = own[["ptp_uv", "slope_uvs", "duration_s"]].mean()
    means: list[Value] = [float(x) for x in form] if len(own) else [none] * 3
    return dict(zip(SLOW_WAVE_NUMBERS, (density, *means), strict=True))


def relative_values(found: SlowWaves, timeline: Timeline) -> dict[str, Value]:
    """Return the density above the night's own threshold in N2 and N3, and that."""
    density = per_clean_min(found.rel_n, timeline, NREM)
    threshold: Value = found.rel_threshold_uv
    if np.isnan(found.rel_threshold_uv):
        threshold = Undefined("no wave in N2 and N3")
    return dict(zip(RELATIVE_NUMBERS, (density, threshold), strict=True))


def coupling_values(
    found: SlowWaves, spindles: pd.DataFrame, *, seed: int = 0
) -> dict[str, Value]:
    """Return how sigma power and spindles are timed within slow waves.

    Parameters
    ----------
    found : SlowWaves
        Detected with ``coupling``.
    spindles : pandas.DataFrame
        Of the same channel, with ``peak_s``.
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
    if len(found.table) < MIN_COUPLED_WAVES:
        few = Undefined(
            f"{len(found.table)} slow waves, {MIN_COUPLED_WAVES} are needed"
        )
        return dict.fromkeys(COUPLING_NUMBERS, few)
    phase = found.table["sigma_phase_rad"].to_numpy(float)
    known = ~np.isnan(phase)
    mean = np.exp(1j * phase[known]).mean()
    chance = _chance_lengths(found.phases[known], seed)
    overlap = has_neighbour(
        found.table["neg_peak_s"].to_numpy(float),
        spindles["peak_s"].to_numpy(float),
        LOOKAROUND_S,
    )
    numbers = (
        float(np.angle(mean)),
        float(np.abs(mean)),
        float((np.abs(mean) - chance.mean()) / chance.std(ddof=1)),
        float(found.table["ndpac"].mean()),
        float(overlap.mean()),
    )
    return dict(zip(COUPLING_NUMBERS, numbers, strict=True))


def has_neighbour(
    moments_s: FloatArray, others_s: FloatArray, reach_s: float
) -> np.ndarray:
    """Return at which moments another is less than some seconds away."""
    others_s = np.sort(others_s)
    first = np.searchsorted(others_s, moments_s - reach_s, side="right")
    last = np.searchsorted(others_s, moments_s + reach_s, side="left")
    return last > first


def _chance_lengths(phases: FloatArray, seed: int) -> FloatArray:
    """Return mean vector lengths with sigma peaks at random within 1 s of troughs."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(phases))
    drawn = rng.integers(0, phases.shape[1], (N_SHUFFLES, len(phases)))
    return np.array([np.abs(np.exp(1j * phases[rows, at]).mean()) for at in drawn])

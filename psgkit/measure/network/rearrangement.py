"""How far the pattern of coupling changes between epochs that follow each other.

Against surrogates whose coupling does not change: the same random phases are added to all
channels of a bout (Prichard & Theiler 1994, doi 10.1103/PhysRevLett.73.951), which keeps
each spectrum and each cross spectrum of the whole bout.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from psgkit.domain.metrics import Undefined
from psgkit.measure.network.connectivity import NETWORK_BANDS, wpli_by_band
from psgkit.measure.signals.usable_time import FloatArray
from psgkit.measure.spectra.power import Float32Array

N_SURROGATES = 100
FEWEST_CHANNELS = 6
FEWEST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Rearrangement:
    """Rearrangement in one band and stage.

    Attributes
    ----------
    z : float
        Mean change minus the surrogates' mean, in standard deviations of the surrogates.
    p : float
        Share of surrogates that change as much.
    change : float
        Mean of 1 less the correlation of patterns that follow each other.
    steps : int
        From epoch to epoch.
    """

    z: float
    p: float
    change: float
    steps: int


def rearrangement(
    bouts: list[Float32Array],
    rate_hz: float,
    *,
    seed: int = 0,
    n_surrogates: int = N_SURROGATES,
) -> dict[str, Rearrangement | Undefined]:
    """Measure the rearrangement of a stage, by band.

    Parameters
    ----------
    bouts : list of numpy.ndarray of float32, shape (n_channels, n_samples)
        Clean, of one stage without a break each, re-referenced alike.
    rate_hz : float
    seed : int
        Of the surrogates: a night has the same numbers every time.
    n_surrogates : int

    Returns
    -------
    dict of str to Rearrangement or Undefined
        Undefined under 20 steps from epoch to epoch.
    """
    sums = np.zeros((1 + n_surrogates, len(NETWORK_BANDS)))
    steps = 0
    for number, bout in enumerate(bouts):
        found = pattern_changes(bout, rate_hz)
        if not found.shape[1]:
            continue
        steps += found.shape[1]
        sums[0] += found.sum(axis=1)
        rng = np.random.default_rng([seed, number])
        waves = fft.rfft(bout, axis=1)
        for surrogate in range(1, 1 + n_surrogates):
            turned = waves * _random_turns(waves.shape[1], rng)
            other = fft.irfft(turned, bout.shape[1], axis=1)
            sums[surrogate] += pattern_changes(other, rate_hz).sum(axis=1)
    if steps < FEWEST_STEPS:
        few = Undefined(
            f"{steps} steps between clean epochs of 30 s; {FEWEST_STEPS} are needed"
        )
        return dict.fromkeys(NETWORK_BANDS, few)
    means = sums / steps
    null = means[1:]
    z = (means[0] - null.mean(axis=0)) / null.std(axis=0, ddof=1)
    p = (1 + (null >= means[0]).sum(axis=0)) / (1 + n_surrogates)
    return {
        band: Rearrangement(float(z[i]), float(p[i]), float(means[0, i]), steps)
        for i, band in enumerate(NETWORK_BANDS)
    }


def pattern_changes(bout: Float32Array, rate_hz: float) -> FloatArray:
    """Return 1 less the correlation of each epoch's pattern with the next one's.

    Returns
    -------
    numpy.ndarray of float64, shape (n_bands, n_epochs - 1)
    """
    patterns = wpli_by_band(bout, rate_hz)
    patterns -= patterns.mean(axis=2, keepdims=True)
    patterns /= np.sqrt((patterns**2).sum(axis=2, keepdims=True))
    return np.asarray(1 - (patterns[:, 1:] * patterns[:, :-1]).sum(axis=2))


def _random_turns(n_freqs: int, rng: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Return the unit phasors that turn every channel alike; the mean stays."""
    angles = rng.uniform(0, 2 * np.pi, n_freqs).astype(np.float32)
    turns = np.empty(n_freqs, dtype=np.complex64)
    np.cos(angles, out=turns.real)
    np.sin(angles, out=turns.imag)
    turns[0] = 1
    return turns

"""Print how often a rearrangement of the network is found, with and without one.

    python scripts/judge_network.py [--hours 200] [--switching 20] [--first 0] [--seed 1]

An hour is six channels in three bouts of 20 min. Three channels lead and three follow a
quarter of a period later. With switching, who follows whom changes at random times, once a
minute on average; weak and slow switching is once in two minutes, and harder to see. With
a common source, one source that comes and goes reaches all channels at once, and none
leads.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.signal import hilbert, lfilter

from psgkit.domain.metrics import Undefined
from psgkit.measure.network.connectivity import NETWORK_BANDS
from psgkit.measure.network.rearrangement import N_SURROGATES, rearrangement

RATE_HZ = 64
SIZE = 20 * 60 * RATE_HZ
LEADERS = (0, 2, 4)
FOLLOWERS = ((1, 3, 5), (3, 5, 1))  # of the leaders, in either state
CLEAR, WEAK = 2.0, 0.8  # size of what a follower takes over, its own noise being 1

Maker = Callable[[np.random.Generator], np.ndarray]


def noise(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw noise whose power falls with frequency, as that of EEG."""
    return 10 * lfilter([1.0], [1.0, -0.8], rng.standard_normal((count, SIZE)), axis=1)


def states(rng: np.random.Generator, mean_s: float) -> np.ndarray:
    """Draw a state of 0 or 1 for each sample, which changes at random times."""
    changes = np.cumsum(rng.exponential(mean_s * RATE_HZ, 400))
    return np.searchsorted(changes, np.arange(SIZE)) % 2


def stable(rng: np.random.Generator) -> np.ndarray:
    """Return a bout whose coupling does not change."""
    return coupled(rng, np.zeros(SIZE, dtype=int), CLEAR)


def switching(
    rng: np.random.Generator, gain: float = CLEAR, mean_s: float = 60.0
) -> np.ndarray:
    """Return a bout whose coupling switches."""
    return coupled(rng, states(rng, mean_s), gain)


def coupled(rng: np.random.Generator, state: np.ndarray, gain: float) -> np.ndarray:
    """Return six channels, of which three follow as the state says."""
    own = noise(rng, 6)
    values = own.copy()
    for number, leader in enumerate(LEADERS):
        late = np.imag(hilbert(own[leader]))
        for kind, followers in enumerate(FOLLOWERS):
            values[followers[number]] += gain * late * (state == kind)
    return values.astype(np.float32)


def common_source(rng: np.random.Generator) -> np.ndarray:
    """Return a bout with one source that comes and goes, and spreads at once."""
    gains = rng.uniform(0.3, 1.0, (6, 1))
    source = noise(rng, 1) * states(rng, 60.0)
    return (noise(rng, 6) + 2 * gains * source).astype(np.float32)


def judge(
    make: Maker, hours: range, seed: int, n_surrogates: int = N_SURROGATES
) -> dict[str, tuple[int, int]]:
    """Count hours with z above zero, and with p under 0.05, by band."""
    counts = dict.fromkeys(NETWORK_BANDS, (0, 0))
    for hour in hours:
        rng = np.random.default_rng([seed, hour])
        bouts = [make(rng) for _ in range(3)]
        found = rearrangement(bouts, RATE_HZ, seed=hour, n_surrogates=n_surrogates)
        for band, one in found.items():
            if isinstance(one, Undefined):
                raise TypeError(one.reason)
            above, called = counts[band]
            counts[band] = above + (one.z > 0), called + (one.p < 0.05)
        if hour % 20 == 19:
            print(f"up to hour {hour + 1}: {counts}", file=sys.stderr, flush=True)
    return counts


def main() -> None:
    """Print a line a condition and band."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=200, help="of the null (200)")
    parser.add_argument("--switching", type=int, default=20, help="hours (20)")
    parser.add_argument("--first", type=int, default=0, help="number of the first hour")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    weak = partial(switching, gain=WEAK, mean_s=120.0)
    conditions: tuple[tuple[str, Maker, int], ...] = (
        ("switching", switching, asked.switching),
        ("weak and slow switching", weak, asked.switching),
        ("common source", common_source, asked.switching),
        ("stable coupling", stable, asked.hours),
    )
    for name, make, hours in conditions:
        if not hours:
            continue
        total = 0
        for band, (above, called) in judge(
            make, range(asked.first, asked.first + hours), asked.seed
        ).items():
            total += called
            print(
                f"{name}, {band}: z above zero in {above} of {hours} hours, p under "
                f"0.05 in {called}",
                flush=True,
            )
        share = total / (hours * len(NETWORK_BANDS))
        print(f"{name}, all bands: p under 0.05 in {share:.1%}", flush=True)


if __name__ == "__main__":
    main()

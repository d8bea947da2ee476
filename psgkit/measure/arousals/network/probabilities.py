"""The probability of an arousal at each sample, part by part of a night.

A network sees 86 s to either side of a sample and no further (convolutions of 21
samples, two at each of five levels down and four up, at strides of 1 to 128). Parts
that overlap by more have the probabilities of one pass over the whole night.
"""

import ctypes
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from psgkit.domain.true_runs import true_runs
from psgkit.measure.arousals.network.weights import load_network

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

RATE_HZ = 50
STRIDE = 128  # parts begin on the grid of the coarsest level
MARGIN = 36 * STRIDE  # 92 s
PART = 352 * STRIDE  # 15 min, 55 MB; a sixth of the work is done twice
PART_ALONE = 2 * PART  # where one thread has the memory of two
MOST_THREADS = 4


def arousal_probabilities(
    inputs: Float32Array, is_wanted: BoolArray, weight: str
) -> Float32Array:
    """Run a network over the wanted parts of a night.

    Parameters
    ----------
    inputs : numpy.ndarray of float32, shape (3, n_samples)
        EEG, EOG and chin at 50 Hz, from `network_inputs`.
    is_wanted : numpy.ndarray of bool, shape (n_seconds,)
        Seconds whose probability is needed. Others may be skipped.
    weight : str
        Which network.

    Returns
    -------
    numpy.ndarray of float32, shape (n_samples,)
        Zero elsewhere.
    """
    _give_back()
    out = _run(inputs, is_wanted, weight)
    _give_back()
    return out


def _run(inputs: Float32Array, is_wanted: BoolArray, weight: str) -> Float32Array:
    """Run the parts of a night beside each other; the network is freed at the end."""
    session = load_network(weight)
    n_samples = inputs.shape[1]
    out = np.zeros(n_samples, dtype=np.float32)

    def run(part: tuple[int, int]) -> None:
        first, last = part
        low, high = max(first - MARGIN, 0), min(last + MARGIN, n_samples)
        # The networks halve the rate seven times; they are given whole strides.
        given = np.zeros((1, len(inputs), high - low + -high % STRIDE), np.float32)
        given[0, :, : high - low] = inputs[:, low:high]
        (found,) = session.run(None, {"x": given})
        out[first:last] = np.asarray(found)[0, first - low : last - low]

    threads = usable_threads()
    if threads == 1:  # another thread would fetch its memory anew for each part
        for part in _parts(is_wanted, n_samples, PART_ALONE):
            run(part)
        return out
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, _parts(is_wanted, n_samples, PART)))
    return out


def usable_threads() -> int:
    """Return how many parts to run at once: one in a worker with one thread."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        cores = os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    allowed = int(asked) if asked.isdecimal() and int(asked) else cores
    return min(cores, allowed, MOST_THREADS)


def _give_back() -> None:
    """Have glibc return freed memory: 130 MB before the network, 100 of its threads."""
    with suppress(OSError, TypeError, AttributeError):  # other C libraries
        ctypes.CDLL(None).malloc_trim(0)


def _parts(
    is_wanted: BoolArray, n_samples: int, length: int
) -> Iterator[tuple[int, int]]:
    """Yield first and past-the-last sample of each part, on the coarsest grid."""
    for start_s, stop_s in true_runs(is_wanted).tolist():
        first = start_s * RATE_HZ // STRIDE * STRIDE
        stop = min(-(-stop_s * RATE_HZ // STRIDE) * STRIDE, n_samples)
        for low in range(first, stop, length):
            yield low, min(low + length, stop)

"""The state of the sleeper at each moment; all signals follow it."""

import zlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]


class State(IntEnum):
    """State of the brain: stages, and wakefulness with eyes open or closed."""

    RELAXED = 0  # awake, eyes closed
    ACTIVE = 1  # awake, eyes open
    N1 = 2
    N2 = 3
    N3 = 4
    REM = 5
    ARTEFACT = 6


_STATE_OF = {
    Stage.UNS: State.ARTEFACT,
    Stage.ART: State.ARTEFACT,
    Stage.W: State.RELAXED,
    Stage.N1: State.N1,
    Stage.N2: State.N2,
    Stage.N3: State.N3,
    Stage.R: State.REM,
}


@dataclass(frozen=True)
class Timeline:
    """A night's stages, second by second, and its stream of chance.

    Attributes
    ----------
    stages : numpy.ndarray of int8, shape (n_epochs,)
        Codes of `Stage`.
    epoch_s : float
        Length of an epoch.
    duration_s : float
        Length of the recording.
    rate_hz : float
        Rate at which voltages are made.
    seed : int
        Seed of random numbers. Each piece of the night has its own stream, so that a
        night without arousals is otherwise the same night.
    """

    stages: npt.NDArray[np.int8]
    epoch_s: float
    duration_s: float
    rate_hz: float
    seed: int

    @property
    def n_samples(self) -> int:
        """Samples in a voltage channel."""
        return round(self.duration_s * self.rate_hz)

    def rng(self, piece: str) -> np.random.Generator:
        """Return the stream of chance of one piece of the night."""
        return np.random.default_rng([self.seed, zlib.crc32(piece.encode())])

    @cached_property
    def states(self) -> npt.NDArray[np.int8]:
        """The state of each second, shape (n_seconds,)."""
        seconds = np.arange(int(np.ceil(self.duration_s))) + 0.5
        epochs = np.minimum(seconds // self.epoch_s, len(self.stages) - 1).astype(int)
        table = {stage.value: state.value for stage, state in _STATE_OF.items()}
        states = np.array(
            [table[int(code)] for code in self.stages[epochs]], dtype=np.int8
        )
        return self._with_open_eyes(states)

    def _with_open_eyes(self, states: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        """Open the eyes for parts of each waking: long wakes more than short ones."""
        rng = self.rng("eyes open")
        for first, last in true_runs(states == State.RELAXED).tolist():
            at = first + (0 if last - first > 120 else rng.exponential(20.0))
            while at < last:
                until = at + rng.uniform(15.0, 60.0)
                # The last minute before sleep is spent with closed eyes.
                stop = min(until, last - 45 if last < len(states) else last)
                if stop > at:
                    states[int(at) : int(stop)] = State.ACTIVE
                at = until + rng.uniform(20.0, 90.0)
        return states

    def weights(self, step_s: float, blur_s: float) -> FloatArray:
        """Return how much of each state there is, blurred at transitions.

        Returns
        -------
        numpy.ndarray of float64, shape (n_steps, n_states)
            One row every ``step_s``, from second zero; rows sum to one.
        """
        one_hot = np.eye(len(State))[self.states]
        soft = gaussian_filter1d(one_hot, blur_s, axis=0, mode="nearest")
        n_steps = int(np.ceil(self.duration_s / step_s)) + 1
        at = np.arange(n_steps) * step_s - 0.5
        near = np.clip(np.round(at).astype(int), 0, len(soft) - 1)
        return np.asarray(soft[near], dtype=np.float64)

    def by_state(self, values: dict[State, float], default: float = 0.0) -> FloatArray:
        """Return a value for each second by its state, shape (n_seconds,)."""
        table = np.array([values.get(state, default) for state in State])
        return np.asarray(table[self.states], dtype=np.float64)


def wander(n_steps: int, smooth: float, rng: np.random.Generator) -> FloatArray:
    """Return a slow random drift, of mean zero and standard deviation one.

    White noise through a Gaussian of ``smooth`` steps; scaled by the filter's
    gain for white noise, so that short and long stretches are alike.
    """
    margin = int(np.ceil(4.0 * smooth))
    noise = rng.standard_normal(n_steps + 2 * margin)
    drift = gaussian_filter1d(noise, smooth)[margin : margin + n_steps]
    return np.asarray(drift * np.sqrt(2.0 * np.sqrt(np.pi) * smooth))


def draw_times(
    rate_per_min: FloatArray, rng: np.random.Generator, gap_s: float = 0.0
) -> FloatArray:
    """Draw times of events that come at a rate given for each second.

    Parameters
    ----------
    rate_per_min : numpy.ndarray of float64, shape (n_seconds,)
        Expected events in a minute.
    gap_s : float
        Smallest distance between two; the rate is raised to keep the count.

    Returns
    -------
    numpy.ndarray of float64
        Seconds, in order.
    """
    lost = np.minimum(rate_per_min * gap_s / 60.0, 0.8)
    expected = np.cumsum(rate_per_min / 60.0 / (1.0 - lost))
    total = expected[-1] if len(expected) else 0.0
    targets = np.sort(rng.uniform(0.0, total, rng.poisson(total)))
    times = np.interp(
        targets,
        np.concatenate(([0.0], expected)),
        np.arange(len(expected) + 1, dtype=np.float64),
    )
    kept: list[float] = []
    for time in times:
        if not kept or time - kept[-1] >= gap_s:
            kept.append(float(time))
    return np.array(kept)

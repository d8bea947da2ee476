"""Draw the stages of a simulated night, or follow given ones.

Drawn nights are built cycle by cycle. A chain of transition probabilities, as in
`yasa.simulate_hypnogram`, has no memory: it puts N3 into the morning and REM at sleep
onset.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from psgkit.domain.scoring import Scoring, Stage
from psgkit.errors import InputError

if TYPE_CHECKING:
    import yasa

EPOCH_S = 30.0
MAX_HOURS = 24.0

# A cycle lasts 80 to 110 min, the first REM period some minutes, the last half an hour;
# N3 falls from cycle to cycle (Feinberg & Floyd 1979; Carskadon & Dement 2017).
_CYCLE_MIN = 95.0
_N3_SHARE = (0.42, 0.28, 0.13, 0.05, 0.02, 0.0)
_REM_SHARE = (0.10, 0.20, 0.27, 0.32, 0.34, 0.34)

_SPELLINGS = {"WAKE": "W", "REM": "R"}


def stages_to_follow(
    hypnogram: "Scoring | yasa.Hypnogram | Sequence[str] | None",
    hours: float | None,
    seed: int,
) -> Scoring:
    """Return the stages of the night to be made, from second zero, with its lights.

    Parameters
    ----------
    hypnogram : Scoring, yasa.Hypnogram, sequence of str, or None
        Stages to follow; None to draw a night at random.
    hours : float or None
        Length of the night; None for 8 h, or for the whole hypnogram.
    seed : int
        Seed of a random night.

    Raises
    ------
    InputError
        If the hypnogram cannot be used, or is shorter than the hours.
    """
    if hypnogram is None:
        rng = np.random.default_rng([seed, zlib.crc32(b"hypnogram")])
        stages = draw_stages(8.0 if hours is None else hours, rng)
        drawn = Scoring.from_stages(stages.tolist(), EPOCH_S)
        return replace(drawn, lights_off_s=0.0, lights_on_s=drawn.end_s)
    scoring = given_scoring(hypnogram)
    if not scoring.epoch_s.is_integer():
        raise InputError(
            f"The hypnogram's epochs last {scoring.epoch_s:g} s; a night can follow "
            "epochs of whole seconds."
        )
    n_epochs = scoring.n_epochs
    if hours is not None:
        n_epochs = round(hours * 3600.0 / scoring.epoch_s)
        if not 0 < n_epochs <= scoring.n_epochs:
            raise InputError(
                f"The hypnogram lasts {scoring.end_s / 3600.0:.3g} h and cannot be "
                f"followed for {hours:g} h; leave the hours out to follow all of it."
            )
    length_s = n_epochs * scoring.epoch_s
    if length_s > MAX_HOURS * 3600.0:
        raise InputError(
            f"The hypnogram lasts {length_s / 3600.0:.3g} h; at most {MAX_HOURS:g} h "
            "can be simulated, so give hours to follow a part of it."
        )
    return Scoring(
        stages=scoring.stages[:n_epochs],
        epoch_s=scoring.epoch_s,
        lights_off_s=_shifted(scoring.lights_off_s, scoring.onset_s, length_s),
        lights_on_s=_shifted(scoring.lights_on_s, scoring.onset_s, length_s),
    )


def _shifted(moment_s: float | None, onset_s: float, length_s: float) -> float | None:
    if moment_s is None:
        return None
    return float(np.clip(moment_s - onset_s, 0.0, length_s))


def given_scoring(hypnogram: "Scoring | yasa.Hypnogram | Sequence[str]") -> Scoring:
    """Return a hypnogram of any accepted form as a `Scoring`.

    Parameters
    ----------
    hypnogram : Scoring, yasa.Hypnogram or sequence of str
        Names are W N1 N2 N3 R ART UNS, or YASA's WAKE and REM.

    Raises
    ------
    InputError
        If a stage has another name, or the hypnogram does not have five stages.
    """
    if isinstance(hypnogram, Scoring):
        return hypnogram
    if hasattr(hypnogram, "sampling_frequency"):  # checked without importing YASA
        return _from_yasa(hypnogram)
    if isinstance(hypnogram, str) or not isinstance(hypnogram, Iterable):
        raise InputError(
            f"The hypnogram is {str(hypnogram)[:20]!r}; give a list with one stage per "
            "epoch, such as ['W', 'N1', 'N2']."
        )
    return Scoring.from_stages(_spelt(hypnogram), EPOCH_S)


def _from_yasa(hypnogram: "yasa.Hypnogram") -> Scoring:
    if hypnogram.n_stages != 5:
        raise InputError(
            f"The hypnogram has {hypnogram.n_stages} stages, which does not say which "
            "sleep to simulate; give one with five."
        )
    names = [str(name) for name in hypnogram.hypno]
    epoch_s = round(1.0 / float(hypnogram.sampling_frequency), 6)
    return Scoring.from_stages(_spelt(names), epoch_s)


def _spelt(names: Iterable[str | int]) -> list[str | int]:
    return [
        _SPELLINGS.get(name.upper(), name.upper()) if isinstance(name, str) else name
        for name in names
    ]


def draw_stages(hours: float, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """Draw the stages of a night, a 30-s epoch each.

    Parameters
    ----------
    hours : float
        Length of the recording.
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    numpy.ndarray of int8, shape (n_epochs,)
        Codes of `Stage`.
    """
    n_epochs = round(hours * 3600.0 / EPOCH_S)
    latency = _epochs(min(6.0 + rng.exponential(6.0), 25.0, 4.0 * hours))
    ending = _epochs(min(rng.uniform(1.0, 5.0), 2.0 * hours))
    asleep = max(n_epochs - latency - ending, 1)
    n_cycles = max(1, round(asleep * EPOCH_S / 60.0 / _CYCLE_MIN))
    lengths = _shares(asleep, rng.uniform(0.86, 1.14, n_cycles))
    night = [Stage.W] * latency
    for number, length in enumerate(lengths):
        night += _cycle(number, length, rng)
    night += [Stage.W] * (n_epochs - len(night))
    return np.array(night[:n_epochs], dtype=np.int8)


@dataclass(frozen=True, slots=True)
class _Piece:
    stage: Stage
    n_epochs: int


def _cycle(number: int, length: int, rng: np.random.Generator) -> list[Stage]:
    """Build one NREM-REM cycle: N1, N2, N3, N2, REM, with interruptions."""
    last = len(_N3_SHARE) - 1
    rem = round(length * _REM_SHARE[min(number, last)] * rng.uniform(0.8, 1.2))
    deep = round(length * _N3_SHARE[min(number, last)] * rng.uniform(0.8, 1.2))
    deep = deep if deep >= 3 else 0
    light = rng.integers(2, 8 if number == 0 else 4)
    middle = max(length - rem - deep - int(light), 0)
    before = round(middle * (rng.uniform(0.3, 0.5) if deep else 1.0))
    pieces = (
        _Piece(Stage.N1, int(light)),
        _Piece(Stage.N2, before),
        _Piece(Stage.N3, deep),
        _Piece(Stage.N2, middle - before),
        _Piece(Stage.R, rem),
    )
    stages = [stage for piece in pieces for stage in _with_breaks(piece, number, rng)]
    return stages[:length] + [Stage.N2] * max(length - len(stages), 0)


def _with_breaks(piece: _Piece, number: int, rng: np.random.Generator) -> list[Stage]:
    """Lay lightenings and short awakenings into a stretch of one stage."""
    stages = [piece.stage] * piece.n_epochs
    if piece.stage is Stage.N1:
        return stages
    # Per hour: awakenings grow over the night; N3 mostly lightens to N2.
    per_h = {Stage.N2: 3.0 + number, Stage.N3: 4.0, Stage.R: 3.0 + number}[piece.stage]
    for _ in range(rng.poisson(per_h * piece.n_epochs * EPOCH_S / 3600.0)):
        at = int(rng.integers(0, max(piece.n_epochs, 1)))
        for offset, stage in enumerate(_break(piece.stage, rng)):
            if 0 < at + offset < piece.n_epochs - 2:
                stages[at + offset] = stage
    return stages


def _break(stage: Stage, rng: np.random.Generator) -> list[Stage]:
    if stage is Stage.N3:
        return [Stage.N2] * int(rng.integers(1, 4))
    lighter = [Stage.N1] * int(rng.integers(1, 4))
    if rng.random() < 0.55:
        return [Stage.W] * int(1 + rng.geometric(0.5)) + lighter
    return lighter


def _epochs(minutes: float) -> int:
    return round(minutes * 60.0 / EPOCH_S)


def _shares(total: int, weights: npt.NDArray[np.float64]) -> list[int]:
    """Share epochs out by weight, to the last one."""
    edges = np.round(
        np.concatenate(([0.0], np.cumsum(weights / weights.sum()))) * total
    )
    return [int(n) for n in np.diff(edges)]

"""The stretches of a night that a detector needs, end to end.

A detector that is wanted in N2 and N3 need not filter the hours of wake and REM. The
stretches keep 30 s on both sides, of other stages, so that filters settle and the seams
are outside the wanted time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.signals.usable_time import (
    BoolArray,
    FloatArray,
    Timeline,
)
from psgkit.measure.spectra.power import Float32Array

MARGIN_S = 30


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """Stretches of a night, end to end.

    Attributes
    ----------
    stages : numpy.ndarray of int8, shape (n_samples,)
        Codes of `Stage`; ``ART`` where a second is bad.
    rate_hz : float
    first_samples, offsets : numpy.ndarray of int, shape (n_stretches,)
        Where each stretch begins in the recording and in the excerpt.
    n_samples : int
        Of the excerpt.
    """

    stages: npt.NDArray[np.int8]
    rate_hz: float
    first_samples: npt.NDArray[np.intp]
    offsets: npt.NDArray[np.intp]
    n_samples: int

    @classmethod
    def of(
        cls, timeline: Timeline, stages: tuple[Stage, ...], rate_hz: float, size: int
    ) -> "Excerpt":
        """Choose the stretches of some stages in a signal of ``size`` samples."""
        spans = [
            (int(np.ceil(start * rate_hz)), min(int(np.ceil(stop * rate_hz)), size))
            for start, stop in wanted_stretches(timeline, stages, MARGIN_S)
        ]
        spans = [(first, last) for first, last in spans if last > first]
        lengths = np.array([last - first for first, last in spans], dtype=np.intp)
        seconds = np.concatenate(
            [(np.arange(*span) / rate_hz).astype(np.intp) for span in spans]
            or [np.zeros(0, dtype=np.intp)]
        )
        codes = np.where(timeline.is_bad, Stage.ART, timeline.stages).astype(np.int8)
        return cls(
            stages=codes[np.minimum(seconds, len(codes) - 1)],
            rate_hz=rate_hz,
            first_samples=np.array([first for first, _ in spans], dtype=np.intp),
            offsets=np.cumsum(lengths) - lengths,
            n_samples=int(lengths.sum()),
        )

    def cut(self, values: Float32Array) -> Float32Array:
        """Return the excerpt of a signal."""
        stops = np.append(self.offsets[1:], self.n_samples) - self.offsets
        parts = [
            values[first : first + length]
            for first, length in zip(self.first_samples, stops, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def within(self, stages: tuple[Stage, ...]) -> BoolArray:
        """Return which samples are of some stages; `numpy.isin` needs ten times as long."""
        is_within = np.zeros(len(self.stages), dtype=bool)
        for stage in stages:
            is_within |= self.stages == stage
        return is_within

    def recording_s(self, excerpt_s: FloatArray) -> FloatArray:
        """Turn times in the excerpt into times in the recording."""
        samples = excerpt_s * self.rate_hz
        stretch = np.searchsorted(self.offsets, samples + 1e-6, side="right") - 1
        inside = samples - self.offsets[stretch]
        return np.asarray((self.first_samples[stretch] + inside) / self.rate_hz)


def wanted_stretches(
    timeline: Timeline, stages: tuple[Stage, ...], margin_s: int
) -> list[tuple[int, int]]:
    """Return the seconds of some stages, widened on both sides, joined where they meet.

    Returns
    -------
    list of (start, stop)
        In whole seconds of the recording.
    """
    wanted = np.isin(timeline.stages, stages)
    if not wanted.any():
        return []
    size = 2 * margin_s + 1
    widened = ndimage.maximum_filter1d(wanted.astype(np.int8), size, mode="constant")
    return [(start, stop) for start, stop in true_runs(widened > 0).tolist()]

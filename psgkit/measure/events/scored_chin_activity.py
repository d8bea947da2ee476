"""REM sleep with muscle activity that a scorer marked: METRICS section M.

The rules of `detectors.muscle_activity`, with marks in place of an envelope: phasic and
any activity by mini-epochs of 3 s, tonic activity by epochs of 30 s.
"""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.domain.true_runs import true_runs
from psgkit.measure.events.arousal_causes import not_zero
from psgkit.measure.events.events_in_window import Marks
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import FloatArray
from psgkit.measure.values import NO_REM

MINI_EPOCH_S = 3.0
TONIC_EPOCH_S = 30.0
TONIC_SHARE = 0.5

_ROUNDING_S = 1e-6
_WORDS = {
    "chin_any": "any chin activity",
    "chin_phasic": "phasic chin activity",
    "chin_tonic": "tonic chin activity",
    "limb_any": "any limb activity",
    "limb_phasic": "phasic limb activity",
    "limb_tonic": "tonic limb activity",
}


def phasic_pct(night: Evidence, muscle: str) -> Value:
    """Return the mini-epochs of REM with a mark of phasic activity, in percent.

    Parameters
    ----------
    night : Evidence
    muscle : str
        ``chin`` or ``limb``.
    """
    marks = _marks(night, f"{muscle}_phasic")
    return marks if isinstance(marks, Undefined) else _percent_with(night, marks)


def any_pct(night: Evidence, muscle: str) -> Value:
    """Return the mini-epochs of REM with any mark of activity, in percent.

    A mini-epoch in an epoch that is tonic counts, too.
    """
    marks = _marks(night, f"{muscle}_any")
    if isinstance(marks, Undefined):
        return marks
    starts_s = _pieces_of_rem(night, MINI_EPOCH_S)
    is_marked = _overlap(night.marks((f"{muscle}_any", f"{muscle}_phasic")), starts_s)
    tonic = night.marks((f"{muscle}_tonic",))
    epochs_s = _pieces_of_rem(night, TONIC_EPOCH_S)
    if len(tonic) and len(epochs_s) and tonic.lengths_known:
        own = np.searchsorted(epochs_s, starts_s + _ROUNDING_S, "right") - 1
        is_inside = (own >= 0) & (starts_s < epochs_s[own] + TONIC_EPOCH_S)
        is_marked |= is_inside & _are_tonic(tonic, epochs_s)[own]
    return _percent(night, is_marked)


def tonic_pct(night: Evidence, muscle: str) -> Value:
    """Return the percentage of REM epochs that are marked as tonic for over half."""
    marks = _marks(night, f"{muscle}_tonic")
    if isinstance(marks, Undefined):
        return marks
    if not marks.lengths_known:
        words = _WORDS[f"{muscle}_tonic"]
        return Undefined(f"how long {words} lasts was not scored")
    return _percent(night, _are_tonic(marks, _pieces_of_rem(night, TONIC_EPOCH_S)))


def _marks(night: Evidence, kind: str) -> Marks | Undefined:
    """Return the marks of a kind, where the scorer made any."""
    if not (night.scoring.events["kind"] == kind).any():
        return Undefined(f"{_WORDS[kind]} was not scored")
    return night.marks((kind,))


def _percent_with(night: Evidence, marks: Marks) -> Value:
    return _percent(night, _overlap(marks, _pieces_of_rem(night, MINI_EPOCH_S)))


def _percent(night: Evidence, is_marked: np.ndarray) -> Value:
    if not len(is_marked):
        return NO_REM
    count = int(is_marked.sum())
    return not_zero(night, count) or 100 * count / len(is_marked)


def _pieces_of_rem(night: Evidence, length_s: float) -> FloatArray:
    """Return the starts of whole pieces of each REM run, in the window's seconds.

    Pieces start at the run's start, so they do not depend on the epoch's length.
    """
    edges_s = true_runs(night.stages == Stage.R) * night.epoch_s
    pieces = [
        start + length_s * np.arange(int((stop - start + _ROUNDING_S) // length_s))
        for start, stop in edges_s
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def _overlap(marks: Marks, starts_s: FloatArray) -> np.ndarray:
    """Return which mini-epochs a mark overlaps; a mark without length is a moment."""
    lengths_s = np.nan_to_num(marks.durations_s, nan=0.0)
    ends_s = np.sort(marks.onsets_s + np.maximum(lengths_s, 2 * _ROUNDING_S))
    begun = np.searchsorted(
        np.sort(marks.onsets_s), starts_s + MINI_EPOCH_S - _ROUNDING_S
    )
    ended = np.searchsorted(ends_s, starts_s + _ROUNDING_S, "right")
    return np.asarray(begun > ended)


def _are_tonic(marks: Marks, starts_s: FloatArray) -> np.ndarray:
    """Return which epochs are marked for over half of their length."""
    covered_s = np.zeros(len(starts_s))
    end_s = -np.inf
    for onset_s, mark_end_s in zip(marks.onsets_s, marks.ends_s, strict=True):
        begin_s = max(onset_s, end_s)  # marks that overlap count once
        inside_s = np.minimum(starts_s + TONIC_EPOCH_S, mark_end_s)
        inside_s -= np.maximum(starts_s, begin_s)
        covered_s += np.maximum(inside_s, 0.0)
        end_s = max(end_s, mark_end_s)
    return covered_s > TONIC_SHARE * TONIC_EPOCH_S + _ROUNDING_S

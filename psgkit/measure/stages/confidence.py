"""How sure an automatic staging was of itself: METRICS section I.

Epochs are never drawn at random from the probabilities; that would invent
fragmentation.
"""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import BoolArray, FloatArray
from psgkit.measure.values import NO_REM

LOW_CONFIDENCE = 0.5


def _staged(night: Evidence) -> tuple[FloatArray, BoolArray] | Undefined:
    """Return the probabilities of staged epochs, and which of those are R."""
    if night.proba is None:
        return Undefined("no program gave probabilities of the stages")
    known = (night.stages >= 0) & np.isfinite(night.proba).all(axis=1)
    if not known.any():
        return Undefined("no staged epoch has probabilities")
    return night.proba[known], night.stages[known] == Stage.R


def stage_conf_mean(night: Evidence) -> Value:
    """Return the mean probability of the likeliest stage."""
    staged = _staged(night)
    if isinstance(staged, Undefined):
        return staged
    return float(staged[0].max(axis=1).mean())


def stage_conf_rem(night: Evidence) -> Value:
    """Return the same over epochs of R."""
    staged = _staged(night)
    if isinstance(staged, Undefined):
        return staged
    proba, is_rem = staged
    return float(proba[is_rem].max(axis=1).mean()) if is_rem.any() else NO_REM


def lowconf_pct(night: Evidence) -> Value:
    """Return the share of epochs with a best probability below 0.5."""
    staged = _staged(night)
    if isinstance(staged, Undefined):
        return staged
    return 100.0 * float((staged[0].max(axis=1) < LOW_CONFIDENCE).mean())


def hypnodensity_entropy_bits(night: Evidence) -> Value:
    """Return the mean entropy of an epoch's probabilities."""
    staged = _staged(night)
    if isinstance(staged, Undefined):
        return staged
    proba = staged[0]
    logs = np.log2(proba, where=proba > 0, out=np.zeros_like(proba))
    return float(-(proba * logs).sum(axis=1).mean() + 0.0)

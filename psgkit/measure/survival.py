"""How long bouts last if the ends of some are censored."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts, survival_curve

MIN_BOUTS = 5


def survival_median_min(night: Evidence, bouts: Bouts | Undefined, what: str) -> Value:
    """Return the length by which half of the bouts have ended."""
    enough = _enough(bouts, what)
    if isinstance(enough, Undefined):
        return enough
    times, survival = survival_curve(night.lengths_min(enough), enough.is_censored)
    by_half = np.flatnonzero(survival <= 0.5 + 1e-12)
    if len(by_half) == 0:
        return Undefined(f"the ends of too many {what} were not seen")
    return float(times[by_half[0]])


def survival_share(
    night: Evidence, bouts: Bouts | Undefined, minutes: float, what: str
) -> Value:
    """Return the share of bouts that last longer than some minutes."""
    enough = _enough(bouts, what)
    if isinstance(enough, Undefined):
        return enough
    lengths = night.lengths_min(enough)
    times, survival = survival_curve(lengths, enough.is_censored)
    passed = np.flatnonzero(times <= minutes + 1e-9)
    is_beyond = lengths.max() < minutes - 1e-9
    if is_beyond and (len(survival) == 0 or survival[-1] > 0):
        return Undefined(f"no one saw {what} of {minutes:g} min end")
    return float(survival[passed[-1]]) if len(passed) else 1.0


def _enough(bouts: Bouts | Undefined, what: str) -> Bouts | Undefined:
    if isinstance(bouts, Bouts) and len(bouts) < MIN_BOUTS:
        return Undefined(f"under {MIN_BOUTS} {what}")
    return bouts

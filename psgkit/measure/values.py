"""Shared parts of metrics: reasons for undefined numbers, rates and shares."""

from psgkit.domain.metrics import Undefined, Value
from psgkit.measure.stages.evidence import Evidence

MIN_SLEEP_MIN = 180.0
MIN_STAGE_MIN = 10.0

NOT_SCORED = Undefined("no epoch of the window is scored")
NO_SLEEP = Undefined("no sleep")
NO_REM = Undefined("no REM")
NO_N3 = Undefined("no N3")
LIGHTS_UNKNOWN = Undefined("lights-off and lights-on are not known")
LIGHTS_OFF_UNKNOWN = Undefined("lights-off is not known")
LIGHTS_ON_UNKNOWN = Undefined("lights-on is not known")
ONSET_UNSEEN = Undefined("sleep began before the scoring and lights-off is not known")
HOLES = Undefined("over 5 % of the time in bed is unscored")
SHORT_SLEEP = Undefined("under 180 min of sleep")
STAGED_BY_PROGRAM = Undefined(
    "staged by a program; it rests on experts' scorings alone"
)


def per_sleep_hour(night: Evidence, count: float, unseen_min: float = 0.0) -> Value:
    """Divide by the hours of sleep; a nightly index needs three.

    Minutes that cannot be counted are left out.
    """
    if night.onset is None:
        return NO_SLEEP
    minutes = night.sleep_min - unseen_min
    if minutes < MIN_SLEEP_MIN - 1e-9:
        return SHORT_SLEEP
    return count / (minutes / 60)


def per_stage_hour(count: float, minutes: float, name: str) -> Value:
    """Divide by the hours of a stage; a rate needs ten minutes."""
    if minutes == 0:
        return Undefined(f"no {name}")
    if minutes < MIN_STAGE_MIN - 1e-9:
        return Undefined(f"under 10 min of {name}")
    return count / (minutes / 60)


def share(part: float, whole: float, if_none: Undefined, *, of: float = 1.0) -> Value:
    """Divide, or say why not; ``of=100`` gives percent."""
    return of * part / whole if whole else if_none

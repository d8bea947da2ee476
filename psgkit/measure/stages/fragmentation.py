"""Fragmentation of the sleep period: METRICS section E."""

import numpy as np

from psgkit.domain.metrics import Undefined, Value
from psgkit.domain.scoring import Stage
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts
from psgkit.measure.values import (
    MIN_SLEEP_MIN,
    NO_SLEEP,
    SHORT_SLEEP,
    per_sleep_hour,
    per_stage_hour,
    share,
)

_SLEEP = slice(Stage.N1, Stage.R + 1)


def awakenings_from_sleep(night: Evidence) -> int:
    """Count the runs of W in the sleep period before which the last stage was sleep.

    Artefact between sleep and W hides the moment of awakening, not the awakening.
    """
    inside = night.stages[night.sleep_period]
    scored = inside[inside >= 0]
    return int(((scored[:-1] > 0) & (scored[1:] == Stage.W)).sum())


def sfi_morrell_per_h(night: Evidence) -> Value:
    """Return awakenings and shifts from N2, N3 or R to N1 per hour of sleep."""
    steps = night.transitions_in_sleep_period
    to_n1 = int(steps[Stage.N2 : Stage.R + 1, Stage.N1].sum())
    return per_sleep_hour(night, awakenings_from_sleep(night) + to_n1)


def sfi_haba_per_h(night: Evidence) -> Value:
    """Return awakenings and all shifts among sleep stages per hour of sleep."""
    among = night.transitions_in_sleep_period[_SLEEP, _SLEEP]
    shifts = int(among.sum() - np.trace(among))
    return per_sleep_hour(night, awakenings_from_sleep(night) + shifts)


def shift_per_h(night: Evidence) -> Value:
    """Return all changes of stage per hour of the sleep period."""
    if night.onset is None:
        return NO_SLEEP
    if night.sleep_min < MIN_SLEEP_MIN - 1e-9:
        return SHORT_SLEEP
    steps = night.transitions_in_sleep_period
    return int(steps.sum() - np.trace(steps)) / (night.sleep_period_min / 60)


def trans_entropy_bits(night: Evidence) -> Value:
    """Return the entropy of the next stage, given this one."""
    steps = night.transitions_in_sleep_period
    if steps.sum() == 0:
        return NO_SLEEP if night.onset is None else Undefined("no step was seen")
    inside = night.stages[night.sleep_period]
    shares = (
        np.bincount(inside[inside >= 0], minlength=len(steps)) / (inside >= 0).sum()
    )
    chances = steps / np.maximum(steps.sum(axis=1, keepdims=True), 1)
    logs = np.log2(chances, where=chances > 0, out=np.zeros_like(chances))
    return float(-(shares[:, None] * chances * logs).sum() + 0.0)


def stay_frac(night: Evidence, stage: Stage) -> Value:
    """Return the share of epochs of a stage that the same stage follows."""
    row = night.transitions_in_sleep_period[stage]
    if night.onset is None:
        return NO_SLEEP
    none = Undefined(f"no step from {stage.name} was seen")
    return share(int(row[stage]), int(row.sum()), none)


def exit_per_h(night: Evidence, stage: Stage) -> Value:
    """Return the exits from a stage per hour of it, over the whole window."""
    row = night.transitions[stage]
    exits = int(row.sum() - row[stage])
    return per_stage_hour(exits, night.minutes(stage), stage.name)


def sleep_runs(night: Evidence) -> Bouts | Undefined:
    """Return the runs of uninterrupted sleep."""
    return NO_SLEEP if night.onset is None else night.bouts["sleep"]

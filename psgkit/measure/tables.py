"""Long tables of a night: bouts, REM periods, cycles, transitions, arousals.

Onsets are in the scoring's seconds.
"""

import math

import numpy as np
import pandas as pd

from psgkit.domain.metrics import Undefined
from psgkit.domain.scoring import (
    AROUSAL_KINDS,
    SCORED_STAGES,
    Stage,
)
from psgkit.domain.sleep.events import CAUSES
from psgkit.measure.events.arousal_causes import find_causes
from psgkit.measure.events.events_in_window import begin_inside
from psgkit.measure.events.position_indices import position_table
from psgkit.measure.stages.evidence import Evidence
from psgkit.measure.stages.runs import Bouts, IntArray, find_bouts

_BOUT_NAMES = (
    ("N1", "n1"),
    ("N2", "n2"),
    ("N3", "n3"),
    ("NREM", "nrem"),
    ("sleep", "sleep"),
)


def make_tables(night: Evidence) -> dict[str, pd.DataFrame]:
    """Return the long tables.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``bouts``: ``stage`` (W, N1, N2, N3, R, NREM, sleep), ``form`` (raw, b2m, b6m),
        ``onset_s``, ``duration_min``, ``is_censored``.
        ``rem_periods``: ``onset_s``, ``span_min``, ``rem_min``, ``interruption_n``,
        ``interruption_w_n``, ``is_censored``.
        ``cycles``: ``onset_s``, ``duration_min``, ``nrem_period_min``, ``n3_min``,
        ``rem_min``, ``has_rem``, ``is_complete``.
        ``transitions``: ``span`` (window, sleep_period), ``before``, ``after``,
        ``count``, ``chance`` (with self-transitions), ``exit_share`` (without),
        ``chance_30s`` (staying, converted to epochs of 30 s; NaN elsewhere).
        ``arousals``, where they were scored: ``onset_s``, ``duration_s``, ``kind``,
        ``cause``, ``source``, ``stage``.
        ``arousal_causes``, where they were scored in all sleep: ``cause``, ``stage``,
        ``arousal_n``, ``stage_min``, ``arousal_per_h``.
        ``position_indices``, where body position was scored: see `position_table`.
    """
    tables = {
        "bouts": _bouts_table(night),
        "rem_periods": _rem_periods_table(night),
        "cycles": _cycles_table(night),
        "transitions": _transitions_table(night),
    }
    arousals = _arousals_table(night)
    if arousals is not None:
        tables["arousals"] = arousals
    causes = _arousal_causes_table(night)
    if causes is not None:
        tables["arousal_causes"] = causes
    positions = position_table(night)
    if positions is not None:
        tables["position_indices"] = positions
    return tables


def _seconds(night: Evidence, epochs: IntArray) -> np.ndarray:
    return night.start_s + epochs * night.epoch_s


def _bouts_table(night: Evidence) -> pd.DataFrame:
    named: list[tuple[str, str, Bouts]] = [
        ("W", "raw", find_bouts(night.bridged, Stage.W)),
        *((words, "raw", night.bouts[name]) for words, name in _BOUT_NAMES),
        *(("R", form, bouts) for form, bouts in night.rem_bouts.items()),
    ]
    parts = [
        pd.DataFrame(
            {
                "stage": stage,
                "form": form,
                "onset_s": _seconds(night, bouts.starts),
                "duration_min": bouts.lengths * night.epoch_min,
                "is_censored": bouts.is_censored,
            }
        )
        for stage, form, bouts in named
        if len(bouts)
    ]
    columns = ["stage", "form", "onset_s", "duration_min", "is_censored"]
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    )


def _rem_periods_table(night: Evidence) -> pd.DataFrame:
    starts = np.array([p.start for p in night.rem_periods], dtype=np.int64)
    stops = np.array([p.stop for p in night.rem_periods], dtype=np.int64)
    wakes = np.array(
        [(start, has_wake) for start, _, has_wake in night.rem_interruptions],
        dtype=np.int64,
    ).reshape(-1, 2)
    inside = (wakes[:, 0] >= starts[:, None]) & (wakes[:, 0] < stops[:, None])
    return pd.DataFrame(
        {
            "onset_s": _seconds(night, starts),
            "span_min": (stops - starts) * night.epoch_min,
            "rem_min": np.array([p.rem_epochs for p in night.rem_periods], dtype=float)
            * night.epoch_min,
            "interruption_n": inside.sum(axis=1),
            "interruption_w_n": (inside & (wakes[:, 1] == 1)).sum(axis=1),
            "is_censored": np.array(
                [p.is_censored for p in night.rem_periods], dtype=bool
            ),
        }
    )


def _cycles_table(night: Evidence) -> pd.DataFrame:
    rows = [
        (
            night.start_s + cycle.start * night.epoch_s,
            (cycle.stop - cycle.start) * night.epoch_min,
            (cycle.nrem_stop - cycle.start) * night.epoch_min,
            float((inside == Stage.N3).sum() * night.epoch_min),
            float((inside == Stage.R).sum() * night.epoch_min),
            cycle.has_rem,
            cycle.is_complete,
        )
        for cycle in night.cycles
        for inside in (night.stages[cycle.start : cycle.stop],)
    ]
    types = {
        "onset_s": float,
        "duration_min": float,
        "nrem_period_min": float,
        "n3_min": float,
        "rem_min": float,
        "has_rem": bool,
        "is_complete": bool,
    }
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _transitions_table(night: Evidence) -> pd.DataFrame:
    names = [stage.name for stage in SCORED_STAGES]
    parts = []
    for span, counts in (
        ("window", night.transitions),
        ("sleep_period", night.transitions_in_sleep_period),
    ):
        steps = counts.sum(axis=1, keepdims=True)
        stays = np.diag(counts)[:, None]
        is_self = np.eye(len(names), dtype=bool)
        with np.errstate(invalid="ignore", divide="ignore"):
            chance = counts / steps
            exit_share = np.where(is_self, np.nan, counts / (steps - stays))
            chance_30s = np.where(is_self, chance ** (30 / night.epoch_s), np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "span": span,
                    "before": np.repeat(names, len(names)),
                    "after": np.tile(names, len(names)),
                    "count": counts.ravel(),
                    "chance": chance.ravel(),
                    "exit_share": exit_share.ravel(),
                    "chance_30s": chance_30s.ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _arousal_causes_table(night: Evidence) -> pd.DataFrame | None:
    """Count the arousals of each cause in each stage."""
    found = find_causes(night)
    if isinstance(found, Undefined):
        return None
    rows = []
    for cause in (*CAUSES[:-1], ""):
        for stage in SCORED_STAGES:
            is_it = (found.causes == cause) & (found.marks.stages == stage)
            minutes = night.minutes(stage)
            per_hour = is_it.sum() * 60 / minutes if minutes else math.nan
            name = cause or "none given"
            rows.append((name, stage.name, int(is_it.sum()), minutes, per_hour))
    columns = ["cause", "stage", "arousal_n", "stage_min", "arousal_per_h"]
    return pd.DataFrame(rows, columns=columns)


def _arousals_table(night: Evidence) -> pd.DataFrame | None:
    if night.scoring.arousals is None:
        return None
    arousals = night.all_arousals
    table = night.scoring.events_of(AROUSAL_KINDS)
    inside = begin_inside(table, night.start_s, night.epoch_s, len(night.stages))
    names = [Stage(code).name for code in arousals.stages]
    inner: pd.DataFrame = table[inside].reset_index(drop=True)
    return inner.assign(stage=names)

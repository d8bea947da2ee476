"""Stages and arousals of drawn nights beside 497 real ones (PhysioNet Challenge 2018).

The real nights hold target regions: arousals that are not of apnoea or hypopnoea, each
from 2 s before its onset (``cinc2018/README.md``). Onsets and counts are used, durations
are not. No signal is made: the plan of stages and arousals is enough.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from psgkit.simulate.hypnogram import draw_stages
from psgkit.simulate.signals.arousals import plan_arousals, rates_by_stage
from psgkit.simulate.sleep_state import Timeline

EPOCH_S = 30.0
REGION_BEFORE_S = 2.0
LETTERS = "W123R"
NAMES = dict(zip(LETTERS, ("W", "N1", "N2", "N3", "R"), strict=True))
SLEEP = "123R"
LEAST_SLEEP_EPOCHS = 240  # two hours
LEAST_STAGE_EPOCHS = 20
LEAST_AROUSALS = 10
ASKED_PER_H = 12.0
LIKE_ASKED_PER_H = (9.0, 15.0)  # real nights whose intervals are compared
BUSY_PER_H = 5.0  # real nights whose arousals are compared by stage
N_NIGHTS = 40


def read_real(folder: Path) -> pd.DataFrame:
    """Return a row of figures for each real night with two hours of sleep."""
    stages = pd.read_csv(folder / "stages.csv").set_index("night")["stages"]
    regions = pd.read_csv(folder / "arousals.csv")
    onsets = {night: part["onset_s"] for night, part in regions.groupby("night")}
    rows = (
        figures(text, np.asarray(onsets.get(night, []), float) + REGION_BEFORE_S)
        for night, text in stages.items()
    )
    return pd.DataFrame([row for row in rows if row])


def draw_nights(n_nights: int = N_NIGHTS) -> pd.DataFrame:
    """Return the same figures for drawn nights of 8 h with 12 arousals an hour."""
    return pd.DataFrame(list(_drawn(n_nights)))


def _drawn(n_nights: int) -> Iterator[dict[str, float]]:
    for seed in range(1, n_nights + 1):
        stages = draw_stages(8.0, np.random.default_rng(seed))
        timeline = Timeline(
            stages=stages,
            epoch_s=EPOCH_S,
            duration_s=len(stages) * EPOCH_S,
            rate_hz=100.0,
            seed=seed,
        )
        arousals = plan_arousals(timeline, rates_by_stage(ASKED_PER_H, timeline))
        text = "".join(LETTERS[code] for code in stages)
        yield figures(text, np.array([one.onset_s for one in arousals]))


def figures(stages: str, onsets_s: np.ndarray) -> dict[str, float]:
    """Return the figures of one night; empty with under two hours of sleep.

    Parameters
    ----------
    stages : str
        A letter an epoch: W, 1, 2, 3, R; anything else is unscored.
    onsets_s : numpy.ndarray of float64
        Of the arousals, in order.
    """
    asleep = [number for number, letter in enumerate(stages) if letter in SLEEP]
    if len(asleep) < LEAST_SLEEP_EPOCHS:
        return {}
    period = stages[asleep[0] : asleep[-1] + 1]
    row = {f"share_{NAMES[s]}_pct": 100 * stages.count(s) / len(asleep) for s in SLEEP}
    row["wake_in_period_min"] = period.count("W") / 2
    bouts = [(letter, len(list(run)) / 2) for letter, run in groupby(period)]
    for letter in LETTERS:
        lengths = [minutes for held, minutes in bouts if held == letter]
        name = NAMES[letter]
        row[f"bout_{name}_mean_min"] = float(np.mean(lengths)) if lengths else np.nan
        row[f"bout_{name}_median_min"] = (
            float(np.median(lengths)) if lengths else np.nan
        )
        row[f"bouts_{name}_per_h"] = len(lengths) / (len(asleep) / 120)
    return row | _arousal_figures(stages, onsets_s, len(asleep) / 120)


def _arousal_figures(
    stages: str, onsets_s: np.ndarray, sleep_h: float
) -> dict[str, float]:
    epochs = (onsets_s // EPOCH_S).astype(int)
    inside = epochs < len(stages)
    onsets_s, epochs = onsets_s[inside], epochs[inside]
    letters = np.array([stages[epoch] for epoch in epochs], dtype=str)
    in_sleep = np.isin(letters, list(SLEEP))
    row = {"arousals_per_h": float(in_sleep.sum()) / sleep_h}
    rates = {}
    for letter in SLEEP:
        n_epochs = stages.count(letter)
        rates[letter] = (
            float((letters == letter).sum()) / (n_epochs / 120)
            if n_epochs >= LEAST_STAGE_EPOCHS
            else np.nan
        )
    for letter in "13R":
        row[f"rate_{NAMES[letter]}_over_N2"] = (
            rates[letter] / rates["2"] if rates["2"] > 0 else np.nan
        )
    onsets_s, epochs = onsets_s[in_sleep], epochs[in_sleep]
    if len(onsets_s) >= LEAST_AROUSALS:
        steps = np.diff(onsets_s)
        row["interval_median_s"] = float(np.median(steps))
        row["interval_cv"] = float(steps.std() / steps.mean())
        row["interval_under_60_s_pct"] = 100 * float(np.mean(steps < 60))
        row["to_wake_pct"] = 100 * float(
            np.mean(["W" in stages[epoch : epoch + 2] for epoch in epochs])
        )
    return row


def compare(real: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Return percentiles of both, and whether the drawn median is in the real range.

    The range is the 5th to the 95th percentile. Rates by stage are compared with nights
    of five arousals an hour or more, intervals with nights of about the drawn index.
    """
    per_h = real["arousals_per_h"]
    low, high = LIKE_ASKED_PER_H
    rows = {}
    for name in drawn.columns.drop("arousals_per_h"):
        held = real
        if name.startswith("rate_"):
            held = real[per_h >= BUSY_PER_H]
        elif name.startswith(("interval_", "to_wake")):
            held = real[(per_h >= low) & (per_h <= high)]
        p5, p50, p95 = held[name].quantile([0.05, 0.5, 0.95])
        d5, d50, d95 = drawn[name].quantile([0.05, 0.5, 0.95])
        rows[name] = {
            "real_5": p5,
            "real_50": p50,
            "real_95": p95,
            "drawn_5": d5,
            "drawn_50": d50,
            "drawn_95": d95,
            "in_range": bool(p5 <= d50 <= p95),
            "nights": len(held[name].dropna()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def lines(table: pd.DataFrame) -> list[str]:
    """Return the table for a terminal, each row in range or marked."""
    heads = ("real: 5 %", "50 %", "95 %", "drawn: 5 %", "50 %", "95 %")
    widths = (9, 7, 7, 11, 7, 7)
    words = (f"{h:>{w}s}" for h, w in zip(heads, widths, strict=True))
    said = [f"{'':28s} {' '.join(words)}"]
    for name, row in table.iterrows():
        verdict = "ok " if row["in_range"] else "OUT"
        said.append(
            f"{verdict} {name:24s} {row['real_5']:9.1f} {row['real_50']:7.1f}"
            f" {row['real_95']:7.1f} {row['drawn_5']:11.1f} {row['drawn_50']:7.1f}"
            f" {row['drawn_95']:7.1f}"
        )
        if not row["in_range"]:
            said.append("      no reason is known")
    return said
